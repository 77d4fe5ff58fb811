//! Rules that the network binds: whoever is below it may be stricter, and not weaker.

use std::collections::BTreeSet;

use jiff::civil;

use super::{EffectiveRules, RuleAttachment, RuleBook, RuleContent, RuleOrigin, RuleSet};
use crate::{
    fault::Rule,
    schedules::{NightHours, RuleChange, RuleCode, RuleLimits, Severity, StartBand, TimeBand},
};

impl RuleBook {
    /// The limits of the network on a day, among them those that it binds; `None` where it has set none.
    #[must_use]
    pub fn ceiling(&self, on: civil::Date) -> Option<&RuleLimits> {
        match &self.in_force(RuleAttachment::Network, on)?.content {
            RuleContent::Whole(limits) => Some(limits),
            RuleContent::Overlay(_) => None,
        }
    }
}

impl EffectiveRules {
    /// Gives the rules that the network binds, and that are weaker here, its limits.
    pub(super) fn bind(&mut self, network: &RuleSet) {
        let RuleContent::Whole(ceiling) = &network.content else { return };
        let limits = &mut self.rules.limits;
        limits.binding.clone_from(&ceiling.binding);
        let weaker = ceiling.binding.iter().filter(|rule| limits.lets_more(**rule, ceiling));
        let rules: BTreeSet<RuleCode> = weaker.copied().collect();
        if rules.is_empty() {
            return;
        }
        for rule in &rules {
            limits.narrow(*rule, ceiling);
        }
        let origin = RuleOrigin::of(network);
        if self.origins.iter().all(|it| it.attachment != origin.attachment) {
            self.rules.over.push((network.id, network.version));
        }
        self.bound = Some((origin, rules));
    }
}

impl RuleLimits {
    /// What of these limits lets more than `ceiling` where that binds: each rule with what would do.
    #[must_use]
    pub fn weaker_than(&self, ceiling: &Self) -> Vec<(RuleCode, Rule)> {
        let weaker = ceiling.binding.iter().filter(|rule| self.lets_more(**rule, ceiling));
        weaker.map(|rule| (*rule, self.mending(*rule, ceiling))).collect()
    }

    /// Whether a rule weighs less here or lets what the other one does not.
    fn lets_more(&self, rule: RuleCode, ceiling: &Self) -> bool {
        if self.severity(rule) < ceiling.severity(rule) {
            return true;
        }
        if ceiling.severity(rule) == Severity::Off {
            return false;
        }
        let borders = self.bounds(rule).zip(ceiling.bounds(rule));
        if borders.is_some_and(|((own, _), (most, _))| own != own.within(most)) {
            return true;
        }
        match rule {
            RuleCode::StartBand => {
                let (own, most) = (self.start_band.limit, ceiling.start_band.limit);
                !lies_in(own.start, most.start) || !lies_in(own.end, most.end)
            }
            RuleCode::BreakWindow => {
                let own = &self.break_window.limit;
                ceiling.break_window.limit.iter().any(|window| !own.contains(window))
            }
            // Numbers of nights can be compared where the same is a night.
            RuleCode::NightShifts => {
                NightHours::from(self.night_shifts.limit)
                    != NightHours::from(ceiling.night_shifts.limit)
            }
            _ => false,
        }
    }

    /// What would do where a rule lets more.
    fn mending(&self, rule: RuleCode, ceiling: &Self) -> Rule {
        let (code, weight) = (rule.as_str(), ceiling.severity(rule));
        if self.severity(rule) < weight {
            return Rule::BoundWeight(weight.as_str(), code);
        }
        let Some(((own, _), (most, _))) = self.bounds(rule).zip(ceiling.bounds(rule)) else {
            return Rule::BoundByNetwork(code);
        };
        let within = own.within(most);
        match (within.min, within.max) {
            (Some(least), _) if own.min != within.min => Rule::BoundAtLeast(least, code),
            (_, Some(most)) if own.max != within.max => Rule::BoundAtMost(most, code),
            _ => Rule::BoundByNetwork(code),
        }
    }

    /// Narrows a rule to what the other limits let; of bands and nights that cannot be narrowed to both,
    /// theirs are taken.
    fn narrow(&mut self, rule: RuleCode, ceiling: &Self) {
        let both = self.keeping_both(ceiling);
        let band = || {
            let (own, most) = (both.start_band.limit, ceiling.start_band.limit);
            let kept = |own, most| if lies_in(own, most) { own } else { most };
            StartBand { start: kept(own.start, most.start), end: kept(own.end, most.end) }
        };
        let change = RuleChange {
            rule,
            severity: Some(both.severity(rule)),
            bounds: both.bounds(rule).map(|(bounds, _)| bounds),
            start_band: (rule == RuleCode::StartBand).then(band),
            break_windows: (rule == RuleCode::BreakWindow).then(|| both.break_window.limit.clone()),
            night: (rule == RuleCode::NightShifts)
                .then(|| NightHours::from(ceiling.night_shifts.limit)),
        };
        // It has the borders that were read from the rule itself.
        let _ = change.apply(self);
    }
}

