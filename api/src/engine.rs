//! What the transport is plugged into: callers, their admission, and the schema.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::http::StatusCode;
use async_graphql::{Request, parser::types::OperationType};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use trunkline_domain::{fault::Language, identity::Subject};
use trunkline_infra::{
    ctx::{Origin, new_id},
    db::{Commits, DbError, noting_commits},
    idempotency::{Claim, Pledge, claim},
};

use crate::{
    app::App,
    budget::{Budgets, Payer},
    error::{AppError, Outcome},
    graphql::{Operation, Schema, build_schema, prices, prices_only, roots, skip_the_rest},
    http::{
        self, AuthRefusal, Call, Claimed, Engine, ErrorCode, Holder, PriceList, Refusal,
        RequestMeta,
    },
    identity::Caller,
    server::ServerOptions,
};

/// Mutation fields of one document of somebody who has not signed in.
const STRANGERS_MUTATIONS: usize = 1;

/// Seconds after which a request that another one stood in the way of is sent again.
const BUSY_SECONDS: u32 = 1;

/// The program's engine.
pub struct Trunkline {
    app: Arc<App>,
    schema: Schema,
    /// Partners may not read the schema from a production server.
    production: bool,
    /// People may send documents of the manifest only.
    only_trusted: bool,
    budgets: Budgets,
}

impl Trunkline {
    /// Puts server state and schema together.
    #[must_use]
    pub fn new(app: Arc<App>, options: &ServerOptions) -> Self {
        let ServerOptions { production, only_trusted, budgets, .. } = *options;
        Self { app, schema: build_schema(), production, only_trusted, budgets }
    }

    /// Refuses what would only wait for the database, and what costs more than the caller has.
    async fn charge(
        &self,
        call: &Call<Caller>,
        payer: Payer<'_>,
        request: Request,
    ) -> Result<Request, Refusal> {
        let has_room = match payer {
            Payer::Caller(viewer) => self.app.db.has_room(viewer.tenant),
            Payer::Stranger(_) => self.app.db.has_room_for_some(),
        };
        if !has_room {
            return Err(crowded());
        }
        let operation = call.operation()?;
        let mut request = request;
        let dry_run = prices_only(&operation, &request);
        if dry_run {
            skip_the_rest(&operation, &mut request);
        }
        let charged = self.budgets.charge(&self.app.live, payer, call.quote(), dry_run);
        let receipt = charged.await?;
        call.note(receipt.clone());
        Ok(request.data(receipt))
    }
}

impl Trunkline {
    async fn claim_key(
        &self,
        key: &str,
        call: &Call<Caller>,
        request: &Request,
    ) -> Result<Claimed<Pledge>, Refusal> {
        let chosen = call.operation()?;
        // Who opens a session is not known yet, and tokens are not kept.
        if call.caller.viewer.is_none() || chosen.root_fields().into_iter().any(roots::is_open) {
            return Err(Refusal::of_key("This mutation takes no `Idempotency-Key`: send it anew."));
        }
        let operation = Operation::attached(request);
        let ctx = operation.and_then(|operation| operation.ctx().ok());
        let (Some(operation), Some(ctx)) = (operation, ctx) else {
            return Err(AuthRefusal::Unauthenticated.into());
        };
        let hash = request_hash(&(&request.query, &request.operation_name, &request.variables));
        match claim(&self.app.db, &ctx, key, hash).await.map_err(|error| refusal_of(&error))? {
            Claim::Answered(body) => Ok(Claimed::Answered(body)),
            Claim::Conflict => {
                Err(Refusal::key_conflict("The idempotency key was used for another request."))
            }
            Claim::Busy => {
                let message = "A request with this idempotency key is under way: send it again.";
                Err(Refusal::key_conflict(message).retry_after(BUSY_SECONDS))
            }
            Claim::New(pledge) => {
                operation.join(pledge.unit().clone());
                Ok(Claimed::New(pledge))
            }
        }
    }
}

/// What tells requests from one another.
fn request_hash(request: &impl Serialize) -> Vec<u8> {
    // Text and values of JSON can always be written.
    Sha256::digest(serde_json::to_vec(request).unwrap_or_default()).to_vec()
}

fn refusal_of(error: &DbError) -> Refusal {
    let (status, code, message) = match error {
        DbError::Internal(_) | DbError::Constraint(_) => {
            tracing::error!(%error, "idempotency key");
            let message = "Something went wrong on our side.";
            return Refusal::request(
                StatusCode::INTERNAL_SERVER_ERROR,
                ErrorCode::Internal,
                message,
            );
        }
        DbError::Timeout => {
            (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::DeadlineExceeded, "It took too long.")
        }
        DbError::Crowded | DbError::Unavailable(_) | DbError::Collision => {
            let message = "The service cannot answer now.";
            (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message)
        }
    };
    tracing::warn!(%error, "idempotency key");
    Refusal::request(status, code, message).retry_after(BUSY_SECONDS)
}

impl Engine for Trunkline {
    type Caller = Caller;
    type Executor = Schema;
    type Pledge = Pledge;

    fn executor(&self) -> &Schema {
        &self.schema
    }

