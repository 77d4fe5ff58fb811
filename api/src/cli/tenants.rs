use jiff::Timestamp;
use serde_json::json;
use trunkline_domain::{
    fault::Language,
    id::TenantId,
    identity::Slug,
    network::{Names, Tenant, TenantState, parse_zone},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, new_id},
    db::{Db, DbError},
    identity::{find_tenant, insert_tenant, move_tenant},
};

use super::{
    arguments::{TenantArguments, TenantStateArguments},
    console::{note, say},
    options::by_options,
};
use crate::{
    app::App,
    boot::{Own, Program, StartFault, config::Config},
    error::AppError,
};

/// Fields that are typed as options of other names.
const OPTIONS: &[(&str, &str, &str)] = &[("nameEn", "--name", ""), ("nameZh", "--name-zh", "")];

/// Makes a tenant.
pub(super) async fn create(config: &Config, arguments: TenantArguments) -> Result<(), StartFault> {
    let TenantArguments { slug, name, name_zh, time_zone, language } = arguments;
    let slug = Slug::parse("--slug", &slug).map_err(AppError::from)?;
    let names = Names::parse(&name, name_zh.as_deref().unwrap_or_default());
    let names = names.map_err(|fault| by_options(fault.into(), OPTIONS))?;
    parse_zone("--time-zone", &time_zone).map_err(AppError::from)?;
    let language = Language::of_tag(&language);

    if config.database.access()?.is_none() {
        note(format_args!(
            "Opening the database in {}; a first one takes some seconds to make.",
            config.data_dir.display()
        ));
    }
    // A first company may come before the first start of the server; the answer says where it is.
    let program = Program::open(config, &|step| tracing::debug!("{step}"), Own::Made).await?;
    let place = program.access().place();
    let now = program.app.clock.now();
    let state = TenantState::Active;
    let tenant = Tenant { id: new_id(now), slug, names, time_zone, language, state };
    let outcome = write(&program.app.db, &tenant, now).await;
    program.close().await?;
    let slug = &tenant.slug;
    match outcome {
        Ok(()) => {
            say(format_args!("Made the tenant {slug} ({}) in {place}.", tenant.id));
            let administrator = "--role tenant_admin --email … --name …";
            let next = config.next(&format!("user create --tenant {slug} {administrator}"));
            say(format_args!("Next: {next}."));
            Ok(())
        }
        Err(DbError::Constraint(name)) if name == "tenant_slug_unique" => Err(StartFault::Usage(
            format!("there is a tenant {slug} already: choose another --slug"),
        )),
        Err(error) => Err(AppError::from(error).into()),
    }
}

/// Why the system acts for a tenant here.
const REASON: &str = "tenant administration";

/// The tenant and the record of it. No role of the database may write both, so there are two
/// transactions: nothing lasts unless the database took both, and no tenant without its record.
async fn write(db: &Db, tenant: &Tenant, now: Timestamp) -> Result<(), DbError> {
    let tx = db.begin_system(REASON).await?;
    insert_tenant(&tx, tenant, now).await?;
    let ctx = Ctx::of_system(tenant.id, REASON, now);
    let own = db.begin(&ctx).await?;
    let Tenant { id, slug, names, time_zone, language, state } = tenant;
    let after = json!({"slug": slug, "nameEn": names.en, "nameZh": names.zh, "timeZone": time_zone,
                       "language": language.tag(), "state": state.as_str()});
    record(&own, &ctx, Deed::made("tenant.create", id, after)).await?;
    own.commit().await?;
    tx.commit().await
}

/// Lets nobody of a tenant in for now.
pub(super) async fn suspend(
    config: &Config,
    arguments: TenantStateArguments,
) -> Result<(), StartFault> {
    let change = Change {
        from: TenantState::Active,
        to: TenantState::Suspended,
        action: "tenant.suspend",
        done: "is suspended: within 30 seconds all its people and programs get TENANT_SUSPENDED",
    };
    change.make(config, arguments).await
}

/// Lets the people and programs of a suspended tenant in again.
pub(super) async fn resume(
    config: &Config,
    arguments: TenantStateArguments,
) -> Result<(), StartFault> {
    let change = Change {
        from: TenantState::Suspended,
        to: TenantState::Active,
        action: "tenant.resume",
        done: "works again: within 30 seconds its people and programs are let in as before",
    };
    change.make(config, arguments).await
}

/// A tenant's move from one state to another.
struct Change {
    from: TenantState,
    to: TenantState,
    action: &'static str,
    /// What is said when it is done.
    done: &'static str,
}

impl Change {
    async fn make(
        self,
        config: &Config,
        arguments: TenantStateArguments,
    ) -> Result<(), StartFault> {
        let TenantStateArguments { slug, reason } = arguments;
        let slug = Slug::parse("--slug", &slug).map_err(AppError::from)?;
        let program = Program::open(config, &|step| tracing::debug!("{step}"), Own::Found).await?;
        let moved = match tenant_of(config, &program.app, &slug).await {
            Ok(tenant) => {
                let moved = self.write(&program.app, tenant, reason.as_deref()).await;
                moved.map_err(|error| AppError::from(error).into())
            }
            Err(fault) => Err(fault),
        };
        program.close().await?;
        if moved? {
            say(format_args!("The tenant {slug} {}.", self.done));
            return Ok(());
        }
        let (from, to) = (self.from.as_str(), self.to.as_str());
        Err(StartFault::Usage(format!("the tenant {slug} is not {from}, or is {to} already")))
    }

    /// The move and the record of it, in two transactions as when a tenant is made. Says whether the
    /// tenant was in the first state.
    async fn write(
        &self,
        app: &App,
        tenant: TenantId,
        reason: Option<&str>,
    ) -> Result<bool, DbError> {
        let tx = app.db.begin_system(REASON).await?;
        if !move_tenant(&tx, tenant, self.from, self.to).await? {
            return Ok(false);
        }
        let ctx = Ctx::of_system(tenant, REASON, app.clock.now());
        let own = app.db.begin(&ctx).await?;
        let state = |state: TenantState| json!({"state": state.as_str()});
        let deed = Deed::changed(self.action, tenant, state(self.from), state(self.to));
        record(&own, &ctx, deed.because(reason)).await?;
        own.commit().await?;
        tx.commit().await?;
        Ok(true)
    }
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
        let make = config.next(&format!("tenant create --slug {slug} --name …"));
        let hint = beside(config);
        StartFault::Usage(format!("there is no tenant {slug}: make it with {make}{hint}"))
    })
}

/// How the demo's data are reached, as the end of a sentence; empty where there are none.
pub(super) fn beside(config: &Config) -> String {
    config.demo_hint().map_or_else(String::new, |hint| format!("; {hint}"))
}
