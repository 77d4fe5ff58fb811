//! The command line, as its help shows it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  trunkline demo                                  a running network of three call centres
  trunkline serve --listen 0.0.0.0:4000           serve what is in the database
  trunkline migrate --database-url postgres://db/trunkline --admin-url postgres://postgres@db/trunkline
  trunkline doctor                                what is wrong, and how to mend it

Configuration: defaults < trunkline.toml < TRUNKLINE_* variables < flags; `trunkline config explain`
shows every key, its value and where it comes from. Two variables are no keys: TRUNKLINE_CONFIG, a file in
the place of trunkline.toml, and TRUNKLINE_PASSWORD, the password of `user create`.";

/// Operations backend for a network of call centres.
#[derive(Debug, Parser)]
#[command(name = "trunkline", version = env!("BUILD_VERSION"), after_help = EXAMPLES, arg_required_else_help = true)]
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
    /// Directory of the program's own files [default: .trunkline here, /var/lib/trunkline as root]
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
    /// Set up everything and run a network of three call centres
    Demo(DemoArguments),
    /// Serve the API and the pages
    Serve(ServeArguments),
    /// Do jobs and recurring work
    Worker,
    /// Bring the database up to date
    Migrate(MigrateArguments),
    /// Look for everything that would stop the program, and say how to mend it
    Doctor,
    /// The record of who did what
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Customer companies
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// People who sign in
    #[command(subcommand)]
    User(UserCommand),
    /// Keys that sign access tokens
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Keys that seal second factors and private fields at rest
    #[command(subcommand)]
    Seal(SealCommand),
    /// Take data in
    #[command(subcommand)]
    Import(ImportCommand),
    /// Print the GraphQL schema
    Schema,
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

