use serde_json::{Value, json};
use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::{QueueId, SiteId},
    identity::{Permission, Target},
    network::{
        Code, GoalCaps, Names, OpeningHours, Queue, QueueStaffing, RawQueue, RawSite, ServiceGoal,
        Site, SiteState, Skill, Team, goal_at,
    },
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    network::{
        Directory, QueueView, SiteView, SkillView, TeamView, insert_queues, insert_sites,
        insert_skills, insert_teams, load_directory, lock_queue, set_queue_goals, update_site,
    },
    staffing::queue_goals,
};

use super::staffing::staffing_recorded;
use crate::{
    app::App,
    error::{AppError, Outcome},
    identity::{permit, permit_network},
};

/// Ends a change of the small tables: what is in memory of them is forgotten, and the directory is as
/// it is now.
pub(super) async fn finish(app: &App, ctx: &Ctx, tx: TenantTx) -> Outcome<Directory> {
    let directory = load_directory(&tx, ctx.now()).await?;
    tx.commit().await?;
    app.forget_directory(ctx).await;
    Ok(directory)
}

pub(super) fn lost(what: &str) -> AppError {
    AppError::Internal(format!("{what} is gone within its own transaction"))
}

/// Makes a site.
pub(super) async fn create_site(app: &App, ctx: &Ctx, raw: RawSite) -> Outcome<SiteView> {
    permit_network(ctx, Permission::NetworkWrite)?;
    let site = Site::parse(ctx.new_id(), raw).map_err(AppError::Faults)?;
    let tx = app.db.begin(ctx).await?;
    insert_sites(&tx, std::slice::from_ref(&site), ctx.now()).await?;
    record(&tx, ctx, Deed::made("site.create", site.id, site_recorded(&site))).await?;
    let directory = finish(app, ctx, tx).await?;
    directory.site(site.id).cloned().ok_or_else(|| lost("site"))
}

/// What the audit says of a site.
fn site_recorded(site: &Site) -> Value {
    let Site { id: _, code, names, time_zone, opening, state } = site;
    json!({"code": code, "nameEn": names.en, "nameZh": names.zh, "timeZone": time_zone,
           "opening": opening, "state": state.as_str()})
}

/// What is to be changed of a site; `None` keeps a field.
#[derive(Debug)]
pub(super) struct SiteChange {
    pub(super) expected_version: Option<i32>,
    pub(super) code: Option<String>,
    pub(super) name_en: Option<String>,
    pub(super) name_zh: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) opening: Option<Option<OpeningHours>>,
    pub(super) state: Option<SiteState>,
}

/// Changes a site.
pub(super) async fn change_site(
    app: &App,
    ctx: &Ctx,
    id: SiteId,
    change: SiteChange,
) -> Outcome<SiteView> {
    let target = Target::site(id);
    let tx = app.db.begin(ctx).await?;
    let directory = load_directory(&tx, ctx.now()).await?;
    let current = directory.site(id).ok_or_else(|| Fault::not_found("siteId"))?;
    permit(ctx, Permission::NetworkWrite, Permission::NetworkRead, &target, "siteId")?;
    let SiteChange { expected_version, code, name_en, name_zh, time_zone, opening, state } = change;
    let stale = || {
        let current = current.version.to_string();
        Fault::new(FaultCode::StaleVersion).at("expectedVersion").with("current", current)
    };
    if expected_version.is_some_and(|expected| expected != current.version) {
        return Err(stale().into());
    }
    let stored = |error: serde_json::Error| AppError::Internal(format!("site {id}: {error}"));
    let present: SiteState = serde_json::from_value(json!(current.state)).map_err(stored)?;
    let kept = current.opening.clone().map(serde_json::from_value).transpose().map_err(stored)?;
    let before = json!({"code": current.code, "nameEn": current.name_en, "nameZh": current.name_zh,
                        "timeZone": current.time_zone, "opening": kept, "state": current.state});
    let raw = RawSite {
        code: code.unwrap_or_else(|| current.code.clone()),
        name_en: name_en.unwrap_or_else(|| current.name_en.clone()),
        name_zh: name_zh.unwrap_or_else(|| current.name_zh.clone()),
        time_zone: time_zone.unwrap_or_else(|| current.time_zone.clone()),
        opening: opening.unwrap_or(kept),
        state: state.map_or(Ok(present), |next| present.become_state(next))?,
    };
    let site = Site::parse(id, raw).map_err(AppError::Faults)?;
    if !update_site(&tx, &site, current.version, ctx.now()).await? {
        return Err(stale().into());
    }
    let deed = Deed::changed("site.update", id, before, site_recorded(&site));
    record(&tx, ctx, deed.with(json!({"version": current.version + 1}))).await?;
    let directory = finish(app, ctx, tx).await?;
    directory.site(id).cloned().ok_or_else(|| lost("site"))
}

