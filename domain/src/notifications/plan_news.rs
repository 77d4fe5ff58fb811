//! Who is told what of a planner's work.

use super::{News, PeriodNews, ShiftChange, ShiftNews};
use crate::{
    id::{AgentId, SiteId},
    time::Span,
};

/// Of a published schedule, to those who have shifts in it that they had not, or had others that it
/// replaces.
#[must_use]
pub fn news_of_publication(
    period: &PeriodNews,
    workers: impl IntoIterator<Item = AgentId>,
) -> Vec<(AgentId, News)> {
    let news = |agent| (agent, News::SchedulePublished(period.clone()));
    workers.into_iter().map(news).collect()
}

/// Of a changed shift of a site: it was `before`, with whom and when, and is `after`; `None` = it is
/// gone. Who keeps a shift at its time is told nothing.
#[must_use]
pub fn news_of_edit(
    site: SiteId,
    (giver, before): (AgentId, Span),
    after: Option<(AgentId, Span)>,
) -> Vec<(AgentId, News)> {
    let (taken, given) = (ShiftChange::Taken, ShiftChange::Given);
    let news = |agent, change, before, after| {
        (agent, News::ShiftChanged(ShiftNews { site, change, before, after }))
    };
    match after {
        None => vec![news(giver, taken, before, before)],
        Some((taker, at)) if taker == giver && at == before => Vec::new(),
        Some((taker, at)) if taker == giver => {
            vec![news(giver, ShiftChange::Moved, before, at)]
        }
        Some((taker, at)) => {
            vec![news(giver, taken, before, before), news(taker, given, at, at)]
        }
    }
}

/// Of a shift that was not there before, to who works it.
#[must_use]
pub fn news_of_new_shift(site: SiteId, agent: AgentId, at: Span) -> Vec<(AgentId, News)> {
    let shift = ShiftNews { site, change: ShiftChange::Given, before: at, after: at };
    vec![(agent, News::ShiftChanged(shift))]
}

/// Of a shift that stays at its time with other activities in it, to who works it.
#[must_use]
pub fn news_of_activities(site: SiteId, agent: AgentId, at: Span) -> Vec<(AgentId, News)> {
    let shift = ShiftNews { site, change: ShiftChange::Within, before: at, after: at };
    vec![(agent, News::ShiftChanged(shift))]
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::id::Id;

    fn id<K>(n: u128) -> Id<K> {
        Id::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn whoever_loses_gets_or_must_be_elsewhere_is_told() {
        let early = Span::of_seconds(Timestamp::UNIX_EPOCH, 3600);
        let late = Span::of_seconds(Timestamp::from_second(7200).expect("instant"), 3600);
        let told = |after| {
            let news = news_of_edit(id(1), (id(1), early), after).into_iter();
            let change = |(agent, news): (AgentId, News)| match news {
                News::ShiftChanged(it) => (agent, it.change, it.before, it.after),
                other => panic!("{other:?}"),
            };
            news.map(change).collect::<Vec<_>>()
        };
        assert_eq!(told(Some((id(1), early))), []);
        assert_eq!(told(Some((id(1), late))), [(id(1), ShiftChange::Moved, early, late)]);
        assert_eq!(told(None), [(id(1), ShiftChange::Taken, early, early)]);
        let handed =
            [(id(1), ShiftChange::Taken, early, early), (id(2), ShiftChange::Given, early, early)];
        assert_eq!(told(Some((id(2), early))), handed);
    }
}
