use trunkline::graphql::{build_schema, roots::is_open};

use super::suite::Suite;

/// Fields below root fields in which the seed may have nothing that could be seen: those that need a past, a
/// second schedule or figures of this moment, and those of an audit row, which depend on which row the suite
/// comes upon. Any other is a field that the seed does not know: teach `seed.rs` or `below.rs`.
const UNSEEN: &[&str] = &[
    "agent id agt.externalIds",
    "agentPayMonth agentId agt.compensatoryRests",
    "demandEventLearned queueId que.demandEvent",
    "historyGaps queueId que.holes",
    "historyGaps queueId que.site",
    "node id agt.externalIds",
    "node id aud.before",
    "node id aud.details",
    "node id sch.assumptions",
    "node id sch.base",
    "node id swp.viewerCanTake",
    "nodes ids agt.externalIds",
    "nodes ids aud.before",
    "nodes ids aud.details",
    "nodes ids sch.assumptions",
    "nodes ids sch.base",
    "nodes ids swp.viewerCanTake",
    "planLevel queueIds que.groups",
    "schedule id sch.assumptions",
    "schedule id sch.base",
    "scheduleDiff fromScheduleId sch.agents",
    "scheduleDiff toScheduleId sch.agents",
    "scheduleFigures queueId que.intervals",
    "scheduleFigures scheduleId sch.intervals",
    "shiftSwap id swp.viewerCanTake",
    "shiftsDesign requirementId req.shifts",
    "wallboard siteId sit.network",
    "wallboard siteId sit.periods",
];

#[tokio::test]
async fn no_answer_tells_of_another_company() {
    let suite = Suite::new(build_schema()).await;
    let report = suite.run().await;
    let failures: Vec<&str> = report.failures.iter().map(String::as_str).collect();
    println!("{} isolation cases of the API: {:?}", report.total(), report.cases);
    println!("{} answers carried the own company's canary", report.own_canaries);
    println!("{} answers to people carried a personal file", report.files);
    let unseen: Vec<&str> =
        report.below.iter().filter(|(_, seen)| !**seen).map(|(place, _)| place.as_str()).collect();
    let tried = report.below.len();
    println!("{tried} fields below a root field, {} empty: {unseen:?}", unseen.len());
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(report.own_canaries > 100, "the canaries are not in the answers at all");
    assert!(report.files > 20, "personal files are not in the answers at all");
    assert!(tried > 100, "nothing below a root field was tried");
    let unknown: Vec<&&str> = unseen.iter().filter(|place| !UNSEEN.contains(place)).collect();
    assert!(unknown.is_empty(), "the seed has nothing to show in {unknown:?}");
}

#[tokio::test]
async fn the_door_answers_nobody_who_brings_no_token() {
    let suite = Suite::new(build_schema()).await;
    let nobody = suite.server().anonymous();
    for (field, document, variables) in suite.documents() {
        if !is_open(&field) {
            let answer = nobody.send(&document, variables).await;
            let code = &answer["errors"][0]["extensions"]["code"];
            assert_eq!(code, "UNAUTHENTICATED", "{field}: {answer}");
            assert!(answer["data"].is_null(), "{field}: {answer}");
        }
    }
}
