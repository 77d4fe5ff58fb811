use std::process::ExitCode;

use trunkline_infra::{db::Db, upkeep};

use super::{arguments::MigrateArguments, console::say};
use crate::boot::{Database, Own, StartFault, config::Config};

/// Brings the database up to date, or says what is pending.
pub(super) async fn run(
    config: &Config,
    arguments: &MigrateArguments,
) -> Result<ExitCode, StartFault> {
    let Some(access) = config.database.access()? else {
        if arguments.admin_url.is_some() {
            return Err(StartFault::Usage(
                "--admin-url makes the roles of a database that the configuration names, and it names \
                 none: say which with TRUNKLINE_DATABASE_URL or --database-url (a database of the \
                 program's own has its roles without --admin-url)"
                    .to_owned(),
            ));
        }
        return own(config, arguments.check).await;
    };
    if let Some(admin_url) = &arguments.admin_url {
        upkeep::bootstrap(admin_url, config.database.protection()).await?;
        say("The roles trunkline_owner, trunkline_app and trunkline_system are there.");
    }
    if arguments.check {
        return Ok(report_pending(config, &upkeep::pending(&access).await?));
    }
    let steps = upkeep::migrate(&access).await?;
    let done = if steps.is_empty() { "nothing was pending".to_owned() } else { steps.join(", ") };
    say(format_args!("Applied: {done}."));
    // The roles are looked at here rather than at the first start of the server.
    Db::connect(access.options(1, 1)).await?.close().await;
    say_next(config);
    Ok(ExitCode::SUCCESS)
}

/// The database that the program runs itself is migrated whenever it is opened. To make one is what
/// this command is for; to check makes none.
async fn own(config: &Config, check: bool) -> Result<ExitCode, StartFault> {
    if check {
        let database = Database::reach(config).await?;
        let pending = upkeep::pending(&database.access).await;
        database.stop().await?;
        return Ok(report_pending(config, &pending?));
    }
    let database = Database::open(config, &|step| tracing::debug!("{step}"), Own::Made).await?;
    say(format_args!("Up to date: {}.", database.access.place()));
    database.stop().await?;
    say_next(config);
    Ok(ExitCode::SUCCESS)
}

fn say_next(config: &Config) {
    let (serve, create) = (config.next("serve"), config.next("tenant create"));
    say(format_args!("Next: {serve}, or {create} for a first company."));
}

fn report_pending(config: &Config, pending: &[&str]) -> ExitCode {
    if pending.is_empty() {
        say(format_args!("Nothing is pending. Next: {}.", config.next("serve")));
        return ExitCode::SUCCESS;
    }
    let pending = pending.join(", ");
    say(format_args!("Pending: {pending}. Next: {}.", config.next("migrate")));
    ExitCode::FAILURE
}
