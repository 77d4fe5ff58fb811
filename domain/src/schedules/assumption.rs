//! What a what-if scenario assumes beside its shifts.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{RuleChange, RuleLimits};
use crate::{
    fault::{Fault, Rule},
    forecasting::event::DemandEvent,
    id::QueueId,
    network::ServiceGoal,
    time::Span,
};

/// Everything that a scenario assumes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Assumptions {
    /// Of queues; where several are of one queue and time, one is laid over the other in this order.
    pub queues: Vec<QueueAssumption>,
    /// Of work rules, on all its days.
    pub rules: Vec<RuleChange>,
}

impl Assumptions {
    /// Most that are taken of each.
    pub const MOST: usize = 100;

    /// Whether all of them can be meant.
    ///
    /// # Errors
    /// INVALID_VALUE for every field that cannot.
    pub fn check(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        for (path, len) in [("queues", self.queues.len()), ("rules", self.rules.len())] {
            if len > Self::MOST {
                faults.push(Fault::invalid(path, Rule::ItemsAtMost(Self::MOST)));
            }
        }
        for (place, assumed) in self.queues.iter().enumerate() {
            let fault = |(field, rule): (&str, Rule)| {
                Fault::invalid(&format!("queues.{place}.{field}"), rule)
            };
            faults.extend(assumed.wrong().into_iter().map(fault));
        }
        for (place, assumed) in self.rules.iter().enumerate() {
            faults.extend(assumed.check(&format!("rules.{place}")).err().into_iter().flatten());
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Work rules as they are assumed.
    #[must_use]
    pub fn rules_over(&self, limits: &RuleLimits) -> RuleLimits {
        let mut limits = limits.clone();
        for assumed in &self.rules {
            // One that a rule cannot have was refused when it was assumed.
            let _ = assumed.apply(&mut limits);
        }
        limits
    }
}

/// What is assumed of a queue for a while; what is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueAssumption {
    /// The queue.
    pub queue: QueueId,
    /// First instant at which it holds.
    pub starts_at: Timestamp,
    /// First instant at which it no longer holds.
    pub ends_at: Timestamp,
    /// Calls of each interval, before the uplift.
    pub volume: Option<Decimal>,
    /// Share of calls added: 0.8 is +80 %.
    pub volume_uplift: Option<Decimal>,
    /// Seconds a call takes, before the uplift.
    pub handle_time_seconds: Option<Decimal>,
    /// Share of handle time added.
    pub handle_time_uplift: Option<Decimal>,
    /// Percent of calls to be answered within the threshold.
    pub service_level_percent: Option<Decimal>,
    /// The threshold.
    pub threshold_seconds: Option<u32>,
    /// Mean patience of callers in seconds.
    pub patience_seconds: Option<Decimal>,
    /// Agents with the skill of the queue planned on queue beside those of the roster, of whom as large
    /// a share stays away; fewer when negative.
    pub added_agents: Option<i32>,
}

impl QueueAssumption {
    /// When it holds.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.starts_at, self.ends_at).unwrap_or(Span::of_seconds(self.starts_at, 0))
    }

