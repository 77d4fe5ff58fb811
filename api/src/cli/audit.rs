use std::process::ExitCode;

use jiff::{SignedDuration, Timestamp};
use trunkline_infra::{
    audit::{SealKey, Verification, verify},
    ctx::Ctx,
    tenants::{TenantName, tenants_by_slug},
    upkeep::prune_audit,
};

use super::{
    arguments::{AuditArguments, AuditCommand},
    console::{counted, say},
    tenants::beside,
};
use crate::{
    boot::{Own, Program, StartFault, config::Config},
    error::AppError,
};

/// Looks at the audit of one tenant or of all, or takes out what is too old to keep.
pub(super) async fn run(config: &Config, command: AuditCommand) -> Result<ExitCode, StartFault> {
    let program = Program::open(config, &|step| tracing::debug!("{step}"), Own::Found).await?;
    let outcome = match command {
        AuditCommand::Verify(arguments) => verify_all(config, &program, arguments).await,
        AuditCommand::Prune(arguments) => prune_all(config, &program, arguments).await,
    };
    program.close().await?;
    outcome
}

/// The instant since which rows must be there.
fn kept_since(config: &Config, now: Timestamp) -> Timestamp {
    match config.audit_retention_days {
        0 => Timestamp::MIN,
        days => {
            let kept = SignedDuration::from_hours(24 * i64::from(days));
            now.checked_sub(kept).unwrap_or(Timestamp::MIN)
        }
    }
}

async fn tenants(
    config: &Config,
    program: &Program,
    AuditArguments { tenant }: AuditArguments,
) -> Result<Vec<TenantName>, StartFault> {
    let found =
        tenants_by_slug(&program.app.db, tenant.as_deref()).await.map_err(AppError::from)?;
    match (found.is_empty(), tenant) {
        (true, Some(slug)) => {
            let hint = beside(config);
            Err(StartFault::Usage(format!("there is no tenant {slug}: correct --tenant{hint}")))
        }
        _ => Ok(found),
    }
}

async fn verify_all(
    config: &Config,
    program: &Program,
    arguments: AuditArguments,
) -> Result<ExitCode, StartFault> {
    let key = SealKey::read(&config.audit_key_file)?;
    let now = program.app.clock.now();
    let mut sound = true;
    for TenantName { id, slug } in tenants(config, program, arguments).await? {
        let ctx = Ctx::of_system(id, "audit verification", now);
        let found = async {
            let tx = program.app.db.begin(&ctx).await?;
            verify(&tx, &key, kept_since(config, now)).await
        };
        let found = found.await.map_err(AppError::from)?;
        sound &= found.findings.is_empty();
        for line in report(&slug, &found) {
            say(line);
        }
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(slug: &str, found: &Verification) -> Vec<String> {
    let Verification { rows, segments, pruned, waiting, findings } = found;
    let verdict = match findings.len() {
        0 => "unbroken".to_owned(),
        count => format!("BROKEN, {}", counted(count as u64, "finding")),
    };
    let (rows, segments) = (counted(*rows as u64, "row"), counted(*segments as u64, "segment"));
    let mut lines = vec![format!(
        "{slug}: {verdict}; {rows} in {segments} ({pruned} of them kept as roots), {waiting} not \
         sealed yet"
    )];
    lines.extend(findings.iter().map(|finding| format!("  {finding}")));
    lines
}

async fn prune_all(
    config: &Config,
    program: &Program,
    arguments: AuditArguments,
) -> Result<ExitCode, StartFault> {
    if config.audit_retention_days == 0 {
        let text = "audit rows are kept for good: set audit_retention_days to take older ones out";
        return Err(StartFault::Usage(text.to_owned()));
    }
    let since = kept_since(config, program.app.clock.now());
    for TenantName { id, slug } in tenants(config, program, arguments).await? {
        let gone = prune_audit(program.access(), id, since).await?;
        let gone = counted(gone, "row");
        say(format_args!("{slug}: {gone} from before {since} taken out, their roots stay"));
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use trunkline_infra::audit::{Finding, Flaw};

    use super::*;

    #[test]
    fn a_broken_chain_is_reported_with_its_positions() {
        let finding = Finding { flaw: Flaw::RowGone, position: Some(17), event: None };
        let found =
            Verification { rows: 20, segments: 2, findings: vec![finding], ..Default::default() };
        let lines = report("huayin", &found);
        assert!(lines[0].starts_with("huayin: BROKEN, 1 finding; 20 rows in 2 segments"));
        assert_eq!(lines[1], "  position 17: is gone");
    }
}