    fn prices(&self) -> PriceList {
        prices()
    }

    async fn authenticate(
        &self,
        token: Option<&str>,
        meta: &RequestMeta,
    ) -> Result<Arc<Caller>, AuthRefusal> {
        let Some(token) = token else {
            return Ok(Arc::new(Caller { viewer: None, expires_at: None }));
        };
        found(self.app.authenticate(token, &origin_of(meta)).await)
    }

    async fn authenticate_anew(
        &self,
        token: &str,
        meta: &RequestMeta,
    ) -> Result<Arc<Caller>, AuthRefusal> {
        found(self.app.authenticate_anew(token, &origin_of(meta)).await)
    }

    fn expires_at(&self, caller: &Caller) -> Option<Instant> {
        let left = caller.expires_at?.as_millisecond() - self.app.clock.now().as_millisecond();
        Some(Instant::now() + Duration::from_millis(u64::try_from(left).unwrap_or(0)))
    }

    fn holder(&self, caller: &Caller) -> Option<Holder> {
        match caller.viewer.as_ref()?.subject {
            Subject::User(id) => Some(Holder::Person(id.to_string())),
            Subject::Client(id) => Some(Holder::Client(id.to_string())),
            // It calls from within and holds no socket.
            Subject::System => None,
        }
    }

    async fn admit(&self, call: &Call<Caller>, mut request: Request) -> Result<Request, Refusal> {
        let operation = call.operation()?;
        match &call.caller.viewer {
            None => {
                let open = operation
                    .root_fields()
                    .into_iter()
                    .all(|field| field == "__typename" || roots::is_open(field));
                if !open {
                    return Err(AuthRefusal::Unauthenticated.into());
                }
                refuse_several(&operation)?;
                request = self.charge(call, Payer::Stranger(call.meta.peer), request).await?;
            }
            Some(viewer) => {
                let partner = matches!(viewer.subject, Subject::Client(_));
                if self.only_trusted && !partner && !call.is_trusted() {
                    return Err(Refusal::document(
                        ErrorCode::DocumentUnknown,
                        "Only documents of the server's manifest are carried out.",
                    ));
                }
                if self.production && partner && operation.introspects() {
                    return Err(Refusal::document(
                        ErrorCode::Forbidden,
                        "The schema is published as schema.graphql.",
                    ));
                }
                request = self.charge(call, Payer::Caller(viewer), request).await?;
            }
        }
        // Of a language that there is not, the caller's own is better than English.
        let language = call.meta.accept_language.as_deref().and_then(Language::in_list);
        let operation = Operation::new(
            Arc::clone(&self.app),
            call.caller.viewer.clone(),
            Arc::clone(&call.meta.request_id),
            language,
        );
        let operation = operation.from(origin_of(&call.meta)).standing(call.standing.clone());
        Ok(request.data(Arc::new(operation)))
    }

    fn drive<F: Future + Send>(
        &self,
        execution: F,
        commits: &Arc<Commits>,
    ) -> impl Future<Output = F::Output> + Send {
        noting_commits(Arc::clone(commits), execution)
    }

    async fn claim(
        &self,
        call: &Call<Caller>,
        request: &Request,
    ) -> Result<Claimed<Pledge>, Refusal> {
        match call.idempotency_key()? {
            None => Ok(Claimed::Unasked),
            Some(key) => self.claim_key(key, call, request).await,
        }
    }

    async fn keep(&self, pledge: Pledge, body: &str) -> Result<(), Refusal> {
        pledge.keep(body).await.map_err(|error| refusal_of(&error))
    }

    fn new_request_id(&self) -> String {
        new_id::<()>(self.app.clock.now()).uuid().simple().to_string()
    }
}

/// Most of what a stranger may ask for hashes a password or sends a mail: one document does it once.
fn refuse_several(operation: &http::Operation<'_>) -> Result<(), Refusal> {
    let fields = operation.root_fields().into_iter().filter(|field| *field != "__typename");
    if operation.kind() == OperationType::Mutation && fields.count() > STRANGERS_MUTATIONS {
        return Err(Refusal::document(
            ErrorCode::QueryTooCostly,
            "Without a token a document has one mutation field.",
        ));
    }
    Ok(())
}

/// Where a request came from.
pub(crate) fn origin_of(meta: &RequestMeta) -> Origin {
    Origin {
        address: meta.peer,
        user_agent: meta.user_agent.as_deref().map(Arc::from),
        request_id: Some(Arc::clone(&meta.request_id)),
    }
}

fn found(caller: Outcome<Caller>) -> Result<Arc<Caller>, AuthRefusal> {
    match caller {
        Ok(caller) => Ok(Arc::new(caller)),
        Err(AppError::Unauthenticated) => Err(AuthRefusal::Unauthenticated),
        Err(AppError::TenantSuspended) => Err(AuthRefusal::TenantSuspended),
        Err(_) => Err(AuthRefusal::Unavailable),
    }
}

/// Shed before anything was begun; what is sent again in a second finds room or is told so again.
fn crowded() -> Refusal {
    Refusal::request(
        StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Unavailable,
        "Too many requests wait for the database.",
    )
    .retry_after(1)
}
