//! What tests of tasks begin with: shapes, needs and ids.

use jiff::civil::{Date, time};
use uuid::Uuid;

use super::{QueueNeed, ShapePause, ShiftShape, Task};
use crate::{
    id::ShiftId,
    schedules::{ActivityCategory, IntervalAxis, TimeBand, sample::World},
};

/// Whole hours without a pause; starts on each hour from one to the other.
pub(super) fn plain_shape(hours: i64, starts: (i8, i8)) -> ShiftShape {
    ShiftShape {
        length_seconds: hours * 3600,
        starts: TimeBand { from: time(starts.0, 0, 0, 0), to: time(starts.1, 0, 0, 0) },
        start_step_minutes: 60,
        pauses: Vec::new(),
        kinds: Vec::new(),
        dates: (None, None),
        headcount: None,
    }
}

/// The same with a paid break of a quarter of an hour.
pub(super) fn shape(hours: i64, starts: (i8, i8)) -> ShiftShape {
    let rest = ShapePause {
        category: ActivityCategory::Break,
        earliest_seconds: 90 * 60,
        latest_seconds: (hours - 1) * 3600,
        length_seconds: 15 * 60,
        paid: true,
    };
    ShiftShape { pauses: vec![rest], ..plain_shape(hours, starts) }
}

/// So many days from the start of the window in half-hours.
pub(super) fn half_hours(world: &World, days: usize) -> IntervalAxis {
    IntervalAxis { start: world.roster.window.start(), step_seconds: 1800, len: days * 48 }
}

/// Wants agents at each local hour of each day of the window.
pub(super) fn want(world: &World, agents: impl Fn(i8) -> u16) -> (IntervalAxis, Vec<u16>) {
    let len = usize::try_from(world.roster.window.seconds() / 1800).expect("length");
    let axis = IntervalAxis { len, ..half_hours(world, 0) };
    let local = |index| world.roster.zone.to_datetime(axis.interval(index).start());
    (axis, (0..len).map(|index| agents(local(index).hour())).collect())
}

/// So many days from `first` on, in quarters of an hour, without patterns.
pub(super) fn task<'a>(
    world: &'a World,
    (first, days): (Date, usize),
    shapes: &'a [ShiftShape],
    axis: IntervalAxis,
    needs: &'a [QueueNeed],
) -> Task<'a> {
    Task {
        roster: &world.roster,
        rules: &world.rules,
        sites: &world.sites,
        first,
        days,
        slot_minutes: 15,
        shapes,
        patterns: &[],
        axis,
        needs,
    }
}

/// Ids that no shift of the world has.
pub(super) fn new_ids() -> impl FnMut() -> ShiftId {
    let mut number = 1_000_000;
    move || {
        number += 1;
        ShiftId::from_uuid(Uuid::from_u128(number))
    }
}