    fn wrong(&self) -> Vec<(&'static str, Rule)> {
        let Self {
            queue: _,
            starts_at,
            ends_at,
            volume,
            volume_uplift,
            handle_time_seconds,
            handle_time_uplift,
            service_level_percent,
            threshold_seconds,
            patience_seconds,
            added_agents,
        } = self;
        let mut wrong = Vec::new();
        let mut refuse = |field, rule| wrong.push((field, rule));
        let span = Span::new(*starts_at, *ends_at);
        if span.is_none_or(|span| !(1..=366 * 86_400).contains(&span.seconds())) {
            refuse("endsAt", Rule::AfterTheStartWithin(366));
        }
        let figures = [
            volume,
            volume_uplift,
            handle_time_seconds,
            handle_time_uplift,
            service_level_percent,
            patience_seconds,
        ];
        if figures.iter().all(|it| it.is_none())
            && threshold_seconds.is_none()
            && added_agents.is_none()
        {
            refuse("volume", Rule::AChange);
        }
        let most = Decimal::from(1_000_000);
        if volume.is_some_and(|it| !(Decimal::ZERO..=most).contains(&it)) {
            refuse("volume", Rule::Between(0, 1_000_000));
        }
        let uplifts = Decimal::NEGATIVE_ONE..=Decimal::from(20);
        for (field, uplift) in
            [("volumeUplift", volume_uplift), ("handleTimeUplift", handle_time_uplift)]
        {
            if uplift.is_some_and(|it| !uplifts.contains(&it)) {
                refuse(field, Rule::Uplift);
            }
        }
        let day = Decimal::from(86_400);
        for (field, seconds) in
            [("handleTimeSeconds", handle_time_seconds), ("patienceSeconds", patience_seconds)]
        {
            if seconds.is_some_and(|it| it <= Decimal::ZERO || it > day) {
                refuse(field, Rule::MoreThanUpTo(0, 86_400));
            }
        }
        // No number of agents answers every call in time.
        let percents = Decimal::ONE..=Decimal::from(99);
        if service_level_percent.is_some_and(|it| !percents.contains(&it)) {
            refuse("serviceLevelPercent", Rule::Between(1, 99));
        }
        if threshold_seconds.is_some_and(|it| !(1..=86_400).contains(&it)) {
            refuse("thresholdSeconds", Rule::Between(1, 86_400));
        }
        if added_agents.is_some_and(|it| !(-10_000..=10_000).contains(&it)) {
            refuse("addedAgents", Rule::Between(-10_000, 10_000));
        }
        wrong
    }

    /// Its calls and handle time, as they are laid over a forecast.
    pub(super) fn demand(&self) -> DemandEvent {
        let figure = |it: Decimal| f64::try_from(it).ok();
        let share = |it: Option<Decimal>| it.and_then(figure).unwrap_or(0.0);
        DemandEvent {
            name: String::new(),
            span: self.span(),
            queues: Vec::new(),
            volume_uplift: share(self.volume_uplift),
            handle_time_uplift: share(self.handle_time_uplift),
            volume: self.volume.and_then(figure),
            handle_time_seconds: self.handle_time_seconds.and_then(figure),
        }
    }

    /// The goal as it is assumed. Of a queue without one a goal is assumed that is given whole.
    pub(super) fn goal(&self, known: Option<&ServiceGoal>) -> Option<ServiceGoal> {
        let (level, threshold) = (self.service_level_percent, self.threshold_seconds);
        let whole = level.is_some() && threshold.is_some();
        let usual = || whole.then(|| ServiceGoal::usual(self.starts_at));
        let goal = known.copied().or_else(usual)?;
        Some(ServiceGoal {
            service_level: level.or(goal.service_level),
            threshold_seconds: threshold.unwrap_or(goal.threshold_seconds),
            ..goal
        })
    }

    /// Mean patience, where one is assumed.
    pub(super) fn patience(&self) -> Option<f64> {
        self.patience_seconds.and_then(|it| f64::try_from(it).ok())
    }

