//! Hiring in bulk, and what comes with a hire.

use jiff::{Timestamp, civil};
use trunkline_domain::{
    agents::{Contract, Grade, HeldSkill, NewAgent, RawAgent},
    archives::EntrySource,
    id::{AgentId, ContractId, SiteId, SkillId},
    schedules::ContractKind,
};
use trunkline_infra::{
    agents::{ExternalId, Hire, insert_agents},
    ctx::{Ctx, new_id},
    params,
};
use trunkline_testkit::{Company, database};

fn hire(now: Timestamp, number: usize, site: SiteId, skill: SkillId) -> Hire {
    let id: AgentId = new_id(now);
    let hired_on = civil::date(2025, 3, 1);
    let raw = RawAgent {
        number: format!("A-{number}"),
        display_name: "Lin Yue".into(),
        site,
        team: None,
        post: "agent".into(),
        hired_on,
        languages: vec!["zh".into(), "en".into()],
    };
    let contract_id: ContractId = new_id(now);
    Hire {
        agent: NewAgent::parse(raw).expect("an agent").into_agent(id),
        from: "2025-02-28T16:00:00Z".parse().expect("instant"),
        contract: Contract {
            id: contract_id,
            kind: ContractKind::Regular,
            weekly_min_seconds: 0,
            weekly_max_seconds: 144_000,
            from: hired_on,
            until: None,
        },
        skills: vec![HeldSkill {
            skill,
            grade: Grade::parse("grade", 3).expect("grade"),
            valid_until: None,
        }],
        external_ids: vec![ExternalId { source: "acd".into(), value: number.to_string() }],
        superior: None,
        decision: Some("HR-1".into()),
        source: EntrySource::Import,
    }
}

#[tokio::test]
async fn three_hundred_hires_have_three_files_one_post_and_one_entry_each() {
    let now: Timestamp = "2026-03-02T12:00:00Z".parse().expect("instant");
    let database = database().await;
    let db = database.connect().await;
    let company = Company::db_new(&db, database, now).await;
    let site = company.db_site("GZ").await;
    let skill = company.db_skill("presale").await;
    let ctx = Ctx::of_system(company.tenant, "seed", now);
    let hires: Vec<_> = (0..300).map(|number| hire(now, number, site, skill)).collect();
    let tx = db.begin(&ctx).await.expect("transaction");
    insert_agents(&tx, &ctx, &hires).await.expect("hires");
    for (table, rows) in [
        ("agent", 300),
        ("contract", 300),
        ("assignment", 300),
        ("agent_skill", 300),
        ("personal_file", 900),
        ("file_entry", 300),
    ] {
        let sql = format!("select count(*) as value from app.{table} where tenant_id = $1");
        let counted: Option<i64> = tx.scalar(sql, params![tx.tenant()]).await.expect("count");
        assert_eq!(counted, Some(rows), "{table}");
    }
    let namesake = [hire(now, 0, site, skill)];
    let twice = insert_agents(&tx, &ctx, &namesake).await.expect_err("the number is taken");
    assert_eq!(twice.constraint(), Some("agent_number_unique"));
}
