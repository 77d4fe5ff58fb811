//! Who works when, with everything about a person that a rule may ask for.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use jiff::{ToSpan as _, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Bounds, RuleSubject, Shift, TimeBand, Training, WorkRules};
use crate::{
    id::{AgentId, AvailabilityId, SiteId, SkillId, TeamId},
    time::{Span, monday_of},
};

/// Kind of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContractKind {
    /// Full time, employed by the tenant.
    Regular,
    /// Fewer hours than full time.
    PartTime,
    /// Employed by an agency, works here.
    Dispatched,
    /// Employed by a service provider.
    Outsourced,
    /// Intern.
    Intern,
}

impl ContractKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Regular, Self::PartTime, Self::Dispatched, Self::Outsourced, Self::Intern];

    /// Stable name, as stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "REGULAR",
            Self::PartTime => "PART_TIME",
            Self::Dispatched => "DISPATCHED",
            Self::Outsourced => "OUTSOURCED",
            Self::Intern => "INTERN",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a contract says about hours. All in seconds of paid time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTerms {
    /// Kind of contract.
    pub kind: ContractKind,
    /// Least and most paid seconds of a local week; `CONTRACT_HOURS` asks for them. A week with
    /// time off owes less.
    pub weekly_seconds: Bounds,
    /// Paid seconds of a day above which overtime begins; `None` is no daily overtime.
    pub daily_hours_seconds: Option<i64>,
    /// Paid seconds of a week above which overtime begins; `None` is no weekly overtime.
    pub weekly_hours_seconds: Option<i64>,
    /// Seconds of a shift from start to end, where narrower than the rule set.
    pub shift_seconds: Bounds,
    /// Usual working days of a week, 1 to 7: the share of the weekly hours that a day off takes.
    pub days_per_week: u8,
}

impl ContractTerms {
    /// Full time of 40 h in five days of 8 h; overtime above both, as far as the rules allow.
    #[must_use]
    pub const fn full_time() -> Self {
        Self {
            kind: ContractKind::Regular,
            weekly_seconds: Bounds { min: Some(40 * 3600), max: None },
            daily_hours_seconds: Some(8 * 3600),
            weekly_hours_seconds: Some(40 * 3600),
            shift_seconds: Bounds { min: None, max: None },
            days_per_week: 5,
        }
    }

    /// The usual terms of a contract that states only its kind and weekly hours, as contracts are kept: overtime
    /// begins above 8 h a day, which is the day of full time, and above the most hours of a week; there are five
    /// days of work in it. Part-timers work shifts of 4 to 6 h; all other kinds have shifts as long as the work
    /// rules let them be.
    ///
    /// None of these is a setting of the contract. What is to be otherwise is said elsewhere: by the rules of a
    /// kind of contract, a team or an agent (SHIFT_LENGTH, PAID_TIME_DAY, WORK_DAYS_WEEK), which narrow them and
    /// never widen them; and by the kind itself. Who works few hours in long shifts has a contract of another
    /// kind than part time with these hours.
    #[must_use]
    pub const fn of_hours(kind: ContractKind, weekly_seconds: Bounds) -> Self {
        let usual = match kind {
            ContractKind::PartTime => Self::part_time(0),
            _ => Self::full_time(),
        };
        Self { kind, weekly_seconds, weekly_hours_seconds: weekly_seconds.max, ..usual }
    }

    /// Part time of exactly `weekly_seconds` in shifts of 4 to 6 h.
    #[must_use]
    pub const fn part_time(weekly_seconds: i64) -> Self {
        Self {
            kind: ContractKind::PartTime,
            weekly_seconds: Bounds::between(weekly_seconds, weekly_seconds),
            daily_hours_seconds: Some(8 * 3600),
            weekly_hours_seconds: Some(weekly_seconds),
            shift_seconds: Bounds::between(4 * 3600, 6 * 3600),
            days_per_week: 5,
        }
    }
}

