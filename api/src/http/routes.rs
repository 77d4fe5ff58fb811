//! Which path leads where.

use actix_web::{middleware::Compress, web};

use super::{engine::Engine, intake, socket, transport::Transport};

/// Mounts `/graphql` (GET, POST, and sockets by upgrade) and `/graphql/ws` (sockets).
pub fn configure<E: Engine>(services: &mut web::ServiceConfig, transport: web::Data<Transport<E>>) {
    services
        .app_data(transport)
        .service(web::resource("/graphql/ws").route(web::get().to(socket::accept::<E>)))
        .service(
            web::resource("/graphql")
                .wrap(Compress::default())
                .route(web::post().to(intake::post::<E>))
                .route(web::get().to(intake::get::<E>))
                .default_service(web::to(intake::other::<E>)),
        );
}
