//! The command line: what is typed becomes one call, what comes of it one answer.

mod arguments;
mod audit;
pub(crate) mod console;
mod doctor;
mod editor;
mod explain;
mod gaps;
mod import;
mod keys;
mod migrate;
mod options;
mod place;
mod seal;
mod serve;
mod tenants;
mod users;

use std::process::ExitCode;

use clap::Parser as _;

pub(crate) use self::arguments::DemoArguments;
use self::{
    arguments::{
        Arguments, Command, ConfigCommand, ImportCommand, Settings, TenantCommand, UserCommand,
    },
    console::{complain, say},
};
use crate::{
    boot::{
        StartFault,
        config::Config,
        layers::{Layers, Origin},
        start_log,
    },
    graphql::sdl,
};

/// Runs the program and gives its exit code: 0 done, 1 not done (standard error says why in one
/// line), 2 not understood.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers as well; they go to standard output.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(format_args!("no threads can be started ({error}): raise the process limit"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(dispatch(arguments)) {
        Ok(code) => code,
        Err(fault) => {
            complain(fault);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(arguments: Arguments) -> Result<ExitCode, StartFault> {
    let Arguments { settings, command } = arguments;
    if matches!(command, Command::Schema) {
        say(sdl().trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    let flags = match &command {
        Command::Serve(serve) => serve.flags(),
        _ => Vec::new(),
    };
    let layers = layers(&settings, flags)?;
    if matches!(command, Command::Config(ConfigCommand::Explain)) {
        explain::explain(&layers);
    }
    let mut config = Config::of(&layers)?;
    if command.answers() && *layers.of("log_filter").1 == Origin::Default {
        // The statements of a slow one would stand between the answers.
        config.log_filter = "warn,sqlx::query=error".to_owned();
    }
    start_log(&config);
    match command {
        Command::Schema | Command::Config(ConfigCommand::Explain) => Ok(ExitCode::SUCCESS),
        Command::Demo(demo) => done(crate::demo::run(config, demo).await),
        Command::Serve(_) => done(serve::serve(&config).await),
        Command::Worker => done(serve::work(&config).await),
        Command::Import(ImportCommand::History(file)) => import::history(&config, file).await,
        Command::Migrate(migrate) => migrate::run(&config, &migrate).await,
        Command::Keys(command) => done(keys::run(&config, &command)),
        Command::Seal(command) => seal::run(&config, &command).await,
        Command::Doctor => doctor::run(&config).await,
        Command::Audit(command) => audit::run(&config, command).await,
        Command::Tenant(TenantCommand::Create(tenant)) => {
            done(tenants::create(&config, tenant).await)
        }
        Command::Tenant(TenantCommand::Suspend(tenant)) => {
            done(tenants::suspend(&config, tenant).await)
        }
        Command::Tenant(TenantCommand::Resume(tenant)) => {
            done(tenants::resume(&config, tenant).await)
        }
        Command::User(UserCommand::Create(user)) => done(users::create(&config, user).await),
    }
}

fn done(outcome: Result<(), StartFault>) -> Result<ExitCode, StartFault> {
    outcome.map(|()| ExitCode::SUCCESS)
}

fn layers(
    settings: &Settings,
    mut flags: Vec<(&'static str, Option<String>)>,
) -> Result<Layers, StartFault> {
    let Settings { config, database_url, redis_url, data_dir, log_format, log_filter } = settings;
    flags.extend([
        ("database_url", database_url.clone()),
        ("redis_url", redis_url.clone()),
        ("data_dir", data_dir.clone()),
        ("log_format", log_format.clone()),
        ("log_filter", log_filter.clone()),
    ]);
    Ok(Layers::gather(config.as_deref(), std::env::vars(), &flags)?)
}