/// When an availability holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AvailabilityPattern {
    /// Every week, local wall time of the roster's zone.
    Weekly {
        /// Weekday, Monday is 0.
        weekday: u8,
        /// From when to when; over midnight when it ends before it starts, the whole day when
        /// both are equal.
        band: TimeBand,
        /// First date, inclusive; `None` is since ever.
        from: Option<civil::Date>,
        /// Last date, inclusive; `None` is until further notice.
        until: Option<civil::Date>,
    },
    /// Once.
    Dated(Span),
}

/// A statement of an agent about when work is possible.
///
/// An agent without any `available` statement can work at any time that is not declared
/// unavailable; with such statements, only inside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// Its id.
    pub id: AvailabilityId,
    /// Can work then (`true`) or cannot (`false`). "Cannot" wins.
    pub available: bool,
    /// When.
    pub pattern: AvailabilityPattern,
    /// Why, such as the name of a class.
    pub label: String,
}

/// A skill that an agent holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkillHeld {
    /// The skill.
    pub skill: SkillId,
    /// Grade, 1 to 5.
    pub grade: u8,
    /// Last local date on which it counts; `None` is without end.
    pub valid_until: Option<civil::Date>,
}

/// One agent's part of a roster.
#[derive(Debug, Clone)]
pub struct AgentPlan {
    /// The agent.
    pub agent: AgentId,
    /// Own site.
    pub site: SiteId,
    /// The team; rules may be set for it.
    pub team: Option<TeamId>,
    /// Hours of the contract, until the first of its changes.
    pub contract: ContractTerms,
    /// Terms that hold from later dates on, in order of date.
    pub contract_changes: Vec<(civil::Date, ContractTerms)>,
    /// Rules of this agent from local Mondays on, in order, where they differ from those of the
    /// context on any day of the window; the first hold before them too.
    pub rules: Vec<(civil::Date, Arc<WorkRules>)>,
    /// Skills held.
    pub skills: Vec<SkillHeld>,
    /// Declared availability.
    pub availability: Vec<Availability>,
    /// Granted time off, in order.
    pub time_off: Vec<Span>,
    /// Training that it takes to take contacts, and what of it is passed.
    pub training: Training,
    /// Shifts over all of [`Roster::known`], ordered by start.
    pub shifts: Vec<Shift>,
}

impl AgentPlan {
    /// A plan without shifts, skills or wishes, for an agent of whom no training is asked.
    #[must_use]
    pub fn new(agent: AgentId, site: SiteId, contract: ContractTerms) -> Self {
        Self {
            agent,
            site,
            team: None,
            contract,
            contract_changes: Vec::new(),
            rules: Vec::new(),
            skills: Vec::new(),
            availability: Vec::new(),
            time_off: Vec::new(),
            training: Training::default(),
            shifts: Vec::new(),
        }
    }

    /// Own rules in the local week of a date; `None` where they are those of the context.
    #[must_use]
    pub fn rules_on(&self, date: civil::Date) -> Option<&WorkRules> {
        let monday = monday_of(date);
        let begun = self.rules.iter().rev().find(|(from, _)| *from <= monday);
        begun.or_else(|| self.rules.first()).map(|(_, rules)| &**rules)
    }

    /// For whom rules are asked in the local week from `monday`, where those of `site` are the ground.
    #[must_use]
    pub fn rule_subject(&self, site: SiteId, monday: civil::Date) -> RuleSubject {
        RuleSubject {
            site: Some(site),
            kind: Some(self.contract_on(monday).kind),
            team: self.team,
            agent: Some(self.agent),
        }
    }

    /// Terms in force on a date.
    #[must_use]
    pub fn contract_on(&self, date: civil::Date) -> &ContractTerms {
        let later = self.contract_changes.iter().rev().find(|(from, _)| *from <= date);
        later.map_or(&self.contract, |(_, terms)| terms)
    }

