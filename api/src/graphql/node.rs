use async_graphql::{Context, ID, Interface, Object};
use trunkline_domain::{
    id::{AgentId, ForecastId, QueueId, RequirementId, SiteId, SkillId, prefix_of},
    identity::Permission,
};

use super::Operation;
use crate::{
    agents::Agent,
    audit::AuditEvent,
    error::{AppError, Outcome},
    forecasting::Forecast,
    identity::User,
    jobs::Job,
    network::{Queue, Site, Skill},
    notifications::Notification,
    requests::ShiftSwap,
    schedules::{Schedule, ScheduleChange, Shift},
    staffing::StaffingRequirement,
};

/// Anything with a global id.
#[derive(Debug, Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Opaque global id with a type prefix, e.g. `shf_01jd3h…`. Compare it as a string; never parse it."
))]
pub enum Node {
    /// A call centre.
    Site(Site),
    /// A stream of contacts.
    Queue(Queue),
    /// A kind of work.
    Skill(Skill),
    /// A person who handles contacts.
    Agent(Agent),
    /// A plan of one site.
    Schedule(Schedule),
    /// A change of a schedule or of its shifts, on record.
    ScheduleChange(ScheduleChange),
    /// One working period of one agent.
    Shift(Shift),
    /// An offer to hand over or exchange a shift.
    ShiftSwap(ShiftSwap),
    /// A version of a queue's forecast.
    Forecast(Forecast),
    /// Agents that a queue needs.
    StaffingRequirement(StaffingRequirement),
    /// Long work.
    Job(Job),
    /// A person who may sign in.
    User(User),
    /// Something that was done, by whom.
    AuditEvent(AuditEvent),
    /// Something that the caller was told.
    Notification(Notification),
}

/// Reading by id.
#[derive(Debug, Default)]
pub struct NodeQuery;

const MOST: usize = 100;

#[Object]
impl NodeQuery {
    /// Fetches any object by id. `null` when it does not exist or the caller may not see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> async_graphql::Result<Option<Node>> {
        let operation = Operation::root(ctx)?;
        find_node(operation, &id).await.map_err(|error| operation.fail(error))
    }

    /// Fetches up to 100 objects by id, in the order asked; `null` at the place of each that is missing.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids, at most 100.")] ids: Vec<ID>,
    ) -> async_graphql::Result<Vec<Option<Node>>> {
        let operation = Operation::root(ctx)?;
        if ids.len() > MOST {
            return Err(operation.fail(AppError::InvalidArgument(format!("at most {MOST} ids"))));
        }
        futures_util::future::try_join_all(ids.iter().map(|id| find_node(operation, id)))
            .await
            .map_err(|error| operation.fail(error))
    }
}

/// The object, if it exists and the caller may see it.
pub(crate) async fn find_node(operation: &Operation, id: &ID) -> Outcome<Option<Node>> {
    match prefix_of(id) {
        Some("sit") => find_site(operation, id).await.map(|it| it.map(Node::Site)),
        Some("que") => find_queue(operation, id).await.map(|it| it.map(Node::Queue)),
        Some("skl") => find_skill(operation, id).await.map(|it| it.map(Node::Skill)),
        Some("agt") => find_agent(operation, id).await.map(|it| it.map(Node::Agent)),
        Some("sch") => Schedule::find(operation, id).await.map(|it| it.map(Node::Schedule)),
        Some("chg") => {
            ScheduleChange::find(operation, id).await.map(|it| it.map(Node::ScheduleChange))
        }
        Some("shf") => Shift::find(operation, id).await.map(|it| it.map(Node::Shift)),
        Some("swp") => ShiftSwap::find(operation, id).await.map(|it| it.map(Node::ShiftSwap)),
        Some("fct") => find_forecast(operation, id).await.map(|it| it.map(Node::Forecast)),
        Some("req") => {
            find_requirement(operation, id).await.map(|it| it.map(Node::StaffingRequirement))
        }
        Some("job") => Job::find(operation, id).await.map(|it| it.map(Node::Job)),
        Some("usr") => User::find(operation, id).await.map(|it| it.map(Node::User)),
        Some("ntf") => Notification::find(operation, id).await.map(|it| it.map(Node::Notification)),
        Some("aud") => AuditEvent::find(operation, id).await.map(|it| it.map(Node::AuditEvent)),
        _ => Ok(None),
    }
}

async fn find_forecast(operation: &Operation, id: &ID) -> Outcome<Option<Forecast>> {
    let Ok(id) = id.parse::<ForecastId>() else { return Ok(None) };
    Forecast::visible(operation, id).await
}

async fn find_requirement(operation: &Operation, id: &ID) -> Outcome<Option<StaffingRequirement>> {
    let Ok(id) = id.parse::<RequirementId>() else { return Ok(None) };
    StaffingRequirement::visible(operation, id).await
}

async fn find_site(operation: &Operation, id: &ID) -> Outcome<Option<Site>> {
    let Ok(id) = id.parse::<SiteId>() else { return Ok(None) };
    Site::visible(operation, id).await
}

async fn find_queue(operation: &Operation, id: &ID) -> Outcome<Option<Queue>> {
    let Ok(id) = id.parse::<QueueId>() else { return Ok(None) };
    Queue::visible(operation, id).await
}

async fn find_skill(operation: &Operation, id: &ID) -> Outcome<Option<Skill>> {
    let Ok(id) = id.parse::<SkillId>() else { return Ok(None) };
    Skill::visible(operation, id).await
}

async fn find_agent(operation: &Operation, id: &ID) -> Outcome<Option<Agent>> {
    let Ok(id) = id.parse::<AgentId>() else { return Ok(None) };
    Ok(operation.visible_agent(id, Permission::AgentRead).await?.map(Agent))
}
