use jiff::Timestamp;
use serde_json::json;
use trunkline_domain::{
    fault::Language,
    id::TenantId,
    identity::Slug,
    network::{Names, Tenant, TenantState, parse_zone},
};
use trunkline_infra::{
    audit,
    ctx::{Ctx, new_id},
    db::{Db, DbError},
    identity::{find_tenant, insert_tenant},
};

use super::{arguments::TenantArguments, console::say};
use crate::{
    app::App,
    boot::{Program, StartFault, config::Config},
    error::AppError,
};

/// Makes a tenant.
pub(super) async fn create(config: &Config, arguments: TenantArguments) -> Result<(), StartFault> {
    let TenantArguments { slug, name, name_zh, time_zone, language } = arguments;
    let slug = Slug::parse("--slug", &slug).map_err(AppError::from)?;
    let names = Names::parse(&name, name_zh.as_deref().unwrap_or_default());
    let names = names.map_err(AppError::from)?;
    parse_zone("--time-zone", &time_zone).map_err(AppError::from)?;
    let language = Language::of_tag(&language);

    let program = Program::open(config, &|step| tracing::debug!("{step}"), false).await?;
    let now = program.app.clock.now();
    let state = TenantState::Active;
    let tenant = Tenant { id: new_id(now), slug, names, time_zone, language, state };
    let outcome = write(&program.app.db, &tenant, now).await;
    program.close().await?;
    let slug = &tenant.slug;
    match outcome {
        Ok(()) => {
            say(format_args!("Made the tenant {slug} ({}).", tenant.id));
            say(format_args!(
                "Next: `trunkline user create --tenant {slug} --role tenant_admin --email … --name …`."
            ));
            Ok(())
        }
        Err(DbError::Constraint(name)) if name == "tenant_slug_unique" => Err(StartFault::Usage(
            format!("there is a tenant {slug} already: choose another --slug"),
        )),
        Err(error) => Err(AppError::from(error).into()),
    }
}

/// The tenant and the record of it. No role of the database may write both, so there are two
/// transactions: nothing lasts unless the database took both, and no tenant without its record.
async fn write(db: &Db, tenant: &Tenant, now: Timestamp) -> Result<(), DbError> {
    const REASON: &str = "tenant administration";
    let tx = db.begin_system(REASON).await?;
    insert_tenant(&tx, tenant, now).await?;
    let ctx = Ctx::of_system(tenant.id, REASON, now);
    let record = db.begin(&ctx).await?;
    let detail = json!({"slug": tenant.slug});
    audit::record(&record, &ctx, "tenant.create", &tenant.id.to_string(), detail).await?;
    record.commit().await?;
    tx.commit().await
}

/// The tenant with this slug, which a person typed.
pub(super) async fn tenant_of(
    config: &Config,
    app: &App,
    slug: &Slug,
) -> Result<TenantId, StartFault> {
    let tx = app.db.begin_system("tenant look-up").await.map_err(AppError::from)?;
    let tenant = find_tenant(&tx, slug.as_str()).await.map_err(AppError::from)?;
    tenant.ok_or_else(|| {
        let hint = demo_hint(config);
        let advice = format!("make it with `trunkline tenant create --slug {slug} …`");
        StartFault::Usage(format!("there is no tenant {slug}: {advice}{hint}"))
    })
}

/// How the demo's data are reached, for who looks beside them; empty where there are none.
pub(super) fn demo_hint(config: &Config) -> String {
    let demo = config.data_dir.join("demo");
    if matches!(config.database.access(), Ok(None)) && demo.is_dir() {
        format!("; the data of the demo are reached with --data-dir '{}'", demo.display())
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boot::layers::Layers;

    #[test]
    fn the_demo_is_named_where_there_is_one_beside_the_data() {
        let dir = tempfile::tempdir().expect("a directory");
        let hint = |more: &[(&str, &str)]| {
            let place = ("TRUNKLINE_DATA_DIR", dir.path().to_str().expect("a path"));
            let variables = [place].into_iter().chain(more.iter().copied());
            let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let layers = Layers::gather(None, variables, &[]).expect("layers");
            demo_hint(&Config::of(&layers).expect("configuration"))
        };
        assert_eq!(hint(&[]), "", "there is no demo");
        std::fs::create_dir(dir.path().join("demo")).expect("a directory");
        assert!(hint(&[]).ends_with("/demo'"), "{}", hint(&[]));
        let elsewhere = [("TRUNKLINE_DATABASE_URL", "postgres://db/trunkline")];
        assert_eq!(hint(&elsewhere), "", "the data are not in this directory");
    }
}
