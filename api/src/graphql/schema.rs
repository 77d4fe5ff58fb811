use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions};

use super::node::NodeQuery;
use crate::{
    agents::{AgentsMutation, AgentsQuery},
    archives::ArchivesMutation,
    audit::AuditQuery,
    forecasting::{ForecastingMutation, ForecastingQuery},
    identity::{
        AccountsMutation, AccountsQuery, ClientsMutation, ClientsQuery, CredentialsMutation,
        IdentityMutation, IdentityQuery, RolesMutation, RolesQuery,
    },
    intraday::{IntradayMutation, IntradayQuery, IntradaySubscription},
    jobs::{JobsMutation, JobsQuery, JobsSubscription},
    kpis::{KpisMutation, KpisQuery},
    network::{NetworkMutation, NetworkQuery},
    requests::{RequestsMutation, RequestsQuery},
    schedules::{SchedulesMutation, SchedulesQuery},
    staffing::{StaffingMutation, StaffingQuery},
};

/// Reading.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    IdentityQuery,
    NetworkQuery,
    AgentsQuery,
    ForecastingQuery,
    StaffingQuery,
    SchedulesQuery,
    IntradayQuery,
    AccountsQuery,
    ClientsQuery,
    RolesQuery,
    AuditQuery,
    RequestsQuery,
    KpisQuery,
    JobsQuery,
);

/// Writing. One `input`, one payload, `userErrors` in every payload.
#[derive(MergedObject, Default)]
pub struct Mutation(
    IdentityMutation,
    CredentialsMutation,
    NetworkMutation,
    AgentsMutation,
    IntradayMutation,
    ForecastingMutation,
    StaffingMutation,
    AccountsMutation,
    ClientsMutation,
    RolesMutation,
    ArchivesMutation,
    RequestsMutation,
    KpisMutation,
    SchedulesMutation,
    JobsMutation,
);

/// Watching. Events are plain data and carry a cursor; a query is the truth.
#[derive(MergedSubscription, Default)]
pub struct Subscription(IntradaySubscription, JobsSubscription);

/// The schema that the server serves.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema. Limits on documents are the transport's work, before the executor.
#[must_use]
pub fn build_schema() -> Schema {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .disable_suggestions()
        .finish()
}

/// The schema as text, sorted, as `schema.graphql` holds it.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    build_schema().sdl_with_options(options)
}
