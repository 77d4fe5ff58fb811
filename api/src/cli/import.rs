use std::process::ExitCode;

use trunkline_domain::{
    fault::Language, forecasting::fault::FaultRule, identity::Slug, network::Queue,
};
use trunkline_infra::{
    ctx::Ctx,
    network::{Directory, load_directory},
};

use super::{
    arguments::HistoryArguments,
    console::{counted, say},
    editor::editor,
    gaps::gap_lines,
    tenants::tenant_of,
};
use crate::{
    app::App,
    boot::{Own, Program, StartFault, config::Config},
    error::{AppError, Outcome},
    forecasting::{HistoryReport, ImportHistory, import_history},
};

/// Faulty rows that are shown; their number is told.
const SHOWN: usize = 20;

/// Takes a history file in. Exit code 1 when nothing was taken.
pub(super) async fn history(
    config: &Config,
    arguments: HistoryArguments,
) -> Result<ExitCode, StartFault> {
    let HistoryArguments { file, tenant, keep_good, dry_run, create_queues } = arguments;
    let slug = Slug::parse("--tenant", &tenant).map_err(AppError::from)?;
    let what = || format!("cannot read {}", file.display());
    let csv = std::fs::read(&file).map_err(|source| StartFault::File { what: what(), source })?;
    let import = ImportHistory {
        csv,
        dry_run,
        keep_good_rows: keep_good,
        create_missing_queues: create_queues,
    };
    let program = Program::open(config, &|step| tracing::debug!("{step}"), Own::Found).await?;
    let outcome = take_in(config, &program.app, &slug, import).await;
    program.close().await?;
    let taken = outcome?;
    tell_faults(&taken.report);
    if taken.report.refusal.is_some() {
        let sites = !taken.directory.sites.is_empty();
        let site = if sites { String::new() } else { make_site(config) };
        say(refusal(&taken.report, keep_good, create_queues, &site));
        return Ok(ExitCode::FAILURE);
    }
    if taken.report.rows_read == 0 {
        say("Nothing was taken: the file has a header and no row below it.");
        return Ok(ExitCode::FAILURE);
    }
    tell(&taken, dry_run);
    Ok(ExitCode::SUCCESS)
}

/// What came of the file, and the network as it stands then.
struct Taken {
    report: HistoryReport,
    directory: Directory,
}

async fn take_in(
    config: &Config,
    app: &App,
    slug: &Slug,
    import: ImportHistory,
) -> Result<Taken, StartFault> {
    let tenant = tenant_of(config, app, slug).await?;
    let ctx = Ctx::of_system(tenant, "history import", app.clock.now());
    let directory = async || -> Outcome<Directory> {
        let tx = app.db.begin(&ctx).await?;
        Ok(load_directory(&tx, ctx.now()).await?)
    };
    if import.create_missing_queues {
        let sites = directory().await?.sites;
        if sites.is_empty() {
            return Err(StartFault::Usage(format!(
                "queues are served by sites, and {slug} has none yet: {}",
                make_site(config)
            )));
        }
    }
    let report = import_history(app, &ctx, import).await?;
    let directory = directory().await?;
    Ok(Taken { report, directory })
}

/// How a first site is made.
fn make_site(config: &Config) -> String {
    format!("make a site with the mutation `siteCreate`, e.g. in {}", editor(config))
}

fn tell_faults(report: &HistoryReport) {
    for fault in report.faults.kept().iter().take(SHOWN) {
        let place = match fault.column {
            "" => format!("row {}", fault.row),
            column => format!("row {}, {column}", fault.row),
        };
        say(format_args!("{place}: {}", fault.message(Language::English)));
    }
    let total = report.faults.total();
    if total > 0 {
        let shown =
            if total > SHOWN as u64 { format!(", the first {SHOWN} above") } else { String::new() };
        let (faults, rows) = (counted(total, "fault"), counted(report.rows_read, "row"));
        say(format_args!("{faults} in {rows}{shown}."));
    }
}

/// That nothing was taken, and what can be done about it. `site` is how a site is made where there is
/// none yet, without which no queue can be made either.
fn refusal(report: &HistoryReport, keep_good: bool, create_queues: bool, site: &str) -> String {
    let mut ways = vec!["mend the rows above".to_owned()];
    let mut faults = report.faults.kept().iter();
    if !create_queues && faults.any(|fault| fault.rule == FaultRule::UnknownQueue) {
        let queues = "let the queues that nobody made yet be made with --create-queues";
        ways.push(if site.is_empty() {
            queues.to_owned()
        } else {
            format!("first {site}, and then {queues}")
        });
    }
    if !keep_good && report.rows_without_fault > 0 {
        ways.push("take the good rows alone with --keep-good".to_owned());
    }
    format!("Nothing was taken. Next: {}.", ways.join(", or "))
}

fn tell(Taken { report, directory }: &Taken, dry_run: bool) {
    for queue in &report.new_queues {
        say(queue_line(queue, directory, dry_run));
    }
    let done = report.upserted;
    let (rows, contacts) =
        (counted(report.rows_read, "row"), counted(report.offered_total, "contact"));
    let (new, taken) = (counted(done.inserted, "interval"), report.rows_taken);
    let (replaced, unchanged) = (done.replaced, done.unchanged);
    say(format_args!(
        "{taken} of {rows}, {contacts} offered: {new} new, {replaced} replaced, {unchanged} unchanged."
    ));
    if report.mapped_forward > 0 {
        let rows = counted(report.mapped_forward, "row");
        say(format_args!("{rows} mapped forward out of an hour that does not exist."));
    }
    if report.carried_over > 0 {
        let rows = counted(report.carried_over, "row");
        say(format_args!(
            "{rows} with more answered and abandoned than offered: taken for contacts of the interval before."
        ));
    }
    for line in gap_lines(&report.gaps, directory, &report.new_queues) {
        say(line);
    }
    say(if dry_run {
        "Nothing was written (--dry-run)."
    } else {
        "Next: make a forecast with the mutation `forecastRun`."
    });
}

/// A queue that was made: what the file said of it, and where it is served.
fn queue_line(queue: &Queue, directory: &Directory, dry_run: bool) -> String {
    let verb = if dry_run { "Would make" } else { "Made" };
    let Queue { code, time_zone, grain, .. } = queue;
    let sites = queue.sites.iter().filter_map(|id| Some(directory.site(*id)?.code.as_str()));
    let sites = sites.collect::<Vec<_>>().join(", ");
    let minutes = grain.minutes();
    format!(
        "{verb} the queue {code}: intervals of {minutes} minutes in {time_zone}, served at {sites}."
    )
}
