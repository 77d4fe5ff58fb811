use async_graphql::{Context, Object};
use trunkline_domain::identity::Permission;
use trunkline_infra::{
    audit::{count_audit_events, list_audit_events},
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

async fn page(
    operation: &Operation,
    first: Option<i32>,
    after: Option<&str>,
    filter: AuditEventFilter,
    counted: bool,
) -> Outcome<AuditEventConnection> {
    let page = Page::parse(first, after)?;
    let filter = filter.parse()?;
    // The audit is of the tenant as a whole: a right at one site does not open it.
    if !operation.require(Permission::AuditRead)?.network {
        return Err(AppError::Forbidden(Permission::AuditRead.as_str()));
    }
    let tx = operation.read().await?;
    let mut rows = list_audit_events(&tx, &filter, page.after.as_ref(), page.limit()).await?;
    let page_info = page.cut(&mut rows, |row| row.cursor());
    let total = if counted { count_audit_events(&tx, &filter, COUNT_BOUND + 1).await? } else { 0 };
    let actors: Vec<_> = rows.iter().filter_map(|row| row.actor_id).collect();
    let names = names_of_actors(&tx, &actors).await?;
    let nodes: Vec<AuditEvent> = rows
        .into_iter()
        .map(|event| AuditEvent {
            actor_name: event.actor_id.and_then(|id| names.get(&id).cloned()),
            event,
        })
        .collect();
    let edge = |node: &AuditEvent| AuditEventEdge {
        cursor: node.event.cursor().encode(),
        node: node.clone(),
    };
    let edges = nodes.iter().map(edge).collect();
    Ok(AuditEventConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}
