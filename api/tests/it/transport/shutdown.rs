use std::net::TcpStream;

use actix_web::rt;
use serde_json::json;

use super::{
    server::{Server, answer},
    socket::{ENDLESS, until},
    socket_client::Client,
};

#[actix_web::test]
async fn a_stop_is_unready_deaf_to_new_calls_sends_sockets_away_and_finishes_what_runs() {
    let server = Server::start();
    assert_eq!(server.ops.readiness().await, Ok(()));
    let request = server.post().header("connection", "close").json(&json!({ "query": "{ held }" }));
    let running = rt::spawn(answer(request));
    server.held.begun.cancelled().await;
    let mut client = Client::signed_in(&server, "good").await;
    client.subscribe("1", ENDLESS).await;
    client.next().await;

    let stopper = server.stopper();
    let stopping = rt::spawn(async move { stopper.stop().await });
    assert_eq!(client.close_code().await, 1012);
    drop(client);
    assert_eq!(server.ops.readiness().await, Err("ending"));
    until(|| TcpStream::connect(&server.address).is_err()).await;
    assert!(!stopping.is_finished(), "a request is still running");

    server.held.end.cancel();
    let (status, body) = running.await.expect("an answer");
    assert_eq!((status, &body["data"]["held"]), (200, &json!(true)));
    stopping.await.expect("the server stops");
    assert_eq!(server.gauges.live_streams(), 0);
}
