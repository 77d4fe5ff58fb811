//! What is forgotten when its time is over, in batches, and what stays.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use trunkline_domain::{
    id::{AgentId, SessionId},
    identity::Role,
    intraday::{AgentState, StateEvent},
    time::Span,
};
use trunkline_infra::{
    ctx::new_id,
    identity::{Device, Passwords, forget_sessions, insert_session, list_sessions},
    intraday::{DayOf, agent_days, forget_states, insert_states},
    params,
};
use trunkline_testkit::{Company, Within, database};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn now() -> Timestamp {
    "2026-11-25T04:00:00Z".parse().expect("instant")
}

async fn company() -> Company {
    let database = database().await;
    Company::db_new(&database.connect().await, database, now()).await
}

/// States of a new agent, by the days before now on which they began.
async fn tell(company: &Company, number: &str, states: &[(i32, AgentState)]) -> AgentId {
    let site = company.db_site(&format!("S{number}")).await;
    let agent = company.db_agent(number, number, site, None, &[]).await;
    let event = |(days, state): &(i32, AgentState)| StateEvent {
        source: "acd".to_owned(),
        event_id: format!("{number} {days}"),
        agent,
        state: *state,
        reason: None,
        source_at: now() - DAY * *days,
        sequence: 0,
    };
    let events: Vec<StateEvent> = states.iter().map(event).collect();
    let tx = company.db_begin().await;
    insert_states(&tx, &events, now()).await.expect("events");
    tx.commit().await.expect("commit");
    agent
}

async fn events_of(company: &Company, agent: AgentId) -> i64 {
    let tx = company.db_begin().await;
    let sql = "select count(*) as value from app.agent_state_event where tenant_id = $1 and agent_id = $2";
    tx.scalar(sql, params![tx.tenant(), agent]).await.expect("rows").expect("a count")
}

#[tokio::test]
async fn old_states_go_in_batches_and_what_the_present_one_follows_from_stays() {
    use AgentState::{Available, SignedOut, Talking};
    let (ours, theirs) = (company().await, company().await);
    let worked = [(500, Available), (450, Talking), (410, SignedOut), (10, Available)];
    let worker = tell(&ours, "1", &worked).await;
    // Away for long: twice said, and still so.
    let away = tell(&ours, "2", &[(700, Available), (600, SignedOut), (590, SignedOut)]).await;
    let stranger = tell(&theirs, "1", &worked).await;
    let forget = async |most: i64| {
        let tx = ours.db_begin().await;
        let gone = forget_states(&tx, now() - DAY * 400, most).await.expect("statement");
        tx.commit().await.expect("commit");
        gone
    };
    assert_eq!([forget(2).await, forget(2).await, forget(2).await], [2, 1, 0]);
    assert_eq!((events_of(&ours, worker).await, events_of(&ours, away).await), (2, 2));
    assert_eq!(events_of(&theirs, stranger).await, 4);
}

#[tokio::test]
async fn the_state_at_the_border_of_what_is_forgotten_is_still_known() {
    use AgentState::{Available, SignedOut, Talking};
    let company = company().await;
    // Talks into the border; began at the border; was not there yet.
    let across = tell(&company, "1", &[(420, Available), (402, Talking), (398, SignedOut)]).await;
    let begun = tell(&company, "2", &[(401, Talking), (400, Available), (399, SignedOut)]).await;
    let later = tell(&company, "3", &[(399, Available), (390, SignedOut)]).await;
    let border = now() - DAY * 400;
    let known = async || {
        let tx = company.db_begin().await;
        let window = Span::of_seconds(border, 86_400);
        let date = TimeZone::UTC.to_datetime(border).date();
        let mut known = Vec::new();
        for agent in [across, begun, later] {
            let days = agent_days(&tx, DayOf::Agent(agent), date, window).await.expect("days");
            known.push(days[0].changes.first().map(|(_, state)| *state));
        }
        known
    };
    let before = known().await;
    assert_eq!(before, [Some(Talking), Some(Available), None]);
    let tx = company.db_begin().await;
    assert_eq!(forget_states(&tx, border, 9).await.expect("statement"), 2);
    tx.commit().await.expect("commit");
    assert_eq!(known().await, before);
    assert_eq!(events_of(&company, later).await, 2);
}

#[tokio::test]
async fn sessions_go_thirty_days_after_their_end() {
    let company = company().await;
    let passwords = Passwords::cheap(1).expect("hasher");
    let email = "li@example.com";
    let user = company.db_user(&passwords, email, Role::Auditor, Within::Tenant).await;
    // A session lives for fourteen days.
    let tx = company.db_begin().await;
    for days in [50, 44, 43, 0] {
        let (id, at): (SessionId, Timestamp) = (new_id(now()), now() - DAY * days);
        let secret = format!("secret {days}");
        let written =
            insert_session(&tx, id, user, &secret, &Device::default(), Some(at), at).await;
        written.expect("a session");
    }
    tx.commit().await.expect("commit");
    let forget = async |most: i64| {
        let tx = company.db_begin().await;
        let gone = forget_sessions(&tx, now(), most).await.expect("statement");
        tx.commit().await.expect("commit");
        gone
    };
    assert_eq!([forget(1).await, forget(9).await, forget(9).await], [1, 1, 0]);
    let tx = company.db_begin().await;
    let left = "select count(*) as value from app.session where tenant_id = $1";
    let left: Option<i64> = tx.scalar(left, params![tx.tenant()]).await.expect("rows");
    assert_eq!(left, Some(2));
    assert_eq!(list_sessions(&tx, user, now(), 9).await.expect("rows").len(), 1);
}
