use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use trunkline_domain::forecasting::proposal::{EventKind, EventState};
use trunkline_infra::forecasting::DemandEventView;

use crate::{
    graphql::{DateTime, Decimal, Operation, UserError, show_id},
    network::Queue,
};

/// Kind of a demand event. New values can be added: treat an unknown one as `PROMOTION`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "EventKind")]
pub enum DemandEventKind {
    /// Something that makes customers call.
    Promotion,
    /// A day unlike its weekday; its effect is learned from the last one of the same name.
    Holiday,
    /// Something that went wrong.
    Incident,
    /// What somebody knows better than the model: figures or uplifts, applied before all others.
    Correction,
}

/// Where a demand event stands. New values can be added: treat an unknown one as `PROPOSED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "EventState")]
pub enum DemandEventState {
    /// Waits for the planner.
    Proposed,
    /// Part of every forecast that is run from now on.
    Accepted,
    /// Part of none.
    Rejected,
}

/// A promotion, holiday or incident that changes the contacts of some queues for a while.
#[derive(Debug, Clone)]
pub struct DemandEvent(pub DemandEventView);

/// A promotion, holiday or incident that changes the contacts of some queues for a while.
#[Object]
impl DemandEvent {
    /// Global id, prefix `evt_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Kind.
    async fn kind(&self) -> DemandEventKind {
        EventKind::of_code(&self.0.kind).unwrap_or(EventKind::Promotion).into()
    }
    /// First instant at which it works.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.0.starts_at)
    }
    /// First instant at which it no longer works.
    async fn ends_at(&self) -> DateTime {
        DateTime(self.0.ends_at)
    }
    /// Whether it works on every queue of the network.
    async fn is_of_all_queues(&self) -> bool {
        self.0.queue_ids.is_empty()
    }
    /// Queues on which it works, as far as the caller may see them. Empty when it works on all.
    async fn queues(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Queue>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        let queues = self.0.queue_ids.iter().filter_map(|id| directory.queue(*id));
        Ok(queues.filter(|queue| Queue::seen(operation, queue)).cloned().map(Queue).collect())
    }
    /// Share of contacts added: `"0.8"` is +80 %.
    async fn volume_uplift(&self) -> Decimal {
        Decimal(self.0.volume_uplift.normalize())
    }
    /// Share of handle time added.
    async fn handle_time_uplift(&self) -> Decimal {
        Decimal(self.0.handle_time_uplift.normalize())
    }
    /// Contacts of each interval that a correction sets. `null` = as forecast.
    async fn volume(&self) -> Option<Decimal> {
        self.0.volume.map(|it| Decimal(it.normalize()))
    }
    /// Seconds per contact that a correction sets. `null` = as forecast.
    async fn handle_time_seconds(&self) -> Option<Decimal> {
        self.0.handle_time_seconds.map(|it| Decimal(it.normalize()))
    }
    /// Where it stands.
    async fn state(&self) -> DemandEventState {
        EventState::of_code(&self.0.state).unwrap_or(EventState::Proposed).into()
    }
    /// Made at.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
    /// Grows by one with every change; hand it back as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Outcome of a proposal.
#[derive(Debug, SimpleObject)]
pub struct DemandEventProposePayload {
    /// The event. `null` when refused.
    pub demand_event: Option<DemandEvent>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of a decision.
#[derive(Debug, SimpleObject)]
pub struct DemandEventDecidePayload {
    /// The event as it stands now. `null` when refused.
    pub demand_event: Option<DemandEvent>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
