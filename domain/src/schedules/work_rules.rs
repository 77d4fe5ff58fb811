//! A versioned set of work rules: what an agent may be asked to work.

use std::collections::BTreeSet;

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{ActivityCategory, RuleCode, Severity, pay::PayTerms};
use crate::{
    id::WorkRulesId,
    time::{Span, instant_of_local, next_day},
};

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
const MINUTE: i64 = 60;

/// One rule: its limit and its weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule<L> {
    /// The limit, in the unit that the rule's field names.
    pub limit: L,
    /// How heavy it weighs when the limit is not kept.
    pub severity: Severity,
}

impl<L> Rule<L> {
    /// A rule of this limit and weight.
    #[must_use]
    pub const fn new(limit: L, severity: Severity) -> Self {
        Self { limit, severity }
    }
}

/// A least and a most, both still allowed. `None` is no limit on that side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bounds {
    /// Least that is allowed.
    pub min: Option<i64>,
    /// Most that is allowed.
    pub max: Option<i64>,
}

impl Bounds {
    /// At most `max`.
    #[must_use]
    pub const fn at_most(max: i64) -> Self {
        Self { min: None, max: Some(max) }
    }

    /// From `min` to `max`.
    #[must_use]
    pub const fn between(min: i64, max: i64) -> Self {
        Self { min: Some(min), max: Some(max) }
    }
}

/// A band of local wall time `[from, to]`, both ends allowed. It runs over midnight when `to` is
/// before `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBand {
    /// Earliest.
    pub from: civil::Time,
    /// Latest.
    pub to: civil::Time,
}

impl TimeBand {
    /// Whether a wall-clock time lies in the band.
    #[must_use]
    pub fn contains(self, time: civil::Time) -> bool {
        if self.from <= self.to {
            self.from <= time && time <= self.to
        } else {
            self.from <= time || time <= self.to
        }
    }

    /// Where it begins on the dial, in seconds after midnight, and the seconds from there to its end.
    pub(super) fn on_dial(self) -> (i64, i64) {
        let first = civil::Time::midnight().duration_until(self.from).as_secs();
        (first, self.from.duration_until(self.to).as_secs().rem_euclid(DAY))
    }

    /// Its length by wall clock, in seconds: a whole day when both ends are equal.
    pub(super) fn seconds(self) -> i64 {
        match self.on_dial() {
            (_, 0) => DAY,
            (_, seconds) => seconds,
        }
    }

    /// The time from `from` on `date` to the next `to`: on the same day, or on the next one when
    /// `to` is not after `from`.
    #[must_use]
    pub fn on(self, date: civil::Date, zone: &TimeZone) -> Span {
        let end_date = if self.from < self.to { date } else { next_day(date) };
        let start = instant_of_local(date.to_datetime(self.from), zone).0;
        let end = instant_of_local(end_date.to_datetime(self.to), zone).0;
        // Only a clock change within the band can turn it around; then nothing is left of it.
        Span::new(start, end).unwrap_or(Span::of_seconds(start, 0))
    }
}

/// Where the shift of a day may start and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StartBand {
    /// Local times between which a shift starts; `None` is any.
    pub start: Option<TimeBand>,
    /// Local times between which a shift ends; `None` is any.
    pub end: Option<TimeBand>,
}

/// A break or meal that shifts from some length on must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakWindow {
    /// [`ActivityCategory::Break`] or [`ActivityCategory::Meal`].
    pub category: ActivityCategory,
    /// Seconds of the shortest shift that must have it.
    pub from_shift_seconds: i64,
    /// Least length in seconds.
    pub min_seconds: i64,
    /// Earliest start, in seconds after the start of the shift.
    pub earliest_seconds: i64,
    /// Latest start, in seconds after the start of the shift.
    pub latest_seconds: i64,
}

/// What is a night shift and how many are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NightLimit {
    /// The night, in local wall time.
    pub night: TimeBand,
    /// Seconds in the night from which on a shift is a night shift.
    pub from_seconds: i64,
    /// Most night shifts in a local week.
    pub max_per_week: i64,
}

impl NightLimit {
    /// Whether a shift of up to a day lies in the night for long enough, by wall clock; it begins so many
    /// seconds after midnight.
    pub(super) fn counts(&self, start: i64, length: i64) -> bool {
        let (from, _) = self.night.on_dial();
        let in_night = [-DAY, 0, DAY].into_iter().map(|day| {
            let (from, to) = (from + day, from + day + self.night.seconds());
            (to.min(start + length) - from.max(start)).max(0)
        });
        in_night.sum::<i64>() >= self.from_seconds
    }
}

