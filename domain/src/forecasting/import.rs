//! Bringing a history file into the queues of a tenant.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::fault::FaultRule;
use super::history::SeriesKey;
use super::history_file::{HistoryFile, Refusal, parse_for};
use crate::{
    fault::{Fault, FaultCode},
    id::{QueueId, SiteId},
    time::Grain,
};

/// A queue as an import knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownQueue {
    /// Its id.
    pub id: QueueId,
    /// Length of its intervals.
    pub grain: Grain,
    /// Its sites whose history may be written, by code.
    pub sites: BTreeMap<String, SiteId>,
    /// Whether rows that name no site may be written: they are the network's to tell.
    pub siteless: bool,
}

/// The queues whose history the caller may write, by code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownQueues {
    /// The queues.
    pub by_code: BTreeMap<String, KnownQueue>,
}

impl KnownQueues {
    /// Reads a file at the instant `now`. Series that belong to no known queue are faults, and so are
    /// those at another grain or of another site, and rows of intervals that have not begun.
    #[must_use]
    pub fn read(&self, file: &[u8], now: Timestamp) -> HistoryFile {
        parse_for(file, now, |key| self.refusal(key))
    }

    /// Queue and site of a series that was read by [`Self::read`].
    #[must_use]
    pub fn place(&self, key: &SeriesKey) -> Option<(QueueId, Option<SiteId>)> {
        let queue = self.by_code.get(&key.queue)?;
        let site = match &key.site {
            Some(code) => Some(*queue.sites.get(code)?),
            None => None,
        };
        Some((queue.id, site))
    }

    fn refusal(&self, key: &SeriesKey) -> Option<Refusal> {
        let Some(queue) = self.by_code.get(&key.queue) else {
            let expected = listed(self.by_code.keys());
            return Some(Refusal { rule: FaultRule::UnknownQueue, expected });
        };
        if key.site.as_ref().is_some_and(|code| !queue.sites.contains_key(code)) {
            let expected = listed(queue.sites.keys());
            return Some(Refusal { rule: FaultRule::UnknownSite, expected });
        }
        if key.site.is_none() && !queue.siteless {
            let expected = listed(queue.sites.keys());
            return Some(Refusal { rule: FaultRule::SiteRequired, expected });
        }
        if key.grain != queue.grain {
            let expected = queue.grain.minutes().to_string();
            return Some(Refusal { rule: FaultRule::GrainDiffers, expected });
        }
        None
    }
}

/// A queue that a file tells of and nobody made yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQueue {
    /// Its code.
    pub code: String,
    /// IANA zone of its rows.
    pub time_zone: String,
    /// The finest grain of its rows.
    pub grain: Grain,
}

impl KnownQueues {
    /// The queues that a file tells of at the instant `now` and that are not known, by code.
    #[must_use]
    pub fn missing(&self, file: &[u8], now: Timestamp) -> Vec<NewQueue> {
        let mut found: BTreeMap<String, NewQueue> = BTreeMap::new();
        for series in parse_for(file, now, |_| None).series {
            let SeriesKey { queue: code, grain, .. } = series.key;
            if self.by_code.contains_key(&code) {
                continue;
            }
            let time_zone = series.zone.iana_name().unwrap_or("UTC").to_owned();
            let new = NewQueue { code: code.clone(), time_zone, grain };
            let queue = found.entry(code).or_insert(new);
            queue.grain = queue.grain.min(grain);
        }
        found.into_values().collect()
    }
}

