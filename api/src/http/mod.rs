//! The transport of the GraphQL API: HTTP, sockets and streams around an [`Engine`].
//!
//! A request passes `scan` and `document` (what may be executed at all), then the engine's
//! `authenticate`, `admit` and `claim`, then the executor, then `response` (codes, order, status). Nothing
//! here knows the schema; everything that a hostile client could send is stopped here.

mod crowd;
mod document;
mod engine;
mod execute;
mod figures;
mod intake;
mod leaving;
mod manifest;
mod negotiate;
mod network;
mod once;
mod order;
mod origin;
mod outcome;
mod persisted;
mod price;
mod quote;
mod receipt;
mod refusal;
mod request;
mod request_id;
mod response;
mod routes;
mod scan;
mod socket;
mod socket_protocol;
mod socket_task;
mod standing;
mod stream;
mod transport;
mod turns;
mod unattended;
mod weight;

pub use self::{
    crowd::{CrowdLimits, Holder},
    document::{Document, DocumentLimits, Operation},
    engine::{Call, Engine, RequestMeta, Via},
    figures::Gauges,
    manifest::{Manifest, ManifestFault},
    once::Claimed,
    origin::Origins,
    persisted::{DocumentHash, DocumentStore},
    price::{Multiplier, Price, PriceList},
    quote::Quote,
    receipt::Receipt,
    refusal::{AuthRefusal, ErrorCode, Refusal},
    request::GraphqlRequest,
    routes::configure,
    scan::{ScanLimits, scan},
    socket_protocol::SocketSettings,
    transport::{Settings, Transport},
    turns::Turns,
    unattended::Unattended,
};
pub(crate) use self::{
    intake::meta_of,
    network::network_of,
    request_id::{request_id_of, tell_request_id},
};
