//! Shifts that get another length, or whose breaks and other activities are placed anew.

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::{
    Activity, ActivityCategory, NewShift, Shift,
    shift_parts::{LONGEST, MOST_PARTS, is_whole_minute},
};
use crate::{
    fault::{Fault, Rule},
    time::Span,
};

/// When an activity of a shift shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PlacedActivity {
    /// What is done.
    pub category: ActivityCategory,
    /// When it starts.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// Whether the time is paid.
    pub paid: bool,
}

impl PlacedActivity {
    /// The activity, as far as it has room in a shift beside `others`.
    fn within(self, shift: Span, others: &[Activity]) -> Result<Activity, Fault> {
        let Self { category, start, end, paid } = self;
        if category == ActivityCategory::OnQueue || !category.is_presence() {
            return Err(Fault::invalid("category", Rule::PlacedCategory));
        }
        for (path, at) in [("startsAt", start), ("endsAt", end)] {
            if !is_whole_minute(at.duration_since(shift.start()).as_nanos()) {
                return Err(Fault::invalid(path, Rule::WholeMinute));
            }
        }
        let span = Span::new(start, end).filter(|span| !span.is_empty());
        let span = span.ok_or_else(|| Fault::invalid("endsAt", Rule::AfterTheStart))?;
        let inside = Rule::WithinTheShift(shift.start(), shift.end());
        if !shift.contains(start) {
            return Err(Fault::invalid("startsAt", inside));
        }
        if end > shift.end() {
            return Err(Fault::invalid("endsAt", inside));
        }
        if let Some(other) = others.iter().find(|other| other.span.overlaps(span)) {
            let (name, taken) = (other.category.as_str(), other.span);
            let rule = Rule::ApartFrom(name, taken.start(), taken.end());
            return Err(Fault::invalid("startsAt", rule));
        }
        Ok(Activity { category, span, paid })
    }
}

/// How a shift shall be. What is `None` stays at the time at which it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Reshape {
    /// When it starts.
    pub start: Option<Timestamp>,
    /// When it ends.
    pub end: Option<Timestamp>,
    /// All that is done in it beside taking contacts, in any order. Time off and times at which the agent
    /// is not available are none of the planner's to place: they stay in any case.
    pub activities: Option<Vec<PlacedActivity>>,
}

impl Shift {
    /// The same shift in another shape; its version grows by one. What its activities leave of it is on
    /// queue, paid as its first time on queue is. `zone` is that of its site.
    ///
    /// # Errors
    /// INVALID_VALUE at `startsAt` where nothing is asked for; at `startsAt` and `endsAt` unless they are
    /// whole minutes, in order, at most 48 hours apart and around what stays; at `activities` where these
    /// are more than 40; at `activities.{place}.category`, `….startsAt` and `….endsAt` unless that is
    /// something that planners place, in whole minutes, within the shift and apart from all else.
    pub fn reshaped(&self, reshape: &Reshape, zone: &TimeZone) -> Result<Self, Fault> {
        if *reshape == Reshape::default() {
            return Err(Fault::invalid("startsAt", Rule::AChange));
        }
        let span = self.bounds(reshape)?;
        let stays = |it: &&Activity| match reshape.activities {
            Some(_) => !it.category.is_presence(),
            None => it.category != ActivityCategory::OnQueue,
        };
        let mut parts: Vec<Activity> = self.activities().iter().filter(stays).copied().collect();
        holds(span, &parts)?;
        let placed = reshape.activities.as_deref().unwrap_or_default();
        if placed.len() > MOST_PARTS {
            return Err(Fault::invalid("activities", Rule::ItemsAtMost(MOST_PARTS)));
        }
        for (place, activity) in placed.iter().enumerate() {
            let part = activity.within(span, &parts).map_err(|fault| {
                let path = format!("activities.{place}.{}", fault.path.join("."));
                fault.at(&path)
            })?;
            parts.push(part);
        }
        parts.sort_by_key(|part| part.span);
        let mut on_queue = self.activities().iter();
        let on_queue = on_queue.find(|it| it.category == ActivityCategory::OnQueue);
        let new = NewShift {
            id: self.id(),
            agent: self.agent(),
            site: self.site(),
            span,
            activities: filled(&parts, span, on_queue.is_none_or(|it| it.paid)),
            needs: self.needs().to_vec(),
            version: self.version().saturating_add(1),
        };
        // What is placed in whole minutes without overlap makes a shift, unless its end, which stays, is
        // within a minute.
        Self::new(new, zone).map_err(|_| Fault::invalid("endsAt", Rule::WholeMinute))
    }

