use async_graphql::{MergedObject, MergedSubscription, SDLExportOptions};

use super::{cost::Marks, node::NodeQuery, rate_limit::RateLimitQuery};
use crate::{
    agents::{AgentsMutation, AgentsQuery},
    archives::{ArchivesMutation, ArchivesQuery},
    audit::AuditQuery,
    forecasting::{ForecastingMutation, ForecastingQuery},
    identity::{
        AccountsMutation, AccountsQuery, ClientsMutation, ClientsQuery, CredentialsMutation,
        IdentityMutation, IdentityQuery, ProvidersMutation, ProvidersQuery, RolesMutation,
        RolesQuery,
    },
    intraday::{IntradayMutation, IntradayQuery, IntradaySubscription},
    jobs::{JobsMutation, JobsQuery, JobsSubscription},
    kpis::{KpisMutation, KpisQuery},
    network::{LinesMutation, NetworkMutation, NetworkQuery, TrainingMutation},
    notifications::{NotificationsMutation, NotificationsQuery, NotificationsSubscription},
    requests::{RequestsMutation, RequestsQuery},
    schedules::{SchedulesMutation, SchedulesQuery},
    staffing::{StaffingMutation, StaffingQuery},
};

/// Reading who may call. Merged by itself: what the compiler and the stack see of a merged object is
/// as deep as it is long.
#[derive(MergedObject, Default)]
pub struct CallersQuery(IdentityQuery, AccountsQuery, ClientsQuery, RolesQuery, ProvidersQuery);

/// Reading.
#[derive(MergedObject, Default)]
pub struct Query(
    CallersQuery,
    NodeQuery,
    RateLimitQuery,
    NetworkQuery,
    AgentsQuery,
    ForecastingQuery,
    StaffingQuery,
    SchedulesQuery,
    IntradayQuery,
    ArchivesQuery,
    AuditQuery,
    RequestsQuery,
    KpisQuery,
    JobsQuery,
    NotificationsQuery,
);

/// Changing who may call.
#[derive(MergedObject, Default)]
pub struct CallersMutation(
    IdentityMutation,
    CredentialsMutation,
    AccountsMutation,
    ClientsMutation,
    RolesMutation,
    ProvidersMutation,
);

/// Changing the network. Merged by itself like the callers.
#[derive(MergedObject, Default)]
pub struct PlacesMutation(NetworkMutation, TrainingMutation, LinesMutation);

/// Writing. One `input`, one payload, `userErrors` in every payload.
#[derive(MergedObject, Default)]
pub struct Mutation(
    CallersMutation,
    PlacesMutation,
    AgentsMutation,
    IntradayMutation,
    ForecastingMutation,
    StaffingMutation,
    ArchivesMutation,
    RequestsMutation,
    KpisMutation,
    SchedulesMutation,
    JobsMutation,
    NotificationsMutation,
);

/// Watching. Events are plain data and carry a cursor; a query is the truth.
#[derive(MergedSubscription, Default)]
pub struct Subscription(IntradaySubscription, JobsSubscription, NotificationsSubscription);

/// The schema that the server serves.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Builds the schema. Limits on documents are the transport's work, before the executor.
#[must_use]
pub fn build_schema() -> Schema {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .register_output_type::<Marks>()
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
