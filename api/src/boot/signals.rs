//! When the program is asked to end.

use tokio::signal::unix::{SignalKind, signal};

use super::fault::StartFault;

/// Waits for SIGTERM or SIGINT.
pub(super) async fn asked_to_end() -> Result<(), StartFault> {
    let hear = |kind| {
        let what = || "cannot hear signals".to_owned();
        signal(kind).map_err(|source| StartFault::File { what: what(), source })
    };
    let (mut terminate, mut interrupt) =
        (hear(SignalKind::terminate())?, hear(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}
