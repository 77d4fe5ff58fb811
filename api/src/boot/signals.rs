//! When the program is asked to end.

use tokio::signal::unix::{SignalKind, signal};

use super::fault::StartFault;

/// Listens for SIGTERM and SIGINT from now on; what it gives waits for the first of them.
pub(super) fn asked_to_end() -> Result<impl Future<Output = ()>, StartFault> {
    let hear = |kind| {
        let what = || "cannot hear signals".to_owned();
        signal(kind).map_err(|source| StartFault::File { what: what(), source })
    };
    let (mut terminate, mut interrupt) =
        (hear(SignalKind::terminate())?, hear(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
