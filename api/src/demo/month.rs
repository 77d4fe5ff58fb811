//! The month behind: what the team of the printed logins was planned to do and did, so that the close of
//! the month finds something to write into its files.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::json;
use trunkline_domain::{
    archives::{Payload, quality::EvaluationForm},
    id::{AgentId, FileId, SiteId},
    identity::{Grant, Role, Scope, Subject, Viewer},
    intraday::{AgentState, StateEvent},
    schedules::{Activity, ActivityCategory, NewShift, Shift},
    time::{Span, instant_of_local, local_of_instant, monday_of, start_of_day},
};
use trunkline_infra::{
    archives::{EntryView, counted_months, entries_of_files, files_of_agents},
    ctx::Ctx,
    db::TenantTx,
    identity::list_users,
    intraday::insert_states,
    network::SiteView,
    schedules::{
        NewSchedule, ScheduleFilter, insert_schedule, insert_shifts, list_schedules,
        publish_schedule,
    },
};

use super::{
    company::{CompanyPlan, PARTNER, PRINTED_AGENT},
    history::seeded,
    inside::Inside,
    people::{SENIOR, first_team},
    team::members,
};
use crate::{
    archives::close_months,
    error::{AppError, Outcome},
};

const ENTRY: &str = "mutation($input: FileEntryAddInput!) {
    fileEntryAdd(input: $input) { userErrors { code message } } }";
const MOVE: &str = "mutation($input: AgentMoveInput!) {
    agentMove(input: $input) { userErrors { code message } } }";
/// Evaluations of each agent: as many as a grade needs.
const EVALUATIONS: u32 = 4;
/// Who evaluates.
const ANALYST: &str = "quality@huayin.example";
/// What the letter of praise is for.
const PRAISE: &str = "耐心 / patience";

/// Fills in the month before this one for the first team, unless it is there, and closes it. From the
/// first day of this one on, the agent whose login is printed is a senior one.
pub(super) async fn ensure(
    inside: &Inside,
    ctx: &Ctx,
    company: &CompanyPlan,
    today: Date,
    seed: u64,
) -> Outcome<()> {
    let app = &inside.app;
    let this_month = today.first_of_month();
    let first = this_month.saturating_sub(1.month());
    // The running week is planned by itself, though it may begin in the month before.
    let last = first.last_of_month().min(monday_of(today).saturating_sub(1.day()));
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    let Some(plan) = company.sites.first() else { return Ok(()) };
    let Some((site, agents)) = members(&tx, &directory, plan.code, &first_team(plan)).await? else {
        return Ok(());
    };
    let Some(zone) = directory.site(site).map(SiteView::zone) else { return Ok(()) };
    let filter = ScheduleFilter { site, all_states: false };
    let planned = !list_schedules(&tx, &filter, None, 1).await?.is_empty();
    let praised = agents.iter().find(|agent| agent.number == PRINTED_AGENT).or(agents.first());
    // A start that was cut short may have done it.
    let promoted = praised.filter(|it| it.post != SENIOR && it.hired_on < this_month);
    let (praised, promoted) = (praised.map(|it| it.id), promoted.map(|it| it.id));
    let agents: Vec<AgentId> = agents.iter().map(|agent| agent.id).collect();
    let counted = counted_months(&tx, first).await?;
    drop(tx);
    if !planned {
        evaluate(inside, ctx, first, (&agents, praised), seed).await?;
        if let Some(agent) = promoted {
            promote(inside, agent, this_month, &zone).await?;
        }
        // The plan comes last: as long as it is missing, the files are looked through again.
        let tx = app.db.begin(ctx).await?;
        write(&tx, ctx, (site, &zone), (first, last), &agents, seed).await?;
        tx.commit().await?;
    }
    let closed = |site: SiteId| counted.iter().any(|it| (it.site_id, it.month) == (site, first));
    if !planned || !directory.sites.iter().all(|site| closed(site.id)) {
        close_months(app, ctx).await?;
    }
    Ok(())
}

