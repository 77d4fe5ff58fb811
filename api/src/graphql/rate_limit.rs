//! `rateLimit`: what an operation costs, asked before it is carried out or with its answer.

use async_graphql::{
    Context, Name, Object, Pos, Positioned, Request, SimpleObject, Value,
    parser::types::{Directive, DocumentOperations, Field, OperationDefinition, Selection},
};
use jiff::{SignedDuration, Timestamp};

use super::{operation::Operation, scalars::DateTime};
use crate::{
    error::AppError,
    http::{self, Receipt},
};

/// Name of the root field.
const FIELD: &str = "rateLimit";
const DRY_RUN: &str = "dryRun";

/// Budget of the caller (a leaky bucket of points).
#[derive(Debug, Clone, SimpleObject)]
pub struct RateLimit {
    /// Cost of this operation.
    pub cost: i32,
    /// Largest number of objects with a global id that this operation could return.
    pub node_count: i32,
    /// Bucket size.
    pub limit: i32,
    /// Points left after this operation.
    pub remaining: i32,
    /// Points that come back each second.
    pub restore_per_second: i32,
    /// When the bucket is full again if nothing more is spent.
    pub reset_at: DateTime,
}

impl RateLimit {
    fn of(receipt: &Receipt, now: Timestamp) -> Self {
        let whole = SignedDuration::from_secs(i64::from(receipt.seconds_to_full()));
        Self {
            cost: int(receipt.quote.points),
            node_count: int(receipt.quote.nodes),
            limit: int(receipt.limit.into()),
            remaining: int(receipt.remaining.into()),
            restore_per_second: int(receipt.restore_per_second.into()),
            reset_at: DateTime(now.saturating_add(whole).unwrap_or(now)),
        }
    }
}

fn int(value: u64) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// The price of operations.
#[derive(Default)]
pub struct RateLimitQuery;

#[Object]
impl RateLimitQuery {
    /// What this operation costs and what is left of the caller's budget. Costs nothing itself.
    async fn rate_limit(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only price the operation: its other root fields are neither carried out nor charged.",
            default = false
        )]
        dry_run: bool,
    ) -> async_graphql::Result<RateLimit> {
        // Looked at before execution: see `prices_only`.
        let _ = dry_run;
        let operation = Operation::root(ctx)?;
        let receipt = ctx.data::<Receipt>().map_err(|_| operation.fail(AppError::Unavailable))?;
        Ok(RateLimit::of(receipt, operation.now))
    }
}

/// Whether an operation asks only for its price: `rateLimit(dryRun: true)` is among its roots.
#[must_use]
pub fn prices_only(operation: &http::Operation<'_>, request: &Request) -> bool {
    operation.roots().into_iter().any(|field| {
        field.name.node == FIELD
            && field.get_argument(DRY_RUN).is_some_and(|value| {
                let given = |name: Name| {
                    let default = operation.variable_default(&name).cloned();
                    request.variables.get(&name).cloned().or(default).ok_or(())
                };
                value.node.clone().into_const_with(given) == Ok(Value::Boolean(true))
            })
    })
}

/// Lets all roots of the operation be skipped but `rateLimit`; the document is validated as a whole.
pub fn skip_the_rest(operation: &http::Operation<'_>, request: &mut Request) {
    let kept: Vec<Field> =
        operation.roots().into_iter().filter(|field| field.name.node == FIELD).cloned().collect();
    let name = operation.name().map(str::to_owned);
    let Ok(document) = request.parsed_query() else { return };
    let mut document = document.clone();
    let definition: Option<&mut Positioned<OperationDefinition>> = match &mut document.operations {
        DocumentOperations::Single(definition) => Some(definition),
        DocumentOperations::Multiple(all) => name.as_deref().and_then(|name| all.get_mut(name)),
    };
    if let Some(definition) = definition {
        let items = &mut definition.node.selection_set.node.items;
        for item in items.iter_mut() {
            let pos = item.pos;
            match &mut item.node {
                Selection::Field(field) if field.node.name.node == FIELD => {}
                Selection::Field(field) => field.node.directives.push(skip(pos)),
                Selection::FragmentSpread(spread) => spread.node.directives.push(skip(pos)),
                Selection::InlineFragment(inline) => inline.node.directives.push(skip(pos)),
            }
        }
        let kept = kept.into_iter().map(|field| {
            Positioned::new(
                Selection::Field(Positioned::new(field, Pos::default())),
                Pos::default(),
            )
        });
        items.extend(kept);
    }
    request.set_parsed_query(document);
}

fn skip(pos: Pos) -> Positioned<Directive> {
    let at = |name: &str| Positioned::new(Name::new(name), pos);
    let yes = Positioned::new(Value::Boolean(true).into_value(), pos);
    Positioned::new(Directive { name: at("skip"), arguments: vec![(at("if"), yes)] }, pos)
}
