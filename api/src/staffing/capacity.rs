//! A capacity plan, with what contracts and requirements tell where its planner says nothing.

use std::collections::HashMap;

use jiff::{ToSpan as _, civil, tz::TimeZone};
use trunkline_domain::{
    fault::{Fault, Rule},
    id::{QueueId, SiteId},
    identity::{Permission, Target},
    staffing::{
        CapacityMonth, CapacityOutlook, CapacityTerms, Sourced, StaffingError, full_time_hours,
        hours_of_queues, months_from, plan_capacity,
    },
    time::local_of_instant,
};
use trunkline_infra::{
    network::{Directory, QueueView},
    staffing::{count_contracts, monthly_hours},
};

use crate::{
    error::{AppError, Outcome},
    forecasting::rights::readable_queue,
    graphql::Operation,
};

/// What is asked for; `None` is what the plan is to find out.
#[derive(Debug)]
pub(super) struct AskCapacity {
    pub(super) sites: Vec<SiteId>,
    pub(super) queues: Vec<QueueId>,
    pub(super) starts_on: Option<civil::Date>,
    pub(super) agents: Option<f64>,
    pub(super) monthly_attrition: Option<f64>,
    pub(super) training: Training,
    pub(super) max_overtime: f64,
    pub(super) months: Vec<AskMonth>,
}

/// How people who are hired become agents.
#[derive(Debug)]
pub(super) struct Training {
    pub(super) months: usize,
    pub(super) dropout: f64,
    pub(super) learning_curve: Vec<f64>,
    pub(super) class_size: u32,
}

/// A month that is asked for.
#[derive(Debug)]
pub(super) struct AskMonth {
    pub(super) needed_hours: Option<f64>,
    pub(super) hours_per_agent: Option<f64>,
    pub(super) planned_hires: u32,
}

/// A plan, and what it was made from.
#[derive(Debug)]
pub(super) struct PlannedCapacity {
    pub(super) agents: Sourced,
    pub(super) monthly_attrition: Sourced,
    pub(super) months: Vec<PlannedMonth>,
}

/// A month of it.
#[derive(Debug)]
pub(super) struct PlannedMonth {
    pub(super) starts_on: civil::Date,
    pub(super) needed_hours: Sourced,
    pub(super) hours_per_agent: Sourced,
    pub(super) outlook: CapacityOutlook,
}

/// Months of a plan, of its training and of its learning curve.
const MOST_MONTHS: usize = 60;
const MOST_LEARNING: usize = 24;
/// Most people in a class: beyond it hires mean nothing.
const LARGEST_CLASS: u32 = 10_000;
/// Sites and queues of a plan.
const MOST_SITES: usize = 200;
const MOST_QUEUES: usize = 20;

/// Plans what is asked for. Contracts are counted at sites whose agents the caller may see, hours of queues
/// whose requirements the caller may see: one statement each.
pub(super) async fn plan(operation: &Operation, ask: AskCapacity) -> Outcome<PlannedCapacity> {
    check(&ask)?;
    let reach = operation.require(Permission::ForecastRead)?;
    let directory = operation.directory().await?;
    let sites_seen = operation.reach(Permission::AgentRead);
    for site in &ask.sites {
        let seen = directory.site(*site).filter(|_| sites_seen.contains(&Target::site(*site)));
        seen.ok_or_else(|| Fault::not_found("siteIds"))?;
    }
    let mut queues = Vec::with_capacity(ask.queues.len());
    for queue in &ask.queues {
        queues.push(readable_queue(&directory, &reach, *queue, "queueIds")?);
    }
    let next_month = || {
        let today = local_of_instant(operation.now, &zone_of(&directory, &ask, &queues)).date();
        today.first_of_month().saturating_add(1.month())
    };
    let starts = months_from(ask.starts_on.unwrap_or_else(next_month), ask.months.len());

    let (agents, monthly_attrition) = people(operation, &ask).await?;
    let work = work(operation, &ask, &queues, &starts).await?;
    let Training { months: training_months, dropout, learning_curve, class_size } = ask.training;
    let terms = CapacityTerms {
        agents: agents.value,
        monthly_attrition: monthly_attrition.value,
        training_months,
        training_dropout: dropout,
        learning_curve,
        class_size,
        max_overtime: ask.max_overtime,
    };
    let of_month = |(asked, (needed, per_agent)): (&AskMonth, &(Sourced, Sourced))| CapacityMonth {
        needed_hours: needed.value,
        hours_per_agent: per_agent.value,
        planned_hires: asked.planned_hires,
    };
    let months: Vec<CapacityMonth> = ask.months.iter().zip(&work).map(of_month).collect();
    let wrong = |error: StaffingError| AppError::InvalidArgument(error.to_string());
    let outlooks = plan_capacity(&terms, &months).map_err(wrong)?;
    let planned = starts.into_iter().zip(work).zip(outlooks);
    let planned = planned.map(|((starts_on, (needed_hours, hours_per_agent)), outlook)| {
        PlannedMonth { starts_on, needed_hours, hours_per_agent, outlook }
    });
    Ok(PlannedCapacity { agents, monthly_attrition, months: planned.collect() })
}

