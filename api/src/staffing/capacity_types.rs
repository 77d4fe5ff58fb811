use async_graphql::{InputObject, SimpleObject};
use trunkline_domain::staffing::{
    CapacityMonth as Month, CapacityOutlook, CapacityTerms, StaffingError, plan_capacity,
};

use crate::error::{AppError, Outcome};

/// A month of a capacity plan as it is asked for.
#[derive(InputObject)]
pub struct CapacityMonthInput {
    /// Agent-hours on the roster that the forecast asks for, shrinkage included.
    pub needed_hours: f64,
    /// Contract hours of one full-time agent in the month.
    pub hours_per_agent: f64,
    /// People already promised to start training in the month.
    #[graphql(default)]
    pub planned_hires: u32,
}

/// A capacity plan as it is asked for.
#[derive(InputObject)]
pub struct CapacityPlanInput {
    /// Agents at full speed when the plan begins.
    pub agents: f64,
    /// Percent of agents who leave in a month, 0 to below 100.
    #[graphql(default)]
    pub monthly_attrition_percent: f64,
    /// Months in training before the first contact, 0 to 24.
    #[graphql(default = 1)]
    pub training_months: u32,
    /// Percent of a class that does not finish its training, 0 to below 100.
    #[graphql(default)]
    pub training_dropout_percent: f64,
    /// Percent of full speed in the first months after training, one figure a month; full speed after them. At most 24.
    #[graphql(default)]
    pub learning_curve_percent: Vec<f64>,
    /// Most people who can begin training in one month.
    #[graphql(default = 20)]
    pub class_size: u32,
    /// Most overtime in a month, in percent of contract hours.
    #[graphql(default)]
    pub max_overtime_percent: f64,
    /// The months in order, 1 to 60.
    pub months: Vec<CapacityMonthInput>,
}

/// A month of a capacity plan as it will be. Heads are expectations and so have fractions; hires are whole people.
#[derive(Debug, SimpleObject)]
pub struct CapacityMonth {
    /// People who start training: those promised and those proposed.
    pub hires: u32,
    /// Of those, people that the plan proposes beyond the promised ones.
    pub proposed_hires: u32,
    /// Heads in training.
    pub in_training: f64,
    /// Heads on the phone.
    pub agents: f64,
    /// The same in agents at full speed, beginners at their share.
    pub full_speed_agents: f64,
    /// Heads who leave in the course of the month, trainees included.
    pub leavers: f64,
    /// Agent-hours that contracts give.
    pub contract_hours: f64,
    /// Overtime that bridges what contracts do not give.
    pub overtime_hours: f64,
    /// Hours that even overtime does not give: no hire could help in time.
    pub missing_hours: f64,
}

impl From<CapacityOutlook> for CapacityMonth {
    fn from(outlook: CapacityOutlook) -> Self {
        let CapacityOutlook {
            hires,
            proposed_hires,
            in_training,
            agents,
            full_speed_agents,
            leavers,
            contract_hours,
            overtime_hours,
            missing_hours,
        } = outlook;
        Self {
            hires,
            proposed_hires,
            in_training,
            agents,
            full_speed_agents,
            leavers,
            contract_hours,
            overtime_hours,
            missing_hours,
        }
    }
}

/// Months of a plan, of its training and of its learning curve.
const MOST_MONTHS: usize = 60;
const MOST_LEARNING: usize = 24;
/// Most people in a class: beyond it hires mean nothing.
const LARGEST_CLASS: u32 = 10_000;

/// Plans what is asked for.
pub(super) fn plan(input: CapacityPlanInput) -> Outcome<Vec<CapacityMonth>> {
    let CapacityPlanInput {
        agents,
        monthly_attrition_percent,
        training_months,
        training_dropout_percent,
        learning_curve_percent,
        class_size,
        max_overtime_percent,
        months,
    } = input;
    let refuse = |rule: &str| Err(AppError::InvalidArgument(rule.to_owned()));
    if !(1..=MOST_MONTHS).contains(&months.len()) {
        return refuse("months must be 1 to 60");
    }
    let training_months = usize::try_from(training_months).unwrap_or(usize::MAX);
    if learning_curve_percent.len() > MOST_LEARNING || training_months > MOST_LEARNING {
        return refuse("training and learning take at most 24 months each");
    }
    if class_size > LARGEST_CLASS || months.iter().any(|it| it.planned_hires > LARGEST_CLASS) {
        return refuse("classSize and plannedHires must be at most 10000");
    }
    let terms = CapacityTerms {
        agents,
        monthly_attrition: monthly_attrition_percent / 100.0,
        training_months,
        training_dropout: training_dropout_percent / 100.0,
        learning_curve: learning_curve_percent.into_iter().map(|it| it / 100.0).collect(),
        class_size,
        max_overtime: max_overtime_percent / 100.0,
    };
    let month = |month| {
        let CapacityMonthInput { needed_hours, hours_per_agent, planned_hires } = month;
        Month { needed_hours, hours_per_agent, planned_hires }
    };
    let months: Vec<Month> = months.into_iter().map(month).collect();
    let wrong = |error: StaffingError| AppError::InvalidArgument(error.to_string());
    Ok(plan_capacity(&terms, &months).map_err(wrong)?.into_iter().map(Into::into).collect())
}
