//! `NOTICE`: time between a change and the start of what it changes. Says nothing about a roster
//! that nobody changes.

use super::{
    super::{Quantity, check::begins_in},
    AgentView, Finding,
};
use crate::time::Span;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let least = view.limits.notice.limit;
    let now = view.context.now.as_second();
    let whole = view.context.roster.window;
    let told = |span: &&Span| begins_in(**span, whole, view.horizon.window);
    let soon = view.touched.iter().filter(told).filter_map(|span| {
        let ahead = span.start().as_second() - now;
        (ahead < least).then(|| {
            let (measured, limit) = (Quantity::Seconds(ahead), Quantity::Seconds(least));
            Finding::new(*span, measured, limit, least - ahead)
        })
    });
    soon.min_by_key(|finding| finding.span.start()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        Change, Edit, RuleCode,
        sample::{World, agent, said},
    };

    #[test]
    fn notice_is_counted_from_the_earliest_shift_that_changes() {
        let mut world = World::march().only(RuleCode::Notice);
        let early = world.works(1, "2026-03-04T07:00", 8.0);
        let moved = world.shift(1, "2026-03-04T12:00", 8.0);
        world.now = world.at("2026-03-03T22:00");
        let remove = Edit::Remove { agent: agent(1), shift: early };
        let found = world.check(&Change::edit(vec![remove, Edit::Add(moved)]));
        assert_eq!(said(&found), ["NOTICE WARNING EDIT 9 h / 12 h"]);
    }

    #[test]
    fn a_roster_that_nobody_changes_needs_no_notice() {
        let mut world = World::march().only(RuleCode::Notice);
        world.works(1, "2026-03-02T07:00", 8.0);
        assert!(world.judge().is_empty());
    }

    #[test]
    fn what_changes_before_the_window_hides_nothing_in_it() {
        let mut world = World::march().only(RuleCode::Notice);
        let history = world.works(1, "2026-03-01T07:00", 8.0);
        let remove = Edit::Remove { agent: agent(1), shift: history };
        let added = world.shift(1, "2026-03-02T07:00", 8.0);
        let found = world.check(&Change::edit(vec![remove, Edit::Add(added)]));
        assert_eq!(said(&found), ["NOTICE WARNING EDIT 7 h / 12 h"]);
    }
}
