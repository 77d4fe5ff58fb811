//! What a planner lets be broken by name: a rule for one operation, with the reason.

use super::{RuleCode, Severity, Violation};
use crate::fault::{Fault, FaultCode, Rule};

/// A rule that may be broken by one operation, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which rule.
    pub rule: RuleCode,
    /// Why, in the words of who answers for it.
    pub reason: String,
}

/// The overrides of one operation, each of another rule. The default overrides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overrides(Vec<Override>);

/// A violation that an override lets pass: what is recorded of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// The violation as it was found.
    pub violation: Violation,
    /// Why it was let pass.
    pub reason: String,
}

/// What violations and overrides come to together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settled {
    /// What would hold the operation up, and is let pass.
    pub overridden: Vec<Overridden>,
    /// Why the operation cannot happen nevertheless; empty = it can.
    pub faults: Vec<Fault>,
}

/// Most rules that one operation overrides.
const MOST: usize = 10;
/// Characters of a reason.
const LEAST_REASON: usize = 3;
const MOST_REASON: usize = 500;

impl Overrides {
    /// Overrides as they are asked for, at `overrides` of the input.
    ///
    /// # Errors
    /// INVALID_VALUE when they are too many, name a rule twice, or a reason is too short or too long;
    /// OVERRIDE_REFUSED at a rule that nobody can override, whatever its weight.
    pub fn new(asked: Vec<Override>) -> Result<Self, Fault> {
        if asked.len() > MOST {
            return Err(Fault::invalid("overrides", Rule::ItemsAtMost(MOST)));
        }
        let mut overrides = Vec::with_capacity(asked.len());
        for (place, Override { rule, reason }) in asked.into_iter().enumerate() {
            let reason = reason.trim().to_owned();
            if !(LEAST_REASON..=MOST_REASON).contains(&reason.chars().count()) {
                let length = Rule::Characters(LEAST_REASON, MOST_REASON);
                return Err(Fault::invalid(&format!("overrides.{place}.reason"), length));
            }
            if rule == RuleCode::Overlap {
                return Err(refused(place, rule));
            }
            if overrides.iter().any(|known: &Override| known.rule == rule) {
                return Err(Fault::invalid("overrides", Rule::EachOnce));
            }
            overrides.push(Override { rule, reason });
        }
        Ok(Self(overrides))
    }

    /// Whether nothing is overridden.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What of an operation's violations is let pass, and what refuses it all the same: RULE_VIOLATED
    /// where a blocking one is left, with the rules that an override could name as `overridable`;
    /// APPROVAL_REQUIRED where only the approval of somebody is missing; OVERRIDE_REFUSED at a rule
    /// that was named in vain. Of a rule that nothing breaks nothing is recorded.
    #[must_use]
    pub fn settle(&self, violations: &[Violation]) -> Settled {
        let mut settled = Settled::default();
        let mut left: Vec<&Violation> = Vec::new();
        for violation in violations.iter().filter(|violation| violation.holds_up()) {
            let rule = violation.rule;
            match self.0.iter().enumerate().find(|(_, it)| it.rule == rule) {
                None => left.push(violation),
                Some((_, Override { reason, .. })) if violation.can_be_overridden() => {
                    let (violation, reason) = (violation.clone(), reason.clone());
                    settled.overridden.push(Overridden { violation, reason });
                }
                Some((place, _)) => {
                    let fault = refused(place, rule);
                    if !settled.faults.contains(&fault) {
                        settled.faults.push(fault);
                    }
                }
            }
        }
        settled.faults.extend(fault_of(&left));
        settled
    }
}

fn refused(place: usize, rule: RuleCode) -> Fault {
    let at = format!("overrides.{place}.rule");
    Fault::new(FaultCode::OverrideRefused).at(&at).with("code", rule.as_str())
}

