//! Shifts as planners make and move them.

use jiff::{Timestamp, tz::TimeZone};

use super::{Activity, ActivityCategory, NewShift, Shift, SkillNeed};
use crate::{
    fault::{Fault, Rule},
    id::{AgentId, ShiftId, SiteId},
    time::Span,
};

/// Most parts of a shift that a planner makes.
pub(super) const MOST_PARTS: usize = 40;
/// Longest shift that a planner makes, in seconds: as long as the database lets one be.
pub(super) const LONGEST: i64 = 48 * 3600;

/// A part of a shift to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShiftPart {
    /// What is done.
    pub category: ActivityCategory,
    /// How long, in seconds.
    pub seconds: i64,
    /// Whether the time is paid.
    pub paid: bool,
}

/// A shift to come, of parts one after the other.
#[derive(Debug, Clone)]
pub struct ShiftOfParts<'a> {
    /// Its id.
    pub id: ShiftId,
    /// Who works it.
    pub agent: AgentId,
    /// Where.
    pub site: SiteId,
    /// When its first part starts.
    pub start: Timestamp,
    /// What fills it, in order.
    pub parts: &'a [ShiftPart],
    /// Skills that it asks for.
    pub needs: Vec<SkillNeed>,
}

impl ShiftOfParts<'_> {
    /// The shift, in its first version. `zone` is that of its site.
    ///
    /// # Errors
    /// INVALID_VALUE at `startsAt` unless it is a whole minute, and where the calendar ends before the
    /// shift; at `activities` unless these are 1 to 40 of at most 48 hours together; at
    /// `activities.{place}.durationSeconds` unless it is whole minutes.
    pub fn shift(self, zone: &TimeZone) -> Result<Shift, Fault> {
        let Self { id, agent, site, start, parts, needs } = self;
        if !is_whole_minute(start.as_nanosecond()) {
            return Err(Fault::invalid("startsAt", Rule::WholeMinute));
        }
        if parts.is_empty() {
            return Err(Fault::invalid("activities", Rule::NotEmpty));
        }
        if parts.len() > MOST_PARTS {
            return Err(Fault::invalid("activities", Rule::ItemsAtMost(MOST_PARTS)));
        }
        let mut activities = Vec::with_capacity(parts.len());
        let (mut end, mut left) = (start, LONGEST);
        for (at, part) in parts.iter().enumerate() {
            let ShiftPart { category, seconds, paid } = *part;
            let place = format!("activities.{at}.durationSeconds");
            if !(60..=LONGEST).contains(&seconds) {
                return Err(Fault::invalid(&place, Rule::Seconds(60, LONGEST)));
            }
            if seconds % 60 != 0 {
                return Err(Fault::invalid(&place, Rule::WholeMinute));
            }
            if seconds > left {
                return Err(Fault::invalid("activities", Rule::SecondsInAll(LONGEST)));
            }
            let span = Span::of_seconds(end, seconds);
            activities.push(Activity { category, span, paid });
            (end, left) = (span.end(), left - seconds);
        }
        let span = Span::of_seconds(start, LONGEST - left);
        let new = NewShift { id, agent, site, span, activities, needs, version: 1 };
        // Parts one after the other make a shift, unless the calendar ends before it: no schedule has
        // days there.
        Shift::new(new, zone).map_err(|_| Fault::invalid("startsAt", Rule::DayOfTheSchedule))
    }
}

impl Shift {
    /// The same shift from another start on, each activity at its place in it; its version grows by
    /// one. `zone` is that of its site.
    ///
    /// # Errors
    /// INVALID_VALUE unless it moves by whole minutes, and where the calendar ends before it.
    pub fn moved_to(&self, start: Timestamp, zone: &TimeZone) -> Result<Self, Fault> {
        let by = start.duration_since(self.span().start());
        if !is_whole_minute(by.as_nanos()) {
            return Err(Fault::of_rule(Rule::WholeMinute));
        }
        let then = |instant: Timestamp| instant.checked_add(by).ok();
        let later = |span: Span| Span::new(then(span.start())?, then(span.end())?);
        let activity = |it: &Activity| later(it.span).map(|span| Activity { span, ..*it });
        let moved = || -> Option<Self> {
            let new = NewShift {
                id: self.id(),
                agent: self.agent(),
                site: self.site(),
                span: later(self.span())?,
                activities: self.activities().iter().map(activity).collect::<Option<_>>()?,
                needs: self.needs().to_vec(),
                version: self.version().saturating_add(1),
            };
            Self::new(new, zone).ok()
        };
        // No schedule has days where the calendar ends.
        moved().ok_or_else(|| Fault::of_rule(Rule::DayOfTheSchedule))
    }
}

