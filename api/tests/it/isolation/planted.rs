use std::sync::OnceLock;

use async_graphql::{
    Context, EmptyMutation, ID, InputValueResult, Object, Scalar, ScalarType, Schema, Subscription,
    Value,
};
use futures_util::{Stream, stream};
use trunkline::graphql::Operation;
use trunkline_domain::id::{AgentId, SiteId, TenantId, UserId};
use trunkline_infra::{ctx::Ctx, params, read_model};
use trunkline_testkit::keep_summary;

use super::suite::Suite;

read_model! {
    struct TenantRow {
        value: TenantId,
    }
}

/// Root fields as they must not be.
#[derive(Default)]
struct Planted {
    remembered: OnceLock<Vec<String>>,
}

/// A scalar that nobody taught the generator.
struct Strange;

#[Scalar]
impl ScalarType for Strange {
    fn parse(_: Value) -> InputValueResult<Self> {
        Ok(Self)
    }
    fn to_value(&self) -> Value {
        Value::Null
    }
}

/// Name of the company that has the site, whichever it is.
async fn owner_of(operation: &Operation, site: SiteId) -> Option<String> {
    let system = operation.app.db.begin_system("planted").await.ok()?;
    let tenants: Vec<TenantRow> =
        system.all("select id as value from app.tenant", params![]).await.ok()?;
    for tenant in tenants {
        let ctx = Ctx::of_system(tenant.value, "planted", operation.now);
        let tx = operation.app.db.begin(&ctx).await.ok()?;
        let sql = "select name_en as value from app.site where tenant_id = $1 and id = $2";
        if let Ok(Some(name)) = tx.scalar(sql, params![tx.tenant(), site]).await {
            return Some(name);
        }
    }
    None
}

#[Object]
impl Planted {
    /// Reads whatever the id names.
    async fn site_of_anybody(&self, ctx: &Context<'_>, site_id: ID) -> Option<String> {
        let operation = Operation::of(ctx).ok()?;
        operation.viewer().ok()?;
        owner_of(operation, site_id.parse().ok()?).await
    }

    /// Shows nothing, and tells all the same whether the id names something somewhere.
    async fn user_is_known(&self, ctx: &Context<'_>, user_id: ID) -> async_graphql::Result<bool> {
        let operation = Operation::of(ctx)?;
        operation.viewer().map_err(|error| operation.fail(error))?;
        let id: UserId = user_id.parse().map_err(|_| "no id")?;
        let system = operation.app.db.begin_system("planted").await.map_err(|_| "no database")?;
        let sql = "select count(*) as value from app.app_user where id = $1";
        let count: Option<i64> = system.scalar(sql, params![id]).await.map_err(|_| "no answer")?;
        Ok(count == Some(1))
    }

    /// Remembers what the first caller saw, whoever asks next.
    async fn remembered_sites(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        let names = || directory.sites.iter().map(|site| site.code.clone()).collect();
        Ok(self.remembered.get_or_init(names).clone())
    }

    /// Asks nobody who is there.
    async fn open_to_all(&self) -> i32 {
        1
    }

    /// Reads any agent of the company, whoever asks.
    async fn colleague(&self, ctx: &Context<'_>, agent_id: ID) -> Option<String> {
        let operation = Operation::of(ctx).ok()?;
        operation.viewer().ok()?;
        let agent = operation.agent(agent_id.parse().ok()?).await.ok()??;
        Some(agent.number.clone())
    }

    /// A site of the company, whose staff anybody may read.
    async fn place(&self, ctx: &Context<'_>, site_id: ID) -> Option<PlantedPlace> {
        let operation = Operation::of(ctx).ok()?;
        operation.viewer().ok()?;
        let site = site_id.parse().ok()?;
        operation.directory().await.ok()?.site(site).map(|it| PlantedPlace(it.id))
    }

    /// What the agent's files say, whoever asks.
    async fn filed(&self, ctx: &Context<'_>, agent_id: ID) -> Option<String> {
        let operation = Operation::of(ctx).ok()?;
        operation.viewer().ok()?;
        let agent: AgentId = agent_id.parse().ok()?;
        let tx = operation.read().await.ok()?;
        let sql = "select e.payload::text as value from app.file_entry e
                   join app.personal_file f on f.tenant_id = e.tenant_id and f.id = e.file_id
                   where e.tenant_id = $1 and f.agent_id = $2
                     and e.payload::text like '%-in-a-file%'";
        tx.scalar(sql, params![tx.tenant(), agent]).await.ok()?
    }

