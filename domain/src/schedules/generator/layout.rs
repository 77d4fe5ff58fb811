//! Breaks and meals of a shift: as its shape has them, and as rules and closed hours change them.

use super::{shape::ShapePause, template::Pause};
use crate::schedules::{ActivityCategory, BreakWindow, RuleLimits, Severity};

const DAY: i64 = 86_400;

/// Length, breaks and meals of a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// Seconds from start to end.
    pub(super) length_seconds: i64,
    /// Breaks and meals, by earliest start.
    pub(super) pauses: Vec<ShapePause>,
}

/// The breaks and meals that rules ask for.
pub(super) fn windows(limits: &RuleLimits) -> &[BreakWindow] {
    match limits.break_window.severity {
        Severity::Off => &[],
        _ => &limits.break_window.limit,
    }
}

/// Whether a break or meal may start where a rule wants one of its kind to.
pub(super) fn is_near(pause: &ShapePause, window: &BreakWindow) -> bool {
    pause.category == window.category
        && pause.earliest_seconds <= window.latest_seconds
        && window.earliest_seconds <= pause.latest_seconds
}

impl Layout {
    /// With what the rules ask for: breaks and meals that are too short are lengthened, those that
    /// are missing added, all narrowed to the windows in which they may start.
    pub(super) fn of(
        (length_seconds, pauses): (i64, &[ShapePause]),
        limits: &RuleLimits,
        slot: i64,
    ) -> Self {
        let mut layout = Self { length_seconds, pauses: pauses.to_vec() };
        for window in windows(limits) {
            layout.lengthen_for(window, slot);
        }
        for window in windows(limits) {
            layout.keep(window);
        }
        layout.pauses.sort_by_key(|pause| pause.earliest_seconds);
        layout
    }

    /// Where no break or meal near the window is long enough, the longest of them becomes so: a second
    /// one beside it is what nobody means.
    fn lengthen_for(&mut self, window: &BreakWindow, slot: i64) {
        if window.from_shift_seconds > self.length_seconds {
            return;
        }
        let near = self.pauses.iter().enumerate().filter(|(_, pause)| is_near(pause, window));
        let longest = near.max_by_key(|(_, pause)| pause.length_seconds);
        let Some((at, pause)) = longest else { return };
        if pause.length_seconds < window.min_seconds {
            self.lengthen(at, window.min_seconds, slot);
        }
    }

    /// Lengthens a break or meal, by whole slots. One that is not paid takes nothing from what is:
    /// the end of the shift, and what comes after it, moves.
    fn lengthen(&mut self, at: usize, seconds: i64, slot: i64) {
        let pause = self.pauses[at];
        let more = whole(seconds, slot) - whole(pause.length_seconds, slot);
        self.pauses[at].length_seconds = seconds;
        if pause.paid {
            return;
        }
        self.length_seconds += more;
        for later in &mut self.pauses {
            if later.earliest_seconds > pause.latest_seconds {
                later.earliest_seconds += more;
                later.latest_seconds += more;
            }
        }
    }

    /// Narrows the break or meal that a window is about, or adds it.
    fn keep(&mut self, window: &BreakWindow) {
        if window.from_shift_seconds > self.length_seconds {
            return;
        }
        let meets = |pause: &&mut ShapePause| {
            is_near(pause, window) && pause.length_seconds >= window.min_seconds
        };
        match self.pauses.iter_mut().find(meets) {
            Some(pause) => {
                pause.earliest_seconds = pause.earliest_seconds.max(window.earliest_seconds);
                pause.latest_seconds = pause.latest_seconds.min(window.latest_seconds);
            }
            None => self.pauses.push(ShapePause {
                category: window.category,
                earliest_seconds: window.earliest_seconds,
                latest_seconds: window.latest_seconds,
                length_seconds: window.min_seconds,
                paid: window.category == ActivityCategory::Break,
            }),
        }
    }

    /// The layouts in which a meal or an unpaid break is long enough to lie over `seconds` in which the
    /// site is closed, with the place of that one. Those that are not paid are lengthened for it.
    pub(super) fn over(&self, seconds: i64, slot: i64) -> Vec<(usize, Self)> {
        let resting = self.pauses.iter().enumerate();
        let resting = resting.filter(|(_, pause)| pause.category.may_be_closed(pause.paid));
        let long_enough = resting.filter_map(|(at, pause)| {
            let mut over = self.clone();
            if pause.length_seconds < seconds {
                if pause.paid {
                    return None;
                }
                over.lengthen(at, seconds, slot);
            }
            Some((at, over))
        });
        long_enough.collect()
    }

    /// The same where one break or meal lies over closed hours, whatever else: `start` of the shift and
    /// `closed` are seconds of the day on the clock. `None` where its window does not let it.
    pub(super) fn pinned(&self, at: usize, start: i64, closed: (i64, i64)) -> Option<Self> {
        let pause = self.pauses.get(at)?;
        // A shift over midnight may meet the closed hours of the next day.
        [0, DAY].into_iter().find_map(|day| {
            let (from, to) = (closed.0 + day - start, closed.1 + day - start);
            let earliest_seconds = pause.earliest_seconds.max(to - pause.length_seconds);
            let latest_seconds = pause.latest_seconds.min(from);
            let mut pinned = self.clone();
            pinned.pauses[at] = ShapePause { earliest_seconds, latest_seconds, ..*pause };
            (earliest_seconds <= latest_seconds).then_some(pinned)
        })
    }

