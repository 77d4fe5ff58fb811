//! Writes a company of the demo: network and people in one transaction, history in another, so a
//! start that was cut short goes on where it stopped.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use trunkline_domain::{
    fault::Language,
    id::{AgentId, QueueId, SiteId, TenantId, UserId},
    identity::{Email, Grant, Role, Scope, Slug},
    network::{
        Code, Names, Queue, QueueStaffing, ServiceGoal, Site, SiteState, Skill, Team, Tenant,
        TenantState,
    },
    time::Grain,
};
use trunkline_infra::{
    agents::insert_agents,
    ctx::{Ctx, new_id},
    db::TenantTx,
    identity::{
        NewApiClient, NewRole, NewUser, Passwords, find_tenant, insert_api_client, insert_api_key,
        insert_roles, insert_tenant, insert_users,
    },
    network::{insert_queues, insert_sites, insert_skills, insert_teams, load_directory},
};

use super::{
    company::{
        CompanyPlan, HUAYIN, LOGINS, PARTNER, PARTNER_SECRET, PASSWORD, SHARED_QUEUE, ZONE,
        own_queue, threshold,
    },
    history::seeded,
    people::{Place, Skills, hires, team_code, teams_of},
};
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// The tenant of a company, made when there is none yet.
pub(super) async fn ensure_tenant(app: &App, company: &CompanyPlan) -> Outcome<TenantId> {
    let tx = app.db.begin_system("demo: tenant").await?;
    if let Some(tenant) = find_tenant(&tx, company.slug).await? {
        return Ok(tenant);
    }
    let now = app.clock.now();
    let tenant = Tenant {
        id: new_id(now),
        slug: Slug::parse("slug", company.slug)?,
        names: Names::parse(company.name_en, company.name_zh)?,
        time_zone: ZONE.to_owned(),
        language: Language::English,
        state: TenantState::Active,
    };
    insert_tenant(&tx, &tenant, now).await?;
    tx.commit().await?;
    Ok(tenant.id)
}

/// Network, people and logins of a company, unless they are there. Says whether it wrote them.
pub(super) async fn ensure_people(
    app: &App,
    ctx: &Ctx,
    company: &CompanyPlan,
    seed: u64,
) -> Outcome<bool> {
    let tx = app.db.begin(ctx).await?;
    if !load_directory(&tx, ctx.now()).await?.sites.is_empty() {
        return Ok(false);
    }
    let zone = TimeZone::get(ZONE).map_err(|error| AppError::Internal(error.to_string()))?;
    let mut random = seeded(seed, u64::from(company.slug == HUAYIN.slug), 0, 9);
    let (sites, teams, queues, skills) = network(&tx, ctx, company).await?;
    let hash = |passwords: Passwords| async move {
        passwords.hash(PASSWORD.into()).await.map_err(|error| AppError::Internal(error.to_string()))
    };
    let strong = hash(app.passwords.clone()).await?;
    let cheap = Passwords::cheap(1).map_err(|error| AppError::Internal(error.to_string()))?;
    let cheap = hash(cheap).await?;
    tracing::debug!(queues = queues.len(), "network of {}", company.slug);

    let mut agents: Vec<(AgentId, String, String, SiteId)> = Vec::new();
    let mut leaders = Vec::new();
    let mut hired = Vec::new();
    for (site, site_id) in company.sites.iter().zip(&sites) {
        let own: Vec<&Team> = teams.iter().filter(|team| team.site == *site_id).collect();
        let places: Vec<Place> = own
            .iter()
            .map(|team| Place { site: *site_id, team: team.id, leader: ctx.new_id() })
            .collect();
        for (team, place) in own.iter().zip(&places) {
            leaders.push((place.leader, (*team).clone()));
        }
        hired.extend(hires(ctx, site, &places, skills, &zone, &mut random));
    }
    for hire in &hired {
        let agent = &hire.agent;
        agents.push((agent.id, agent.number.clone(), agent.display_name.clone(), agent.site));
    }
    let mut book = Book { ctx, users: Vec::new(), roles: Vec::new() };
    // Leaders come before the agents, whose superiors they are.
    for (user, team) in &leaders {
        let email =
            format!("leader.{}@{}.example", team.code.as_str().to_lowercase(), company.slug);
        book.add(*user, &email, &format!("Leader {}", team.code), Some(&strong), None)?;
        book.give(*user, Role::TeamLeader, Scope::Team(team.id, team.site));
    }
    insert_users(&tx, &book.users, ctx.now()).await?;
    insert_roles(&tx, &book.roles, ctx.now()).await?;
    insert_agents(&tx, ctx, &hired).await?;
    book = Book { ctx, users: Vec::new(), roles: Vec::new() };
    for (agent, number, name, site) in &agents {
        let user = ctx.new_id();
        let email = format!("{}@{}.example", number.to_lowercase(), company.slug);
        book.add(user, &email, name, Some(&cheap), Some(*agent))?;
        book.give(user, Role::Agent, Scope::Own(*agent, *site));
    }
    if company.slug == HUAYIN.slug {
        logins(&mut book, &strong, &sites, &teams)?;
    }
    insert_users(&tx, &book.users, ctx.now()).await?;
    insert_roles(&tx, &book.roles, ctx.now()).await?;
    if company.slug == HUAYIN.slug {
        partner(&tx, ctx).await?;
    }
    tx.commit().await?;
    app.forget_directory(ctx).await;
    Ok(true)
}

