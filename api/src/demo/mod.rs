//! A running network of three call centres on a machine that has nothing but this program.
//!
//! Every step looks first what is there, so a start that was cut short goes on where it stopped,
//! and a second one has next to nothing to do.

mod choice;
mod company;
mod exchange;
mod feed;
mod floor;
mod history;
mod inside;
mod line;
mod month;
mod names;
mod past;
mod people;
mod plan;
mod progress;
mod running;
mod seed;
mod targets;
mod team;
#[cfg(test)]
mod tests;
mod welcome;

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use jiff::{Span, civil::Date, tz::TimeZone};
use tokio::task::JoinSet;
use trunkline_domain::time::local_of_instant;
use trunkline_infra::{ctx::Ctx, forecasting::last_day};

use self::{
    choice::Choice,
    company::{CompanyPlan, ZONE, companies},
    feed::Feed,
    inside::Inside,
    progress::Progress,
    running::Running,
};
pub(crate) use self::{
    choice::{DEFAULT_PORT, DEFAULT_SEED},
    running::running_at,
};
use crate::{
    app::App,
    boot::{Own, Program, StartFault, config::Config, serve},
    cli::{DemoArguments, console::say},
    error::{AppError, Outcome},
};

/// Sets everything up, serves, and plays the day until it is asked to end.
pub(crate) async fn run(config: Config, arguments: DemoArguments) -> Result<(), StartFault> {
    let DemoArguments { fresh, port, seed, small, into_configured_database } = arguments;
    let own = config.database.access()?.is_none();
    if !own && !into_configured_database {
        // Its people and its partner have a password and a key that everybody knows.
        return Err(StartFault::Usage(
            "the demo signs in with a password and a key that everybody knows, and a database is \
             configured: unset its address to run one of its own, or say --into-configured-database"
                .to_owned(),
        ));
    }
    let mut config = config;
    if own {
        config.data_dir = config.demo_dir();
        config.token_key_dir = config.data_dir.join("token-keys");
        config.seal_key_file = config.data_dir.join("seal.key");
        config.audit_key_file = config.data_dir.join("audit-key.der");
    }
    // Held until the end: two would play the same day.
    let running = own.then(|| Running::begin(&config.data_dir)).transpose()?;
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let choice = Choice { small, seed };
    if own && !fresh {
        choice.check(&config)?;
    }
    let listener = serve::listen(config.listen)?;
    // Port 0 becomes whichever is free.
    config.listen = listener.local_addr().unwrap_or(config.listen);
    config.public_url = format!("http://{}", config.listen);
    if let Some(running) = &running {
        running.tell(&config.public_url)?;
    }
    let ops = serve::open_ops(&config)?;
    let progress = Progress::new();
    let spinner = progress.quiet();
    let made = if fresh { Own::Anew } else { Own::Made };
    let program =
        Program::open(&config, &|step| progress.step(&spinner, &step.to_string()), made).await?;
    spinner.finish_and_clear();
    if own {
        choice.keep(&config.data_dir)?;
    }

    let [network, stranger] = companies(small);
    let (huayin, ctx) = ready(&program.app, network, seed, &progress).await?;
    let (beifang, _) = ready(&program.app, stranger, seed, &progress).await?;
    let mut feeds = JoinSet::new();
    for (company, inside) in [(network, huayin), (stranger, beifang)] {
        feeds.spawn(Feed { inside, company, seed, zone: zone()? }.play());
    }
    let data_dir = own.then_some(config.data_dir.as_path());
    let text = welcome::text(&program.app, &ctx, config.listen, data_dir, small).await?;
    let serving = serve::serve(&config, &program.app, &ops, listener, || say(text));
    let served = program.during(serving).await;
    feeds.shutdown().await;
    program.close().await?;
    served
}

fn zone() -> Outcome<TimeZone> {
    TimeZone::get(ZONE).map_err(|error| AppError::Internal(error.to_string()))
}

/// Brings a company up to the interval that runs now.
async fn ready(
    app: &Arc<App>,
    company: &CompanyPlan,
    seed: u64,
    progress: &Progress,
) -> Outcome<(Inside, Ctx)> {
    let tenant = seed::ensure_tenant(app, company).await?;
    let ctx = Ctx::of_system(tenant, "demo", app.clock.now());
    let spinner = progress.spinner(&format!("{}: people and queues", company.name_en));
    seed::ensure_people(app, &ctx, company, seed).await?;
    spinner.finish_and_clear();

    let zone = zone()?;
    let today = local_of_instant(ctx.now(), &zone).date();
    let tx = app.db.begin(&ctx).await?;
    let known: Option<Date> = last_day(&tx).await?;
    drop(tx);
    // The last known day may have been left in the middle.
    let first = known.unwrap_or_else(|| today.saturating_sub(Span::new().days(past::DAYS)));
    let inside = Inside::new(Arc::clone(app), tenant);
    if known.is_none() {
        targets::set(&inside, first).await?;
    }
    if known.is_none_or(|known| known < today) {
        let spinner = progress.spinner(&format!("{}: surveys", company.name_en));
        targets::record_surveys(&inside, &ctx, company, seed, (first, today)).await?;
        spinner.finish_and_clear();
    }
    // The history comes last: as long as it is missing, the steps before it are done again.
    let days = (today - first).get_days().unsigned_abs() + 1;
    let bar = progress.bar(&format!("{}: history", company.name_en), days.into());
    past::fill(app, &ctx, company, seed, (first, today), &zone, || bar.inc(1)).await?;
    bar.finish_and_clear();

    let spinner = progress.spinner(&format!("{}: the month behind", company.name_en));
    month::ensure(&inside, &ctx, company, today, seed).await?;
    spinner.finish_and_clear();
    for left_out in plan::ensure(&inside, &ctx, today, (seed, company.rounds), progress).await? {
        progress.note(&left_out);
    }
    Ok((inside, ctx))
}
