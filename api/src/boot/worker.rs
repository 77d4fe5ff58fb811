//! Jobs, and recurring work without input: looks at what is due in every tenant and does it. It may
//! run in any number of processes, and what one run misses the next one does.

use std::{sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};
use trunkline_infra::{
    agents::apply_assignments,
    audit::{SealKey, seal},
    ctx::Ctx,
    idempotency::forget_old,
    tenants::active_tenants,
};

use super::{config::Config, fault::StartFault, signals::asked_to_end};
use crate::{app::App, error::Outcome, jobs::run_jobs, ops::Ops, requests::expire_swaps};

/// Pause between two rounds.
const PAUSE: Duration = Duration::from_secs(60);

/// Works until the program is asked to end. A job that is under way then is begun anew by another
/// worker.
pub(crate) async fn work(config: &Config, app: &Arc<App>, ops: &Ops) -> Result<(), StartFault> {
    let key = SealKey::from_file(&config.audit_key_file)?;
    ops.works(Some(app));
    let worked = tokio::select! {
        signal = asked_to_end() => signal,
        () = work_on(app, &key) => Ok(()),
    };
    ops.ends();
    worked
}

/// Works until it is dropped.
pub(super) async fn work_on(app: &App, key: &SealKey) {
    tokio::join!(run_jobs(app, std::future::pending()), recur(app, key));
}

async fn recur(app: &App, key: &SealKey) {
    let mut rounds = interval(PAUSE);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = round(app, key).await {
            tracing::warn!(%error, "a round of the worker failed and is tried again");
        }
    }
}

/// One round: swaps whose time is over, moves of agents whose day has come, answers by idempotency
/// key whose day has passed, audit rows without a place in their chain.
async fn round(app: &App, key: &SealKey) -> Outcome<()> {
    let lapsed = expire_swaps(app).await?;
    if lapsed > 0 {
        tracing::info!(lapsed, "swaps have lapsed");
    }
    let tenants = active_tenants(&app.db).await?;
    for tenant in tenants {
        let ctx = Ctx::of_system(tenant, "recurring work", app.clock.now());
        let tx = app.db.begin(&ctx).await?;
        let moved = apply_assignments(&tx, ctx.now()).await?;
        let forgotten = forget_old(&tx, &ctx).await?;
        tx.commit().await?;
        seal(&app.db, &ctx, key).await?;
        if moved > 0 {
            // Rights move with the post.
            app.callers.forget(&ctx).await;
        }
        if moved + forgotten > 0 {
            tracing::info!(%tenant, moved, forgotten, "recurring work");
        }
    }
    Ok(())
}
