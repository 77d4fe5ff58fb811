//! Capacity by month: who will be there, who must be hired when, and what overtime bridges.
//!
//! Head count is followed in expectation (people leave as shares of those who are there, so heads
//! are fractions), hires are whole people. A hire is trained for some months without taking calls,
//! a share of each class does not finish, and whoever does needs some months to full speed
//! (the learning curve of workforce planning; see Cleveland, "Call Center Management
//! on Fast Forward").

use super::{
    StaffingError,
    error::{at_least, positive},
};

/// What does not change from month to month.
#[derive(Debug, Clone, PartialEq)]
pub struct CapacityTerms {
    /// Agents at full speed when the plan begins.
    pub agents: f64,
    /// Share of agents who leave in a month, 0 up to but not including 1.
    pub monthly_attrition: f64,
    /// Months in training before the first call.
    pub training_months: usize,
    /// Share of a class that does not finish its training, 0 up to but not including 1.
    pub training_dropout: f64,
    /// Speed in the first months after training, as shares of full speed; full speed after them.
    pub learning_curve: Vec<f64>,
    /// Most people who can be trained from one month on.
    pub class_size: u32,
    /// Most overtime in a month as a share of contract hours.
    pub max_overtime: f64,
}

/// One month of the plan as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapacityMonth {
    /// Agent-hours on the roster that the forecast asks for, shrinkage included.
    pub needed_hours: f64,
    /// Contract hours of one full-time agent in the month.
    pub hours_per_agent: f64,
    /// People already promised to start training in the month.
    pub planned_hires: u32,
}

/// One month of the plan as it will be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapacityOutlook {
    /// People who start training: those promised and those proposed.
    pub hires: u32,
    /// Of those, people that the plan proposes beyond the promised ones.
    pub proposed_hires: u32,
    /// Heads in training.
    pub in_training: f64,
    /// Heads on the phone.
    pub agents: f64,
    /// The same in full-speed agents, beginners at their share.
    pub full_speed_agents: f64,
    /// Heads who leave in the course of the month, trainees included.
    pub leavers: f64,
    /// Agent-hours that contracts give.
    pub contract_hours: f64,
    /// Overtime that bridges what contracts do not give.
    pub overtime_hours: f64,
    /// Hours that even overtime does not give.
    pub missing_hours: f64,
}

impl CapacityTerms {
    fn check(&self) -> Result<(), StaffingError> {
        at_least("agents", self.agents, 0.0)?;
        below_one("monthly_attrition", self.monthly_attrition)?;
        below_one("training_dropout", self.training_dropout)?;
        at_least("max_overtime", self.max_overtime, 0.0)?;
        for &speed in &self.learning_curve {
            if !(0.0..=1.0).contains(&speed) {
                return Err(StaffingError::NotAShare { what: "learning_curve", value: speed });
            }
        }
        Ok(())
    }

    /// Speed of somebody in the month `since` after the hire; `None` while in training.
    fn speed(&self, since: usize) -> Option<f64> {
        let phone = since.checked_sub(self.training_months)?;
        Some(self.learning_curve.get(phone).copied().unwrap_or(1.0))
    }

    /// What is left of one hire in the month `since` after it. Drop-out counts at the end of training.
    fn left(&self, since: usize) -> f64 {
        let stay = (1.0 - self.monthly_attrition).powi(i32::try_from(since).unwrap_or(i32::MAX));
        if since < self.training_months { stay } else { stay * (1.0 - self.training_dropout) }
    }
}

