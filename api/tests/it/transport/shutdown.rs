use super::{server::Server, socket_client::Client};

#[actix_web::test]
async fn a_shutdown_closes_sockets_with_1012_and_the_server_then_stops() {
    let server = Server::start();
    let mut client = Client::signed_in(&server, "good").await;
    client.subscribe("1", "subscription { tick(count: 1000000, everyMs: 5) }").await;
    client.next().await;
    server.shutdown.cancel();
    let stopping = actix_web::rt::spawn(server.handle.stop(true));
    assert_eq!(client.close_code().await, 1012);
    drop(client);
    stopping.await.expect("the server stops");
    assert_eq!(server.gauges.live_streams(), 0);
}
