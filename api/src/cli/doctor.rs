use std::process::ExitCode;

use trunkline_infra::{
    clock::Clock,
    identity::{ACCESS_LIFETIME, KeyRing},
    upkeep::{Check, Verdict, check_up},
};

use super::{console::say, editor::demo_at};
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
        Verdict::Good => match demo_at(config) {
            Some(url) => format!("\nAll is well. The demo serves it at {url}/."),
            None => format!("\nAll is well. Next: {}.", config.next("serve")),
        },
        Verdict::Doubtful => "\nIt will run; look at the lines marked warn.".to_owned(),
        Verdict::Bad => {
            format!("\nMend the lines marked FAIL, then run {} again.", config.next("doctor"))
        }
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
    let database = match Database::reach(config).await {
        Ok(database) => database,
        // A first start would make one: nothing is wrong if this is the place where it is wanted.
        Err(StartFault::NoDatabase { dir, advice }) => {
            let found = format!("none yet in {}", dir.display());
            return vec![Check::doubtful("database", found, advice)];
        }
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
