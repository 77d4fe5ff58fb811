use std::process::ExitCode;

use trunkline_infra::{
    clock::Clock,
    identity::{ACCESS_LIFETIME, KeyRing},
    upkeep::{Check, Verdict, check_up},
};

use super::{console::say, tenants::demo_hint};
use crate::boot::{Database, StartFault, config::Config, live_store};

/// Looks at everything the program stands on. Exit code 1 when something must be mended.
pub(super) async fn run(config: &Config) -> Result<ExitCode, StartFault> {
    let mut checks = vec![signing_keys(config), redis(config).await];
    checks.extend(database(config).await);
    for check in &checks {
        say(line(check));
    }
    let worst = checks.iter().map(|check| check.verdict).max().unwrap_or(Verdict::Good);
    say(match worst {
        Verdict::Good => "\nAll is well. Next: `trunkline serve`.",
        Verdict::Doubtful => "\nIt will run; look at the lines marked warn.",
        Verdict::Bad => "\nMend the lines marked FAIL, then run `trunkline doctor` again.",
    });
    Ok(if worst == Verdict::Bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn line(check: &Check) -> String {
    let Check { name, verdict, found, mend } = check;
    let mark = match verdict {
        Verdict::Good => "ok  ",
        Verdict::Doubtful => "warn",
        Verdict::Bad => "FAIL",
    };
    let text = format!("{mark}  {name:18}  {found}");
    if mend.is_empty() { text } else { format!("{text} -> {mend}") }
}

async fn database(config: &Config) -> Vec<Check> {
    let own = matches!(config.database.access(), Ok(None));
    if own && !config.data_dir.join("postgres/data/PG_VERSION").exists() {
        let found = format!("none yet in {}{}", config.data_dir.display(), demo_hint(config));
        let mend = "the first `trunkline serve` or `trunkline demo` makes it; or set TRUNKLINE_DATABASE_URL";
        return vec![Check::doubtful("database", found, mend)];
    }
    let database = match Database::reach(config, &|_| ()).await {
        Ok(database) => database,
        Err(fault) => return vec![Check::bad("database", fault.to_string(), "")],
    };
    let mut checks = check_up(&database.access, &Clock::System).await;
    if let Err(fault) = database.stop().await {
        checks.push(Check::doubtful("database", fault.to_string(), ""));
    }
    checks
}

fn signing_keys(config: &Config) -> Check {
    const NAME: &str = "signing keys";
    let directory = &config.token_key_dir;
    let none = || {
        let found = format!("none yet in {}", directory.display());
        Check::doubtful(NAME, found, "the first start makes one")
    };
    if !directory.exists() {
        return none();
    }
    match KeyRing::read(directory, ACCESS_LIFETIME) {
        Ok(ring) if ring.is_empty() => none(),
        Ok(ring) => {
            let known = ring.published(Clock::System.now()).len();
            Check::good(NAME, format!("{known} in {}", directory.display()))
        }
        Err(fault) => Check::bad(NAME, fault.to_string(), ""),
    }
}

async fn redis(config: &Config) -> Check {
    const NAME: &str = "redis";
    let Some(address) = config.redis() else {
        return Check::good(NAME, "not configured: live data stay in this process");
    };
    let opened = live_store(config).map_err(|fault| fault.to_string());
    let opened = opened.and_then(|store| {
        let encryption = address.encryption().map_err(|fault| fault.to_string())?;
        Ok((store, encryption))
    });
    let (store, encryption) = match opened {
        Ok(opened) => opened,
        Err(fault) => return Check::bad(NAME, fault, ""),
    };
    match store.ping().await {
        Ok(()) => Check::good(NAME, format!("answers, {encryption}")),
        Err(fault) => {
            let mend =
                "start Redis, or correct TRUNKLINE_REDIS_URL; the program runs slower until then";
            Check::doubtful(NAME, fault.to_string(), mend)
        }
    }
}