/// Follows the head count through `months` and proposes the fewest and latest hires that leave no
/// month short by more than overtime can bridge. A month that no hire can help any more (training
/// takes longer than there is time, or all classes before it are full) keeps its missing hours.
///
/// # Errors
/// [`StaffingError`] for a figure that means nothing.
pub fn plan_capacity(
    terms: &CapacityTerms,
    months: &[CapacityMonth],
) -> Result<Vec<CapacityOutlook>, StaffingError> {
    terms.check()?;
    for month in months {
        at_least("needed_hours", month.needed_hours, 0.0)?;
        positive("hours_per_agent", month.hours_per_agent)?;
    }
    let mut proposed = vec![0_u32; months.len()];
    for late in 0..months.len() {
        // The latest class that can help first: whoever comes later costs less.
        for start in (0..=late).rev() {
            let hours = terms.speed(late - start).unwrap_or(0.0)
                * terms.left(late - start)
                * months[late].hours_per_agent
                * (1.0 + terms.max_overtime);
            let missing = outlook(terms, months, &proposed, late).missing_hours;
            if missing <= 0.0 {
                break;
            }
            if hours <= 0.0 {
                continue;
            }
            let places = terms
                .class_size
                .saturating_sub(months[start].planned_hires)
                .saturating_sub(proposed[start]);
            // A float-to-integer cast saturates, and the class bounds it anyway.
            proposed[start] += ((missing / hours - 1e-9).ceil() as u32).min(places);
        }
    }
    Ok((0..months.len()).map(|month| outlook(terms, months, &proposed, month)).collect())
}

fn outlook(
    terms: &CapacityTerms,
    months: &[CapacityMonth],
    proposed: &[u32],
    at: usize,
) -> CapacityOutlook {
    let month = &months[at];
    let veterans =
        terms.agents * (1.0 - terms.monthly_attrition).powi(i32::try_from(at).unwrap_or(i32::MAX));
    let (mut agents, mut full_speed, mut in_training) = (veterans, veterans, 0.0);
    let mut dropouts = 0.0;
    for start in 0..=at {
        let since = at - start;
        let hired = f64::from(months[start].planned_hires + proposed[start]);
        let heads = hired * terms.left(since);
        match terms.speed(since) {
            Some(speed) => {
                agents += heads;
                full_speed += heads * speed;
            }
            None => {
                in_training += heads;
                if since + 1 == terms.training_months {
                    dropouts += heads * (1.0 - terms.monthly_attrition) * terms.training_dropout;
                }
            }
        }
    }
    let contract_hours = full_speed * month.hours_per_agent;
    let short = (month.needed_hours - contract_hours).max(0.0);
    let overtime_hours = short.min(contract_hours * terms.max_overtime);
    CapacityOutlook {
        hires: month.planned_hires + proposed[at],
        proposed_hires: proposed[at],
        in_training,
        agents,
        full_speed_agents: full_speed,
        leavers: (agents + in_training) * terms.monthly_attrition + dropouts,
        contract_hours,
        overtime_hours,
        // Rounding must not ask for a person.
        missing_hours: if short - overtime_hours > 1e-6 { short - overtime_hours } else { 0.0 },
    }
}