/// What a client says about a new team.
#[derive(Debug)]
pub(super) struct NewTeam {
    pub(super) site: SiteId,
    pub(super) code: String,
    pub(super) name_en: String,
    pub(super) name_zh: String,
}

fn code_and_names(code: &str, name_en: &str, name_zh: &str) -> Outcome<(Code, Names)> {
    match (Code::parse("code", code), Names::parse(name_en, name_zh)) {
        (Ok(code), Ok(names)) => Ok((code, names)),
        (code, names) => Err(AppError::Faults(code.err().into_iter().chain(names.err()).collect())),
    }
}

/// Makes a team of a site.
pub(super) async fn create_team(app: &App, ctx: &Ctx, new: NewTeam) -> Outcome<TeamView> {
    let NewTeam { site, code, name_en, name_zh } = new;
    let tx = app.db.begin(ctx).await?;
    known_site(&load_directory(&tx, ctx.now()).await?, ctx, site, "siteId")?;
    let (code, names) = code_and_names(&code, &name_en, &name_zh)?;
    let team = Team { id: ctx.new_id(), site, code, names };
    insert_teams(&tx, std::slice::from_ref(&team), ctx.now()).await?;
    let Team { id: _, site, code, names } = &team;
    let after = json!({"siteId": site, "code": code, "nameEn": names.en, "nameZh": names.zh});
    record(&tx, ctx, Deed::made("team.create", team.id, after)).await?;
    let directory = finish(app, ctx, tx).await?;
    directory.team(team.id).cloned().ok_or_else(|| lost("team"))
}

/// The caller may write to the site, which there is.
fn known_site(directory: &Directory, ctx: &Ctx, site: SiteId, path: &str) -> Outcome<()> {
    if directory.site(site).is_none() {
        return Err(Fault::not_found(path).into());
    }
    permit(ctx, Permission::NetworkWrite, Permission::NetworkRead, &Target::site(site), path)
}

/// Makes a skill.
pub(super) async fn create_skill(
    app: &App,
    ctx: &Ctx,
    code: &str,
    name_en: &str,
    name_zh: &str,
) -> Outcome<SkillView> {
    permit_network(ctx, Permission::NetworkWrite)?;
    let (code, names) = code_and_names(code, name_en, name_zh)?;
    let skill = Skill { id: ctx.new_id(), code, names };
    let tx = app.db.begin(ctx).await?;
    insert_skills(&tx, std::slice::from_ref(&skill), ctx.now()).await?;
    let Skill { id: _, code, names } = &skill;
    let after = json!({"code": code, "nameEn": names.en, "nameZh": names.zh});
    record(&tx, ctx, Deed::made("skill.create", skill.id, after)).await?;
    let directory = finish(app, ctx, tx).await?;
    directory.skill(skill.id).cloned().ok_or_else(|| lost("skill"))
}

/// What a client says about a new queue.
#[derive(Debug)]
pub(super) struct NewQueue {
    pub(super) raw: RawQueue,
    pub(super) staffing: QueueStaffing,
}

/// What the audit says of a queue.
fn queue_recorded(queue: &Queue, staffing: &QueueStaffing) -> Value {
    let Queue { id: _, code, names, time_zone, grain, sites, skill, goals } = queue;
    let goals: Vec<Value> = goals.iter().map(goal_recorded).collect();
    json!({"code": code, "nameEn": names.en, "nameZh": names.zh, "timeZone": time_zone,
           "grainMinutes": grain.minutes(), "siteIds": sites, "skillId": skill, "goals": goals,
           "staffing": staffing_recorded(staffing)})
}

/// What the audit says of a goal.
fn goal_recorded(goal: &ServiceGoal) -> Value {
    let ServiceGoal {
        from: _,
        service_level,
        caps: GoalCaps { max_asa_seconds, max_abandonment, max_occupancy },
        threshold_seconds,
        method,
        short_abandon_seconds,
    } = goal;
    json!({"serviceLevel": service_level, "maxAsaSeconds": max_asa_seconds,
           "maxAbandonment": max_abandonment, "maxOccupancy": max_occupancy,
           "thresholdSeconds": threshold_seconds, "method": method.code(),
           "shortAbandonSeconds": short_abandon_seconds})
}