/// Why what nobody overrides refuses an operation; `None` = nothing is left.
fn fault_of(left: &[&Violation]) -> Option<Fault> {
    if left.is_empty() {
        return None;
    }
    let mut rules: Vec<&str> = Vec::new();
    for violation in left.iter().filter(|violation| violation.can_be_overridden()) {
        if !rules.contains(&violation.rule.as_str()) {
            rules.push(violation.rule.as_str());
        }
    }
    let blocks = |it: &&Violation| it.severity == Severity::Blocking || !it.can_be_overridden();
    let rules_named = rules.join(", ");
    Some(if !left.iter().any(blocks) {
        Fault::new(FaultCode::ApprovalRequired).with("rules", rules_named)
    } else if rules.is_empty() {
        FaultCode::RuleViolated.into()
    } else {
        Fault::new(FaultCode::RuleViolated).with("overridable", rules_named)
    })
}

impl Violation {
    /// Whether a reason can let it pass. Two shifts of one agent at once are nothing that can happen.
    /// A skill or training that is missing, time that the agent said not to have, and work away from the
    /// own site are let pass where the rules themselves leave them to somebody's approval, and never
    /// where they block: no reason of a planner makes up for them.
    #[must_use]
    pub fn can_be_overridden(&self) -> bool {
        match self.rule {
            RuleCode::Overlap => false,
            RuleCode::Skill
            | RuleCode::TrainingGate
            | RuleCode::Availability
            | RuleCode::CrossSite => self.severity != Severity::Blocking,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedules::{
        Change, CheckContext, ContractTerms, Edit, Quantity, check, holds_up,
        sample::{World, agent},
    };

    fn named(rules: &[RuleCode]) -> Overrides {
        let each = |rule: &RuleCode| Override { rule: *rule, reason: "Flood in the city".into() };
        Overrides::new(rules.iter().map(each).collect()).expect("sound")
    }

    /// Six days in a row, and the change that adds the day after them.
    fn six_days_and_one_more() -> (World, Change) {
        let mut world = World::march().only(RuleCode::ConsecutiveDays);
        for day in 4..=9 {
            world.works(1, &format!("2026-03-{day:02}T09:00"), 8.0);
        }
        let seventh = world.shift(1, "2026-03-10T09:00", 8.0);
        (world, Change::edit(vec![Edit::Add(seventh)]))
    }

    /// What is found of a change where `excepted` is on record.
    fn found(world: &World, excepted: &[Violation], change: &Change) -> Vec<Violation> {
        check(&CheckContext { excepted, ..world.context() }, change)
    }

    /// The seventh day is worked by an override, which is on record.
    fn seven_days() -> (World, Vec<Violation>) {
        let (mut world, seventh) = six_days_and_one_more();
        let settled = named(&[RuleCode::ConsecutiveDays]).settle(&world.check(&seventh));
        assert_eq!(settled.faults, []);
        world.roster.apply(&seventh);
        let recorded = settled.overridden.into_iter().map(|it| it.violation).collect();
        (world, recorded)
    }

    #[test]
    fn the_rule_that_is_named_is_let_pass_and_no_other() {
        let (world, seventh) = six_days_and_one_more();
        let violations = world.check(&seventh);
        let refused = Overrides::default().settle(&violations);
        let blocked = Fault::new(FaultCode::RuleViolated).with("overridable", "CONSECUTIVE_DAYS");
        assert_eq!((refused.faults, refused.overridden.len()), (vec![blocked.clone()], 0));
        assert_eq!(named(&[RuleCode::MinRest]).settle(&violations).faults, [blocked]);
        let passed = named(&[RuleCode::ConsecutiveDays]).settle(&violations);
        let [Overridden { violation, reason }] = &passed.overridden[..] else { panic!("one") };
        assert_eq!(violation.measured, Quantity::Days(7));
        assert_eq!(reason, "Flood in the city");
        assert_eq!(passed.faults, []);
    }

    #[test]
    fn what_was_let_pass_stands_and_holds_nothing_else_up() {
        let (mut world, recorded) = seven_days();
        assert!(holds_up(&world.judge()), "without its record the roster is unfit");
        assert!(!holds_up(&found(&world, &recorded, &Change::default())));
        let later = Change::edit(vec![Edit::Add(world.shift(1, "2026-03-20T09:00", 8.0))]);
        assert!(!holds_up(&found(&world, &recorded, &later)));
        let colleague = Change::edit(vec![Edit::Add(world.shift(2, "2026-03-10T09:00", 8.0))]);
        world.plan(2);
        assert!(!holds_up(&found(&world, &recorded, &colleague)));
    }

    #[test]
    fn an_eighth_day_is_worse_and_a_run_of_another_time_or_person_is_another() {
        let (mut world, recorded) = seven_days();
        let eighth = Change::edit(vec![Edit::Add(world.shift(1, "2026-03-11T09:00", 8.0))]);
        assert!(holds_up(&found(&world, &recorded, &eighth)));
        for number in [1, 2] {
            for day in 16..=22 {
                world.works(number, &format!("2026-03-{day:02}T09:00"), 8.0);
            }
        }
        let held = found(&world, &recorded, &Change::default());
        let held: Vec<_> = held.iter().filter(|it| it.holds_up()).map(|it| it.agent).collect();
        assert_eq!(held, [Some(agent(1)), Some(agent(2))]);
    }

    #[test]
    fn an_override_lets_one_violation_pass_and_not_a_second_beside_it() {
        let mut world = World::march().only(RuleCode::MinRest);
        world.works(1, "2026-03-04T06:00", 4.0);
        world.works(1, "2026-03-04T12:00", 4.0);
        let recorded = world.judge();
        assert_eq!(recorded.len(), 1);
        let third = Change::edit(vec![Edit::Add(world.shift(1, "2026-03-04T18:00", 4.0))]);
        let held = found(&world, &recorded, &third);
        assert_eq!(held.iter().filter(|it| it.standing).count(), 1);
        assert!(holds_up(&held));
    }

    #[test]
    fn what_needs_approval_holds_a_planner_up_until_somebody_answers_for_it() {
        let (mut world, seventh) = six_days_and_one_more();
        world.rules.limits.set_severity(RuleCode::ConsecutiveDays, Severity::NeedsApproval);
        let violations = world.check(&seventh);
        let asked = Fault::new(FaultCode::ApprovalRequired).with("rules", "CONSECUTIVE_DAYS");
        assert_eq!(Overrides::default().settle(&violations).faults, [asked]);
        assert_eq!(named(&[RuleCode::ConsecutiveDays]).settle(&violations).faults, []);
    }

    #[test]
    fn too_few_hours_hold_no_planner_up() {
        let mut world = World::march().only(RuleCode::ContractHours);
        world.plan(1).contract = ContractTerms::full_time();
        let found = world.judge();
        assert!(found.iter().all(|it| it.shortfall) && !found.is_empty(), "{found:?}");
        assert!(!holds_up(&found));
    }

    #[test]
    fn what_a_skill_lacks_is_left_to_approval_only_where_the_rules_leave_it() {
        let mut world = World::march();
        let shift = world.works(1, "2026-03-04T09:00", 8.0);
        let away = Edit::Move { shift, from: agent(1), to: agent(9) };
        let mut violations = world.check(&Change::edit(vec![away]));
        violations.retain(|it| it.rule == RuleCode::CrossSite);
        let refused = named(&[RuleCode::CrossSite]).settle(&violations);
        assert_eq!(refused.faults[0].code, FaultCode::OverrideRefused);
        assert_eq!(refused.faults[0].path, ["overrides", "0", "rule"]);
        violations[0].severity = Severity::NeedsApproval;
        assert_eq!(named(&[RuleCode::CrossSite]).settle(&violations).faults, []);
    }

    #[test]
    fn overrides_name_each_rule_once_with_a_reason_and_never_two_shifts_at_once() {
        let ask = |rule, reason: &str| Override { rule, reason: reason.to_owned() };
        let rest = || ask(RuleCode::MinRest, "agreed with the agent");
        let path = |asked| Overrides::new(asked).expect_err("refused").path.join(".");
        assert_eq!(path(vec![ask(RuleCode::MinRest, "  ")]), "overrides.0.reason");
        assert_eq!(path(vec![ask(RuleCode::MinRest, &"x".repeat(501))]), "overrides.0.reason");
        assert_eq!(path(vec![rest(), rest()]), "overrides");
        assert_eq!(path(vec![rest(), ask(RuleCode::Overlap, "both")]), "overrides.1.rule");
        assert_eq!(Overrides::new(vec![rest()]).map(|it| it.is_empty()), Ok(false));
    }
}
