use jiff::Timestamp;
use secrecy::SecretString;
use trunkline_domain::{
    fault::{Fault, Rule},
    id::UserId,
    identity::{Email, PasswordOwner, Role, Slug, breached_password, check_password, check_times},
};
use trunkline_infra::{
    audit::{Deed, record_all},
    ctx::Ctx,
    db::DbError,
    identity::{GivenRole, NewUser, Place, RoleGift, give_role, insert_users, new_secret},
};

use super::{
    arguments::UserArguments,
    console::say,
    editor::editor,
    options::by_options,
    place::{Wanted, agent_of},
    tenants::tenant_of,
};
use crate::{
    app::App,
    boot::{Own, Program, StartFault, config::Config},
    error::AppError,
};

/// Where the password is taken from.
const VARIABLE: &str = "TRUNKLINE_PASSWORD";
/// A user to be made, as far as it can be judged without the database.
struct Asked<'a> {
    slug: Slug,
    email: Email,
    name: &'a str,
    role: Role,
    wanted: Wanted<'a>,
    /// Number of the agent that the user is.
    agent: Option<&'a str>,
}

impl<'a> Asked<'a> {
    fn parse(arguments: &'a UserArguments) -> Result<Self, StartFault> {
        let role: Role = arguments.role.parse().map_err(|_| unknown_role(&arguments.role))?;
        check_times(Some(role), Timestamp::UNIX_EPOCH, None)
            .map_err(|faults| by_options(AppError::Faults(faults), &[("role", "--role", "")]))?;
        let name = arguments.name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            let fault = Fault::invalid("--name", Rule::Characters(1, 100));
            return Err(AppError::from(fault).into());
        }
        Ok(Self {
            slug: Slug::parse("--tenant", &arguments.tenant).map_err(AppError::from)?,
            email: Email::parse("--email", &arguments.email).map_err(AppError::from)?,
            name,
            role,
            wanted: Wanted::of(role, arguments)?,
            agent: arguments.agent.as_deref(),
        })
    }
}

/// Makes a user with one role.
pub(super) async fn create(config: &Config, arguments: UserArguments) -> Result<(), StartFault> {
    let asked = Asked::parse(&arguments)?;
    let Asked { slug, email, .. } = &asked;
    let given = std::env::var(VARIABLE).ok();
    if let Some(password) = &given {
        let owner = PasswordOwner { email, name: asked.name, tenant: slug };
        check_password(VARIABLE, password, &owner).map_err(AppError::from)?;
    }
    let password = given.clone().unwrap_or_else(new_secret);
    let program = Program::open(config, &|step| tracing::debug!("{step}"), Own::Found).await?;
    let made = write(config, &program.app, &asked, &password).await;
    program.close().await?;
    made?;
    let place = asked.wanted.told(asked.agent);
    say(format_args!("Made {email} in {slug}: role {}, for {place}.", asked.role));
    if given.is_none() {
        say(format_args!("Password, shown this once: {password}"));
    }
    say(format_args!(
        "Next: sign in with the mutation `sessionCreate`, e.g. in {}.",
        editor(config)
    ));
    Ok(())
}

/// User, role and the record of both, in one transaction.
async fn write(
    config: &Config,
    app: &App,
    asked: &Asked<'_>,
    password: &str,
) -> Result<(), StartFault> {
    let tenant = tenant_of(config, app, &asked.slug).await?;
    let ctx = Ctx::of_system(tenant, "user administration", app.clock.now());
    let password = SecretString::from(password);
    if app.passwords.is_breached(&password).await? {
        return Err(AppError::from(breached_password(VARIABLE)).into());
    }
    let hash = app.passwords.hash(password).await?;
    let tx = app.db.begin(&ctx).await.map_err(AppError::from)?;
    let agent = match asked.agent {
        None => None,
        Some(number) => Some(agent_of(&tx, number).await?),
    };
    let scope = asked.wanted.scope(config, &tx, &ctx, agent.as_ref()).await?;
    let id: UserId = ctx.new_id();
    let user = NewUser {
        id,
        email: asked.email.clone(),
        display_name: asked.name.to_owned(),
        password_hash: Some(hash),
        language: None,
        agent: agent.map(|agent| agent.id),
    };
    let gift = RoleGift {
        id: ctx.new_id(),
        user: id,
        role: GivenRole::BuiltIn(asked.role),
        place: Place::Fixed(scope),
        from: ctx.now(),
        until: None,
    };
    let outcome: Result<(), DbError> = async {
        insert_users(&tx, std::slice::from_ref(&user), ctx.now()).await?;
        give_role(&tx, &gift, ctx.now()).await?;
        let deeds = [
            Deed::made("user.create", id, user.as_recorded()),
            Deed::made("role.assign", id, gift.as_recorded()),
        ];
        record_all(&tx, &ctx, &deeds).await?;
        tx.commit().await
    }
    .await;
    let typed = [
        ("agentId", "--agent", asked.agent.unwrap_or_default()),
        ("email", "--email", asked.email.as_str()),
        ("role", "--role", ""),
    ];
    outcome.map_err(|error| by_options(error.into(), &typed))
}

fn unknown_role(role: &str) -> StartFault {
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    StartFault::Usage(format!("no role is called {role}: choose one of {}", roles.join(", ")))
}
