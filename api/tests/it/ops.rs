//! What the ops port tells.

use std::net::TcpListener;

use serde_json::json;
use trunkline::ops::Ops;
use trunkline_domain::id::JobId;
use trunkline_infra::{ctx::Ctx, jobs::insert_job};

use crate::support::Server;

/// Status and text of a path.
async fn get(address: &str, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("http://{address}{path}")).await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

#[tokio::test]
async fn the_ops_port_tells_living_from_started_and_ready() {
    let server = Server::start().await;
    let ops = Ops::default();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("address").to_string();
    tokio::spawn(ops.listen(listener).expect("a server"));
    let seen = async || {
        let mut seen = Vec::new();
        for path in ["/livez", "/startupz", "/readyz"] {
            seen.push(get(&address, path).await);
        }
        seen
    };
    let said = |status: u16, text: &str| (status, text.to_owned());
    assert_eq!(seen().await, [said(200, "ok"), said(503, "starting"), said(503, "starting")]);
    ops.works(Some(&server.app));
    assert_eq!(seen().await, [said(200, "ok"), said(200, "ok"), said(200, "ok")]);
    server.app.db.close().await;
    let down = said(503, "the database does not answer");
    assert_eq!(seen().await, [said(200, "ok"), said(200, "ok"), down]);
    ops.ends();
    assert_eq!(seen().await, [said(200, "ok"), said(200, "ok"), said(503, "ending")]);
    let version = format!(r#"{{"version":"{}"}}"#, env!("CARGO_PKG_VERSION"));
    assert_eq!(get(&address, "/version").await, (200, version));
    assert_eq!(get(&address, "/metrics").await.0, 200, "also without a database");
}

#[tokio::test]
async fn figures_count_what_was_asked_refused_and_is_going_on() {
    let server = Server::start().await;
    let ctx = Ctx::of_system(server.company.tenant, "test", server.app.clock.now());
    let tx = server.app.db.begin(&ctx).await.expect("transaction");
    let id: JobId = ctx.new_id();
    insert_job(&tx, &ctx, id, "test.figures", json!({}), None).await.expect("job");
    tx.commit().await.expect("commit");
    let office = server.head_office().await;
    office.ok("{ sites { code } }", json!({})).await;
    assert_eq!(office.error_code("{ users { nodes { id } } }", json!({})).await, "FORBIDDEN");
    let nobody = server.anonymous();
    assert_eq!(nobody.error_code("{ sites { code } }", json!({})).await, "UNAUTHENTICATED");
    let board = "subscription { wallboardChanged { cursor } }";
    let mut events = office.events(board, json!({})).await;
    events.next().await.expect("a board");

    let figures = server.ops.figures().await;
    for line in [
        r#"trunkline_operations_total{kind="mutation",outcome="ok"} 1"#,
        r#"trunkline_operations_total{kind="query",outcome="ok"} 1"#,
        r#"trunkline_operations_total{kind="query",outcome="FORBIDDEN"} 1"#,
        r#"trunkline_operation_seconds_count{kind="query"} 2"#,
        r#"trunkline_refusals_total{code="UNAUTHENTICATED"} 1"#,
        "trunkline_streams 1",
        "trunkline_sockets 0",
        r#"trunkline_database_connections{state="most"} "#,
        r#"trunkline_jobs{state="QUEUED"} "#,
    ] {
        assert!(figures.lines().any(|it| it.starts_with(line)), "{line}\n{figures}");
    }
}
