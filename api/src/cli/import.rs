use std::process::ExitCode;

use trunkline_domain::{fault::Language, id::TenantId, identity::Slug};
use trunkline_infra::{ctx::Ctx, identity::find_tenant};

use super::{arguments::HistoryArguments, console::say};
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
    let outcome = take_in(&program.app, &slug, import).await;
    program.close().await?;
    let report = outcome?;
    Ok(tell(&report, dry_run))
}

async fn take_in(
    app: &App,
    slug: &Slug,
    import: ImportHistory,
) -> Result<HistoryReport, StartFault> {
    let tenant = tenant_of(app, slug).await?;
    let ctx = Ctx::of_system(tenant, "history import", app.clock.now());
    Ok(import_history(app, &ctx, import).await?)
}

/// The tenant with this slug, which a person typed.
pub(super) async fn tenant_of(app: &App, slug: &Slug) -> Result<TenantId, StartFault> {
    let tx = app.db.begin_system("tenant look-up").await.map_err(AppError::from)?;
    let tenant = find_tenant(&tx, slug.as_str()).await.map_err(AppError::from)?;
    tenant.ok_or_else(|| {
        let text = format!("there is no tenant {slug}: `trunkline tenant create --slug {slug} …`");
        StartFault::Usage(text)
    })
}

fn tell(report: &HistoryReport, dry_run: bool) -> ExitCode {
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
         mapped forward out of an hour that does not exist; gaps in {} series.",
        report.rows_taken,
        report.rows_read,
        report.offered_total,
        done.inserted,
        done.replaced,
        done.unchanged,
        report.mapped_forward,
        report.gaps.len(),
    ));
    say(if dry_run {
        "Nothing was written (--dry-run)."
    } else {
        "Next: make a forecast with the mutation `forecastRun`."
    });
    ExitCode::SUCCESS
}