/// Whether a plan of this size can be made.
fn check(ask: &AskCapacity) -> Outcome<()> {
    let refuse = |rule: &str| Err(AppError::InvalidArgument(rule.to_owned()));
    if !(1..=MOST_MONTHS).contains(&ask.months.len()) {
        return refuse("months must be 1 to 60");
    }
    let training = &ask.training;
    if training.learning_curve.len() > MOST_LEARNING || training.months > MOST_LEARNING {
        return refuse("training and learning take at most 24 months each");
    }
    let mut planned = ask.months.iter().map(|month| month.planned_hires);
    if training.class_size > LARGEST_CLASS || planned.any(|hires| hires > LARGEST_CLASS) {
        return refuse("classSize and plannedHires must be at most 10000");
    }
    if ask.sites.len() > MOST_SITES || ask.queues.len() > MOST_QUEUES {
        return refuse("siteIds must be at most 200, queueIds at most 20");
    }
    Ok(())
}

/// The zone whose calendar says which month comes next: that of the first site, else of the first queue.
fn zone_of(directory: &Directory, ask: &AskCapacity, queues: &[&QueueView]) -> TimeZone {
    let site = ask.sites.first().and_then(|site| directory.site(*site));
    let zone = site.map(|site| site.zone());
    zone.or_else(|| queues.first().map(|queue| queue.zone())).unwrap_or(TimeZone::UTC)
}

/// Agents and attrition: as given, or as contracts tell them.
async fn people(operation: &Operation, ask: &AskCapacity) -> Outcome<(Sourced, Sourced)> {
    let is_given = ask.agents.is_some() && ask.monthly_attrition.is_some();
    let count = if ask.sites.is_empty() || is_given {
        None
    } else {
        let tx = operation.read().await?;
        Some(count_contracts(&tx, &ask.sites, operation.now).await?)
    };
    let agents = Sourced::known(ask.agents, count.map(|count| count.full_time_agents()));
    let agents = agents.ok_or_else(|| Fault::invalid("agents", Rule::AgentsOrSites))?;
    let leaving = count.and_then(|count| count.monthly_attrition());
    Ok((agents, Sourced::or_usual(ask.monthly_attrition, leaving, 0.0)))
}

/// Hours that each month needs, and hours that an agent gives in it.
async fn work(
    operation: &Operation,
    ask: &AskCapacity,
    queues: &[&QueueView],
    starts: &[civil::Date],
) -> Outcome<Vec<(Sourced, Sourced)>> {
    let asked = || ask.months.iter().zip(starts);
    let open = asked().filter(|(month, _)| month.needed_hours.is_none());
    let open: Vec<civil::Date> = open.map(|(_, starts_on)| *starts_on).collect();
    let known = if queues.is_empty() || open.is_empty() {
        HashMap::new()
    } else {
        let tx = operation.read().await?;
        monthly_hours(&tx, &ask.queues, &open).await?
    };
    let hours = |(at, (month, starts_on)): (usize, (&AskMonth, &civil::Date))| {
        let invalid = |rule| Fault::invalid(&format!("months.{at}.neededHours"), rule);
        let needed = match month.needed_hours {
            Some(hours) => Sourced::given(hours),
            None => Sourced::counted(counted(ask, queues, *starts_on, &known).map_err(invalid)?),
        };
        let usual = full_time_hours(*starts_on);
        Outcome::Ok((needed, Sourced::or_usual(month.hours_per_agent, None, usual)))
    };
    asked().enumerate().map(hours).collect()
}

/// Hours that the queues of the plan ask for in a month.
fn counted(
    ask: &AskCapacity,
    queues: &[&QueueView],
    month: civil::Date,
    known: &HashMap<(QueueId, civil::Date), f64>,
) -> Result<f64, Rule> {
    if queues.is_empty() {
        return Err(Rule::HoursOrQueues);
    }
    hours_of_queues(&ask.queues, month, known).map_err(|missing| {
        let queue = queues.iter().find(|queue| queue.id == missing);
        Rule::HoursOfTheMonth(queue.map_or_else(String::new, |it| it.code.clone()), month)
    })
}