/// A few codes that would do.
fn listed<'a>(codes: impl Iterator<Item = &'a String>) -> String {
    codes.take(10).map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Why nothing of a file is taken; `None` when its good rows may be written: it has no fault, or the
/// caller wants to keep what is good of it and something is.
#[must_use]
pub fn refusal_of(file: &HistoryFile, keep_good_rows: bool) -> Option<Fault> {
    let faults = file.faults.total();
    if faults == 0 || (keep_good_rows && file.rows_taken > 0) {
        return None;
    }
    Some(Fault::new(FaultCode::ImportRefused).at("csv").with("faults", faults.to_string()))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::fault::Language;

    fn known() -> KnownQueues {
        let sites = BTreeMap::from([("GZ".to_owned(), SiteId::from_uuid(Uuid::from_u128(2)))]);
        let id = QueueId::from_uuid(Uuid::from_u128(1));
        let queue = KnownQueue { id, grain: Grain::Minutes30, sites, siteless: false };
        KnownQueues { by_code: BTreeMap::from([("presale".to_owned(), queue)]) }
    }

    fn file(rows: &str) -> HistoryFile {
        let header = "interval_start,tz,queue,interval_minutes,offered,site\n";
        known().read(format!("{header}{rows}").as_bytes(), Timestamp::MAX)
    }

    #[test]
    fn what_no_queue_takes_is_named_once_with_its_row() {
        let found = file(
            "2026-03-04T10:00,Asia/Shanghai,presale,30,7,GZ\n\
             2026-03-04T10:00,Asia/Shanghai,aftersale,30,7,\n\
             2026-03-04T10:30,Asia/Shanghai,aftersale,30,7,\n\
             2026-03-04T10:15,Asia/Shanghai,presale,15,7,GZ\n\
             2026-03-04T10:00,Asia/Shanghai,presale,30,7,CD\n",
        );
        let faults: Vec<_> = found
            .faults
            .kept()
            .iter()
            .map(|fault| (fault.row, fault.column, fault.rule.code(), fault.value.as_str()))
            .collect();
        assert_eq!(
            faults,
            [
                (3, "queue", "UNKNOWN_QUEUE", "aftersale"),
                (5, "interval_minutes", "GRAIN_DIFFERS", "15"),
                (6, "site", "UNKNOWN_SITE", "CD"),
            ]
        );
        assert_eq!((found.rows_read, found.rows_taken), (5, 1));
        let message = |at: usize| found.faults.kept()[at].message(Language::English);
        let rows = " So it is in 2 rows, the first of them on the lines 3, 4.";
        assert!(message(0).ends_with(rows), "{}", message(0));
        assert!(!message(1).contains(" rows"), "one row: {}", message(1));
        let place = known().place(&found.series[0].key).expect("known");
        assert!(place.1.is_some());
    }

    #[test]
    fn of_many_rows_that_no_queue_takes_the_first_lines_are_told_and_all_are_counted() {
        let row = |hour: u32| format!("2026-03-04T{hour:02}:00,Asia/Shanghai,aftersale,60,7,\n");
        let found = file(&(0..9).map(row).collect::<String>());
        assert_eq!(found.faults.total(), 1);
        let remedy = &found.faults.kept()[0].remedy;
        assert!(remedy.contains(&("row_count", "9".to_owned())), "{remedy:?}");
        assert!(remedy.contains(&("rows", "2, 3, 4, 5, 6".to_owned())), "{remedy:?}");
    }

    #[test]
    fn a_row_of_no_site_is_for_who_may_write_at_all() {
        let row = "2026-03-04T10:00,Asia/Shanghai,presale,30,7,\n";
        let found = file(row);
        let fault = &found.faults.kept()[0];
        assert_eq!((fault.row, fault.column, fault.rule.code()), (2, "site", "SITE_REQUIRED"));
        assert_eq!(found.rows_taken, 0);
        let mut all = known();
        all.by_code.get_mut("presale").expect("queue").siteless = true;
        let header = "interval_start,tz,queue,interval_minutes,offered,site\n";
        let found = all.read(format!("{header}{row}").as_bytes(), Timestamp::MAX);
        assert_eq!(all.place(&found.series[0].key).expect("known").1, None);
    }

    #[test]
    fn queues_that_nobody_made_are_named_with_zone_and_finest_grain() {
        let header = "interval_start,tz,queue,interval_minutes,offered\n";
        let rows = "2026-03-04T10:00,Asia/Shanghai,presale,30,7\n\
                    2026-03-04T10:00,Asia/Tokyo,tokyo,60,7\n\
                    2026-03-04T10:15,Asia/Tokyo,tokyo,15,7\n\
                    2026-03-05T10:00,Asia/Tokyo,later,30,7\n";
        let now = "2026-03-04T12:00:00Z".parse().expect("instant");
        let missing = known().missing(format!("{header}{rows}").as_bytes(), now);
        let (code, time_zone) = ("tokyo".to_owned(), "Asia/Tokyo".to_owned());
        assert_eq!(missing, [NewQueue { code, time_zone, grain: Grain::Minutes15 }]);
    }

    #[test]
    fn a_fault_refuses_everything_unless_the_good_rows_are_wanted() {
        let half = file(
            "2026-03-04T10:00,Asia/Shanghai,presale,30,7,GZ\n\
             2026-03-04T10:30,Asia/Shanghai,presale,30,-7,GZ\n",
        );
        assert_eq!(refusal_of(&half, false).expect("refused").code, FaultCode::ImportRefused);
        assert_eq!(refusal_of(&half, true), None);
        let nothing = file("2026-03-04T10:30,Asia/Shanghai,presale,30,-7,GZ\n");
        assert!(refusal_of(&nothing, true).is_some(), "no row is good");
    }
}
