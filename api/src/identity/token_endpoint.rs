//! `POST /oauth/token`: a program changes a key for a short token (RFC 6749, section 4.4).

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::Instrument as _;
use trunkline_infra::ctx::Origin;

use super::clients::client_token;
use crate::{
    app::App,
    engine::{Trunkline, origin_of},
    error::AppError,
    http::{Transport, meta_of},
};

/// A body of ours has a few hundred bytes.
const LONGEST: usize = 8 * 1024;

/// Mounts the route.
pub fn configure_token_endpoint(services: &mut web::ServiceConfig) {
    services.service(
        web::resource("/oauth/token")
            .app_data(web::FormConfig::default().limit(LONGEST))
            .route(web::post().to(token)),
    );
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    scope: Option<String>,
}

async fn token(
    app: web::Data<App>,
    transport: web::Data<Transport<Trunkline>>,
    request: HttpRequest,
    form: Result<web::Form<TokenRequest>, actix_web::Error>,
) -> HttpResponse {
    let meta = meta_of(&transport, &request);
    // The answer names it too, as every one does.
    let span = tracing::error_span!("request", id = %meta.request_id);
    let origin = origin_of(&meta);
    exchange(&app, &request, form, &origin).instrument(span).await
}

async fn exchange(
    app: &App,
    request: &HttpRequest,
    form: Result<web::Form<TokenRequest>, actix_web::Error>,
    origin: &Origin,
) -> HttpResponse {
    let Ok(form) = form else { return refuse(StatusCode::BAD_REQUEST, "invalid_request") };
    let TokenRequest { grant_type, client_id, client_secret, scope } = form.into_inner();
    if grant_type != "client_credentials" {
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let named = request.headers().contains_key(header::AUTHORIZATION);
    let (client, key) = match (named, client_id, client_secret) {
        (true, None, None) => match basic(request) {
            Some(pair) => pair,
            None => return refuse(StatusCode::UNAUTHORIZED, "invalid_client"),
        },
        (false, Some(client), Some(key)) => (client, key.into()),
        (false, None, None) => return refuse(StatusCode::UNAUTHORIZED, "invalid_client"),
        // In two places at once, or half of it: RFC 6749, section 2.3.
        _ => return refuse(StatusCode::BAD_REQUEST, "invalid_request"),
    };
    match client_token(app, &client, &key, scope.as_deref(), origin).await {
        Ok(made) => answer(
            StatusCode::OK,
            &json!({
                "access_token": made.access_token,
                "token_type": "Bearer",
                "expires_in": made.expires_at.duration_since(made.now).as_secs(),
                "scope": made.scopes.join(" "),
            }),
        ),
        Err(AppError::Unauthenticated) => refuse(StatusCode::UNAUTHORIZED, "invalid_client"),
        // RFC 6749, 5.2 has no word of its own for it; the description is for people.
        Err(AppError::TenantSuspended) => answer(
            StatusCode::BAD_REQUEST,
            &json!({"error": "unauthorized_client", "error_description": "TENANT_SUSPENDED"}),
        ),
        Err(AppError::Faults(_)) => refuse(StatusCode::BAD_REQUEST, "invalid_scope"),
        Err(error) => {
            tracing::warn!(%error, "token for a program");
            refuse(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable")
        }
    }
}

/// Client and key of a Basic header. Neither holds a letter that would be escaped.
fn basic(request: &HttpRequest) -> Option<(String, SecretString)> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client, key) = text.split_once(':')?;
    Some((client.to_owned(), key.into()))
}

fn refuse(status: StatusCode, error: &str) -> HttpResponse {
    answer(status, &json!({ "error": error }))
}

fn answer(status: StatusCode, body: &Value) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_TYPE, "application/json"));
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"trunkline\""));
    }
    response.body(body.to_string())
}
