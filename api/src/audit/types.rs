use async_graphql::{ID, InputObject, Object, SimpleObject};
use trunkline_domain::{
    fault::Fault,
    id::{ApiClientId, UserId},
};
use trunkline_infra::audit::{AuditEventView, AuditFilter as Filter};

use crate::{
    connection,
    graphql::{DateTime, show_id},
};

/// Something that was done, by whom.
#[derive(Debug, Clone)]
pub struct AuditEvent {
    pub(super) event: AuditEventView,
    pub(super) actor_name: Option<String>,
}

/// A named value of a record.
#[derive(Debug, SimpleObject)]
pub struct AuditDetail {
    /// Name.
    pub name: String,
    /// Value as text, of a list or an object as JSON. `null` = there is none.
    pub value: Option<String>,
}

/// Something that was done, by whom.
#[Object]
impl AuditEvent {
    /// Global id, prefix `aud_`.
    pub async fn id(&self) -> ID {
        show_id(self.event.id)
    }
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.event.at)
    }
    /// Name of the user or API client. `null` = the system.
    async fn actor_name(&self) -> Option<&str> {
        self.actor_name.as_deref()
    }
    /// Address from which it was done. `null` = not from outside, or unknown.
    async fn address(&self) -> Option<&str> {
        self.event.address.as_deref()
    }
    /// Program with which it was done, as it calls itself, cut at 200 characters. `null` = unknown.
    async fn client(&self) -> Option<&str> {
        self.event.client.as_deref()
    }
    /// What was done, e.g. `agent.move`; what was refused ends in `.refuse`.
    async fn action(&self) -> &str {
        &self.event.action
    }
    /// Global id of the thing it was done with.
    async fn subject(&self) -> &str {
        &self.event.subject
    }
    /// Request in which it was done; for the system's own work its reason. `null` = unknown.
    async fn request(&self) -> Option<&str> {
        self.event.request_id.as_deref()
    }
    /// Why, in the words of who did it. `null` = nothing was said.
    async fn reason(&self) -> Option<&str> {
        self.event.reason.as_deref()
    }
    /// How the thing was before: the fields that changed, and `****` where a value may not be read.
    /// Empty when it was new, or nothing was changed.
    async fn before(&self) -> Vec<AuditDetail> {
        details(self.event.before.as_ref())
    }
    /// How the thing is after: the fields that changed, or all of a new one. Empty when it is gone,
    /// or nothing was changed.
    async fn after(&self) -> Vec<AuditDetail> {
        details(self.event.after.as_ref())
    }
    /// Version of the rules by which it was judged. `null` = no rules were asked.
    async fn rule_version(&self) -> Option<&str> {
        self.event.rule_version.as_deref()
    }
    /// What else there is to know, such as the number (`count`) of refusals that a row stands for.
    async fn details(&self) -> Vec<AuditDetail> {
        details(Some(&self.event.detail))
    }
    /// Place in the tenant's sealed chain, from 1, as a decimal text. `null` = not sealed yet, which takes about a minute.
    async fn position(&self) -> Option<String> {
        self.event.position.map(|position| position.to_string())
    }
}

fn details(json: Option<&serde_json::Value>) -> Vec<AuditDetail> {
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let detail = |(name, value): (&String, &serde_json::Value)| AuditDetail {
        name: name.clone(),
        value: text(value),
    };
    json.and_then(serde_json::Value::as_object).into_iter().flatten().map(detail).collect()
}

connection!(
    AuditEventConnection,
    AuditEventEdge,
    AuditEvent,
    "A page of the audit.",
    "A record and its cursor."
);

/// Conditions on the audit; all given ones must hold.
#[derive(Debug, InputObject, Default)]
pub struct AuditEventFilter {
    /// Global id of the thing it was done with.
    pub subject: Option<String>,
    /// Action, e.g. `agent.move`; all of a family when it ends in a dot: `agent.`.
    pub action: Option<String>,
    /// User or API client who did it.
    pub actor_id: Option<ID>,
    /// At or after.
    pub from: Option<DateTime>,
    /// Before.
    pub to: Option<DateTime>,
}

impl AuditEventFilter {
    pub(super) fn parse(self) -> Result<Filter, Fault> {
        let Self { subject, action, actor_id, from, to } = self;
        let actor = actor_id
            .map(|id| {
                let user = id.parse::<UserId>().map(UserId::uuid);
                let client = || id.parse::<ApiClientId>().map(ApiClientId::uuid);
                user.or_else(|_| client()).map_err(|_| Fault::not_found("filter.actorId"))
            })
            .transpose()?;
        let (from, until) = (from.map(|at| at.0), to.map(|at| at.0));
        Ok(Filter { subject, action, actor, from, until })
    }
}
