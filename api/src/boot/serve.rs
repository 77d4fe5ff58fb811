//! Serving: listen, tell where, run until asked to end, end softly and then hard.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use trunkline_infra::audit::SealKey;

use super::{config::Config, fault::StartFault, signals::asked_to_end, worker::work_on};
use crate::{
    app::App,
    http::{Manifest, Settings},
    ops::Ops,
    server::{self, ServerOptions},
    web,
};

/// Time of the stop that is kept for closing connections, at whose end the server looks once a second.
const CLOSING: Duration = Duration::from_secs(2);

/// Takes the address before anything slow is begun.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener, StartFault> {
    TcpListener::bind(address).map_err(|source| StartFault::Listen { address, source })
}

/// Serves health and metrics from now on, where that is configured. To be called before anything
/// slow is begun, so that the start can be watched.
pub(crate) fn open_ops(config: &Config) -> Result<Ops, StartFault> {
    let ops = Ops::default();
    if let Some(address) = config.ops_listen {
        let server = ops.listen(listen(address)?).map_err(StartFault::Server)?;
        tokio::spawn(server);
    }
    Ok(ops)
}

/// Serves on `listener` until the program is asked to end. At the first signal, running requests and
/// mutations are finished and streams told to reconnect elsewhere; at the second, or when the time is up,
/// nothing is waited for.
pub(crate) async fn serve(
    config: &Config,
    app: &Arc<App>,
    ops: &Ops,
    listener: TcpListener,
    ready: impl FnOnce(),
) -> Result<(), StartFault> {
    let production = config.production;
    // Who only answers requests does not hold the key that seals the audit.
    let seals = config.work.then(|| SealKey::from_file(&config.audit_key_file)).transpose()?;
    let transport = Settings {
        // Tools that ask by address are for those who develop; in production a GET names a
        // document that the server knows.
        get_queries: !production,
        proxy_hops: config.proxy_hops,
        recheck: config.recheck,
        manifest: manifest(config)?,
        origins: config.origins.clone(),
        crowd: config.crowd,
        drain: config.shutdown.saturating_sub(CLOSING),
        ..Settings::default()
    };
    let options = ServerOptions {
        transport,
        only_trusted: config.documents_only,
        budgets: config.budgets,
        production,
        secure: config.public_url.starts_with("https://"),
        shutdown_seconds: config.shutdown.as_secs(),
        ops: ops.clone(),
        ..ServerOptions::default()
    };
    let running = server::start(app, listener, options, move |services| {
        web::configure(services, production);
    })
    .map_err(StartFault::Server)?;
    let stopper = running.stopper();
    let mut ended = tokio::spawn(running.server);
    // Whoever hears that it is ready may ask it to end at once.
    let asked = asked_to_end()?;
    ready();
    tokio::select! {
        outcome = &mut ended => return outcome_of(outcome),
        () = asked => {}
        () = work_as(app, seals.as_ref()) => {}
    }
    tracing::info!("ending: running requests are finished, a second signal ends at once");
    let again = asked_to_end()?;
    tokio::select! {
        () = stopper.stop() => {
            let outcome = outcome_of(ended.await);
            app.tell_last_refusals().await;
            outcome
        }
        () = again => Ok(()),
        () = tokio::time::sleep(config.shutdown) => Ok(()),
    }
}

/// Works beside serving, if it has the key to.
async fn work_as(app: &App, seals: Option<&SealKey>) {
    match seals {
        Some(key) => work_on(app, key).await,
        None => std::future::pending().await,
    }
}

/// The documents that clients were built with.
fn manifest(config: &Config) -> Result<Manifest, StartFault> {
    let Some(file) = &config.documents_file else { return Ok(Manifest::default()) };
    Manifest::read(file)
        .map_err(|fault| StartFault::Usage(format!("documents_file {}: {fault}", file.display())))
}

fn outcome_of(
    outcome: Result<std::io::Result<()>, tokio::task::JoinError>,
) -> Result<(), StartFault> {
    match outcome {
        Ok(ended) => ended.map_err(StartFault::Server),
        Err(join) => Err(StartFault::Server(std::io::Error::other(join))),
    }
}