fn below_one(what: &'static str, value: f64) -> Result<(), StaffingError> {
    if (0.0..1.0).contains(&value) { Ok(()) } else { Err(StaffingError::NotAShare { what, value }) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms() -> CapacityTerms {
        CapacityTerms {
            agents: 100.0,
            monthly_attrition: 0.0,
            training_months: 2,
            training_dropout: 0.0,
            learning_curve: vec![0.5],
            class_size: 20,
            max_overtime: 0.0,
        }
    }

    fn months(needed: &[f64]) -> Vec<CapacityMonth> {
        needed
            .iter()
            .map(|&needed| CapacityMonth {
                needed_hours: needed * 160.0,
                hours_per_agent: 160.0,
                planned_hires: 0,
            })
            .collect()
    }

    fn hires(terms: &CapacityTerms, months: &[CapacityMonth]) -> Vec<u32> {
        plan_capacity(terms, months).unwrap().iter().map(|month| month.hires).collect()
    }

    fn missing_agents(terms: &CapacityTerms, months: &[CapacityMonth]) -> Vec<f64> {
        plan_capacity(terms, months)
            .unwrap()
            .iter()
            .map(|month| month.missing_hours / 160.0)
            .collect()
    }

    #[test]
    fn nobody_is_hired_while_there_are_enough() {
        assert_eq!(hires(&terms(), &months(&[100.0, 90.0, 100.0])), [0, 0, 0]);
    }

    #[test]
    fn a_rise_is_hired_for_as_late_as_training_allows() {
        // Two in December at half speed do the work of one.
        assert_eq!(hires(&terms(), &months(&[100.0, 100.0, 100.0, 101.0])), [0, 2, 0, 0]);
        let slow = CapacityTerms { learning_curve: vec![0.0], ..terms() };
        assert_eq!(hires(&slow, &months(&[100.0, 100.0, 100.0, 101.0])), [1, 0, 0, 0]);
    }

    #[test]
    fn a_full_class_is_preceded_by_another() {
        let small = CapacityTerms { class_size: 3, learning_curve: vec![], ..terms() };
        assert_eq!(hires(&small, &months(&[100.0, 100.0, 100.0, 105.0])), [2, 3, 0, 0]);
    }

    #[test]
    fn a_month_that_training_comes_too_late_for_stays_short() {
        assert_eq!(missing_agents(&terms(), &months(&[104.0, 100.0])), [4.0, 0.0]);
    }

    #[test]
    fn overtime_bridges_before_anybody_is_hired() {
        let terms = CapacityTerms { max_overtime: 0.05, ..terms() };
        let plan = plan_capacity(&terms, &months(&[104.0, 100.0, 105.0])).unwrap();
        assert!(plan.iter().all(|month| month.hires == 0 && month.missing_hours == 0.0));
        assert!((plan[0].overtime_hours - 4.0 * 160.0).abs() < 1e-9);
    }

    #[test]
    fn those_who_leave_are_replaced() {
        let terms = CapacityTerms {
            monthly_attrition: 0.02,
            training_months: 1,
            learning_curve: vec![],
            ..terms()
        };
        // 2 of 100 leave, then 1.96 of 98 and one hire in fifty.
        let plan = plan_capacity(&terms, &months(&[100.0, 100.0, 100.0])).unwrap();
        assert!((plan[0].leavers - (100.0 + 3.0) * 0.02).abs() < 1e-9);
        assert_eq!((plan[0].hires, plan[1].missing_hours), (3, 0.0));
        assert!(plan[1].agents >= 100.0 && plan[2].agents >= 100.0);
    }

    #[test]
    fn a_share_of_a_class_that_drops_out_is_hired_for() {
        let terms = CapacityTerms { training_dropout: 0.25, learning_curve: vec![], ..terms() };
        assert_eq!(hires(&terms, &months(&[100.0, 100.0, 103.0])), [4, 0, 0]);
    }

    #[test]
    fn promised_hires_count_first() {
        let mut months = months(&[100.0, 100.0, 104.0]);
        months[0].planned_hires = 3;
        let terms = CapacityTerms { learning_curve: vec![], ..terms() };
        let plan = plan_capacity(&terms, &months).unwrap();
        assert_eq!((plan[0].hires, plan[0].proposed_hires), (4, 1));
    }

    #[test]
    fn figures_that_mean_nothing_are_refused() {
        let bad = CapacityTerms { monthly_attrition: 1.0, ..terms() };
        assert!(matches!(
            plan_capacity(&bad, &months(&[1.0])),
            Err(StaffingError::NotAShare { what: "monthly_attrition", .. })
        ));
        let negative = [CapacityMonth { needed_hours: -1.0, ..months(&[1.0])[0] }];
        assert!(plan_capacity(&terms(), &negative).is_err());
    }

    proptest! {
        #[test]
        fn no_month_is_short_while_a_class_that_helps_has_places(
            needed in proptest::collection::vec(80.0_f64..140.0, 1..14),
            attrition in 0.0_f64..0.06,
            dropout in 0.0_f64..0.4,
            training in 0_usize..4,
            class in 0_u32..30,
        ) {
            let terms = CapacityTerms {
                monthly_attrition: attrition,
                training_dropout: dropout,
                training_months: training,
                class_size: class,
                ..terms()
            };
            let months = months(&needed);
            let plan = plan_capacity(&terms, &months).unwrap();
            for (at, month) in plan.iter().enumerate() {
                let place = (0..=at).any(|start| {
                    plan[start].hires < class && terms.speed(at - start).is_some()
                });
                prop_assert!(month.missing_hours == 0.0 || !place, "{at} {month:?}");
                prop_assert!(month.hires <= class);
            }
        }
    }
}
