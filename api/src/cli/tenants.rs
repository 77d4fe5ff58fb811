use trunkline_domain::{
    fault::Language,
    identity::Slug,
    network::{Names, Tenant, TenantState, parse_zone},
};
use trunkline_infra::{ctx::new_id, db::DbError, identity::insert_tenant};

use super::{arguments::TenantArguments, console::say};
use crate::{
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
    let outcome = async {
        let tx = program.app.db.begin_system("tenant administration").await?;
        insert_tenant(&tx, &tenant, now).await?;
        tx.commit().await
    }
    .await;
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