/// The limits of a rule set. Weeks run from Monday in the zone of the roster, a shift counts on its
/// local start date, a period is [`period_weeks`](Self::period_weeks) such weeks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleLimits {
    /// Least seconds of rest between two shifts.
    pub min_rest: Rule<i64>,
    /// Least seconds of the longest continuous rest inside each local week.
    pub weekly_rest: Rule<i64>,
    /// Most working days in a row.
    pub consecutive_days: Rule<i64>,
    /// Most weekends with work in a row.
    pub consecutive_weekends: Rule<i64>,
    /// Days without work in a period.
    pub days_off: Rule<Bounds>,
    /// Paid seconds of a working day.
    pub paid_time_day: Rule<Bounds>,
    /// Paid seconds of a week.
    pub paid_time_week: Rule<Bounds>,
    /// Paid seconds of a period.
    pub paid_time_period: Rule<Bounds>,
    /// Days with work in a week.
    pub work_days_week: Rule<Bounds>,
    /// Most seconds of a day above the daily hours of the contract.
    pub overtime_day: Rule<i64>,
    /// Most seconds of a month above the daily or weekly hours of the contract.
    pub overtime_month: Rule<i64>,
    /// Seconds of a shift from start to end; a contract may narrow it.
    pub shift_length: Rule<Bounds>,
    /// Most seconds of work without a break or meal.
    pub continuous_work: Rule<i64>,
    /// Breaks and meals that must be there.
    pub break_window: Rule<Vec<BreakWindow>>,
    /// Where shifts start and end.
    pub start_band: Rule<StartBand>,
    /// Most seconds by which starts on two consecutive days differ on the local clock.
    pub start_variance: Rule<i64>,
    /// Least seconds between a change and the start of what it changes.
    pub notice: Rule<i64>,
    /// Weekly hours of the contract; the limit stands there.
    pub contract_hours: Rule<()>,
    /// Availability and time off; they stand with the agent.
    pub availability: Rule<()>,
    /// Skills; they stand with shift and agent.
    pub skill: Rule<()>,
    /// Training passed; it stands with the agent.
    pub training_gate: Rule<()>,
    /// Opening hours; they stand with the site.
    pub opening_hours: Rule<()>,
    /// Seats; they stand with the site.
    pub seats: Rule<()>,
    /// Night shifts of a week.
    pub night_shifts: Rule<NightLimit>,
    /// Two shifts at once.
    pub overlap: Rule<()>,
    /// Agents by which an interval may fall short of its requirement.
    pub coverage: Rule<i64>,
    /// Work at a site that is not the agent's own.
    pub cross_site: Rule<()>,
    /// Length of a period in weeks, counted from the Monday 5 January 1970; at least 1.
    pub period_weeks: i64,
    /// Seconds before the earlier shift at which a swap must be settled.
    pub swap_deadline_seconds: i64,
    /// What overtime and work at night, on rest days and on public holidays are worth, and when rest is
    /// due. The night is that of [`night_shifts`](Self::night_shifts).
    pub pay: PayTerms,
    /// Rules of the network that nothing below it weakens; none in a set of less than the network.
    // Left out where nothing is bound: programs that know of no such thing read these sets, too.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub binding: BTreeSet<RuleCode>,
}