    /// From when to when it shall be.
    fn bounds(&self, reshape: &Reshape) -> Result<Span, Fault> {
        const DAYS: i64 = LONGEST / 86_400;
        let Reshape { start, end, .. } = *reshape;
        for (path, at) in [("startsAt", start), ("endsAt", end)] {
            let by = at.map(|at| at.duration_since(self.span().start()));
            if by.is_some_and(|by| !is_whole_minute(by.as_nanos())) {
                return Err(Fault::invalid(path, Rule::WholeMinute));
            }
        }
        let from = start.unwrap_or(self.span().start());
        let span = Span::new(from, end.unwrap_or(self.span().end()));
        let span = span.filter(|span| (60..=LONGEST).contains(&span.seconds()));
        span.ok_or_else(|| match end {
            Some(_) => Fault::invalid("endsAt", Rule::AfterTheStartWithin(DAYS)),
            None => Fault::invalid("startsAt", Rule::BeforeTheEndWithin(DAYS)),
        })
    }
}

/// Refuses a span that does not hold all of these, which are in order.
fn holds(span: Span, parts: &[Activity]) -> Result<(), Fault> {
    if let Some(first) = parts.first().filter(|it| it.span.start() < span.start()) {
        let rule = Rule::NotAfterTheStartOf(first.category.as_str(), first.span.start());
        return Err(Fault::invalid("startsAt", rule));
    }
    if let Some(last) = parts.last().filter(|it| it.span.end() > span.end()) {
        let rule = Rule::NotBeforeTheEndOf(last.category.as_str(), last.span.end());
        return Err(Fault::invalid("endsAt", rule));
    }
    Ok(())
}