/// Shifts of the weekdays, and what the telephone system saw of them.
async fn write(
    tx: &TenantTx,
    ctx: &Ctx,
    (site, zone): (SiteId, &TimeZone),
    (first, last): (Date, Date),
    agents: &[AgentId],
    seed: u64,
) -> Outcome<()> {
    let random = &mut seeded(seed, 31, 1, 3);
    let id = ctx.new_id();
    let result = json!({});
    let plan = NewSchedule { id, site, first, last, seed: None, result, base: None, name: None };
    insert_schedule(tx, ctx, plan).await?;
    let (mut shifts, mut events) = (Vec::new(), Vec::new());
    for agent in agents {
        for date in first.series(1.day()).take_while(|date| *date <= last) {
            if date.weekday().to_monday_zero_offset() >= 5 {
                continue;
            }
            let shift = shift(ctx, site, *agent, date, zone)?;
            worked(*agent, &shift, &mut events, random);
            shifts.push(shift);
        }
    }
    insert_shifts(tx, id, &shifts).await?;
    publish_schedule(tx, ctx, id, 1).await?;
    for part in events.chunks(5_000) {
        insert_states(tx, part, ctx.now()).await?;
    }
    Ok(())
}

/// Half past eight hours from nine o'clock, with a meal and a break.
fn shift(ctx: &Ctx, site: SiteId, agent: AgentId, date: Date, zone: &TimeZone) -> Outcome<Shift> {
    let start = instant_of_local(date.at(9, 0, 0, 0), zone).0;
    let parts = [
        (ActivityCategory::OnQueue, 180),
        (ActivityCategory::Meal, 30),
        (ActivityCategory::OnQueue, 150),
        (ActivityCategory::Break, 15),
        (ActivityCategory::OnQueue, 135),
    ];
    let mut end = start;
    let mut activities = Vec::new();
    for (category, minutes) in parts {
        let span = Span::of_seconds(end, minutes * 60);
        end = span.end();
        activities.push(Activity { category, span, paid: category != ActivityCategory::Meal });
    }
    let span = Span::new(start, end).unwrap_or(Span::of_seconds(start, 0));
    let new =
        NewShift { id: ctx.new_id(), agent, site, span, activities, needs: Vec::new(), version: 1 };
    Shift::new(new, zone).map_err(|error| AppError::Internal(error.to_string()))
}

/// States of a shift: three in a hundred stay away, eight come late, the others follow the plan.
fn worked(
    agent: AgentId,
    shift: &Shift,
    events: &mut Vec<StateEvent>,
    random: &mut Xoshiro256PlusPlus,
) {
    let mut say = |at: Timestamp, state: AgentState| {
        events.push(StateEvent {
            source: PARTNER.to_owned(),
            event_id: format!("{agent} {at}"),
            agent,
            state,
            reason: None,
            source_at: at,
            sequence: 0,
        });
    };
    let seconds = |random: &mut Xoshiro256PlusPlus, from: i64, to: i64| {
        SignedDuration::from_secs(random.random_range(from..to))
    };
    if random.random_bool(0.03) {
        say(shift.span().start(), AgentState::SignedOut);
        return;
    }
    let late = random.random_bool(0.08);
    let mut now = shift.span().start();
    if late {
        now += seconds(random, 300, 1_500);
    }
    for activity in shift.activities() {
        if activity.category != ActivityCategory::OnQueue {
            now = now.max(activity.span.start());
            say(now, AgentState::Aux);
            now = activity.span.end();
            continue;
        }
        while now < activity.span.end() {
            say(now, AgentState::Available);
            now += seconds(random, 20, 240);
            say(now, AgentState::Talking);
            now += seconds(random, 120, 480);
            if random.random_bool(0.2) {
                say(now, AgentState::Holding);
                now += seconds(random, 10, 90);
            }
            say(now, AgentState::AfterCallWork);
            now += seconds(random, 15, 90);
        }
    }
    say(now.max(shift.span().end()), AgentState::SignedOut);
}

