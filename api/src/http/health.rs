//! `/livez`, `/readyz` and `/version` for whoever runs the program.

use actix_web::{HttpResponse, http::header, web};
use futures_util::future::BoxFuture;
use serde_json::json;

/// Finds out whether requests can be served now; the error says in a few words what is missing.
pub type Readiness = Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// What the health routes answer from.
pub struct Health {
    readiness: Readiness,
    version: &'static str,
}

impl Health {
    /// `version` is what `/version` tells, e.g. a package version with its commit.
    #[must_use]
    pub fn new(version: &'static str, readiness: Readiness) -> Self {
        Self { readiness, version }
    }
}

/// The process runs; nothing else is asked, or a slow database would have it restarted.
pub(super) async fn livez() -> HttpResponse {
    text(HttpResponse::Ok().body("ok"))
}

pub(super) async fn readyz(health: web::Data<Health>) -> HttpResponse {
    match (health.readiness)().await {
        Ok(()) => text(HttpResponse::Ok().body("ok")),
        Err(missing) => text(HttpResponse::ServiceUnavailable().body(missing)),
    }
}

pub(super) async fn version(health: web::Data<Health>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({ "version": health.version }))
}

fn text(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain"));
    response
}
