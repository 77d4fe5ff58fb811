//! Reading a GraphQL request from a POST body, a query string or a socket message.

use actix_web::{http::StatusCode, web::Query};
use async_graphql::Variables;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    persisted::DocumentHash,
    refusal::{ErrorCode, Refusal},
};

/// Commas and opening brackets that the JSON of a request has at most, outside of text. To read them takes
/// longer than all else about a request that is refused. The largest ones that are sent in earnest, 500
/// intervals with the spread of their waits, have less than half as many, and files come as one text.
const MOST_MARKS: usize = 100_000;

/// The parameters of one request, each of the right type.
#[derive(Debug)]
pub struct GraphqlRequest {
    /// Text of the document; empty or absent when only its hash is given.
    pub query: Option<String>,
    /// Which operation of the document.
    pub operation_name: Option<String>,
    /// Values of its variables.
    pub variables: Variables,
    /// Hash of the document, from `extensions.persistedQuery` or `documentId`.
    pub hash: Option<DocumentHash>,
    /// `extensions.idempotencyKey`.
    pub idempotency_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<Variables>,
    extensions: Option<Map<String, Value>>,
    document_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
    document_id: Option<String>,
}

impl GraphqlRequest {
    /// Reads a JSON object. Nesting is bounded by the JSON reader at 128 levels.
    ///
    /// # Errors
    /// Status 400: `PARSE_FAILED` when it is not JSON, `VALIDATION_FAILED` for an array (batches
    /// are not accepted) or a parameter of the wrong type; 413: `VALIDATION_FAILED` for JSON of
    /// more parts than any request needs.
    pub fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        // A derived reader would take an array for the fields in order.
        if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            return Err(invalid("Batches are not accepted: send one request object."));
        }
        refuse_many_parts(body)?;
        let body: Body = serde_json::from_slice(body).map_err(|error| refuse_json(&error))?;
        let Body { query, operation_name, variables, extensions, document_id } = body;
        Self::new(query, operation_name, variables, extensions.as_ref(), document_id)
    }

    /// Reads the parameters of a GET request; `variables` and `extensions` are JSON.
    ///
    /// # Errors
    /// As [`GraphqlRequest::from_json`].
    pub fn from_query_string(text: &str) -> Result<Self, Refusal> {
        let parameters = Query::<Parameters>::from_query(text)
            .map_err(|error| invalid(format!("Query string: {error}")))?
            .into_inner();
        let Parameters { query, operation_name, variables, extensions, document_id } = parameters;
        let variables = variables.as_deref().map(from_text).transpose()?.flatten();
        let extensions: Option<Map<String, Value>> =
            extensions.as_deref().map(from_text).transpose()?.flatten();
        Self::new(query, operation_name, variables, extensions.as_ref(), document_id)
    }

    fn new(
        query: Option<String>,
        operation_name: Option<String>,
        variables: Option<Variables>,
        extensions: Option<&Map<String, Value>>,
        document_id: Option<String>,
    ) -> Result<Self, Refusal> {
        let hash = match (extensions.and_then(|map| map.get("persistedQuery")), document_id) {
            (Some(persisted), _) => Some(persisted_hash(persisted)?),
            (None, Some(id)) => Some(document_hash(&id)?),
            (None, None) => None,
        };
        if query.is_none() && hash.is_none() {
            return Err(invalid("The request has no `query`."));
        }
        let idempotency_key = match extensions.and_then(|map| map.get("idempotencyKey")) {
            None | Some(Value::Null) => None,
            Some(Value::String(key)) => Some(key.clone()),
            Some(_) => return Err(invalid("`extensions.idempotencyKey` is text.")),
        };
        let variables = variables.unwrap_or_default();
        Ok(Self { query, operation_name, variables, hash, idempotency_key })
    }
}

fn from_text<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, Refusal> {
    refuse_many_parts(text.as_bytes())?;
    serde_json::from_str(text).map_err(|error| refuse_json(&error))
}

/// Counts what JSON consists of without reading it.
fn refuse_many_parts(json: &[u8]) -> Result<(), Refusal> {
    let (mut marks, mut rest) = (0, json.iter());
    while let Some(byte) = rest.next() {
        match byte {
            b',' | b'{' | b'[' => marks += 1,
            b'"' => skip_string(&mut rest),
            _ => {}
        }
        if marks > MOST_MARKS {
            let message = format!(
                "Request: its JSON has more than {MOST_MARKS} commas and brackets; send it in parts."
            );
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            return Err(Refusal::request(status, ErrorCode::ValidationFailed, message));
        }
    }
    Ok(())
}

/// Goes on behind the end of the text that has begun.
fn skip_string(rest: &mut std::slice::Iter<'_, u8>) {
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => return,
            b'\\' => {
                rest.next();
            }
            _ => {}
        }
    }
}

fn persisted_hash(persisted: &Value) -> Result<DocumentHash, Refusal> {
    let hash = match persisted.get("version").and_then(Value::as_u64) {
        Some(1) => persisted.get("sha256Hash").and_then(Value::as_str),
        _ => None,
    };
    hash.and_then(DocumentHash::from_hex).ok_or_else(|| {
        invalid("`extensions.persistedQuery` is `{ version: 1, sha256Hash: \"64 hex digits\" }`.")
    })
}

