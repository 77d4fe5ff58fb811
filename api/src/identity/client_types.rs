//! API clients and their keys as the schema shows them, and what is said about them.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use trunkline_domain::{fault::Fault, id::ApiClientId, identity::ClientRate};
use trunkline_infra::identity::ApiKeyView;

use super::{
    account_types::{AccountState, state_of},
    clients::{Client, SaidClient},
};
use crate::{
    graphql::{DateTime, Operation, UserError, parse_id, parse_ids, show_id},
    network::Site,
};

/// A partner's program that calls this API.
#[derive(Debug, Clone)]
pub struct ApiClient(pub(super) Client);

/// A partner's program that calls this API.
#[Object]
impl ApiClient {
    /// Global id, prefix `cli_`.
    async fn id(&self) -> ID {
        show_id(self.0.client.id)
    }
    /// Name, unique in the tenant.
    async fn name(&self) -> &str {
        &self.0.client.name
    }
    /// What it may do at most, e.g. `history:read`.
    async fn scopes(&self) -> &[String] {
        &self.0.client.scopes
    }
    /// Sites it is limited to; empty = all.
    async fn sites(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Site>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        let sites = self.0.client.site_ids.iter().filter_map(|id| directory.site(*id));
        Ok(sites.cloned().map(Site).collect())
    }
    /// Whether its keys work.
    async fn state(&self) -> AccountState {
        state_of(&self.0.client.state)
    }
    /// When it and its keys become void. `null` without an end.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.client.expires_at.map(DateTime)
    }
    /// Set once when it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.client.created_at)
    }
    /// Its keys, oldest first, revoked ones included; at most two are good at the same time.
    async fn keys(&self) -> Vec<ApiKey> {
        self.0.keys.iter().cloned().map(ApiKey).collect()
    }
    /// Points of its own. `null` = those that everybody has.
    async fn rate(&self) -> Option<ApiClientRate> {
        let (burst, restore) = self.0.client.rate_burst.zip(self.0.client.rate_restore)?;
        Some(ApiClientRate { burst, restore_per_second: restore })
    }
}

/// Points that a program may spend by itself.
#[derive(Debug, SimpleObject)]
pub struct ApiClientRate {
    /// Points at once.
    pub burst: i32,
    /// Points that come back each second.
    pub restore_per_second: i32,
}

/// A key of an API client, without its secret.
#[derive(Debug, Clone)]
pub struct ApiKey(ApiKeyView);

/// A key of an API client, without its secret.
#[Object]
impl ApiKey {
    /// Global id, prefix `key_`; what follows it stands in the key's text too.
    async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// When it becomes void. `null` without an end of its own.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }
    /// When it was revoked. `null` when it was not.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }
    /// Last use, to the minute. `null` when it was never used.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }
    /// Set once when it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// Points for a program.
#[derive(InputObject)]
pub struct ApiClientRateInput {
    /// Points at once, 1 to 1000000.
    pub burst: i32,
    /// Points that come back each second, 1 to 1000000.
    pub restore_per_second: i32,
}

/// A new API client.
#[derive(InputObject)]
pub struct ApiClientCreateInput {
    /// Name, unique in the tenant.
    pub name: String,
    /// What it may do at most, e.g. `history:read`.
    pub scopes: Vec<String>,
    /// Sites it is limited to; empty = all.
    #[graphql(default)]
    pub site_ids: Vec<ID>,
    /// Points of its own; absent = those that everybody has.
    pub rate: Option<ApiClientRateInput>,
    /// When it and its keys become void; absent = never.
    pub expires_at: Option<DateTime>,
}

impl ApiClientCreateInput {
    pub(super) fn parse(self) -> Result<SaidClient, Fault> {
        let Self { name, scopes, site_ids, rate, expires_at } = self;
        let sites = parse_ids::<trunkline_domain::id::Site>(&site_ids, "siteIds")?;
        let rate = rate.map(|rate| ClientRate::parse(rate.burst, rate.restore_per_second));
        let expires_at = expires_at.map(|at| at.0);
        Ok(SaidClient { name, scopes, sites, rate: rate.transpose()?, expires_at })
    }
}

/// Which API client.
#[derive(InputObject)]
pub struct ApiClientDisableInput {
    /// The API client.
    pub api_client_id: ID,
}

/// One more key.
#[derive(InputObject)]
pub struct ApiClientKeyCreateInput {
    /// The API client.
    pub api_client_id: ID,
    /// When the key becomes void; absent = with the client.
    pub expires_at: Option<DateTime>,
}

impl ApiClientKeyCreateInput {
    pub(super) fn parse(self) -> Result<(ApiClientId, Option<Timestamp>), Fault> {
        let Self { api_client_id, expires_at } = self;
        Ok((parse_id(&api_client_id, "apiClientId")?, expires_at.map(|at| at.0)))
    }
}

/// Which key.
#[derive(InputObject)]
pub struct ApiClientKeyRevokeInput {
    /// The key.
    pub api_key_id: ID,
}

/// Declares the payload of what makes a key.
macro_rules! key_payload {
    ($($name:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(SimpleObject)]
        pub struct $name {
            /// The API client as it stands now. `null` when refused.
            pub api_client: Option<ApiClient>,
            /// Its new key, shown here and nowhere else again. `null` when refused.
            pub key: Option<String>,
            /// Why it was refused. Empty means done.
            pub user_errors: Vec<UserError>,
        }
    )*};
}
key_payload! {
    ApiClientCreatePayload, "Outcome of making an API client.";
    ApiClientKeyCreatePayload, "Outcome of making one more key.";
}

/// Declares the payload of another change of an API client.
macro_rules! client_payload {
    ($($name:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Debug, SimpleObject)]
        pub struct $name {
            /// The API client as it stands now. `null` when refused.
            pub api_client: Option<ApiClient>,
            /// Why it was refused. Empty means done.
            pub user_errors: Vec<UserError>,
        }
    )*};
}
client_payload! {
    ApiClientDisablePayload, "Outcome of switching an API client off.";
    ApiClientKeyRevokePayload, "Outcome of revoking a key.";
}