    /// Paid seconds of the shift.
    pub(super) fn paid_seconds(&self, slot: i64) -> i64 {
        let unpaid = self.pauses.iter().filter(|pause| !pause.paid);
        self.length_seconds - unpaid.map(|pause| whole(pause.length_seconds, slot)).sum::<i64>()
    }

    /// Its breaks and meals in slots.
    pub(super) fn in_slots(&self, slot: i64) -> Vec<Pause> {
        let slots = |seconds: i64| u16::try_from(seconds.max(0) / slot).unwrap_or(u16::MAX);
        let up = |seconds: i64| slots(seconds + slot - 1);
        let pauses = self.pauses.iter().map(|pause| Pause {
            earliest: up(pause.earliest_seconds),
            latest: slots(pause.latest_seconds),
            length: up(pause.length_seconds),
            category: pause.category,
            paid: pause.paid,
        });
        pauses.collect()
    }
}

/// Seconds of the slots that a time takes.
fn whole(seconds: i64, slot: i64) -> i64 {
    (seconds + slot - 1).max(0) / slot * slot
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::ShiftTemplates;

    const MINUTE: i64 = 60;
    const SLOT: i64 = 15 * MINUTE;

    /// Rules that ask for a meal of so many minutes from 7 h on.
    fn rules(meal_minutes: i64) -> RuleLimits {
        let mut limits = RuleLimits::default();
        limits.break_window.limit[0].min_seconds = meal_minutes * MINUTE;
        limits
    }

    /// The usual full day under those rules.
    fn full_day(meal_minutes: i64) -> Layout {
        let shapes = ShiftTemplates::usual().shapes((None, None));
        Layout::of((shapes[0].length_seconds, &shapes[0].pauses), &rules(meal_minutes), SLOT)
    }

    /// Category, first and last start, and length of each pause in minutes.
    fn minutes(layout: &Layout) -> Vec<(ActivityCategory, i64, i64, i64)> {
        let pauses = layout.pauses.iter().map(|it| {
            let of = |seconds: i64| seconds / MINUTE;
            (it.category, of(it.earliest_seconds), of(it.latest_seconds), of(it.length_seconds))
        });
        pauses.collect()
    }

    #[test]
    fn a_meal_that_the_rules_want_longer_is_lengthened_and_no_second_one_comes() {
        use ActivityCategory::{Break, Meal};
        let usual = full_day(30);
        let first = (Break, 90, 150, 15);
        assert_eq!(minutes(&usual), [first, (Meal, 180, 300, 30), (Break, 360, 420, 15)]);
        let longer = full_day(60);
        assert_eq!(minutes(&longer), [first, (Meal, 180, 300, 60), (Break, 390, 450, 15)]);
        let hours = |layout: &Layout| (layout.length_seconds, layout.paid_seconds(SLOT));
        assert_eq!(hours(&usual), (510 * MINUTE, 480 * MINUTE));
        assert_eq!(hours(&longer), (540 * MINUTE, 480 * MINUTE), "as much is paid");
    }

    #[test]
    fn a_paid_break_is_lengthened_within_the_shift() {
        let rest = ShapePause {
            category: ActivityCategory::Meal,
            earliest_seconds: 180 * MINUTE,
            latest_seconds: 300 * MINUTE,
            length_seconds: 30 * MINUTE,
            paid: true,
        };
        let layout = Layout::of((480 * MINUTE, &[rest]), &rules(45), SLOT);
        assert_eq!(minutes(&layout), [(ActivityCategory::Meal, 180, 300, 45)]);
        assert_eq!((layout.length_seconds, layout.paid_seconds(SLOT)), (28_800, 28_800));
        assert_eq!(layout.over(60 * MINUTE, SLOT), [], "nor over a longer lunch of the site");
    }

    #[test]
    fn a_meal_of_another_time_of_day_is_not_the_one_that_is_asked_for() {
        let mut limits = rules(45);
        limits.break_window.limit[0].earliest_seconds = 330 * MINUTE;
        let shapes = ShiftTemplates::usual().shapes((None, None));
        let layout = Layout::of((shapes[0].length_seconds, &shapes[0].pauses), &limits, SLOT);
        let meals = minutes(&layout).into_iter().filter(|it| it.0 == ActivityCategory::Meal);
        assert_eq!(meals.map(|it| it.3).collect::<Vec<_>>(), [30, 45]);
    }

    #[test]
    fn a_meal_lies_over_the_lunch_of_the_site_where_its_window_lets_it() {
        let hour = |hour: i64| hour * 60 * MINUTE;
        let lunch = (hour(12), hour(13));
        let [(at, over)] = &full_day(30).over(60 * MINUTE, SLOT)[..] else { panic!("one meal") };
        assert_eq!((over.length_seconds, over.paid_seconds(SLOT)), (540 * MINUTE, 480 * MINUTE));
        let place = |start| {
            let pinned = over.pinned(*at, start, lunch)?;
            Some((
                (start + pinned.pauses[*at].earliest_seconds) / MINUTE,
                pinned.pauses[*at].latest_seconds + start,
            ))
        };
        let noon = Some((12 * 60, hour(12)));
        assert_eq!(place(hour(8) + 30 * MINUTE), noon);
        assert_eq!(place(hour(9)), noon);
        assert_eq!(place(hour(6)), None, "a meal six hours after the start is too late");
        assert_eq!(place(hour(10)), None, "and two hours after it too early");
        let next_day = (hour(2), hour(3));
        assert!(over.pinned(*at, hour(22), next_day).is_some(), "a night shift may meet it");
    }
}
