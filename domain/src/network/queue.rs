use std::collections::BTreeSet;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Code, Names, parse_zone};
use crate::{
    fault::{Fault, Rule},
    id::{QueueId, SiteId, SkillId},
    kpis::ServiceLevelMethod,
    time::Grain,
};

/// What a queue limits beside its service level; `None` sets no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GoalCaps {
    /// Most seconds of the mean wait of all offered contacts (ASA).
    pub max_asa_seconds: Option<u32>,
    /// Most percent of callers who hang up. Only a known patience foretells how many do.
    pub max_abandonment: Option<Decimal>,
    /// Most percent of the agents' time spent on contacts.
    pub max_occupancy: Option<Decimal>,
}

impl GoalCaps {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut refuse = |field: &str, rule| faults.push(Fault::invalid(field, rule));
        if self.max_asa_seconds.is_some_and(|seconds| !(1..=86_400).contains(&seconds)) {
            refuse("goal.maxAverageSpeedOfAnswerSeconds", Rule::Seconds(1, 86_400));
        }
        let shares = [
            ("goal.maxAbandonmentPercent", self.max_abandonment),
            ("goal.maxOccupancyPercent", self.max_occupancy),
        ];
        for (field, share) in shares {
            let Some(percent) = share else { continue };
            if percent <= Decimal::ZERO || percent >= Decimal::ONE_HUNDRED {
                refuse(field, Rule::PercentInside);
            } else if percent.normalize().scale() > 2 {
                refuse(field, Rule::DecimalsAtMost(2));
            }
        }
        faults
    }
}

/// Goal of a queue from an instant on: a service level, other limits, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceGoal {
    /// First instant at which it holds.
    pub from: Timestamp,
    /// Percent of contacts, above 0 and below 100; `None` where only other limits are set.
    pub service_level: Option<Decimal>,
    /// What else is limited.
    pub caps: GoalCaps,
    /// Seconds within which they are to be answered.
    pub threshold_seconds: u32,
    /// What contacts in time are divided by.
    pub method: ServiceLevelMethod,
    /// Seconds within which giving up is a short abandon.
    pub short_abandon_seconds: u32,
}

impl ServiceGoal {
    /// 80 % in 20 s of the offered contacts, short abandons within 5 s.
    #[must_use]
    pub fn usual(from: Timestamp) -> Self {
        Self {
            from,
            service_level: Some(Decimal::from(80)),
            caps: GoalCaps::default(),
            threshold_seconds: 20,
            method: ServiceLevelMethod::Offered,
            short_abandon_seconds: 5,
        }
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        // No number of agents answers every contact in time.
        let is_inside = |it: Decimal| it > Decimal::ZERO && it < Decimal::ONE_HUNDRED;
        let level = match self.service_level {
            Some(level) if !is_inside(level) => Some(Rule::PercentInside),
            // More decimals than are kept would be rounded, 99.996 % to all contacts.
            Some(level) if level.normalize().scale() > 2 => Some(Rule::DecimalsAtMost(2)),
            None if self.caps == GoalCaps::default() => Some(Rule::ALimitOfTheGoal),
            _ => None,
        };
        faults.extend(level.map(|rule| Fault::invalid("goal.serviceLevelPercent", rule)));
        faults.extend(self.caps.faults());
        if self.threshold_seconds == 0 {
            faults.push(Fault::invalid("goal.thresholdSeconds", Rule::AtLeast(1)));
        }
        faults
    }

    /// Whether a queue whose callers are this patient can have it.
    ///
    /// # Errors
    /// INVALID_VALUE for a limit on abandonment where patience is not known.
    pub fn check_patience(&self, patience_seconds: Option<Decimal>) -> Result<(), Fault> {
        match (self.caps.max_abandonment, patience_seconds) {
            (Some(_), None) => {
                Err(Fault::invalid("goal.maxAbandonmentPercent", Rule::PatienceFirst))
            }
            _ => Ok(()),
        }
    }

