//! Whether what a mutation did stands in the audit. Every journey asks it after every mutation that
//! it sends, so a use case that keeps silent fails the first test that reaches it.

use async_graphql::parser::{
    parse_query,
    types::{OperationType, Selection},
};
use serde_json::Value;
use trunkline_infra::params;
use trunkline_testkit::Company;

/// Mutations that leave no row when they succeed, and why.
pub(crate) const SILENT: &[(&str, &str)] = &[
    ("sessionRefresh", "every screen does it every few minutes; what is wrong with it is told"),
    (
        "passwordResetRequest",
        "must not show whether there is an account; the job that finds it tells",
    ),
    ("providerSignInBegin", "nobody is known yet, and nothing is changed but what may come back"),
    ("notificationMarkRead", "what somebody has read of their own box is for nobody else"),
    ("queueGaugesPush", "a feed: gauges say by themselves what they were and when"),
    ("agentStatesPush", "a feed: states are a ledger that is only added to"),
    ("intervalFiguresPush", "a feed: figures say from which source they are and when they came"),
];

/// Mutation fields of a document that have succeeded and that the audit does not tell of with how
/// the thing was before or is after.
pub(crate) async fn untold(
    company: &Company,
    document: &str,
    variables: &Value,
    request_id: &str,
    answer: &Value,
) -> Vec<String> {
    let fields: Vec<String> = mutation_fields(document)
        .into_iter()
        .filter(|(_, key)| has_changed_something(&answer["data"][key]))
        .map(|(field, _)| field)
        .filter(|field| !SILENT.iter().any(|(silent, _)| silent == field))
        .collect();
    let tried = variables["input"]["dryRun"] == true || document.contains("dryRun: true");
    if fields.is_empty() || tried {
        return Vec::new();
    }
    let tx = company.db_begin().await;
    let rows: Option<i64> = tx
        .scalar(
            "select count(*) as value from app.audit_event
             where tenant_id = $1 and request_id = $2 and (before is not null or after is not null)",
            params![tx.tenant(), request_id],
        )
        .await
        .expect("rows");
    let told = usize::try_from(rows.unwrap_or(0)).expect("a number");
    if told < fields.len() { fields } else { Vec::new() }
}

/// Root fields of the mutations of a document with the names under which they are answered.
fn mutation_fields(document: &str) -> Vec<(String, String)> {
    let Ok(parsed) = parse_query(document) else { return Vec::new() };
    let mutations = parsed.operations.iter().map(|(_, operation)| &operation.node);
    mutations
        .filter(|operation| operation.ty == OperationType::Mutation)
        .flat_map(|operation| &operation.selection_set.node.items)
        .filter_map(|selection| match &selection.node {
            Selection::Field(field) => {
                let field = &field.node;
                Some((field.name.node.to_string(), field.response_key().node.to_string()))
            }
            _ => None,
        })
        .collect()
}

/// Whether a payload says that something was done, of a list that some of it was.
fn has_changed_something(payload: &Value) -> bool {
    let refused = payload["userErrors"].as_array().is_some_and(|errors| !errors.is_empty());
    let results = payload["results"].as_array();
    let taken = results.is_none_or(|all| all.iter().any(|it| it["outcome"] == "ACCEPTED"));
    payload.is_object() && !refused && taken
}
