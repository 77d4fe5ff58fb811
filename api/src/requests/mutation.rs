use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use trunkline_domain::fault::{Fault, FaultCode};

use super::{
    ShiftSwap,
    alternative_types::ShiftSwapAlternative,
    answer::SwapAnswer,
    inputs::{
        ShiftSwapAnswerInput, ShiftSwapCancelInput, ShiftSwapProposeInput, ShiftSwapReviewInput,
    },
    service,
};
use crate::{
    error::{AppError, Outcome},
    graphql::{Operation, UserError},
    schedules::RuleViolation,
};

/// Outcome of an offer.
#[derive(Debug, SimpleObject)]
pub struct ShiftSwapProposePayload {
    /// The swap. `null` when refused or with `dryRun`.
    pub shift_swap: Option<ShiftSwap>,
    /// Rules it breaks or would break.
    pub violations: Vec<RuleViolation>,
    /// Up to three other ways to the same exchange that would pass where these rules refuse it, nearest in start first; each was judged as the rosters stand.
    pub alternatives: Vec<ShiftSwapAlternative>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of an answer.
#[derive(Debug, SimpleObject)]
pub struct ShiftSwapAnswerPayload {
    /// The swap as it stands now. `null` when the caller may not see it, and with `dryRun`.
    pub shift_swap: Option<ShiftSwap>,
    /// Rules it breaks or would break.
    pub violations: Vec<RuleViolation>,
    /// Up to three other ways to the same exchange that would pass where these rules refuse it, nearest in start first; each was judged as the rosters stand.
    pub alternatives: Vec<ShiftSwapAlternative>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of one decision.
#[derive(Debug, SimpleObject)]
pub struct ShiftSwapReviewResult {
    /// The swap as it stands now. `null` when the caller may not see it.
    pub shift_swap: Option<ShiftSwap>,
    /// Rules that stood against it.
    pub violations: Vec<RuleViolation>,
    /// Up to three other ways to the same exchange that would pass where these rules refuse it, nearest in start first; each was judged as the rosters stand.
    pub alternatives: Vec<ShiftSwapAlternative>,
    /// Why it was not carried out. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of a review.
#[derive(Debug, SimpleObject)]
pub struct ShiftSwapReviewPayload {
    /// One for each decision, in the same order. Empty when the request as a whole is refused.
    pub results: Vec<ShiftSwapReviewResult>,
    /// Problems of the request as a whole.
    pub user_errors: Vec<UserError>,
}

/// Outcome of taking an offer back.
#[derive(Debug, SimpleObject)]
pub struct ShiftSwapCancelPayload {
    /// The swap as it stands now. `null` when the caller may not see it.
    pub shift_swap: Option<ShiftSwap>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// What all payloads have.
struct Parts {
    shift_swap: Option<ShiftSwap>,
    violations: Vec<RuleViolation>,
    alternatives: Vec<ShiftSwapAlternative>,
    user_errors: Vec<UserError>,
}

/// The parts of a payload. Faults that come as an error, such as of a constraint, are told like
/// those that were decided.
fn parts(operation: &Operation, outcome: Outcome<SwapAnswer>) -> async_graphql::Result<Parts> {
    let (answer, mut user_errors) = operation.settle(outcome)?;
    let SwapAnswer { swap, violations, alternatives, faults } = answer.unwrap_or_default();
    user_errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
    Ok(Parts {
        shift_swap: swap.map(|swap| ShiftSwap(Arc::new(swap))),
        violations: violations.into_iter().map(RuleViolation).collect(),
        alternatives: alternatives.into_iter().map(ShiftSwapAlternative).collect(),
        user_errors,
    })
}

/// Most decisions of one review.
const MOST: usize = 100;

/// Writing requests.
#[derive(Debug, Default)]
pub struct RequestsMutation;

#[Object]
impl RequestsMutation {
    /// Offers a shift to one colleague or to everyone who may take it.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, STALE_VERSION, FORBIDDEN, SHIFT_SWAP_DISABLED, SHIFT_SWAP_ALREADY_OPEN, NOTICE_TOO_SHORT.
    async fn shift_swap_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to offer.")] input: ShiftSwapProposeInput,
    ) -> async_graphql::Result<ShiftSwapProposePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => service::propose(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let Parts { shift_swap, violations, alternatives, user_errors } =
            parts(operation, outcome)?;
        Ok(ShiftSwapProposePayload { shift_swap, violations, alternatives, user_errors })
    }

    /// Says yes or no to an offer as the colleague it is made to. A yes that no rule stands against changes both schedules at once, one that needs approval waits for the leader.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, STALE_VERSION, INVALID_STATE, RULE_VIOLATED, ALREADY_TAKEN, ALREADY_YOURS, NOTICE_TOO_SHORT, SHIFT_SWAP_ALREADY_OPEN.
    async fn shift_swap_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offer and what answer.")] input: ShiftSwapAnswerInput,
    ) -> async_graphql::Result<ShiftSwapAnswerPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => service::answer(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let Parts { shift_swap, violations, alternatives, user_errors } =
            parts(operation, outcome)?;
        Ok(ShiftSwapAnswerPayload { shift_swap, violations, alternatives, user_errors })
    }

    /// Approves or denies up to 100 matched swaps; each is decided on its own, on the rosters as they stand then.
    ///
    /// Errors: LIMIT_EXCEEDED, NOT_FOUND, INVALID_VALUE, STALE_VERSION, INVALID_STATE, RULE_VIOLATED, FORBIDDEN.
    async fn shift_swap_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Decisions.")] input: ShiftSwapReviewInput,
    ) -> async_graphql::Result<ShiftSwapReviewPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        if input.decisions.len() > MOST {
            let fault = Fault::new(FaultCode::LimitExceeded).at("decisions");
            let fault = operation.user_error(fault.with("limit", MOST.to_string()));
            return Ok(ShiftSwapReviewPayload { results: Vec::new(), user_errors: vec![fault] });
        }
        let mut results = Vec::with_capacity(input.decisions.len());
        for (at, decision) in input.decisions.into_iter().enumerate() {
            let outcome = match decision.parse(at) {
                Ok(ask) => service::review(&operation.app, &write, ask).await,
                Err(fault) => Err(AppError::from(fault)),
            };
            let Parts { shift_swap, violations, alternatives, user_errors } =
                parts(operation, outcome)?;
            results.push(ShiftSwapReviewResult {
                shift_swap,
                violations,
                alternatives,
                user_errors,
            });
        }
        Ok(ShiftSwapReviewPayload { results, user_errors: Vec::new() })
    }

    /// Takes a running offer back.
    ///
    /// Errors: NOT_FOUND, INVALID_VALUE, STALE_VERSION, INVALID_STATE, FORBIDDEN.
    async fn shift_swap_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offer.")] input: ShiftSwapCancelInput,
    ) -> async_graphql::Result<ShiftSwapCancelPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok(ask) => service::cancel(&operation.app, &write, ask).await,
            Err(fault) => Err(fault.into()),
        };
        let Parts { shift_swap, user_errors, .. } = parts(operation, outcome)?;
        Ok(ShiftSwapCancelPayload { shift_swap, user_errors })
    }
}