async fn network(
    tx: &TenantTx,
    ctx: &Ctx,
    company: &CompanyPlan,
) -> Outcome<(Vec<SiteId>, Vec<Team>, Vec<QueueId>, Skills)> {
    let now = ctx.now();
    let skill = |code: &str, en: &str, zh: &str| -> Outcome<Skill> {
        Ok(Skill {
            id: ctx.new_id(),
            code: Code::parse("code", code)?,
            names: Names::parse(en, zh)?,
        })
    };
    let service = skill("service", "Customer service", "客户服务")?;
    let presale = skill("presale", "Presale advice", "售前咨询")?;
    let skills = Skills { service: service.id, presale: presale.id };
    insert_skills(tx, &[service, presale], now).await?;

    let mut sites = Vec::new();
    let mut teams = Vec::new();
    for plan in company.sites {
        let site = Site {
            id: ctx.new_id(),
            code: Code::parse("code", plan.code)?,
            names: Names::parse(plan.name_en, plan.name_zh)?,
            time_zone: ZONE.to_owned(),
            opening: None,
            state: SiteState::Open,
        };
        for number in 1..=teams_of(plan) {
            let code = team_code(plan, number);
            teams.push(Team {
                id: ctx.new_id(),
                site: site.id,
                code: Code::parse("code", &code)?,
                names: Names::parse(
                    &format!("{} team {number}", plan.name_en),
                    &format!("{}{number}组", plan.name_zh),
                )?,
            });
        }
        sites.push(site);
    }
    insert_sites(tx, &sites, now).await?;
    insert_teams(tx, &teams, now).await?;

    let site_ids: Vec<SiteId> = sites.iter().map(|site| site.id).collect();
    let mut queues = Vec::new();
    for (plan, site) in company.sites.iter().zip(&site_ids) {
        let (en, zh) = (format!("Service {}", plan.name_en), format!("{}客服", plan.name_zh));
        queues.push(queue(ctx, &own_queue(plan), (&en, &zh), &[*site], (skills.service, 2))?);
    }
    let names = ("Presale", "售前");
    queues.push(queue(ctx, SHARED_QUEUE, names, &site_ids, (skills.presale, 1))?);
    insert_queues(tx, &queues, now).await?;
    let queue_ids = queues.iter().map(|(queue, _)| queue.id).collect();
    Ok((site_ids, teams, queue_ids, skills))
}

fn queue(
    ctx: &Ctx,
    code: &str,
    (en, zh): (&str, &str),
    sites: &[SiteId],
    (skill, minimum_staff): (trunkline_domain::id::SkillId, u16),
) -> Outcome<(Queue, QueueStaffing)> {
    let queue = Queue {
        id: ctx.new_id(),
        code: Code::parse("code", code)?,
        names: Names::parse(en, zh)?,
        time_zone: ZONE.to_owned(),
        grain: Grain::Minutes30,
        sites: sites.iter().copied().collect::<BTreeSet<_>>(),
        skill: Some(skill),
        goals: vec![ServiceGoal {
            threshold_seconds: threshold(code),
            ..ServiceGoal::usual(Timestamp::UNIX_EPOCH)
        }],
    };
    let staffing = QueueStaffing {
        minimum_staff,
        shrinkage: Decimal::new(25, 2),
        unplanned_shrinkage: Decimal::new(5, 2),
        patience_seconds: Some(Decimal::from(super::line::PATIENCE)),
    };
    Ok((queue, staffing))
}

/// Users and roles that are written together.
struct Book<'a> {
    ctx: &'a Ctx,
    users: Vec<NewUser>,
    roles: Vec<NewRole>,
}

impl Book<'_> {
    fn add(
        &mut self,
        id: UserId,
        email: &str,
        name: &str,
        password_hash: Option<&String>,
        agent: Option<AgentId>,
    ) -> Outcome<()> {
        self.users.push(NewUser {
            id,
            email: Email::parse("email", email)?,
            display_name: name.to_owned(),
            password_hash: password_hash.cloned(),
            language: None,
            agent,
        });
        Ok(())
    }

    fn give(&mut self, user: UserId, role: Role, scope: Scope) {
        let grant = Grant { role, scope, from: Timestamp::UNIX_EPOCH, until: None };
        self.roles.push(NewRole { id: self.ctx.new_id(), user, grant });
    }
}

/// The logins that the demo prints, beside those of agents and leaders.
fn logins(book: &mut Book<'_>, hash: &String, sites: &[SiteId], teams: &[Team]) -> Outcome<()> {
    let (Some(site), Some(team)) = (sites.first(), teams.first()) else { return Ok(()) };
    for login in LOGINS {
        let scope = match login.role {
            Role::SiteManager => Scope::Site(*site),
            Role::TeamLeader => Scope::Team(team.id, team.site),
            // The agent's login is the agent's own user.
            Role::Agent => continue,
            _ => Scope::Tenant,
        };
        let user = book.ctx.new_id();
        book.add(user, login.email, login.what, Some(hash), None)?;
        book.give(user, login.role, scope);
    }
    Ok(())
}

async fn partner(tx: &TenantTx, ctx: &Ctx) -> Outcome<()> {
    use trunkline_domain::identity::Permission::{
        HistoryWrite, IntradayRead, IntradayWrite, KpiRead, NetworkRead,
    };
    let client = NewApiClient {
        id: ctx.new_id(),
        name: PARTNER.to_owned(),
        scopes: vec![NetworkRead, IntradayRead, IntradayWrite, HistoryWrite, KpiRead],
        sites: Vec::new(),
        rate: None,
        expires_at: None,
    };
    insert_api_client(tx, &client, ctx.now()).await?;
    insert_api_key(tx, ctx.new_id(), client.id, PARTNER_SECRET, None, ctx.now()).await?;
    Ok(())
}