/// The analyst evaluates contacts, and HR writes down one letter of praise: each that the files do
/// not have yet.
async fn evaluate(
    inside: &Inside,
    ctx: &Ctx,
    month: Date,
    (agents, praised): (&[AgentId], Option<AgentId>),
    seed: u64,
) -> Outcome<()> {
    let tx = inside.app.db.begin(ctx).await?;
    let users = list_users(&tx, None, 1_000).await?;
    let known = Known::read(&tx, agents).await?;
    drop(tx);
    let Some(analyst) = users.iter().find(|user| user.email == ANALYST) else { return Ok(()) };
    let Some(form) = EvaluationForm::published().first() else { return Ok(()) };
    let (role, scope, from) = (Role::QualityAnalyst, Scope::Tenant, Timestamp::UNIX_EPOCH);
    let analyst = Viewer {
        subject: Subject::User(analyst.id),
        grants: vec![Grant { role, scope, from, until: None }],
        ..Viewer::system(inside.tenant())
    };
    let analyst = inside.speaking_as(analyst);
    let random = &mut seeded(seed, 31, 2, 3);
    for (agent, number) in
        agents.iter().flat_map(|agent| (1..=EVALUATIONS).map(move |n| (agent, n)))
    {
        let on = month.saturating_add(i64::from(number * 6).days());
        let contact = format!("call {on} {number}");
        // Drawn also for what is known, so that the others come out as they would have.
        let answers: Vec<_> = form
            .items
            .iter()
            .map(|item| {
                let answer = if random.random_bool(0.08) { "PARTLY" } else { "YES" };
                json!({"item": item.code, "answer": answer})
            })
            .collect();
        if known.contacts.contains(&(*agent, contact.clone())) {
            continue;
        }
        let evaluation = json!({"contact": contact, "contactOn": on,
            "form": form.code, "formVersion": form.version, "answers": answers});
        let input = json!({"agentId": agent.to_string(), "effectiveOn": on,
                           "content": {"evaluation": evaluation}});
        analyst.ask(ENTRY, json!({"input": input})).await?;
    }
    if let Some(agent) = praised.filter(|_| !known.praised) {
        let letter = json!({"reward": {"kind": "PRAISE_LETTER", "reason": PRAISE}});
        let on = local_of_instant(ctx.now(), &TimeZone::UTC).date().first_of_month();
        let input = json!({"agentId": agent.to_string(), "effectiveOn": on, "content": letter});
        inside.ask(ENTRY, json!({"input": input})).await?;
    }
    Ok(())
}

/// Makes an agent a senior one from the first day of a month on, as HR does.
async fn promote(inside: &Inside, agent: AgentId, month: Date, zone: &TimeZone) -> Outcome<()> {
    let (from, decision) = (start_of_day(month, zone), month.strftime("HR-%Y-%m").to_string());
    let input = json!({"agentId": agent.to_string(), "effectiveAt": from, "post": SENIOR,
                       "reason": "PROMOTION", "decision": decision});
    inside.ask(MOVE, json!({"input": input})).await?;
    Ok(())
}

/// What a start that was cut short has left in the files.
#[derive(Default)]
struct Known {
    /// Contacts that were evaluated, and whose they are.
    contacts: BTreeSet<(AgentId, String)>,
    /// Whether the letter is there.
    praised: bool,
}

impl Known {
    async fn read(tx: &TenantTx, agents: &[AgentId]) -> Outcome<Self> {
        let files = files_of_agents(tx, agents).await?;
        let owners: BTreeMap<FileId, AgentId> =
            files.into_iter().map(|file| (file.id, file.agent_id)).collect();
        let ids: Vec<FileId> = owners.keys().copied().collect();
        let mut known = Self::default();
        for EntryView { entry, .. } in entries_of_files(tx, &ids).await? {
            match entry.payload {
                Payload::Evaluation(it) => {
                    let owner = owners.get(&entry.file);
                    known.contacts.extend(owner.map(|agent| (*agent, it.contact)));
                }
                Payload::Reward(it) => known.praised |= it.reason == PRAISE,
                _ => {}
            }
        }
        Ok(known)
    }
}
