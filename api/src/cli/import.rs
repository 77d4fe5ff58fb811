use std::process::ExitCode;

use trunkline_domain::{fault::Language, identity::Slug};
use trunkline_infra::{ctx::Ctx, network::load_directory};

use super::{arguments::HistoryArguments, console::say, gaps::gap_lines, tenants::tenant_of};
use crate::{
    app::App,
    boot::{Program, StartFault, config::Config},
    error::AppError,
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
    let program = Program::open(config, &|step| tracing::debug!("{step}"), false).await?;
    let outcome = take_in(config, &program.app, &slug, import).await;
    program.close().await?;
    let (report, gaps) = outcome?;
    Ok(tell(&report, &gaps, dry_run))
}

/// What came of the file, and a line for each series in which something is missing.
async fn take_in(
    config: &Config,
    app: &App,
    slug: &Slug,
    import: ImportHistory,
) -> Result<(HistoryReport, Vec<String>), StartFault> {
    let tenant = tenant_of(config, app, slug).await?;
    let ctx = Ctx::of_system(tenant, "history import", app.clock.now());
    let report = import_history(app, &ctx, import).await?;
    let tx = app.db.begin(&ctx).await.map_err(AppError::from)?;
    let directory = load_directory(&tx, ctx.now()).await.map_err(AppError::from)?;
    let lines = gap_lines(&report.gaps, &directory);
    Ok((report, lines))
}

fn tell(report: &HistoryReport, gaps: &[String], dry_run: bool) -> ExitCode {
    for fault in report.faults.kept().iter().take(SHOWN) {
        let (row, column) = (fault.row, fault.column);
        say(format_args!("row {row}, {column}: {}", fault.message(Language::English)));
    }
    let total = report.faults.total();
    if total > 0 {
        say(format_args!("{total} faults in {} rows.", report.rows_read));
    }
    if let Some(refusal) = &report.refusal {
        let why = refusal.message(Language::English);
        say(format_args!("Nothing was taken: {why}"));
        say("Next: mend the rows above, or take the others alone with --keep-good.");
        return ExitCode::FAILURE;
    }
    let done = report.upserted;
    say(format_args!(
        "{} of {} rows, {} contacts offered: {} intervals new, {} replaced, {} unchanged; {} rows \
         mapped forward out of an hour that does not exist.",
        report.rows_taken,
        report.rows_read,
        report.offered_total,
        done.inserted,
        done.replaced,
        done.unchanged,
        report.mapped_forward,
    ));
    for line in gaps {
        say(line);
    }
    say(if dry_run {
        "Nothing was written (--dry-run)."
    } else {
        "Next: make a forecast with the mutation `forecastRun`."
    });
    ExitCode::SUCCESS
}