    /// One that changes nothing yet.
    #[cfg(test)]
    pub(super) fn of(queue: QueueId, span: Span) -> Self {
        Self {
            queue,
            starts_at: span.start(),
            ends_at: span.end(),
            volume: None,
            volume_uplift: None,
            handle_time_seconds: None,
            handle_time_uplift: None,
            service_level_percent: None,
            threshold_seconds: None,
            patience_seconds: None,
            added_agents: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::schedules::{Bounds, RuleCode, Severity, StartBand};

    fn hour() -> QueueAssumption {
        let start = "2026-03-04T02:00:00Z".parse().expect("instant");
        QueueAssumption::of(QueueId::from_uuid(Uuid::nil()), Span::of_seconds(start, 3600))
    }

    fn paths(queues: Vec<QueueAssumption>) -> Vec<String> {
        let faults = Assumptions { queues, rules: Vec::new() }.check().err().unwrap_or_default();
        faults.iter().map(|fault| fault.path.join(".")).collect()
    }

    #[test]
    fn everything_that_cannot_be_meant_is_told() {
        let number = |text: &str| Some(text.parse::<Decimal>().expect("number"));
        let right = QueueAssumption { volume_uplift: number("0.8"), ..hour() };
        assert!(paths(vec![right.clone()]).is_empty());
        assert_eq!(paths(vec![right.clone(), hour()]), ["queues.1.volume"], "nothing is assumed");
        let wrong = QueueAssumption {
            ends_at: right.starts_at,
            volume: number("-1"),
            volume_uplift: number("80"),
            handle_time_seconds: number("0"),
            service_level_percent: number("100"),
            threshold_seconds: Some(0),
            patience_seconds: number("86401"),
            added_agents: Some(-10_001),
            ..right
        };
        let fields = [
            "endsAt",
            "volume",
            "volumeUplift",
            "handleTimeSeconds",
            "patienceSeconds",
            "serviceLevelPercent",
            "thresholdSeconds",
            "addedAgents",
        ];
        assert_eq!(paths(vec![wrong]), fields.map(|field| format!("queues.0.{field}")));
        assert_eq!(paths(vec![right; 101]), ["queues"]);
    }

    #[test]
    fn what_is_kept_is_read_again_and_nothing_is_nothing_assumed() {
        let bounds = Some(Bounds { min: Some(8 * 3600), max: None });
        let rule = RuleChange { bounds, ..RuleChange::of(RuleCode::MinRest) };
        let added = QueueAssumption { added_agents: Some(-2), ..hour() };
        let all = Assumptions { queues: vec![added], rules: vec![rule] };
        let kept = serde_json::to_value(&all).expect("JSON");
        assert_eq!(serde_json::from_value::<Assumptions>(kept).expect("read"), all);
        let nothing = serde_json::from_str::<Assumptions>("{}").expect("read");
        assert_eq!(nothing, Assumptions::default());
    }

    #[test]
    fn a_rule_is_assumed_over_those_in_force() {
        let mut limits = crate::schedules::sample::World::march().rules.limits;
        let rest = |hours: i64| RuleChange {
            severity: Some(Severity::Warning),
            bounds: Some(Bounds { min: Some(hours * 3600), max: None }),
            ..RuleChange::of(RuleCode::MinRest)
        };
        let all = Assumptions { queues: Vec::new(), rules: vec![rest(8)] };
        let assumed = all.rules_over(&limits);
        assert_eq!(assumed.bounds(RuleCode::MinRest).map(|it| it.0.min), Some(Some(8 * 3600)));
        assert_eq!(assumed.severity(RuleCode::MinRest), Severity::Warning);
        let borders = Bounds::at_most(1);
        let impossible = RuleChange { bounds: Some(borders), ..rest(8) };
        assert!(!impossible.apply(&mut limits), "rest has no most");
        let banded = RuleChange { start_band: Some(StartBand::default()), ..rest(8) };
        assert!(!banded.apply(&mut limits), "rest has no bands");
        let odd = Assumptions { queues: Vec::new(), rules: vec![rest(8), banded] };
        let faults = odd.check().err().unwrap_or_default();
        let paths: Vec<String> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["rules.1.startBand"]);
    }

    #[test]
    fn a_goal_is_assumed_in_part_only_where_there_is_one() {
        let known = ServiceGoal::usual("2026-01-01T00:00:00Z".parse().expect("instant"));
        let faster = QueueAssumption { threshold_seconds: Some(10), ..hour() };
        let assumed = faster.goal(Some(&known)).expect("a goal");
        assert_eq!(
            (assumed.service_level, assumed.threshold_seconds),
            (Some(Decimal::from(80)), 10)
        );
        assert_eq!(faster.goal(None), None);
        let whole = QueueAssumption { service_level_percent: Some(Decimal::from(90)), ..faster };
        assert_eq!(whole.goal(None).map(|it| it.threshold_seconds), Some(10));
    }
}
