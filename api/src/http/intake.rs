//! `/graphql`: a request comes in, an answer or a stream of answers goes out.

use std::{net::IpAddr, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web,
};
use async_graphql::parser::types::OperationType;
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;

use super::{
    crowd::Placed,
    engine::{Engine, RequestMeta, Via},
    negotiate::Accepted,
    refusal::{ErrorCode, Refusal},
    request::GraphqlRequest,
    request_id::request_id_of,
    response::refuse,
    socket,
    standing::Standing,
    stream,
    transport::Transport,
};

/// What is known of a request from its head.
pub(crate) fn meta_of<E: Engine>(transport: &Transport<E>, request: &HttpRequest) -> RequestMeta {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    RequestMeta {
        request_id: request_id_of(transport, request),
        peer: client_of(request, transport.settings.proxy_hops),
        accept_language: header("accept-language").map(str::to_owned),
        idempotency_key: key_in(request),
        user_agent: header("user-agent").map(str::to_owned),
    }
}

/// The `Idempotency-Key`. One that cannot be read must not be taken for none, and of several it would
/// be open which one counts: both come out as one that no call accepts.
fn key_in(request: &HttpRequest) -> Option<String> {
    let mut values = request.headers().get_all("idempotency-key");
    let first = values.next()?;
    let only = values.next().is_none();
    Some(first.to_str().ok().filter(|_| only).unwrap_or_default().to_owned())
}

/// The address of the client: the peer, or what the outermost of `hops` proxies wrote down. Each
/// proxy appends the address that it saw, so what stands further left can be made up.
fn client_of(request: &HttpRequest, hops: usize) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|address| address.ip());
    if hops == 0 {
        return peer;
    }
    let headers = request.headers().get_all("x-forwarded-for");
    let chain: Vec<&str> = headers
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(',').map(str::trim))
        .collect();
    let client = chain.len().checked_sub(hops).and_then(|at| chain[at].parse().ok());
    client.or(peer)
}

/// The credential of the `Authorization` header. Anything but one bearer token comes out as one that
/// no engine accepts: a header that cannot be read must not make its sender anonymous, and of two it
/// would be open which one a proxy has looked at.
pub(super) fn bearer(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let first = values.next()?;
    let value = match values.next() {
        None => first.to_str().unwrap_or_default(),
        Some(_) => "",
    };
    Some(match value.split_at_checked(7) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer ") => token.trim(),
        _ => "",
    })
}

/// What a 401 asks for (RFC 6750, section 3): a token, or another one than came.
pub(super) fn challenge(request: &HttpRequest) -> &'static str {
    match bearer(request) {
        None => "Bearer",
        Some(_) => r#"Bearer error="invalid_token""#,
    }
}

/// POST: one request as JSON.
pub(super) async fn post<E: Engine>(
    transport: web::Data<Transport<E>>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let transport = transport.into_inner();
    let read = async |limit: usize| {
        require_json(&request)?;
        refuse_encoded(&request)?;
        let body = read_body(&transport, &request, body, limit).await?;
        GraphqlRequest::from_json(&body)
    };
    serve(&transport, &request, Via::Post, read).await
}

/// GET: a query by hash or, where that is allowed, by text; or the upgrade to a socket.
pub(super) async fn get<E: Engine>(
    transport: web::Data<Transport<E>>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    if request.headers().contains_key(header::UPGRADE) {
        return socket::accept(transport, request, body).await;
    }
    let transport = transport.into_inner();
    let read = async |_: usize| {
        let read = GraphqlRequest::from_query_string(request.query_string())?;
        if read.query.is_some() && !transport.settings.get_queries {
            return Err(only("POST", "Send the text of a document by POST."));
        }
        Ok(read)
    };
    serve(&transport, &request, Via::Get, read).await
}

/// Any other method.
pub(super) async fn other<E: Engine>(
    transport: web::Data<Transport<E>>,
    request: HttpRequest,
) -> HttpResponse {
    let refused = async |_: usize| Err::<GraphqlRequest, _>(only("GET, POST", "Send GET or POST."));
    serve(&transport.into_inner(), &request, Via::Post, refused).await
}

/// Who, what, whether, and the answer. The credential is looked at first, so that nothing of the body is
/// read of who has a bad one. `read` gets the bytes that the body may have.
async fn serve<E: Engine>(
    transport: &Arc<Transport<E>>,
    request: &HttpRequest,
    via: Via,
    read: impl AsyncFnOnce(usize) -> Result<GraphqlRequest, Refusal>,
) -> HttpResponse {
    let accept = request.headers().get(header::ACCEPT).map(|value| value.to_str().unwrap_or("*/*"));
    let accepted = Accepted::parse(accept);
    let meta = meta_of(transport, request);
    let request_id = meta.request_id.clone();
    let answered = async {
        let began = Instant::now();
        let caller = transport.authenticate(bearer(request), &meta).await?;
        // The body has a time of its own.
        let spent = began.elapsed();
        let is_known = transport.engine.holder(&caller).is_some();
        let request_read = read(transport.settings.body_limit(is_known)).await?;
        let (mut call, executable) =
            transport.call(caller.clone(), meta.clone(), via, request_read)?;
        call.deadline -= spent;
        let subscribes = call.kind() == OperationType::Subscription;
        let media = if subscribes { accepted.stream() } else { accepted.single() };
        let media = media.ok_or_else(|| not_acceptable(subscribes))?;
        if !media.is_stream() {
            let admitted = transport.admit(call, executable).await?;
            return Ok(transport.execute(admitted).await.into_http(media, &request_id));
        }
        let place = transport.crowd.enter(meta.peer, transport.engine.holder(&caller))?;
        let token = bearer(request).map(str::to_owned);
        let standing = Standing::new(transport.clone(), meta, token, caller);
        call.via = Via::Stream;
        call.standing = Some(standing.watch());
        let admitted = transport.admit(call, executable).await?;
        let streamed = stream::respond(transport, admitted, media, standing, &request_id);
        Ok::<_, Refusal>(streamed.map_body(|_, body| Placed::wrap(body, place)))
    };
    // The id stands in every line that is logged on the way.
    let span = tracing::error_span!("request", id = %request_id);
    match answered.instrument(span).await {
        Ok(response) => response,
        Err(refusal) => {
            transport.gauges.refused(refusal.code);
            refuse(refusal, accepted.refusal(), &request_id, challenge(request))
        }
    }
}

