use async_graphql::{Context, ID, Object};
use trunkline_domain::{id::AuditEventId, identity::Permission};
use trunkline_infra::{
    audit::{AuditEventView, audit_event_by_id, count_audit_events, list_audit_events},
    db::TenantTx,
    identity::names_of_actors,
};

use super::types::{AuditEvent, AuditEventConnection, AuditEventEdge, AuditEventFilter};
use crate::{
    error::{AppError, Outcome},
    graphql::{COUNT_BOUND, Count, Operation, Page, wants_count},
};

/// Reading the audit.
#[derive(Debug, Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What was done in the tenant, newest first.
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 200.", default = 50)] first: Option<i32>,
        #[graphql(desc = "Cursor of the last item of the previous page.")] after: Option<String>,
        #[graphql(desc = "What to keep.")] filter: Option<AuditEventFilter>,
    ) -> async_graphql::Result<AuditEventConnection> {
        let operation = Operation::root(ctx)?;
        let filter = filter.unwrap_or_default();
        page(operation, first, after.as_deref(), filter, wants_count(ctx))
            .await
            .map_err(|error| operation.fail(error))
    }
}

/// The audit is of the tenant as a whole: a right at one site does not open it.
fn everywhere(operation: &Operation) -> Outcome<()> {
    if operation.require(Permission::AuditRead)?.network {
        Ok(())
    } else {
        Err(AppError::Forbidden(Permission::AuditRead.as_str()))
    }
}

impl AuditEvent {
    /// The record, if the caller may read the audit.
    pub(crate) async fn find(operation: &Operation, id: &ID) -> Outcome<Option<Self>> {
        let Ok(id) = id.parse::<AuditEventId>() else { return Ok(None) };
        if everywhere(operation).is_err() {
            return Ok(None);
        }
        let tx = operation.read().await?;
        let found = audit_event_by_id(&tx, id).await?;
        Ok(named(&tx, found.into_iter().collect()).await?.pop())
    }
}

/// Records with the names of those who did it.
async fn named(tx: &TenantTx, rows: Vec<AuditEventView>) -> Outcome<Vec<AuditEvent>> {
    let actors: Vec<_> = rows.iter().filter_map(|row| row.actor_id).collect();
    let names = names_of_actors(tx, &actors).await?;
    let name_of = |event: &AuditEventView| names.get(&event.actor_id?).cloned();
    Ok(rows.into_iter().map(|event| AuditEvent { actor_name: name_of(&event), event }).collect())
}

async fn page(
    operation: &Operation,
    first: Option<i32>,
    after: Option<&str>,
    filter: AuditEventFilter,
    counted: bool,
) -> Outcome<AuditEventConnection> {
    let page = Page::parse(first, after)?;
    let filter = filter.parse()?;
    everywhere(operation)?;
    let tx = operation.read().await?;
    let mut rows = list_audit_events(&tx, &filter, page.after.as_ref(), page.limit()).await?;
    let page_info = page.cut(&mut rows, |row| row.cursor());
    let total = if counted { count_audit_events(&tx, &filter, COUNT_BOUND + 1).await? } else { 0 };
    let nodes = named(&tx, rows).await?;
    let edge = |node: &AuditEvent| AuditEventEdge {
        cursor: node.event.cursor().encode(),
        node: node.clone(),
    };
    let edges = nodes.iter().map(edge).collect();
    Ok(AuditEventConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}
