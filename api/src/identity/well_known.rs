//! `/.well-known/jwks.json`: the public keys of access tokens, for whoever wants to check them.

use actix_web::{HttpResponse, http::header, web};
use serde_json::json;

use crate::app::App;

/// Answers may be kept for so long; a new key is published longer than that before it signs.
const KEPT: &str = "public, max-age=300";

/// Mounts the route.
pub fn configure_well_known(services: &mut web::ServiceConfig) {
    services.route("/.well-known/jwks.json", web::get().to(jwks));
}

async fn jwks(app: web::Data<App>) -> HttpResponse {
    let keys = app.tokens.published(app.clock.now());
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, KEPT))
        .insert_header((header::CONTENT_TYPE, "application/jwk-set+json"))
        .body(json!({ "keys": keys }).to_string())
}