/// Only `application/json` is taken: the types an HTML form can send would let other sites call
/// with a browser's credentials.
fn require_json(request: &HttpRequest) -> Result<(), Refusal> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let mut parts = content_type.unwrap_or_default().split(';').map(str::trim);
    let json = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    let utf8 = parts.all(|part| {
        part.split_once('=').is_none_or(|(key, value)| {
            !key.eq_ignore_ascii_case("charset")
                || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    });
    if json && utf8 {
        return Ok(());
    }
    Err(Refusal::request(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::ValidationFailed,
        "Send `content-type: application/json` in UTF-8.",
    ))
}

/// A body that is packed is refused for what it is: packed small, it may be anything.
fn refuse_encoded(request: &HttpRequest) -> Result<(), Refusal> {
    let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if request.headers().get_all(header::CONTENT_ENCODING).all(plain) {
        return Ok(());
    }
    Err(Refusal::request(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::ValidationFailed,
        "Send the body as it is, without `content-encoding`.",
    ))
}

async fn read_body<E: Engine>(
    transport: &Transport<E>,
    request: &HttpRequest,
    body: web::Payload,
    limit: usize,
) -> Result<web::Bytes, Refusal> {
    let too_large = || {
        let message = format!("The body is larger than {limit} bytes.");
        Refusal::request(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::ValidationFailed, message)
    };
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    if announced.and_then(|length| length.parse().ok()).is_some_and(|length: usize| length > limit)
    {
        return Err(too_large());
    }
    match timeout(transport.settings.body_timeout, body.to_bytes_limited(limit)).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Ok(Err(_))) => Err(Refusal::request(
            StatusCode::BAD_REQUEST,
            ErrorCode::ParseFailed,
            "The body could not be read.",
        )),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Refusal::request(
            StatusCode::REQUEST_TIMEOUT,
            ErrorCode::DeadlineExceeded,
            "The body did not arrive in time.",
        )),
    }
}

fn only(methods: &'static str, message: &'static str) -> Refusal {
    let mut refusal =
        Refusal::request(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::ValidationFailed, message);
    refusal.allow = Some(methods);
    refusal
}

fn not_acceptable(subscribes: bool) -> Refusal {
    let message = if subscribes {
        "A subscription is answered as `text/event-stream`, as `multipart/mixed; \
         boundary=graphql; subscriptionSpec=1.0` or on a socket."
    } else {
        "Answers are `application/graphql-response+json` or `application/json`."
    };
    Refusal::request(StatusCode::NOT_ACCEPTABLE, ErrorCode::ValidationFailed, message)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn json(content_type: &str) -> bool {
        let request = TestRequest::default().insert_header(("content-type", content_type));
        require_json(&request.to_http_request()).is_ok()
    }

    #[test]
    fn only_json_in_utf_8_is_taken() {
        assert!(json("application/json"));
        assert!(json("Application/JSON; charset=UTF-8"));
        assert!(!json("application/json; charset=utf-16"));
        assert!(!json("text/plain"));
        assert!(!json("application/x-www-form-urlencoded"));
        assert!(require_json(&TestRequest::default().to_http_request()).is_err());
    }

    #[test]
    fn a_packed_body_is_not_taken() {
        let taken = |encoding: &str| {
            let request = TestRequest::default().insert_header(("content-encoding", encoding));
            refuse_encoded(&request.to_http_request()).map_err(|refusal| refusal.status.as_u16())
        };
        assert_eq!(taken("identity"), Ok(()));
        for packed in ["gzip", "br", "identity, gzip", "nonsense"] {
            assert_eq!(taken(packed), Err(415), "{packed}");
        }
    }

    #[test]
    fn an_unreadable_key_and_one_of_several_are_not_absent_ones() {
        let key = |values: &[&[u8]]| {
            let request = values.iter().fold(TestRequest::default(), |request, value| {
                let value = HeaderValue::from_bytes(value).expect("a value");
                request.append_header(("idempotency-key", value))
            });
            key_in(&request.to_http_request())
        };
        let long: &[u8] = b"one-of-sixteen-and-more";
        assert_eq!(key(&[]), None);
        assert_eq!(key(&[long]).as_deref(), Some("one-of-sixteen-and-more"));
        assert_eq!(key(&[b"\xff"]).as_deref(), Some(""));
        assert_eq!(key(&[long, long]).as_deref(), Some(""));
    }

    #[test]
    fn an_unreadable_credential_is_not_an_absent_one() {
        let credential = |value: &str| {
            let request = TestRequest::default().insert_header(("authorization", value));
            bearer(&request.to_http_request()).map(str::to_owned)
        };
        assert_eq!(bearer(&TestRequest::default().to_http_request()), None);
        assert_eq!(credential("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(credential("bearer abc").as_deref(), Some("abc"));
        assert_eq!(credential("Basic abc").as_deref(), Some(""));
        assert_eq!(challenge(&TestRequest::default().to_http_request()), "Bearer");
    }
}
