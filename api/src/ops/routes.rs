use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
    web,
};
use serde_json::json;

use super::{Ops, Phase};

/// Media type of the figures.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// Mounts the ops routes.
pub(super) fn configure(services: &mut web::ServiceConfig) {
    services
        .route("/livez", web::get().to(async || text(Ok(()))))
        .route("/startupz", web::get().to(startupz))
        .route("/readyz", web::get().to(readyz))
        .route("/version", web::get().to(version))
        .route("/metrics", web::get().to(metrics));
}

async fn startupz(ops: web::Data<Ops>) -> HttpResponse {
    text(if ops.phase() == Phase::Starting { Err("starting") } else { Ok(()) })
}

async fn readyz(ops: web::Data<Ops>) -> HttpResponse {
    text(ops.readiness().await)
}

async fn version() -> HttpResponse {
    let body = json!({ "version": env!("CARGO_PKG_VERSION") }).to_string();
    fresh(HttpResponse::Ok().body(body), "application/json")
}

async fn metrics(ops: web::Data<Ops>) -> HttpResponse {
    fresh(HttpResponse::Ok().body(ops.figures().await), OPEN_METRICS)
}

fn text(outcome: Result<(), &'static str>) -> HttpResponse {
    match outcome {
        Ok(()) => fresh(HttpResponse::Ok().body("ok"), PLAIN),
        Err(missing) => fresh(HttpResponse::ServiceUnavailable().body(missing), PLAIN),
    }
}

fn fresh(mut response: HttpResponse, content_type: &'static str) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
