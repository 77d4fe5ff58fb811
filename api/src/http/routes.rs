//! Which path leads where.

use actix_web::{middleware::Compress, web};

use super::{
    engine::Engine,
    health::{self, Health},
    intake, socket,
    transport::Transport,
};

/// Mounts `/graphql` (GET, POST, and sockets by upgrade), `/graphql/ws` (sockets), `/livez`,
/// `/readyz` and `/version`.
pub fn configure<E: Engine>(
    services: &mut web::ServiceConfig,
    transport: web::Data<Transport<E>>,
    health: web::Data<Health>,
) {
    services
        .app_data(transport)
        .app_data(health)
        .service(web::resource("/graphql/ws").route(web::get().to(socket::accept::<E>)))
        .service(
            web::resource("/graphql")
                .wrap(Compress::default())
                .route(web::post().to(intake::post::<E>))
                .route(web::get().to(intake::get::<E>))
                .default_service(web::to(intake::other::<E>)),
        )
        .route("/livez", web::get().to(health::livez))
        .route("/readyz", web::get().to(health::readyz))
        .route("/version", web::get().to(health::version));
}
