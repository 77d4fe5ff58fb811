//! The command line, as its help shows it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  trunkline serve --listen 0.0.0.0:4000           serve what is in the database
  trunkline migrate --admin-url postgres://postgres@db/trunkline
  trunkline doctor                                what is wrong, and how to mend it

Configuration: defaults < trunkline.toml < TRUNKLINE_* variables < flags; `trunkline config explain`
shows every key, its value and where it comes from.";

/// Operations backend for a network of call centres.
#[derive(Debug, Parser)]
#[command(name = "trunkline", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) settings: Settings,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Flags that stand above file and environment, for every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Configuration")]
pub(super) struct Settings {
    /// Configuration file [default: trunkline.toml here, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "TRUNKLINE_CONFIG")]
    pub(super) config: Option<PathBuf>,
    /// PostgreSQL to use; without it the program runs one of its own
    #[arg(long, global = true, value_name = "URL")]
    pub(super) database_url: Option<String>,
    /// Redis to share live data between processes
    #[arg(long, global = true, value_name = "URL")]
    pub(super) redis_url: Option<String>,
    /// Directory of the program's own files
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) data_dir: Option<String>,
    /// text or json
    #[arg(long, global = true, value_name = "FORMAT")]
    pub(super) log_format: Option<String>,
    /// What is logged, e.g. info,trunkline=debug
    #[arg(long, global = true, value_name = "FILTER")]
    pub(super) log_filter: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the API and the pages
    Serve(ServeArguments),
    /// Bring the database up to date
    Migrate(MigrateArguments),
    /// Look for everything that would stop the program, and say how to mend it
    Doctor,
    /// Print the GraphQL schema
    Schema,
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trunkline serve
  TRUNKLINE_DATABASE_URL=postgres://db/trunkline trunkline serve --listen 0.0.0.0:4000 --production")]
pub(super) struct ServeArguments {
    /// Address and port
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<String>,
    /// No GraphiQL page, no introspection for partners
    #[arg(long)]
    pub(super) production: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trunkline migrate --check
  trunkline migrate --admin-url postgres://postgres:secret@db/trunkline    once, for a new database
  trunkline migrate                                                        after each upgrade")]
pub(super) struct MigrateArguments {
    /// Superuser of the database: makes the roles first
    #[arg(long, value_name = "URL")]
    pub(super) admin_url: Option<String>,
    /// Only say what is pending; exit code 1 when something is
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Every key, its value, and where the value comes from
    Explain,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn flags_of_the_configuration_stand_before_or_behind_the_command() {
        for line in ["trunkline --data-dir /x doctor", "trunkline doctor --data-dir /x"] {
            let arguments = Arguments::try_parse_from(line.split(' ')).expect("arguments");
            assert_eq!(arguments.settings.data_dir.as_deref(), Some("/x"), "{line}");
        }
    }
}