    /// Terms of the local week that begins on `monday`. Where they change within the week its hours
    /// are the mean over its seven days, to the minute: the least rounded down, the most up; all
    /// else is as on its Sunday.
    #[must_use]
    pub fn contract_of_week(&self, monday: civil::Date) -> Cow<'_, ContractTerms> {
        let sunday = monday.saturating_add(6.days());
        if !self.contract_changes.iter().any(|(from, _)| monday < *from && *from <= sunday) {
            return Cow::Borrowed(self.contract_on(monday));
        }
        let days = || (0..7).map(|day: i64| self.contract_on(monday.saturating_add(day.days())));
        let sum = |of: fn(&ContractTerms) -> Option<i64>| days().map(of).sum::<Option<i64>>();
        let least = sum(|terms| terms.weekly_seconds.min).map(|sum| sum / (7 * 60) * 60);
        let up = |sum: i64| (sum + 7 * 60 - 1) / (7 * 60) * 60;
        let most = sum(|terms| terms.weekly_seconds.max).map(up);
        Cow::Owned(ContractTerms {
            weekly_seconds: Bounds { min: least, max: most },
            weekly_hours_seconds: sum(|terms| terms.weekly_hours_seconds).map(up),
            ..self.contract_on(sunday).clone()
        })
    }

    /// Terms with shifts that every contract from `first` to `last` allows; all else as on `first`.
    #[must_use]
    pub fn contract_between(
        &self,
        first: civil::Date,
        last: civil::Date,
    ) -> Cow<'_, ContractTerms> {
        let mut terms = Cow::Borrowed(self.contract_on(first));
        let later = self.contract_changes.iter().filter(|it| first < it.0 && it.0 <= last);
        for (_, other) in later {
            let least = |one: Option<i64>, two: Option<i64>| one.into_iter().chain(two).min();
            let all = terms.to_mut();
            all.shift_seconds = Bounds {
                min: all.shift_seconds.min.max(other.shift_seconds.min),
                max: least(all.shift_seconds.max, other.shift_seconds.max),
            };
            all.daily_hours_seconds = least(all.daily_hours_seconds, other.daily_hours_seconds);
        }
        terms
    }

    /// Grade of a skill on a date; 0 when the agent does not hold it then.
    #[must_use]
    pub fn grade(&self, skill: SkillId, date: civil::Date) -> u8 {
        let valid = |held: &&SkillHeld| {
            held.skill == skill && held.valid_until.is_none_or(|until| date <= until)
        };
        self.skills.iter().filter(valid).map(|held| held.grade).max().unwrap_or(0)
    }

    /// Whether the agent takes contacts of a skill on a date, `None` being those that ask for none:
    /// holds it with that grade and has passed what its queues ask for.
    #[must_use]
    pub fn serves(&self, skill: Option<SkillId>, min_grade: u8, date: civil::Date) -> bool {
        skill.is_none_or(|skill| self.grade(skill, date) >= min_grade.max(1))
            && self.training.missing(skill, date).is_none()
    }

    /// The training without which the agent can take no contacts at all on a date, and the skill
    /// that asks for it; `None` when there is a queue that the agent serves, or none to serve.
    #[must_use]
    pub fn gate(&self, date: civil::Date) -> Option<(&str, Option<SkillId>)> {
        let held = |skill: Option<SkillId>| skill.is_none_or(|it| self.grade(it, date) > 0);
        let mut gates = Vec::new();
        for skill in self.training.skills().filter(|skill| held(*skill)) {
            gates.push((self.training.missing(skill, date)?, skill));
        }
        gates.into_iter().next()
    }
}

/// Who works when, over a window and the time around it that rules need.
#[derive(Debug, Clone)]
pub struct Roster {
    /// Zone in which local days, weeks and times are read.
    pub zone: TimeZone,
    /// What is judged: violations that end before it or begin after it are not told.
    pub window: Span,
    /// Time over which the shifts of every plan are complete: the window, history before it (a
    /// period and a day for all rules to look back as far as they want) and what is known after.
    pub known: Span,
    /// One plan for each agent that a change may touch.
    pub plans: BTreeMap<AgentId, AgentPlan>,
}

impl Roster {
    /// A roster of these plans; sorts the shifts of each by start.
    #[must_use]
    pub fn new(
        zone: TimeZone,
        window: Span,
        known: Span,
        plans: impl IntoIterator<Item = AgentPlan>,
    ) -> Self {
        let by_agent = |mut plan: AgentPlan| {
            plan.shifts.sort_by_key(|shift| (shift.span(), shift.id()));
            (plan.agent, plan)
        };
        Self { zone, window, known, plans: plans.into_iter().map(by_agent).collect() }
    }
}