    /// Whether it may be set at `now`: figures of the past keep the goal that they had.
    ///
    /// # Errors
    /// INVALID_VALUE for every field that does not fit, all at once.
    pub fn check_from(&self, now: Timestamp) -> Result<(), Vec<Fault>> {
        let mut faults = self.faults();
        if self.from < now {
            faults.push(Fault::invalid("effectiveAt", Rule::NowOrLater));
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

/// The goal that holds at an instant: the last one that began. A new goal leaves the past as it was.
#[must_use]
pub fn goal_at(goals: &[ServiceGoal], at: Timestamp) -> Option<&ServiceGoal> {
    goals.iter().filter(|goal| goal.from <= at).max_by_key(|goal| goal.from)
}

/// The goal by which figures of an instant are counted: that in force, the first one for what was
/// before it.
#[must_use]
pub fn counting_goal(goals: &[ServiceGoal], at: Timestamp) -> Option<&ServiceGoal> {
    goal_at(goals, at).or_else(|| goals.iter().min_by_key(|goal| goal.from))
}

/// The goal that limits abandonment last of those that are in force at `now` or begin later: as long as
/// there is one, the patience of the callers has to be known.
#[must_use]
pub fn latest_cap(goals: &[ServiceGoal], now: Timestamp) -> Option<&ServiceGoal> {
    let current = goal_at(goals, now).map_or(now, |goal| goal.from);
    let still = goals.iter().filter(|goal| goal.from >= current);
    still.filter(|goal| goal.caps.max_abandonment.is_some()).max_by_key(|goal| goal.from)
}

/// One stream of contacts, taken by one or more sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its id.
    pub id: QueueId,
    /// Short name, unique in the tenant.
    pub code: Code,
    /// Name.
    pub names: Names,
    /// IANA zone in which its local days are counted.
    pub time_zone: String,
    /// Native length of its intervals.
    pub grain: Grain,
    /// Sites that take its contacts.
    pub sites: BTreeSet<SiteId>,
    /// Skill that it asks for.
    pub skill: Option<SkillId>,
    /// Goals, in any order.
    pub goals: Vec<ServiceGoal>,
}

/// What a client says about a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawQueue {
    /// Short name.
    pub code: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// IANA zone.
    pub time_zone: String,
    /// Native length of intervals in minutes.
    pub grain_minutes: u32,
    /// Sites.
    pub sites: Vec<SiteId>,
    /// Skill.
    pub skill: Option<SkillId>,
    /// First goal.
    pub goal: ServiceGoal,
}

impl Queue {
    /// Reads what a client sent.
    ///
    /// # Errors
    /// A fault for every field that does not fit, all at once.
    pub fn parse(id: QueueId, raw: RawQueue) -> Result<Self, Vec<Fault>> {
        let RawQueue { code, name_en, name_zh, time_zone, grain_minutes, sites, skill, goal } = raw;
        let mut faults = Vec::new();
        let code = Code::parse("code", &code).map_err(|fault| faults.push(fault));
        let names = Names::parse(&name_en, &name_zh).map_err(|fault| faults.push(fault));
        let zone = parse_zone("timeZone", &time_zone).map_err(|fault| faults.push(fault));
        let grain = Grain::from_minutes(grain_minutes).ok_or_else(|| {
            faults.push(Fault::invalid("intervalSeconds", Rule::IntervalSeconds));
        });
        let sites: BTreeSet<_> = sites.into_iter().collect();
        if sites.is_empty() {
            faults.push(Fault::invalid("siteIds", Rule::NotEmpty));
        }
        faults.extend(goal.faults());
        match (code, names, zone, grain) {
            (Ok(code), Ok(names), Ok(_), Ok(grain)) if faults.is_empty() => {
                let time_zone = time_zone.trim().to_owned();
                Ok(Self { id, code, names, time_zone, grain, sites, skill, goals: vec![goal] })
            }
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("instant")
    }

    fn raw() -> RawQueue {
        RawQueue {
            code: "presale".into(),
            name_en: "Presale".into(),
            name_zh: "售前".into(),
            time_zone: "Asia/Shanghai".into(),
            grain_minutes: 30,
            sites: vec![SiteId::from_uuid(Uuid::from_u128(1))],
            skill: None,
            goal: ServiceGoal::usual(at("2026-01-01T00:00:00Z")),
        }
    }

    #[test]
    fn a_new_threshold_leaves_april_untouched() {
        let may = at("2026-04-30T16:00:00Z");
        let usual = ServiceGoal::usual(at("2026-01-01T00:00:00Z"));
        let goals = [ServiceGoal { from: may, threshold_seconds: 40, ..usual }, usual];
        let threshold = |now| goal_at(&goals, at(now)).map(|goal| goal.threshold_seconds);
        assert_eq!(threshold("2026-04-30T15:59:59Z"), Some(20));
        assert_eq!(threshold("2026-04-30T16:00:00Z"), Some(40));
        assert_eq!(threshold("2025-12-31T00:00:00Z"), None);
    }

    #[test]
    fn a_goal_is_never_set_backwards() {
        let now = at("2026-03-02T12:00:00Z");
        assert_eq!(ServiceGoal::usual(now).check_from(now), Ok(()));
        let earlier = ServiceGoal::usual(at("2026-03-02T11:59:59Z"));
        assert_eq!(earlier.check_from(now).expect_err("the past")[0].path, ["effectiveAt"]);
    }

    fn capped(from: &str, caps: GoalCaps) -> ServiceGoal {
        ServiceGoal { caps, ..ServiceGoal::usual(at(from)) }
    }

    #[test]
    fn a_limit_on_abandonment_asks_for_a_known_patience() {
        let percent = |percent: i64| Some(Decimal::from(percent));
        let caps = GoalCaps { max_abandonment: percent(3), ..GoalCaps::default() };
        let goal = capped("2026-03-02T12:00:00Z", caps);
        assert_eq!(goal.check_patience(percent(90)), Ok(()));
        let fault = goal.check_patience(None).expect_err("unknown");
        assert_eq!(fault, Fault::invalid("goal.maxAbandonmentPercent", Rule::PatienceFirst));
        let free = capped("2026-03-05T00:00:00Z", GoalCaps::default());
        assert_eq!(free.check_patience(None), Ok(()));
        let latest = |now| latest_cap(&[free, goal], at(now)).map(|goal| goal.from);
        assert_eq!(latest("2026-03-01T00:00:00Z"), Some(goal.from), "it begins later");
        assert_eq!(latest("2026-03-04T00:00:00Z"), Some(goal.from), "in force");
        assert_eq!(latest("2026-03-05T00:00:00Z"), None, "past");
    }

    #[test]
    fn a_goal_sets_a_limit_and_each_limit_is_one_that_can_be_kept() {
        let now = at("2026-03-02T12:00:00Z");
        let paths = |goal: ServiceGoal| {
            let faults = goal.check_from(now).err().unwrap_or_default();
            faults.iter().map(|fault| fault.path.join(".")).collect::<Vec<_>>()
        };
        let number = |text: &str| Some(text.parse::<Decimal>().expect("number"));
        let usual = ServiceGoal::usual(now);
        let none = ServiceGoal { service_level: None, ..usual };
        assert_eq!(paths(none), ["goal.serviceLevelPercent"], "nothing is limited");
        let asa = GoalCaps { max_asa_seconds: Some(30), ..GoalCaps::default() };
        assert!(paths(ServiceGoal { caps: asa, ..none }).is_empty());
        let exact = ServiceGoal { service_level: number("99.996"), ..usual };
        assert_eq!(paths(exact), ["goal.serviceLevelPercent"]);
        for level in ["0", "100", "100.5"] {
            let goal = ServiceGoal { service_level: number(level), ..usual };
            let fault = Fault::invalid("goal.serviceLevelPercent", Rule::PercentInside);
            assert_eq!(goal.check_from(now), Err(vec![fault]), "{level}");
        }
        assert!(paths(ServiceGoal { service_level: number("99.99"), ..usual }).is_empty());
        let wrong = GoalCaps {
            max_asa_seconds: Some(0),
            max_abandonment: number("0"),
            max_occupancy: number("100"),
        };
        let expected = [
            "goal.maxAverageSpeedOfAnswerSeconds",
            "goal.maxAbandonmentPercent",
            "goal.maxOccupancyPercent",
        ];
        assert_eq!(paths(ServiceGoal { caps: wrong, ..usual }), expected);
    }

    #[test]
    fn a_queue_tells_all_its_faults_at_once() {
        let id = QueueId::from_uuid(Uuid::from_u128(1));
        assert!(Queue::parse(id, raw()).is_ok());
        let faults = Queue::parse(
            id,
            RawQueue {
                time_zone: "Mars".into(),
                grain_minutes: 7,
                sites: Vec::new(),
                goal: ServiceGoal { threshold_seconds: 0, ..raw().goal },
                ..raw()
            },
        )
        .expect_err("four faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["timeZone", "intervalSeconds", "siteIds", "goal.thresholdSeconds"]);
    }
}
