//! The transport around a small schema of its own, over real connections.

mod crowd;
mod http;
mod persisted;
mod refusals;
mod server;
mod shutdown;
mod small_schema;
mod socket;
mod socket_client;
mod streams;
