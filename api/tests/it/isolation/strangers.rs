use trunkline::graphql::{build_schema, roots::is_open};
use trunkline_testkit::keep_summary;

use super::suite::Suite;

/// Fields below root fields in which nobody sees anything of any object, by what they mean: the gaps of a
/// queue are those of all its sites together, and the board of one site has no row of the network. In any
/// other the seed has something to show: teach `seed.rs` or `below.rs`.
const UNSEEN: &[&str] = &["historyGaps queueId que.site", "wallboard siteId sit.network"];

#[tokio::test]
async fn no_answer_tells_of_another_company() {
    let suite = Suite::new(build_schema()).await;
    let report = suite.run().await;
    let failures: Vec<&str> = report.failures.iter().map(String::as_str).collect();
    println!("{}", keep_summary(env!("CARGO_TARGET_TMPDIR"), "isolation-api", &report.summary()));
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(report.own_canaries > 100, "the canaries are not in the answers at all");
    assert!(report.files > 20, "personal files are not in the answers at all");
    assert!(report.below.len() > 100, "nothing below a root field was tried");
    assert_eq!(
        report.unseen(),
        UNSEEN,
        "the seed has to have something to show in each other field"
    );
}

#[tokio::test]
async fn nor_does_an_answer_of_the_running_server() {
    let suite = Suite::new(build_schema()).await;
    let report = suite.over_the_wire().await;
    let failures: Vec<&str> = report.failures.iter().map(String::as_str).collect();
    println!("{}", keep_summary(env!("CARGO_TARGET_TMPDIR"), "isolation-wire", &report.summary()));
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(report.own_canaries > 20, "the canaries are not in the answers at all");
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
