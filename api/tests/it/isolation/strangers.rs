use trunkline::graphql::{build_schema, roots::is_open};

use super::suite::Suite;

/// Fields below root fields in which the seed may have nothing that could be seen: those that need a past, a
/// second schedule or figures of this moment. A new field beyond it is one that the seed does not know: teach
/// `seed.rs` or `below.rs`.
const UNSEEN: usize = 29;

#[tokio::test]
async fn no_answer_tells_of_another_company() {
    let suite = Suite::new(build_schema()).await;
    let report = suite.run().await;
    let failures: Vec<&str> = report.failures.iter().map(String::as_str).collect();
    println!("{} isolation cases of the API: {:?}", report.total(), report.cases);
    println!("{} answers carried the own company's canary", report.own_canaries);
    println!("{} answers to people carried a personal file", report.files);
    let unseen: Vec<&String> =
        report.below.iter().filter(|(_, seen)| !**seen).map(|(place, _)| place).collect();
    let tried = report.below.len();
    println!("{tried} fields below a root field, {} empty: {unseen:?}", unseen.len());
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(report.own_canaries > 100, "the canaries are not in the answers at all");
    assert!(report.files > 20, "personal files are not in the answers at all");
    assert!(tried > 100, "nothing below a root field was tried");
    assert!(unseen.len() <= UNSEEN, "{} fields have nothing to show: {unseen:?}", unseen.len());
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