impl Command {
    /// Whether what it says is for a person at a terminal, whom the usual log would only disturb.
    /// The others run on, and their log is what is read of them.
    pub(super) const fn answers(&self) -> bool {
        !matches!(self, Self::Serve(_) | Self::Worker)
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trunkline demo
  trunkline demo --fresh --port 8080
  trunkline demo --small               on a slow machine
  trunkline demo --fresh --seed 7      other people and another history")]
pub(crate) struct DemoArguments {
    /// Throw the demo's database away and begin anew
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Port on this machine; 0 takes any that is free
    #[arg(long, default_value_t = crate::demo::DEFAULT_PORT)]
    pub(crate) port: u16,
    /// What names, skills and history are drawn from
    #[arg(long, default_value_t = crate::demo::DEFAULT_SEED)]
    pub(crate) seed: u64,
    /// Eighteen agents a site instead of a hundred, and rosters that are less improved: begins within
    /// seconds. Say it, and the seed, at each start on the same data; other flags are refused
    #[arg(long)]
    pub(crate) small: bool,
    /// Begin even in a database that the configuration names; everybody knows the demo's passwords
    #[arg(long)]
    pub(crate) into_configured_database: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trunkline serve
  TRUNKLINE_DATABASE_URL='postgres://trunkline:PASSWORD@db.example.com/trunkline?sslmode=verify-full' \\
      TRUNKLINE_PUBLIC_URL=https://trunkline.example.com \\
      TRUNKLINE_SMTP_URL=smtps://trunkline:PASSWORD@mail.example.com \\
      trunkline serve --listen 0.0.0.0:4000 --production")]
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
  trunkline migrate                                                        after each upgrade

The database is the one of TRUNKLINE_DATABASE_URL or --database-url; without, it is the program's own, which
needs no --admin-url. Roles are made without passwords: where the server asks for one, set it (alter role).")]
pub(super) struct MigrateArguments {
    /// Superuser of the database: makes the roles first
    #[arg(long, value_name = "URL")]
    pub(super) admin_url: Option<String>,
    /// Only say what is pending; exit code 1 when something is
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Look for rows that were changed, taken out or moved; exit code 1 when there are any
    Verify(AuditArguments),
    /// Take rows out that are older than audit_retention_days; the signed roots stay
    Prune(AuditArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trunkline audit verify
  trunkline audit verify --tenant huayin
  TRUNKLINE_AUDIT_RETENTION_DAYS=3650 trunkline audit prune --tenant huayin")]
pub(super) struct AuditArguments {
    /// Slug of the tenant [default: all]
    #[arg(long)]
    pub(super) tenant: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// Make a tenant
    Create(TenantArguments),
    /// Let nobody of a tenant in for now: people and programs get TENANT_SUSPENDED, nothing is deleted before its time
    Suspend(TenantStateArguments),
    /// Let the people and programs of a suspended tenant in again, as they were
    Resume(TenantStateArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trunkline tenant suspend --slug huayin --reason 'contract ended'
  trunkline tenant resume --slug huayin

Servers know of it within 30 seconds, open sockets too. Sessions, keys and data stay as they are.")]
pub(super) struct TenantStateArguments {
    /// Slug of the tenant
    #[arg(long)]
    pub(super) slug: String,
    /// Why, for the tenant's audit
    #[arg(long)]
    pub(super) reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  trunkline tenant create --slug huayin --name Huayin --name-zh 华音 --time-zone Asia/Shanghai")]
pub(super) struct TenantArguments {
    /// What people type to sign in: a-z, 0-9 and hyphens
    #[arg(long)]
    pub(super) slug: String,
    /// Name in English
    #[arg(long)]
    pub(super) name: String,
    /// Name in Chinese [default: the English one]
    #[arg(long)]
    pub(super) name_zh: Option<String>,
    /// IANA zone
    #[arg(long, default_value = "Asia/Shanghai")]
    pub(super) time_zone: String,
    /// Language of messages: en or zh
    #[arg(long, default_value = "en")]
    pub(super) language: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Make a user with one role
    Create(UserArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trunkline user create --tenant huayin --email boss@huayin.example --name 'Wang Fang' --role tenant_admin
  TRUNKLINE_PASSWORD='tea at four in spring' trunkline user create --tenant huayin \\
      --email plan@huayin.example --name 'Li Na' --role planner --site GZ
  trunkline user create --tenant huayin --email lead@huayin.example --name 'Chen Jie' \\
      --role team_leader --site GZ --team GZ-1
  trunkline user create --tenant huayin --email zhao@huayin.example --name 'Zhao Lei' \\
      --role agent --agent GZ009

The password is taken from the variable TRUNKLINE_PASSWORD; without it one is made and shown once.")]
pub(super) struct UserArguments {
    /// Slug of the tenant
    #[arg(long)]
    pub(super) tenant: String,
    /// What the person signs in with
    #[arg(long)]
    pub(super) email: String,
    /// Name as others see it
    #[arg(long)]
    pub(super) name: String,
    /// Role, e.g. agent, team_leader, planner, site_manager, head_office, tenant_admin
    #[arg(long)]
    pub(super) role: String,
    /// Code of the site that the role is limited to; site_manager, planner and team_leader need one,
    /// head_office and tenant_admin take none [default: the whole tenant]
    #[arg(long, value_name = "CODE")]
    pub(super) site: Option<String>,
    /// Code of the site's team that the role is limited to; team_leader needs one [default: the whole
    /// site]
    #[arg(long, value_name = "CODE")]
    pub(super) team: Option<String>,
    /// Number of the agent that the user is; the role agent holds for this agent alone
    #[arg(long, value_name = "NUMBER")]
    pub(super) agent: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// The keys, and what each does now
    List,
    /// Make the next key; the present one signs until then, and its tokens stay good until they expire
    Rotate(RotateArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trunkline keys rotate                       signs in ten minutes
  trunkline keys rotate --in-minutes 60       where servers get the files later, such as by a Secret
  trunkline keys rotate --in-minutes 0        at once; then take the file of a stolen key away

Every server must have the new file before it signs. Files of keys whose last token has expired are
taken away.")]
pub(super) struct RotateArguments {
    /// Minutes until the new key signs
    #[arg(long, default_value_t = 10)]
    pub(super) in_minutes: u32,
}

#[derive(Debug, Subcommand)]
#[command(after_help = "\
To change the key, in this order: add, rotate, ten minutes later rotate once more and retire. Servers
look at the file again by themselves. A backup of the database needs the keys of its day.")]
pub(super) enum SealCommand {
    /// The keys, and how many values each has sealed; exit code 1 when a key is missing
    List,
    /// Make a new key as the first line of seal_key_file; it seals, the others go on opening
    Add,
    /// Seal all values anew by the first key, 200 rows at a time; cut short, it goes on the next time
    Rotate,
    /// Take the keys out that have sealed nothing that is left; exit code 1 when one has to stay
    Retire,
}

#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Interval history of queues from a CSV file
    History(HistoryArguments),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  trunkline import history --tenant huayin --create-queues calls.csv

Columns, separated by commas, semicolons or tabs: interval_start (local, YYYY-MM-DDTHH:MM), tz,
queue, interval_minutes, offered; optional site, answered, abandoned, aht_seconds. Intervals that
have not begun are refused. The same file again changes nothing. When a row is wrong nothing is
taken, unless --keep-good is given.")]
pub(super) struct HistoryArguments {
    /// The file
    pub(super) file: PathBuf,
    /// Slug of the tenant
    #[arg(long)]
    pub(super) tenant: String,
    /// Take the good rows even when others are wrong
    #[arg(long)]
    pub(super) keep_good: bool,
    /// Only say what would happen
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Make queues that the file names and nobody made yet: in the file's zone, with its shortest
    /// intervals, served by all sites; the answer says which were made
    #[arg(long)]
    pub(super) create_queues: bool,
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
    fn what_runs_on_is_logged_and_what_answers_is_not_disturbed() {
        for (line, answers) in [
            ("serve", false),
            ("worker", false),
            ("demo", true),
            ("doctor", true),
            ("migrate", true),
            ("audit verify", true),
            ("keys list", true),
        ] {
            let words = ["trunkline"].into_iter().chain(line.split(' '));
            let arguments = Arguments::try_parse_from(words).expect("arguments");
            assert_eq!(arguments.command.answers(), answers, "{line}");
        }
    }

    #[test]
    fn flags_of_the_configuration_stand_before_or_behind_the_command() {
        for line in ["trunkline --data-dir /x doctor", "trunkline doctor --data-dir /x"] {
            let arguments = Arguments::try_parse_from(line.split(' ')).expect("arguments");
            assert_eq!(arguments.settings.data_dir.as_deref(), Some("/x"), "{line}");
        }
    }
}