    /// Never looks at its id, so trying it proves nothing.
    async fn deaf(&self, ctx: &Context<'_>, agent_id: ID) -> async_graphql::Result<bool> {
        let operation = Operation::of(ctx)?;
        operation.viewer().map_err(|error| operation.fail(error))?;
        Ok(agent_id.is_empty())
    }

    /// Wants what the generator does not know.
    async fn unheard_of(&self, strange: Strange) -> bool {
        matches!(strange, Strange)
    }
}

/// Known to all, as sites are.
struct PlantedPlace(SiteId);

#[Object]
impl PlantedPlace {
    /// Who works there, whoever asks.
    async fn staff(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<PlantedAgent>> {
        let operation = Operation::of(ctx)?;
        let tx = operation.read().await.map_err(|error| operation.fail(error))?;
        let sql =
            "select display_name as value from app.agent where tenant_id = $1 and site_id = $2";
        let name: Option<String> =
            tx.scalar(sql, params![tx.tenant(), self.0]).await.map_err(|_| "no answer")?;
        Ok(name.into_iter().map(PlantedAgent).collect())
    }
}

/// Somebody who works at a [`PlantedPlace`].
struct PlantedAgent(String);

#[Object]
impl PlantedAgent {
    async fn name(&self) -> &str {
        &self.0
    }
}

/// Subscriptions as they must not be.
#[derive(Default)]
struct PlantedEvents;

#[Subscription]
impl PlantedEvents {
    /// Watches whatever the id names.
    async fn site_watched(
        &self,
        ctx: &Context<'_>,
        site_id: ID,
    ) -> async_graphql::Result<impl Stream<Item = Option<String>> + use<>> {
        let operation = Operation::of(ctx)?;
        operation.viewer().map_err(|error| operation.fail(error))?;
        let name = match site_id.parse() {
            Ok(site) => owner_of(operation, site).await,
            Err(_) => None,
        };
        Ok(stream::iter([name]))
    }

    /// Lets anybody watch.
    async fn open_events(&self) -> impl Stream<Item = bool> + use<> {
        stream::iter([true])
    }
}

#[tokio::test]
async fn every_planted_resolver_is_found() {
    let schema = Schema::build(Planted::default(), EmptyMutation, PlantedEvents).finish();
    let report = Suite::new(schema).await.run().await;
    let mut lines = Vec::new();
    for part in [
        "siteOfAnybody siteId sit by agent: a foreign id is answered unlike an absent one",
        "siteOfAnybody siteId sit by hr, Foreign: shows theirsea",
        "userIsKnown userId usr by planner: a foreign id is answered unlike an absent one",
        "rememberedSites by finance, Own: shows theirsea",
        "openToAll by nobody: ",
        "deaf agentId agt: an own id is answered like an absent one to every role",
        "unheardOf: cannot be tried",
        "siteWatched siteId sit by agent: a foreign id is answered unlike an absent one",
        "siteWatched siteId sit by hr, Foreign: shows theirsea",
        "openEvents by nobody: ",
        "colleague agentId agt by planner: an id of another site is answered unlike an absent one",
        "colleague agentId agt by planner, Elsewhere: shows deepwell",
        "colleague agentId agt by own_role, Elsewhere: shows deepwell",
        "colleague agentId agt by key_of_a_site, Elsewhere: shows deepwell",
        "colleague agentId agt by key_without_scopes: an own id is answered unlike an absent one",
        "place siteId sit.staff by planner, Elsewhere: shows deepwell",
        "place siteId sit.staff by key_without_scopes, Own: shows oursky",
        "filed agentId agt by partner_client, Own: shows -in-a-file",
    ] {
        let found = report.failures.iter().find(|failure| failure.starts_with(part));
        assert!(found.is_some(), "missed: {part}\n{:#?}", report.failures);
        let field = part.split([' ', ':']).next().unwrap_or(part);
        let of_field = |failure: &&String| {
            failure.strip_prefix(field).is_some_and(|rest| rest.starts_with([' ', ':']))
        };
        let count = report.failures.iter().filter(of_field).count();
        let first = found.and_then(|text| text.lines().next()).unwrap_or_default();
        lines.push(format!("planted {field}, {count} failures, among them: {first}"));
    }
    let total = report.failures.len();
    lines.insert(0, format!("planted resolvers: {total} failures of {} cases", report.total()));
    println!("{}", keep_summary(env!("CARGO_TARGET_TMPDIR"), "isolation-api-planted", &lines));
}
