//! Jobs, and recurring work without input: looks at what is due in every tenant and does it. It may
//! run in any number of processes, and what one run misses the next one does.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use jiff::SignedDuration;
use tokio::time::{MissedTickBehavior, interval};
use trunkline_infra::{
    agents::apply_assignments,
    audit::{SealKey, seal},
    ctx::Ctx,
    idempotency::forget_answers,
    identity::forget_sessions,
    intraday::forget_states,
    network::tenant_settings,
    notifications::forget_notifications,
    tenants::{ServedTenant, served_tenants},
};

use super::{config::Config, fault::StartFault, signals::asked_to_end};
use crate::{
    agents::erase_departed, app::App, archives::close_months, error::Outcome,
    forecasting::close_finished_days, jobs::run_jobs, ops::Ops, requests::expire_swaps,
};

/// Pause between two rounds.
const PAUSE: Duration = Duration::from_secs(60);
/// Most rows of a kind that one round forgets of a tenant, so that none waits for another. A round a minute
/// forgets more than any tenant brings.
const MOST_FORGOTTEN: i64 = 10_000;

/// Works until the program is asked to end. A job that is under way then is begun anew by another
/// worker.
pub(crate) async fn work(config: &Config, app: &Arc<App>, ops: &Ops) -> Result<(), StartFault> {
    let key = SealKey::from_file(&config.audit_key_file)?;
    let asked = asked_to_end()?;
    ops.works(Some(app));
    let worked = tokio::select! {
        () = asked => Ok(()),
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
            app.recurring_failures.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// One round over all tenants; gives how many tasks failed. What fails in one tenant keeps neither its
/// other tasks nor the other tenants waiting: it is told, counted and tried again next time. For a tenant
/// that nobody is let into, what is due is erased and forgotten all the same, and the rest waits.
///
/// # Errors
/// When the tenants cannot be listed.
pub async fn round(app: &App, key: &SealKey) -> Outcome<u64> {
    let mut failed = 0;
    for ServedTenant { id: tenant, is_active } in served_tenants(&app.db).await? {
        for task in Task::ALL.into_iter().filter(|task| is_active || task.is_housekeeping()) {
            let ctx = Ctx::of_system(tenant, task.as_str(), app.clock.now());
            match task.run(app, &ctx, key).await {
                Ok(0) => {}
                Ok(done) => tracing::info!(%tenant, task = task.as_str(), done, "recurring work"),
                Err(error) => {
                    failed += 1;
                    tracing::warn!(%tenant, task = task.as_str(), %error, "recurring work failed");
                }
            }
        }
    }
    app.recurring_failures.fetch_add(failed, Ordering::Relaxed);
    Ok(failed)
}

/// What is done in every tenant again and again.
#[derive(Debug, Clone, Copy)]
enum Task {
    /// Swaps whose time is over.
    Swaps,
    /// Moves of agents whose day has come.
    Moves,
    /// Months that have ended, for the personal files.
    Months,
    /// Local days that are over.
    Closes,
    /// Answers by idempotency key whose day has passed.
    Answers,
    /// Notifications that were kept long enough.
    Notifications,
    /// States of agents that the tenant keeps no longer.
    States,
    /// Sessions that have ended long ago.
    Sessions,
    /// Private fields of those who left long ago.
    Private,
    /// Audit rows without a place in their chain.
    Audit,
}

impl Task {
    const ALL: [Self; 10] = [
        Self::Swaps,
        Self::Moves,
        Self::Closes,
        Self::Months,
        Self::Answers,
        Self::Notifications,
        Self::States,
        Self::Sessions,
        Self::Private,
        Self::Audit,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Swaps => "swaps lapse",
            Self::Moves => "agents move",
            Self::Months => "months are closed",
            Self::Closes => "days are closed",
            Self::Answers => "answers are forgotten",
            Self::Notifications => "notifications are forgotten",
            Self::States => "states of agents are forgotten",
            Self::Sessions => "sessions are forgotten",
            Self::Private => "private fields are erased",
            Self::Audit => "audit rows are sealed",
        }
    }

    /// Whether it takes away what has been kept long enough, or seals the words of the audit about that: a
    /// person's right to it does not rest while the company is suspended.
    const fn is_housekeeping(self) -> bool {
        match self {
            Self::Swaps | Self::Moves | Self::Months | Self::Closes => false,
            Self::Answers
            | Self::Notifications
            | Self::States
            | Self::Sessions
            | Self::Private
            | Self::Audit => true,
        }
    }

    /// Gives how much was done.
    async fn run(self, app: &App, ctx: &Ctx, key: &SealKey) -> Outcome<u64> {
        match self {
            Self::Swaps => expire_swaps(app, ctx).await,
            Self::Moves => {
                let tx = app.db.begin(ctx).await?;
                let moved = apply_assignments(&tx, ctx.now()).await?;
                tx.commit().await?;
                if moved > 0 {
                    // Rights move with the post.
                    app.callers.forget(ctx).await;
                }
                Ok(moved)
            }
            Self::Months => close_months(app, ctx).await,
            Self::Closes => close_finished_days(app, ctx).await,
            Self::Answers => {
                let tx = app.db.begin(ctx).await?;
                let forgotten = forget_answers(&tx, ctx.now(), MOST_FORGOTTEN).await?;
                tx.commit().await?;
                Ok(forgotten)
            }
            Self::Notifications => {
                let tx = app.db.begin(ctx).await?;
                let forgotten = forget_notifications(&tx, ctx.now(), MOST_FORGOTTEN).await?;
                tx.commit().await?;
                Ok(forgotten)
            }
            Self::States => {
                let tx = app.db.begin(ctx).await?;
                let days = tenant_settings(&tx).await?.agent_state_days();
                let oldest = ctx.now() - SignedDuration::from_hours(24 * days);
                // From midnight UTC, so that the border stands still for a day.
                let into_the_day = oldest.as_second().rem_euclid(86_400);
                let kept_since = oldest - SignedDuration::from_secs(into_the_day);
                let forgotten = forget_states(&tx, kept_since, MOST_FORGOTTEN).await?;
                tx.commit().await?;
                Ok(forgotten)
            }
            Self::Sessions => {
                let tx = app.db.begin(ctx).await?;
                let forgotten = forget_sessions(&tx, ctx.now(), MOST_FORGOTTEN).await?;
                tx.commit().await?;
                Ok(forgotten)
            }
            Self::Private => erase_departed(app, ctx).await,
            Self::Audit => Ok(seal(&app.db, ctx, key).await.map(|_| 0)?),
        }
    }
}
