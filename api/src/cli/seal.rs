use std::{collections::BTreeMap, path::Path, process::ExitCode, time::Duration};

use trunkline_infra::{
    ctx::Ctx,
    identity::{SealKeyId, add_seal_key, remove_seal_keys},
    tenants::tenants_by_slug,
    upkeep::{Resealed, count_sealed, reseal},
};

use super::{
    arguments::SealCommand,
    console::{counted, say},
};
use crate::{
    boot::{Own, Program, StartFault, config::Config},
    error::{AppError, Outcome},
};

/// Rows that one transaction seals anew.
const BATCH: u16 = 200;
/// Time that a new key must have been in the file before an older one is taken out: by then every
/// server has it, and what was begun under the older one is committed.
const SETTLED: Duration = Duration::from_secs(600);

/// Shows, changes or uses the keys that seal values at rest.
pub(super) async fn run(config: &Config, command: &SealCommand) -> Result<ExitCode, StartFault> {
    if matches!(command, SealCommand::Add) {
        return add(config);
    }
    let program = Program::open(config, &|step| tracing::debug!("{step}"), Own::Found).await?;
    let outcome = match command {
        SealCommand::Rotate => rotate(&program).await,
        SealCommand::Retire => retire(config, &program).await,
        SealCommand::Add | SealCommand::List => list(&program).await,
    };
    program.close().await?;
    outcome
}

fn add(config: &Config) -> Result<ExitCode, StartFault> {
    let id = add_seal_key(&config.seal_key_file)?;
    say(format_args!("Made key {id} in {}: it seals from now on.", config.seal_key_file.display()));
    say("Next: see to it that every server has the file, then `trunkline seal rotate`.");
    Ok(ExitCode::SUCCESS)
}

/// Values under each key, over all tenants.
async fn counts(program: &Program) -> Outcome<BTreeMap<SealKeyId, u64>> {
    let mut all = BTreeMap::new();
    for tenant in tenants_by_slug(&program.app.db, None).await? {
        let ctx = Ctx::of_system(tenant.id, "seal keys", program.app.clock.now());
        for (key, values) in count_sealed(&program.app.db.begin(&ctx).await?).await? {
            *all.entry(key).or_default() += values;
        }
    }
    Ok(all)
}

/// What each key does, and of what the file lacks the key.
async fn list(program: &Program) -> Result<ExitCode, StartFault> {
    let keys = program.app.post.seal.key_ids();
    let mut counts = counts(program).await?;
    for (at, key) in keys.iter().enumerate() {
        let does = if at == 0 { "seals" } else { "opens" };
        let values = counted(counts.remove(key).unwrap_or(0), "value");
        say(format_args!("{key}  {does}  {values}"));
    }
    for (key, values) in &counts {
        let values = counted(*values, "value");
        say(format_args!("{key}  IS MISSING: {values} cannot be read without its line"));
    }
    Ok(if counts.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Seals everything by the newest key.
async fn rotate(program: &Program) -> Result<ExitCode, StartFault> {
    let app = &program.app;
    let tenants = tenants_by_slug(&app.db, None).await.map_err(AppError::from)?;
    for tenant in tenants {
        let ctx = Ctx::of_system(tenant.id, "seal keys", app.clock.now());
        let done = reseal(&app.db, &ctx, &app.post.seal, BATCH).await.map_err(AppError::from)?;
        if done != Resealed::default() {
            let Resealed { values, broken } = done;
            let values = counted(values, "value");
            say(format_args!("{}: {values} sealed anew, {broken} broken", tenant.slug));
        }
    }
    let code = list(program).await?;
    say("Next: once only the first key has values, `trunkline seal retire` takes the others out.");
    Ok(code)
}

/// Takes out the keys under which nothing lies.
async fn retire(config: &Config, program: &Program) -> Result<ExitCode, StartFault> {
    let path = &config.seal_key_file;
    if age(path) < SETTLED {
        let text =
            "the file has changed a moment ago: come again ten minutes after the last change";
        return Err(StartFault::Usage(text.to_owned()));
    }
    let counts = counts(program).await?;
    let keys = program.app.post.seal.key_ids();
    let (gone, kept): (Vec<_>, Vec<_>) =
        keys.into_iter().skip(1).partition(|key| !counts.contains_key(key));
    if !gone.is_empty() {
        remove_seal_keys(path, &gone)?;
    }
    for key in gone {
        say(format_args!("Took key {key} out: nothing is sealed by it."));
    }
    for key in &kept {
        say(format_args!("Key {key} stays: `trunkline seal rotate` has work left."));
    }
    Ok(if kept.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Time since a file has changed.
fn age(path: &Path) -> Duration {
    let changed = std::fs::metadata(path).and_then(|about| about.modified());
    changed.ok().and_then(|at| at.elapsed().ok()).unwrap_or_default()
}
