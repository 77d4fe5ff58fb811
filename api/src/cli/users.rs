use jiff::Timestamp;
use secrecy::SecretString;
use trunkline_domain::{
    id::UserId,
    identity::{Email, Grant, PasswordOwner, Role, Scope, Slug, check_password},
};
use trunkline_infra::{
    ctx::Ctx,
    db::DbError,
    identity::{NewRole, NewUser, insert_roles, insert_users, new_secret},
    network::load_directory,
};

use super::{arguments::UserArguments, console::say, import::tenant_of};
use crate::{
    app::App,
    boot::{Program, StartFault, config::Config},
    error::AppError,
};

/// Where the password is taken from.
const VARIABLE: &str = "TRUNKLINE_PASSWORD";

/// Makes a user with one role.
pub(super) async fn create(config: &Config, arguments: UserArguments) -> Result<(), StartFault> {
    let role: Role = arguments.role.parse().map_err(|_| unknown_role(&arguments.role))?;
    let slug = Slug::parse("--tenant", &arguments.tenant).map_err(AppError::from)?;
    let email = Email::parse("--email", &arguments.email).map_err(AppError::from)?;
    let given = std::env::var(VARIABLE).ok();
    if let Some(password) = &given {
        let owner = PasswordOwner { email: &email, name: &arguments.name, tenant: &slug };
        check_password(VARIABLE, password, &owner).map_err(AppError::from)?;
    }
    let password = given.clone().unwrap_or_else(new_secret);
    let program = Program::open(config, &|step| tracing::debug!("{step}"), false).await?;
    let made = write(&program.app, &arguments, &slug, email.clone(), role, &password).await;
    program.close().await?;
    made?;
    say(format_args!("Made {email}, {role} in {slug}."));
    if given.is_none() {
        say(format_args!("Password, shown this once: {password}"));
    }
    say("Next: sign in with the mutation `sessionCreate`, e.g. in GraphiQL of `trunkline serve`.");
    Ok(())
}

async fn write(
    app: &App,
    arguments: &UserArguments,
    slug: &Slug,
    email: Email,
    role: Role,
    password: &str,
) -> Result<(), StartFault> {
    let tenant = tenant_of(app, slug).await?;
    let ctx = Ctx::of_system(tenant, "user administration", app.clock.now());
    let hash = app.passwords.hash(SecretString::from(password)).await?;
    let tx = app.db.begin(&ctx).await.map_err(AppError::from)?;
    let scope = match &arguments.site {
        None => Scope::Tenant,
        Some(code) => {
            let directory = load_directory(&tx, ctx.now()).await.map_err(AppError::from)?;
            let site = directory.sites.iter().find(|site| site.code == *code);
            let known: Vec<&str> = directory.sites.iter().map(|site| site.code.as_str()).collect();
            let text = || format!("no site has the code {code}: there are {}", known.join(", "));
            Scope::Site(site.ok_or_else(|| StartFault::Usage(text()))?.id)
        }
    };
    let user: UserId = ctx.new_id();
    let new = NewUser {
        id: user,
        email,
        display_name: arguments.name.trim().to_owned(),
        password_hash: Some(hash),
        language: None,
        agent: None,
    };
    let grant = Grant { role, scope, from: Timestamp::UNIX_EPOCH, until: None };
    let outcome: Result<(), DbError> = async {
        insert_users(&tx, &[new], ctx.now()).await?;
        insert_roles(&tx, &[NewRole { id: ctx.new_id(), user, grant }], ctx.now()).await?;
        tx.commit().await
    }
    .await;
    Ok(outcome.map_err(AppError::from)?)
}

fn unknown_role(role: &str) -> StartFault {
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    StartFault::Usage(format!("no role is called {role}: choose one of {}", roles.join(", ")))
}
