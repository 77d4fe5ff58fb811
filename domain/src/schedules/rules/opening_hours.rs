//! `OPENING_HOURS`: nobody is planned while the site is closed. A meal, a break that is not paid and
//! time off may fall into closed hours, as where a site closes for lunch.

use super::{
    super::{Quantity, ViolationParam},
    AgentView, Finding,
};
use crate::time::Span;

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let outside = view.work.iter().filter_map(|work| {
        let open = view.context.limits_of(work.shift.site())?.open.as_deref()?;
        let activities = work.shift.activities().iter();
        let there = activities.filter(|it| it.category.is_presence());
        let there = there.filter(|it| !it.category.may_be_closed(it.paid));
        // What is not known of the site's hours is not judged: they need not reach into history.
        let there = there.filter_map(|it| it.span.intersection(view.context.roster.window));
        let outside =
            |span: Span| span.seconds() - open_parts(open, span).map(Span::seconds).sum::<i64>();
        let closed: i64 = there.map(outside).sum();
        (closed > 0).then(|| {
            Finding::new(work.span, Quantity::Seconds(closed), Quantity::Seconds(0), closed)
                .with(ViolationParam::Shift(work.shift.id()))
                .with(ViolationParam::Site(work.shift.site()))
        })
    });
    outside.collect()
}

fn open_parts(open: &[Span], span: Span) -> impl Iterator<Item = Span> {
    let from = open.partition_point(|part| part.end() <= span.start());
    let parts = open[from..].iter().take_while(move |part| part.start() < span.end());
    parts.filter_map(move |part| part.intersection(span))
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        Activity,
        ActivityCategory::{Break, Meal, OnQueue, TimeOff},
        NewShift, RuleCode, Shift, SiteLimits,
        sample::{World, site},
    };

    #[test]
    fn work_before_opening_is_told_with_its_length() {
        let mut world = World::march().only(RuleCode::OpeningHours);
        let open = vec![
            world.span("2026-03-04T08:30", "2026-03-04T17:30"),
            world.span("2026-03-05T08:30", "2026-03-05T17:30"),
        ];
        world.sites = vec![SiteLimits { site: site(1), open: Some(open), seats: None }];
        world.works(1, "2026-03-04T08:00", 8.0);
        world.works(1, "2026-03-05T09:30", 8.0);
        world.works(1, "2026-02-27T09:30", 8.0);
        assert_eq!(world.judged(), ["OPENING_HOURS BLOCKING EDIT 30 min / 0 h"]);
    }

    #[test]
    fn a_meal_may_fall_into_the_lunch_for_which_a_site_closes_and_work_may_not() {
        let mut world = World::march().only(RuleCode::OpeningHours);
        let open = vec![
            world.span("2026-03-04T08:30", "2026-03-04T12:00"),
            world.span("2026-03-04T13:00", "2026-03-04T17:30"),
        ];
        world.sites = vec![SiteLimits { site: site(1), open: Some(open), seats: None }];
        let day = [(OnQueue, 210), (Meal, 60), (OnQueue, 270)];
        let shift = world.shift_of(1, "2026-03-04T08:30", &day);
        world.put(shift);
        assert!(world.judged().is_empty());
        let late = [(OnQueue, 240), (Meal, 30), (OnQueue, 270)];
        let shift = world.shift_of(2, "2026-03-04T08:30", &late);
        world.put(shift);
        assert_eq!(world.judged(), ["OPENING_HOURS BLOCKING EDIT 30 min / 0 h"]);
    }

    #[test]
    fn a_break_may_fall_into_closed_hours_where_it_is_not_paid() {
        let mut world = World::march().only(RuleCode::OpeningHours);
        let open = vec![
            world.span("2026-03-04T08:30", "2026-03-04T12:00"),
            world.span("2026-03-04T13:00", "2026-03-04T17:30"),
        ];
        world.sites = vec![SiteLimits { site: site(1), open: Some(open), seats: None }];
        let day = [(OnQueue, 210), (Break, 60), (OnQueue, 270)];
        let paid = world.shift_of(1, "2026-03-04T08:30", &day);
        let activities = paid.activities().iter();
        let activities = activities.map(|it| Activity { paid: it.category == OnQueue, ..*it });
        let unpaid = NewShift {
            id: paid.id(),
            agent: paid.agent(),
            site: paid.site(),
            span: paid.span(),
            activities: activities.collect(),
            needs: Vec::new(),
            version: 1,
        };
        let unpaid = Shift::new(unpaid, &world.roster.zone).expect("sound");
        let mut other = world.clone();
        other.put(unpaid);
        assert!(other.judged().is_empty());
        world.put(paid);
        assert_eq!(world.judged(), ["OPENING_HOURS BLOCKING EDIT 1 h / 0 h"]);
    }

    #[test]
    fn time_off_in_a_shift_may_fall_into_closed_hours() {
        let mut world = World::march().only(RuleCode::OpeningHours);
        let open = vec![
            world.span("2026-03-04T08:30", "2026-03-04T12:00"),
            world.span("2026-03-04T13:00", "2026-03-04T17:30"),
        ];
        world.sites = vec![SiteLimits { site: site(1), open: Some(open), seats: None }];
        let day = [(OnQueue, 210), (TimeOff, 60), (OnQueue, 270)];
        let shift = world.shift_of(1, "2026-03-04T08:30", &day);
        world.put(shift);
        assert!(world.judged().is_empty());
    }
}