/// These, in order and apart, with time on queue in what they leave of a span.
fn filled(parts: &[Activity], span: Span, paid: bool) -> Vec<Activity> {
    let category = ActivityCategory::OnQueue;
    let mut all = Vec::with_capacity(2 * parts.len() + 1);
    let mut done = span.start();
    for part in parts {
        let gap = Span::new(done, part.span.start()).filter(|gap| !gap.is_empty());
        all.extend(gap.map(|span| Activity { category, span, paid }));
        all.push(*part);
        done = part.span.end();
    }
    let rest = Span::new(done, span.end()).filter(|rest| !rest.is_empty());
    all.extend(rest.map(|span| Activity { category, span, paid }));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::{
        ActivityCategory::{Break, Meal, Meeting, OnQueue, TimeOff},
        Change, Edit, RuleCode,
        sample::{World, said},
    };

    /// On Wednesday 4 March 2026.
    fn at(world: &World, time: &str) -> Timestamp {
        world.at(&format!("2026-03-04T{time}"))
    }

    fn placed(
        world: &World,
        category: ActivityCategory,
        (from, to): (&str, &str),
    ) -> PlacedActivity {
        PlacedActivity { category, start: at(world, from), end: at(world, to), paid: true }
    }

    /// What is done in a shift, each with its minutes.
    fn parts(shift: &Shift) -> Vec<(ActivityCategory, i64)> {
        shift.activities().iter().map(|it| (it.category, it.span.seconds() / 60)).collect()
    }

    #[test]
    fn a_shift_gets_longer_and_its_meal_later() {
        let mut world = World::march();
        let shift = world.shift(1, "2026-03-04T09:00", 8.0);
        let longer = Reshape {
            end: Some(at(&world, "18:00")),
            activities: Some(vec![placed(&world, Meal, ("14:00", "14:30"))]),
            ..Reshape::default()
        };
        let longer = shift.reshaped(&longer, &world.roster.zone).expect("sound");
        assert_eq!(parts(&longer), [(OnQueue, 300), (Meal, 30), (OnQueue, 210)]);
        assert_eq!(longer.span(), world.span("2026-03-04T09:00", "2026-03-04T18:00"));
        assert_eq!((longer.id(), longer.agent()), (shift.id(), shift.agent()));
        assert_eq!((longer.version(), longer.paid_seconds()), (2, 9 * 3600));
    }

    #[test]
    fn what_is_not_told_stays_at_its_time() {
        let mut world = World::march();
        let shift = world.shift(1, "2026-03-04T09:00", 8.0);
        let zone = world.roster.zone.clone();
        let (start, end) = (Some(at(&world, "07:30")), Some(at(&world, "13:30")));
        let earlier = Reshape { start, ..Reshape::default() };
        let earlier = shift.reshaped(&earlier, &zone).expect("sound");
        assert_eq!(parts(&earlier), [(OnQueue, 330), (Meal, 30), (OnQueue, 210)]);
        let short = Reshape { end, ..Reshape::default() };
        let short = shift.reshaped(&short, &zone).expect("sound");
        assert_eq!(parts(&short), [(OnQueue, 240), (Meal, 30)], "the meal ends it");
        let none = Reshape { activities: Some(Vec::new()), ..Reshape::default() };
        let none = shift.reshaped(&none, &zone).expect("sound");
        assert_eq!((parts(&none), none.span()), (vec![(OnQueue, 480)], shift.span()));
    }

    #[test]
    fn time_off_in_a_shift_stays_whatever_is_placed_around_it() {
        let mut world = World::march();
        let day = [(OnQueue, 120), (Meeting, 60), (TimeOff, 60), (OnQueue, 120)];
        let shift = world.shift_of(1, "2026-03-04T09:00", &day);
        let zone = world.roster.zone.clone();
        let pause = |from, to| vec![placed(&world, Break, (from, to))];
        let around = |activities| Reshape { activities: Some(activities), ..Reshape::default() };
        let moved = shift.reshaped(&around(pause("13:00", "13:15")), &zone).expect("sound");
        let expected = [(OnQueue, 180), (TimeOff, 60), (Break, 15), (OnQueue, 105)];
        assert_eq!(parts(&moved), expected);
        let fault = shift.reshaped(&around(pause("12:30", "13:15")), &zone).expect_err("over it");
        let rule = Rule::ApartFrom("TIME_OFF", at(&world, "12:00"), at(&world, "13:00"));
        assert_eq!(fault, Fault::invalid("activities.0.startsAt", rule));
        let end = Some(at(&world, "12:30"));
        let cut = Reshape { end, ..around(Vec::new()) };
        let fault = shift.reshaped(&cut, &zone).expect_err("beyond its end");
        let rule = Rule::NotBeforeTheEndOf("TIME_OFF", at(&world, "13:00"));
        assert_eq!(fault, Fault::invalid("endsAt", rule));
    }

    #[test]
    fn time_on_queue_that_comes_is_paid_as_what_is_there() {
        let mut world = World::march();
        let shift = world.shift(1, "2026-03-04T09:00", 8.0);
        let unpaid = |it: &Activity| Activity { paid: it.category != OnQueue, ..*it };
        let new = NewShift {
            id: shift.id(),
            agent: shift.agent(),
            site: shift.site(),
            span: shift.span(),
            activities: shift.activities().iter().map(unpaid).collect(),
            needs: Vec::new(),
            version: 1,
        };
        let unpaid = Shift::new(new, &world.roster.zone).expect("sound");
        let longer = Reshape { end: Some(at(&world, "18:00")), ..Reshape::default() };
        for (shift, paid) in [(shift, 9 * 3600), (unpaid, 1800)] {
            let longer = shift.reshaped(&longer, &world.roster.zone).expect("sound");
            assert_eq!(longer.paid_seconds(), paid);
        }
    }

    #[test]
    fn bounds_that_make_no_shift_are_refused_with_what_would_do() {
        let mut world = World::march();
        let shift = world.shift(1, "2026-03-04T09:00", 8.0);
        let zone = world.roster.zone.clone();
        let half = Span::of_seconds(at(&world, "18:00"), 30).end();
        let late = world.at("2026-03-06T09:01");
        let (meal, after) = (at(&world, "13:00"), at(&world, "13:30"));
        let cases = [
            (None, None, "startsAt", Rule::AChange),
            (None, Some(half), "endsAt", Rule::WholeMinute),
            (Some(half), None, "startsAt", Rule::WholeMinute),
            (None, Some(at(&world, "09:00")), "endsAt", Rule::AfterTheStartWithin(2)),
            (None, Some(at(&world, "08:00")), "endsAt", Rule::AfterTheStartWithin(2)),
            (None, Some(late), "endsAt", Rule::AfterTheStartWithin(2)),
            (Some(at(&world, "17:00")), None, "startsAt", Rule::BeforeTheEndWithin(2)),
            (Some(after), None, "startsAt", Rule::NotAfterTheStartOf("MEAL", meal)),
            (None, Some(meal), "endsAt", Rule::NotBeforeTheEndOf("MEAL", after)),
        ];
        for (start, end, path, rule) in cases {
            let asked = Reshape { start, end, activities: None };
            let fault = shift.reshaped(&asked, &zone).expect_err("refused");
            assert_eq!(fault, Fault::invalid(path, rule));
        }
    }

    #[test]
    fn activities_that_have_no_room_are_refused_with_what_would_do() {
        let mut world = World::march();
        let shift = world.shift(1, "2026-03-04T09:00", 8.0);
        let (start, end) = (shift.span().start(), shift.span().end());
        let pause = |from, to| placed(&world, Break, (from, to));
        let (half, two_hours) = (Span::of_seconds(start, 90).end(), pause("09:00", "11:00"));
        let (ten, quarter) = (at(&world, "10:00"), at(&world, "10:15"));
        let within = || Rule::WithinTheShift(start, end);
        let cases = [
            (pause("08:45", "09:15"), "startsAt", within()),
            (pause("17:00", "17:15"), "startsAt", within()),
            (pause("16:45", "17:15"), "endsAt", within()),
            (pause("11:15", "11:00"), "endsAt", Rule::AfterTheStart),
            (pause("11:00", "11:00"), "endsAt", Rule::AfterTheStart),
            (PlacedActivity { start: half, ..two_hours }, "startsAt", Rule::WholeMinute),
            (PlacedActivity { end: half, ..two_hours }, "endsAt", Rule::WholeMinute),
            (pause("10:10", "10:20"), "startsAt", Rule::ApartFrom("BREAK", ten, quarter)),
            (placed(&world, OnQueue, ("11:00", "12:00")), "category", Rule::PlacedCategory),
            (placed(&world, TimeOff, ("11:00", "12:00")), "category", Rule::PlacedCategory),
        ];
        for (activity, path, rule) in cases {
            let activities = Some(vec![pause("10:00", "10:15"), activity]);
            let asked = Reshape { activities, ..Reshape::default() };
            let fault = shift.reshaped(&asked, &world.roster.zone).expect_err("refused");
            assert_eq!(fault, Fault::invalid(&format!("activities.1.{path}"), rule));
        }
        let many = Some(vec![pause("10:00", "10:15"); 41]);
        let many = Reshape { activities: many, ..Reshape::default() };
        let fault = shift.reshaped(&many, &world.roster.zone).expect_err("refused");
        assert_eq!(fault, Fault::invalid("activities", Rule::ItemsAtMost(40)));
    }

    #[test]
    fn a_shift_that_leaves_too_little_rest_is_judged_as_one_that_was_moved() {
        let mut world = World::march().only(RuleCode::MinRest);
        let shift = world.shift(1, "2026-03-04T09:00", 8.0);
        world.put(shift.clone());
        world.works(1, "2026-03-05T04:30", 8.0);
        let judged = |end: &str| {
            let longer = Reshape { end: Some(at(&world, end)), ..Reshape::default() };
            let longer = shift.reshaped(&longer, &world.roster.zone).expect("sound");
            said(&world.check(&Change::edit(vec![Edit::Replace(longer)])))
        };
        assert_eq!(judged("17:30"), [""; 0], "11 h");
        assert_eq!(judged("18:00"), ["MIN_REST BLOCKING EDIT 10 h 30 min / 11 h"]);
    }
}