/// Makes a queue, shared when several sites take its contacts.
pub(super) async fn create_queue(app: &App, ctx: &Ctx, new: NewQueue) -> Outcome<QueueView> {
    let NewQueue { raw, staffing } = new;
    let tx = app.db.begin(ctx).await?;
    let directory = load_directory(&tx, ctx.now()).await?;
    for (at, site) in raw.sites.iter().enumerate() {
        known_site(&directory, ctx, *site, &format!("siteIds.{at}"))?;
    }
    if raw.skill.is_some_and(|skill| directory.skill(skill).is_none()) {
        return Err(Fault::not_found("skillId").into());
    }
    let patience = raw.goal.check_patience(staffing.patience_seconds).map_err(|fault| vec![fault]);
    let parsed = Queue::parse(ctx.new_id(), raw);
    let queue = match (parsed, staffing.check(), patience) {
        (Ok(queue), Ok(()), Ok(())) => queue,
        (parsed, staffing, patience) => {
            let faults = [parsed.err(), staffing.err(), patience.err()];
            return Err(AppError::Faults(faults.into_iter().flatten().flatten().collect()));
        }
    };
    let (id, after) = (queue.id, queue_recorded(&queue, &staffing));
    insert_queues(&tx, &[(queue, staffing)], ctx.now()).await?;
    record(&tx, ctx, Deed::made("queue.create", id, after)).await?;
    let directory = finish(app, ctx, tx).await?;
    directory.queue(id).cloned().ok_or_else(|| lost("queue"))
}

/// The refusal of a change to a queue that somebody changed meanwhile.
pub(super) fn stale(queue: &QueueView) -> Fault {
    let current = queue.version.to_string();
    Fault::new(FaultCode::StaleVersion).at("expectedVersion").with("current", current)
}

/// Whether the queue is as the caller has seen it; who names no version changes what there is.
pub(super) fn still_seen(queue: &QueueView, expected: Option<i32>) -> Result<(), Fault> {
    if expected.is_some_and(|expected| expected != queue.version) {
        return Err(stale(queue));
    }
    Ok(())
}

/// The queue, if the caller may change how it is run: that of a shared queue is the business of all its
/// sites.
pub(super) fn writable<'a>(
    directory: &'a Directory,
    ctx: &Ctx,
    id: QueueId,
) -> Outcome<&'a QueueView> {
    let queue = directory.queue(id).ok_or_else(|| Fault::not_found("queueId"))?;
    let viewer = ctx.viewer();
    let reaches =
        |permission, site: &SiteId| viewer.sees(permission, &Target::site(*site), ctx.now());
    if !queue.site_ids.iter().any(|site| reaches(Permission::NetworkRead, site)) {
        return Err(Fault::not_found("queueId").into());
    }
    if !queue.site_ids.iter().all(|site| reaches(Permission::NetworkWrite, site)) {
        return Err(Fault::new(FaultCode::Forbidden).at("queueId").into());
    }
    Ok(queue)
}

/// Gives a queue another goal from an instant on; what was before stays as it was.
pub(super) async fn set_goal(
    app: &App,
    ctx: &Ctx,
    id: QueueId,
    goal: ServiceGoal,
) -> Outcome<QueueView> {
    let tx = app.db.begin(ctx).await?;
    // A limit on abandonment and the patience that it needs are sound together or not at all.
    lock_queue(&tx, id).await?;
    let directory = load_directory(&tx, ctx.now()).await?;
    let queue = writable(&directory, ctx, id)?;
    let mut faults = goal.check_from(ctx.now()).err().unwrap_or_default();
    faults.extend(goal.check_patience(queue.patience_seconds).err());
    if !faults.is_empty() {
        return Err(AppError::Faults(faults));
    }
    let known = queue_goals(&tx, id).await?;
    let before = goal_at(&known, goal.from).map_or_else(|| json!({}), goal_recorded);
    set_queue_goals(&tx, &[(id, goal)]).await?;
    let deed = Deed::changed("queue.goal_set", id, before, goal_recorded(&goal));
    record(&tx, ctx, deed.with(json!({"from": goal.from}))).await?;
    let directory = finish(app, ctx, tx).await?;
    directory.queue(id).cloned().ok_or_else(|| lost("queue"))
}