/// Whether all of a band lies in the other one. Of bands over midnight only a like one is said to.
fn lies_in(own: Option<TimeBand>, most: Option<TimeBand>) -> bool {
    let Some(most) = most else { return true };
    own.is_some_and(|own| {
        let plain = own.from <= own.to && most.from <= most.to;
        own == most || (plain && most.from <= own.from && own.to <= most.to)
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::SiteId,
        schedules::{Bounds, RuleSubject},
    };

    const HOUR: i64 = 3600;
    const DAY: civil::Date = date(2026, 3, 2);

    fn site() -> SiteId {
        SiteId::from_uuid(Uuid::from_u128(1))
    }

    fn set(number: u128, attachment: RuleAttachment, limits: RuleLimits) -> RuleSet {
        RuleSet {
            id: crate::id::WorkRulesId::from_uuid(Uuid::from_u128(number)),
            version: 1,
            attachment,
            valid_from: date(2026, 1, 1),
            set_at: jiff::Timestamp::UNIX_EPOCH,
            content: RuleContent::Whole(Box::new(limits)),
        }
    }

    /// A network that binds these rules, as they are by default.
    fn binding(rules: &[RuleCode]) -> RuleLimits {
        RuleLimits { binding: rules.iter().copied().collect(), ..RuleLimits::default() }
    }

    #[test]
    fn a_weaker_rule_of_a_site_gives_way_to_a_bound_one_and_a_stricter_one_stays() {
        let network = binding(&[RuleCode::MinRest, RuleCode::ConsecutiveDays]);
        let mut own = RuleLimits::default();
        own.min_rest.limit = 9 * HOUR;
        own.consecutive_days.limit = 5;
        own.work_days_week.limit = Bounds::at_most(7);
        let book = RuleBook::new([
            set(1, RuleAttachment::Network, network.clone()),
            set(2, RuleAttachment::Site(site()), own.clone()),
        ]);
        let found = book.effective(&RuleSubject::site(site()), DAY);
        let limits = &found.rules.limits;
        assert_eq!(limits.min_rest, network.min_rest);
        assert_eq!(limits.consecutive_days.limit, 5, "stricter");
        assert_eq!(limits.work_days_week, own.work_days_week, "not bound");
        let source = |rule| found.origin(rule).attachment;
        assert_eq!(source(RuleCode::MinRest), Some(RuleAttachment::Network));
        assert_eq!(source(RuleCode::ConsecutiveDays), Some(RuleAttachment::Site(site())));
        assert_eq!(found.rules.over, [(found.bound.as_ref().expect("bound").0.id, 1)]);
        let mends = [(RuleCode::MinRest, Rule::BoundAtLeast(11 * HOUR, "MIN_REST"))];
        assert_eq!(own.weaker_than(&network), mends);
    }

    #[test]
    fn what_would_do_is_told_of_weights_borders_and_the_rest() {
        let mut network = binding(&[
            RuleCode::Skill,
            RuleCode::PaidTimeDay,
            RuleCode::StartBand,
            RuleCode::NightShifts,
            RuleCode::StartVariance,
        ]);
        let band = |from, to| TimeBand { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) };
        network.start_band.limit.start = Some(band(7, 10));
        let mut own = network.clone();
        assert_eq!(own.weaker_than(&network), [], "as the network");
        own.start_band.limit.start = Some(band(8, 9));
        assert_eq!(own.weaker_than(&network), [], "narrower");
        own.skill.severity = Severity::Warning;
        own.paid_time_day.limit = Bounds::default();
        own.start_band.limit.start = Some(band(6, 9));
        own.night_shifts.limit.from_seconds += HOUR;
        own.start_variance.limit = 12 * HOUR;
        let mends = own.weaker_than(&network);
        let expected = [
            (RuleCode::PaidTimeDay, Rule::BoundAtMost(12 * HOUR, "PAID_TIME_DAY")),
            (RuleCode::StartBand, Rule::BoundByNetwork("START_BAND")),
            (RuleCode::Skill, Rule::BoundWeight("BLOCKING", "SKILL")),
            (RuleCode::NightShifts, Rule::BoundByNetwork("NIGHT_SHIFTS")),
        ];
        assert_eq!(mends.len(), expected.len(), "what is off binds nobody: {mends:?}");
        assert!(expected.iter().all(|it| mends.contains(it)), "{mends:?}");
        for (rule, _) in expected {
            own.narrow(rule, &network);
        }
        assert_eq!(own.weaker_than(&network), []);
        assert_eq!(own.start_band.limit.start, Some(band(7, 9)), "what both let");
    }

    #[test]
    fn limits_without_a_bound_rule_are_written_as_ever() {
        let written = serde_json::to_value(RuleLimits::default()).expect("json");
        assert!(written.get("binding").is_none());
        let bound = binding(&[RuleCode::MinRest]);
        let written = serde_json::to_value(&bound).expect("json");
        assert_eq!(serde_json::from_value::<RuleLimits>(written).expect("read"), bound);
    }
}
