use std::{path::Path, process::ExitCode};

use trunkline_infra::{
    clock::Clock,
    identity::{ACCESS_LIFETIME, KeyRing, Seal},
    upkeep::{Check, Verdict, check_up},
};

use super::{console::say, editor::demo_at};
use crate::boot::{Database, StartFault, config::Config, live_store};

/// Looks at everything the program stands on. Exit code 1 when something must be mended.
pub(super) async fn run(config: &Config) -> Result<ExitCode, StartFault> {
    let mut checks = vec![signing_keys(config), seal_keys(config), redis(config).await];
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
    let owner = database.owner().map(|owner| Check::good("database owner", owner));
    let mut checks: Vec<Check> = owner.into_iter().collect();
    checks.extend(check_up(&database.access, &Clock::System).await);
    if let Err(fault) = database.stop().await {
        checks.push(Check::doubtful("database", fault.to_string(), ""));
    }
    checks
}

fn signing_keys(config: &Config) -> Check {
    const NAME: &str = "signing keys";
    let directory = &config.token_key_dir;
    if let Some(check) = absent(NAME, directory) {
        return check;
    }
    match KeyRing::read(directory, ACCESS_LIFETIME) {
        Ok(ring) if ring.is_empty() => {
            let found = format!("none yet in {}", directory.display());
            Check::doubtful(NAME, found, "the first start makes one")
        }
        Ok(ring) => {
            let known = ring.published(Clock::System.now()).len();
            Check::good(NAME, format!("{known} in {}", directory.display()))
        }
        Err(fault) => Check::bad(NAME, fault.to_string(), ""),
    }
}

/// The keys that seal: without them a server does not start, and what they sealed is lost.
fn seal_keys(config: &Config) -> Check {
    const NAME: &str = "seal keys";
    let path = &config.seal_key_file;
    if let Some(check) = absent(NAME, path) {
        return check;
    }
    match Seal::from_file(path) {
        Ok(seal) => Check::good(NAME, format!("{} in {}", seal.key_ids().len(), path.display())),
        Err(fault) => Check::bad(NAME, fault.to_string(), ""),
    }
}

/// What is said of keys that are not there, or where nobody can look; `None` where there are some.
fn absent(name: &'static str, path: &Path) -> Option<Check> {
    match path.try_exists() {
        Ok(true) => None,
        Ok(false) => {
            let found = format!("none yet in {}", path.display());
            Some(Check::doubtful(name, found, "the first start makes one"))
        }
        Err(error) => {
            let mend = "check the path, and run this as the account that runs the program";
            Some(Check::bad(name, format!("{}: {error}", path.display()), mend))
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boot::layers::Layers;

    fn config(dir: &Path) -> Config {
        let place = dir.to_str().expect("a path").to_owned();
        let layers = Layers::gather(None, [], &[("data_dir", Some(place))]).expect("layers");
        Config::of(&layers).expect("configuration")
    }

    #[test]
    fn keys_that_keep_the_program_from_starting_are_told_and_those_to_come_are_not_made() {
        let dir = tempfile::tempdir().expect("a directory");
        let config = config(dir.path());
        let none = seal_keys(&config);
        assert!(none.verdict == Verdict::Doubtful && !config.seal_key_file.exists(), "{none:?}");
        Seal::from_file(&config.seal_key_file).expect("a key");
        assert_eq!(seal_keys(&config).verdict, Verdict::Good);
        std::fs::write(&config.seal_key_file, "no key").expect("written");
        let damaged = seal_keys(&config);
        let told = line(&damaged);
        assert!(damaged.verdict == Verdict::Bad && told.contains("from a backup"), "{told}");
    }

    #[test]
    fn what_lies_in_a_file_or_cannot_be_looked_into_is_not_called_absent() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let config = config(file.path());
        for check in [signing_keys(&config), seal_keys(&config)] {
            assert_eq!(check.verdict, Verdict::Bad, "{check:?}");
            assert!(line(&check).contains("check the path"), "{check:?}");
        }
    }
}
