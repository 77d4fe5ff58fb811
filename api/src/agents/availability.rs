use std::collections::HashMap;

use async_graphql::{ID, Object};
use trunkline_domain::id::AgentId;
use trunkline_infra::agents::{AvailabilityView, availability_of_agents};

use crate::{
    error::{AppError, Outcome},
    graphql::{Date, DateTime, LocalTime, Operation, show_id},
};

/// What an agent has said about when work is possible: weekly or once.
#[derive(Debug, Clone)]
pub struct Availability(pub(super) AvailabilityView);

/// What an agent has said about when work is possible: weekly or once.
#[Object]
impl Availability {
    /// Global id, prefix `avl_`.
    async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Can work then, or cannot.
    async fn available(&self) -> bool {
        self.0.available
    }
    /// Why, such as the name of a class.
    async fn label(&self) -> &str {
        &self.0.label
    }
    /// ISO weekdays on which it holds, 1 is Monday; empty when it holds once.
    async fn weekdays(&self) -> Vec<i32> {
        self.0.weekdays.iter().flatten().map(|day| i32::from(*day)).collect()
    }
    /// From when on those weekdays, wall time of the site. `null` when it holds once.
    async fn starts(&self) -> Option<LocalTime> {
        self.0.local_from.map(LocalTime)
    }
    /// Until when on those weekdays, wall time of the site. `null` when it holds once.
    async fn ends(&self) -> Option<LocalTime> {
        self.0.local_until.map(LocalTime)
    }
    /// First date of a weekly one. `null` = since ever.
    async fn starts_on(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }
    /// Last date of a weekly one. `null` = until further notice.
    async fn ends_on(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }
    /// Start, inclusive, of one that holds once. `null` = weekly.
    async fn starts_at(&self) -> Option<DateTime> {
        self.0.starts_at.map(DateTime)
    }
    /// End, exclusive, of one that holds once. `null` = weekly.
    async fn ends_at(&self) -> Option<DateTime> {
        self.0.ends_at.map(DateTime)
    }
}

/// What an agent has said, of many agents in one question.
pub(super) async fn availability_of(
    operation: &Operation,
    agent: AgentId,
) -> Outcome<Vec<Availability>> {
    let statements = operation
        .availability
        .load(agent, async |ids| {
            let tx = operation.read().await?;
            let mut by_agent: HashMap<AgentId, Vec<AvailabilityView>> = HashMap::new();
            for statement in availability_of_agents(&tx, &ids).await? {
                by_agent.entry(statement.agent_id).or_default().push(statement);
            }
            Ok::<_, AppError>(by_agent)
        })
        .await?;
    Ok(statements.unwrap_or_default().into_iter().map(Availability).collect())
}