fn document_hash(id: &str) -> Result<DocumentHash, Refusal> {
    id.strip_prefix("sha256:")
        .and_then(DocumentHash::from_hex)
        .ok_or_else(|| invalid("`documentId` is `sha256:` and 64 hex digits."))
}

fn refuse_json(error: &serde_json::Error) -> Refusal {
    let code = if error.is_data() { ErrorCode::ValidationFailed } else { ErrorCode::ParseFailed };
    Refusal::request(StatusCode::BAD_REQUEST, code, format!("Request: {error}"))
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::request(StatusCode::BAD_REQUEST, ErrorCode::ValidationFailed, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> Option<ErrorCode> {
        GraphqlRequest::from_json(body.as_bytes()).err().map(|refusal| refusal.code)
    }

    #[test]
    fn null_parameters_are_as_good_as_absent_ones() {
        let body = r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#;
        assert_eq!(code(body), None);
    }

    #[test]
    fn a_parameter_of_the_wrong_type_is_invalid() {
        for body in [
            r#"{"query":1}"#,
            r#"{"query":["a"]}"#,
            r#"{"query":"{a}","operationName":{}}"#,
            r#"{"query":"{a}","variables":"x"}"#,
            r#"{"query":"{a}","variables":["x"]}"#,
            r#"{"query":"{a}","extensions":["x"]}"#,
            r#"{"query":"{a}","extensions":0}"#,
            r#"{"query":"{a}","extensions":{"persistedQuery":{"version":1}}}"#,
            r#"{"query":"{a}","extensions":{"idempotencyKey":1}}"#,
            r#"{"query":"{a}","documentId":"x"}"#,
            r#"{"nothing":1}"#,
            "null",
        ] {
            assert_eq!(code(body), Some(ErrorCode::ValidationFailed), "{body}");
        }
    }

    #[test]
    fn a_batch_is_refused() {
        assert_eq!(code(r#" [{"query":"{a}"}]"#), Some(ErrorCode::ValidationFailed));
        assert_eq!(code(r#"["{a}",null,null,null,null]"#), Some(ErrorCode::ValidationFailed));
    }

    #[test]
    fn broken_or_bottomless_json_does_not_parse() {
        assert_eq!(code("{ \"not"), Some(ErrorCode::ParseFailed));
        let deep = format!(
            r#"{{"query":"{{a}}","variables":{{"a":{}{}}}}}"#,
            "[".repeat(5_000),
            "]".repeat(5_000)
        );
        assert_eq!(code(&deep), Some(ErrorCode::ParseFailed));
    }

    #[test]
    fn json_of_more_parts_than_any_request_needs_is_refused_before_it_is_read() {
        let status = |variables: &str| {
            let body = format!(r#"{{"query":"{{a}}","variables":{{"a":{variables}}}}}"#);
            GraphqlRequest::from_json(body.as_bytes()).err().map(|refusal| refusal.status.as_u16())
        };
        let list = |count: usize, of: &str| format!("[{}]", vec![of; count].join(","));
        assert_eq!(status(&list(99_000, "1")), None);
        for (count, of) in
            [(500_000, "1"), (125_000, r#"{"a":1}"#), (50_000, "[]"), (40_000, "[[1]]")]
        {
            assert_eq!(status(&list(count, of)), Some(413), "{of}");
        }
        // A file is one value, whatever stands in it.
        let file = r#"a,b;[c],{d},\"e\",\\"#.repeat(50_000);
        assert_eq!(status(&format!(r#""{file}""#)), None);
        // 500 intervals with all that can be said of one.
        let bins = list(13, r#"{"upToSeconds":5,"answered":1,"abandoned":0}"#);
        let figures = vec![r#""answeredInThreshold":1"#; 20].join(",");
        let figure = format!(r#"{{"queue":{{"code":"a"}},{figures},"waits":{bins}}}"#);
        assert_eq!(status(&list(500, &figure)), None);
    }

    #[test]
    fn the_hash_comes_from_either_place() {
        let hash = "0".repeat(64);
        for body in [
            format!(
                r#"{{"extensions":{{"persistedQuery":{{"version":1,"sha256Hash":"{hash}"}}}}}}"#
            ),
            format!(r#"{{"documentId":"sha256:{hash}"}}"#),
        ] {
            let request = GraphqlRequest::from_json(body.as_bytes()).expect("has a hash");
            assert_eq!(request.hash, DocumentHash::from_hex(&hash));
        }
    }

    #[test]
    fn a_query_string_carries_json_parameters() {
        let request = GraphqlRequest::from_query_string("query=%7Ba%7D&variables=%7B%22b%22:1%7D")
            .expect("valid");
        assert_eq!(request.query.as_deref(), Some("{a}"));
        assert_eq!(request.variables.len(), 1);
        assert!(GraphqlRequest::from_query_string("query=%7Ba%7D&variables=1").is_err());
        assert!(GraphqlRequest::from_query_string("query=a&query=b").is_err());
        assert!(GraphqlRequest::from_query_string("").is_err());
    }
}