/// Whether so many nanoseconds are whole minutes.
pub(super) const fn is_whole_minute(nanoseconds: i128) -> bool {
    nanoseconds % 60_000_000_000 == 0
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::schedules::sample::{World, agent, site};

    fn part(category: ActivityCategory, minutes: i64) -> ShiftPart {
        ShiftPart { category, seconds: minutes * 60, paid: true }
    }

    fn made(start: Timestamp, parts: &[ShiftPart]) -> Result<Shift, Fault> {
        let id = ShiftId::from_uuid(Uuid::from_u128(1));
        let zone = TimeZone::get("Asia/Shanghai").expect("zone");
        let needs = Vec::new();
        ShiftOfParts { id, agent: agent(1), site: site(1), start, parts, needs }.shift(&zone)
    }

    #[test]
    fn parts_follow_each_other() {
        use ActivityCategory::{Break, OnQueue};
        let start = World::march().at("2026-03-04T09:00");
        let parts = [part(OnQueue, 120), part(Break, 15), part(OnQueue, 45)];
        let shift = made(start, &parts).expect("sound");
        assert_eq!((shift.span(), shift.version()), (Span::of_seconds(start, 3 * 3600), 1));
        let starts: Vec<i64> = shift
            .activities()
            .iter()
            .map(|it| Span::new(start, it.span.start()).expect("in order").seconds() / 60)
            .collect();
        assert_eq!(starts, [0, 120, 135]);
    }

    #[test]
    fn parts_that_make_no_shift_are_refused_with_what_would_do() {
        let start = World::march().at("2026-03-04T09:00");
        let hours = |hours: i64| part(ActivityCategory::OnQueue, hours * 60);
        let seconds = |seconds| ShiftPart { seconds, ..hours(1) };
        let half = Span::of_seconds(start, 30).end();
        let cases = [
            (half, vec![hours(1)], "startsAt", Rule::WholeMinute),
            (start, vec![], "activities", Rule::NotEmpty),
            (start, vec![hours(1); 41], "activities", Rule::ItemsAtMost(40)),
            (start, vec![hours(24), hours(25)], "activities", Rule::SecondsInAll(172_800)),
            (start, vec![seconds(90)], "activities.0.durationSeconds", Rule::WholeMinute),
            (
                start,
                vec![hours(1), seconds(0)],
                "activities.1.durationSeconds",
                Rule::Seconds(60, 172_800),
            ),
        ];
        for (start, parts, path, rule) in cases {
            assert_eq!(made(start, &parts).expect_err("refused"), Fault::invalid(path, rule));
        }
        assert!(made(start, &[hours(1); 40]).is_ok(), "40 hours in 40 parts");
    }

    #[test]
    fn a_shift_is_moved_with_all_that_is_in_it() {
        let mut world = World::march();
        let shift = world.shift(1, "2026-03-04T09:00", 8.0);
        let zone = world.roster.zone.clone();
        let late = world.at("2026-03-05T13:00");
        let moved = shift.moved_to(late, &zone).expect("a whole minute");
        assert_eq!(moved.span(), Span::of_seconds(late, shift.span().seconds()));
        assert_eq!(moved.local_date(), jiff::civil::date(2026, 3, 5));
        assert_eq!((moved.version(), moved.paid_seconds()), (2, shift.paid_seconds()));
        let half = Span::of_seconds(late, 30).end();
        let fault = shift.moved_to(half, &zone).expect_err("half a minute");
        assert_eq!(fault.rule, Some(Rule::WholeMinute));
        // The calendar ends at 22:00 that day.
        let last = "9999-12-30T20:00:00Z".parse::<Timestamp>().expect("instant");
        let fault = shift.moved_to(last, &zone).expect_err("beyond the calendar");
        assert_eq!(fault.rule, Some(Rule::DayOfTheSchedule));
    }
}