impl Default for RuleLimits {
    fn default() -> Self {
        use Severity::{Blocking, NeedsApproval, Off, Warning};
        let time = |hour| civil::time(hour, 0, 0, 0);
        let meal = BreakWindow {
            category: ActivityCategory::Meal,
            from_shift_seconds: 7 * HOUR,
            min_seconds: 30 * MINUTE,
            earliest_seconds: 2 * HOUR,
            latest_seconds: 6 * HOUR,
        };
        let night = NightLimit {
            night: TimeBand { from: time(22), to: time(6) },
            from_seconds: 2 * HOUR,
            max_per_week: 5,
        };
        Self {
            min_rest: Rule::new(11 * HOUR, Blocking),
            weekly_rest: Rule::new(24 * HOUR, Warning),
            consecutive_days: Rule::new(6, Blocking),
            consecutive_weekends: Rule::new(3, Warning),
            days_off: Rule::new(Bounds { min: Some(4), max: None }, Warning),
            paid_time_day: Rule::new(Bounds::at_most(12 * HOUR), Blocking),
            paid_time_week: Rule::new(Bounds::at_most(60 * HOUR), Blocking),
            paid_time_period: Rule::new(Bounds::at_most(212 * HOUR), NeedsApproval),
            work_days_week: Rule::new(Bounds::at_most(6), Blocking),
            overtime_day: Rule::new(3 * HOUR, Blocking),
            overtime_month: Rule::new(36 * HOUR, Blocking),
            shift_length: Rule::new(Bounds::between(2 * HOUR, 13 * HOUR), Blocking),
            continuous_work: Rule::new(5 * HOUR, Warning),
            break_window: Rule::new(vec![meal], Warning),
            start_band: Rule::new(StartBand::default(), Blocking),
            start_variance: Rule::new(4 * HOUR, Off),
            notice: Rule::new(12 * HOUR, Warning),
            contract_hours: Rule::new((), Blocking),
            availability: Rule::new((), Blocking),
            skill: Rule::new((), Blocking),
            training_gate: Rule::new((), Blocking),
            opening_hours: Rule::new((), Blocking),
            seats: Rule::new((), Blocking),
            night_shifts: Rule::new(night, Warning),
            overlap: Rule::new((), Blocking),
            coverage: Rule::new(0, Blocking),
            cross_site: Rule::new((), NeedsApproval),
            period_weeks: 4,
            swap_deadline_seconds: 12 * HOUR,
            pay: PayTerms::default(),
            binding: BTreeSet::new(),
        }
    }
}

macro_rules! severities {
    ($($code:ident $field:ident;)*) => {
        impl RuleLimits {
            /// Weight of a rule.
            #[must_use]
            pub const fn severity(&self, rule: RuleCode) -> Severity {
                match rule { $(RuleCode::$code => self.$field.severity,)* }
            }

            /// Sets the weight of a rule.
            pub const fn set_severity(&mut self, rule: RuleCode, severity: Severity) {
                match rule { $(RuleCode::$code => self.$field.severity = severity,)* }
            }
        }
    };
}

severities! {
    MinRest min_rest;
    WeeklyRest weekly_rest;
    ConsecutiveDays consecutive_days;
    ConsecutiveWeekends consecutive_weekends;
    DaysOff days_off;
    PaidTimeDay paid_time_day;
    PaidTimeWeek paid_time_week;
    PaidTimePeriod paid_time_period;
    WorkDaysWeek work_days_week;
    OvertimeDay overtime_day;
    OvertimeMonth overtime_month;
    ShiftLength shift_length;
    ContinuousWork continuous_work;
    BreakWindow break_window;
    StartBand start_band;
    StartVariance start_variance;
    Notice notice;
    ContractHours contract_hours;
    Availability availability;
    Skill skill;
    TrainingGate training_gate;
    OpeningHours opening_hours;
    Seats seats;
    NightShifts night_shifts;
    Overlap overlap;
    Coverage coverage;
    CrossSite cross_site;
}

/// Work rules that hold for somebody: a versioned set, or several laid over each other by a
/// [`RuleBook`](super::RuleBook).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkRules {
    /// Which set; of several the narrowest.
    pub id: WorkRulesId,
    /// Version of the set, from 1; every decision records it.
    pub version: i32,
    /// Its rules.
    pub limits: RuleLimits,
    /// The sets and versions that it is laid over, widest first; a whole set over none.
    #[serde(default)]
    pub over: Vec<(WorkRulesId, i32)>,
}

impl WorkRules {
    /// The rules that hold where a tenant has set nothing else: rest of 11 h, at most 6 working
    /// days in a row, overtime of at most 3 h a day and 36 h a month, swaps settled 12 h ahead.
    #[must_use]
    pub fn default_of(id: WorkRulesId) -> Self {
        Self { id, version: 1, limits: RuleLimits::default(), over: Vec::new() }
    }

    /// Every set that has a say, with its version, widest first.
    pub fn parts(&self) -> impl Iterator<Item = (WorkRulesId, i32)> {
        self.over.iter().copied().chain([(self.id, self.version)])
    }

    /// The same as records of decisions name them.
    pub fn version_names(&self) -> impl Iterator<Item = String> {
        self.parts().map(|(id, version)| version_name(id, version))
    }
}

/// A version of a rule set, as records of decisions name it.
#[must_use]
pub fn version_name(id: WorkRulesId, version: i32) -> String {
    format!("{id} v{version}")
}
