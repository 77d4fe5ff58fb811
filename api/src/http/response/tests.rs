use async_graphql::{PathSegment, Pos, value};

use super::*;

fn error(message: &str, path: &[&str]) -> ServerError {
    let mut error = ServerError::new(message, Some(Pos { line: 1, column: 1 }));
    error.path = path.iter().map(|key| PathSegment::Field((*key).to_owned())).collect();
    error
}

fn executed(errors: Vec<ServerError>) -> String {
    Answer::executed(Response::from_errors(errors), "r1").to_json().into_owned()
}

#[test]
fn a_validation_error_gets_its_code_and_no_data_entry() {
    let json = executed(vec![error("Unknown field \"x\". Did you mean \"y\"?", &[])]);
    assert_eq!(
        json,
        r#"{"errors":[{"message":"Unknown field \"x\".","locations":[{"line":1,"column":1}],"extensions":{"code":"VALIDATION_FAILED","requestId":"r1"}}]}"#
    );
}

#[test]
fn of_a_long_name_and_of_a_long_text_only_the_beginning_is_told() {
    let message = |sent: String| {
        let answer = Answer::refused(Refusal::document(ErrorCode::ParseFailed, sent), "r1");
        answer.response.errors[0].message.clone()
    };
    let field = |name: &str| format!("Unknown field \"{name}\" on type \"Query\".");
    let name = "x".repeat(100);
    assert_eq!(message(field(&name)), field(&name));
    let (long, cut) = (field(&"x".repeat(120_000)), field(&format!("{name}…")));
    assert_eq!(message(long.clone()), cut);
    let executed = Answer::executed(Response::from_errors(vec![error(&long, &[])]), "r1");
    assert_eq!(executed.response.errors[0].message, cut);
    assert_eq!(message("a b ".repeat(100_000)).chars().count(), MAX_MESSAGE + 1);
}

#[test]
fn what_a_resolver_let_through_does_not_leave_the_house() {
    let json = executed(vec![error("relation \"secret\" does not exist", &["a"])]);
    assert!(json.contains(r#""data":null"#));
    assert!(json.contains(r#""code":"INTERNAL""#));
    assert!(!json.contains("secret"));
}

#[test]
fn only_what_a_broken_connection_leaves_behind_is_in_doubt() {
    let coded = |code: &str| {
        let mut error = error(code, &[code]);
        error.extensions.get_or_insert_default().set("code", code);
        error
    };
    let errors = vec![coded("UNAVAILABLE"), coded("FORBIDDEN")];
    let mut answer = Answer::executed(Response::from_errors(errors), "r1");
    answer.doubt(false);
    let outcome = |at: usize| {
        answer.response.errors[at].extensions.as_ref().and_then(|it| it.get("outcome")).cloned()
    };
    assert_eq!((outcome(0), outcome(1)), (Some(value!("UNKNOWN")), None));
    let message = &answer.response.errors[0].message;
    assert!(message.contains("is not known"), "{message}");
    assert_eq!(answer.response.errors[1].message, "FORBIDDEN");
}

#[test]
fn an_argument_a_scalar_refused_keeps_its_message() {
    let json = executed(vec![error("Failed to parse \"Int\": too big", &["a"])]);
    assert!(json.contains("too big") && json.contains("INVALID_ARGUMENT"));
}

#[test]
fn the_same_error_in_many_places_is_told_once() {
    let answer = Answer::executed(Response::from_errors(vec![error("x", &[]); 10]), "r");
    assert_eq!(answer.response.errors.len(), 1);
    assert_eq!(answer.response.errors[0].locations.len(), 10);
}

#[test]
fn many_errors_are_cut_at_twenty() {
    let errors = (0..500).map(|i| error(&i.to_string(), &[])).collect();
    assert_eq!(Answer::executed(Response::from_errors(errors), "r").response.errors.len(), 20);
}

#[test]
fn refused_documents_are_400_only_where_the_media_type_allows_it() {
    let refusal = || Refusal::document(ErrorCode::ParseFailed, "no");
    assert_eq!(refuse(refusal(), Media::GraphqlResponse, "r", "Bearer").status(), 400);
    assert_eq!(refuse(refusal(), Media::Json, "r", "Bearer").status(), 200);
    let of_request = Refusal::request(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::ParseFailed, "");
    assert_eq!(refuse(of_request, Media::Json, "r", "Bearer").status(), 413);
}

#[test]
fn over_a_socket_a_replayed_answer_is_marked_and_else_the_same_to_the_letter() {
    let sent = |body: &str| {
        let answer = Answer::replayed(body.to_owned());
        serde_json::to_string(&answer.payload()).expect("JSON")
    };
    assert_eq!(
        sent(r#"{"data":{"b":1.50,"a":"é"},"extensions":{"cost":{"requested":7}}}"#),
        r#"{"data":{"b":1.50,"a":"é"},"extensions":{"cost":{"requested":7},"idempotentReplayed":true}}"#
    );
    assert_eq!(
        sent(r#"{"data":{"a":null},"errors":[{"message":"x"}]}"#),
        r#"{"data":{"a":null},"errors":[{"message":"x"}],"extensions":{"idempotentReplayed":true}}"#
    );
    let fresh = Answer::executed(Response::new(value!({ "a": 1 })), "r").written();
    let fresh = serde_json::to_string(&fresh.payload()).expect("JSON");
    assert_eq!(fresh, r#"{"data":{"a":1}}"#);
}

#[test]
fn an_executed_answer_is_200_even_with_errors() {
    let mut response = Response::new(value!({ "a": null }));
    response.errors.push(error("boom", &["a"]));
    let answer = Answer::executed(response, "r");
    assert_eq!(answer.into_http(Media::GraphqlResponse, "r").status(), 200);
}
