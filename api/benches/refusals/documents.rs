//! Hostile documents and bodies: those of the conformance suite (`abuse.mjs`), and some that keep just
//! below a limit.

use serde_json::json;

use crate::{Abuse, wire::Head};

/// `count` pieces with a space between them.
fn repeat(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().join(" ")
}

/// A text within `open` and `close`, so many levels deep.
fn nested(levels: usize, open: &str, within: &str, close: &str) -> String {
    format!("{}{within}{}", open.repeat(levels), close.repeat(levels))
}

fn documents() -> Vec<(&'static str, String)> {
    let fragment = |at: usize| format!("fragment F{at} on Query {{ ...F{0} ...F{0} }}", at + 1);
    let flood = "__schema { types { name fields { name } } }";
    vec![
        ("101 aliases", format!("{{ {} }}", repeat(101, |at| format!("a{at}: __typename")))),
        ("3,000 aliases", format!("{{ {} }}", repeat(3000, |at| format!("a{at}: __typename")))),
        (
            "aliases through a fragment",
            format!(
                "{{ {} }} fragment F on Query {{ {} }}",
                repeat(40, |_| "...F".to_owned()),
                repeat(60, |at| format!("b{at}: __typename"))
            ),
        ),
        (
            "50 directives on a field",
            format!("{{ __typename {} }}", repeat(50, |_| "@include(if: true)".to_owned())),
        ),
        (
            "2,000 directives on a field",
            format!("{{ __typename {} }}", repeat(2000, |_| "@skip(if: false)".to_owned())),
        ),
        (
            "10 unknown directives",
            format!("{{ viewer {{ hasSecondFactor {} }} }}", "@aa".repeat(10)),
        ),
        ("500 unknown fields", format!("{{ {} }}", repeat(500, |at| format!("zz{at}")))),
        ("500 times __typename", format!("{{ {} }}", repeat(500, |_| "__typename".to_owned()))),
        (
            "200 lists of the root",
            format!(
                "{{ {} }}",
                repeat(200, |at| format!("a{at}: agents(first: 100) {{ edges {{ cursor }} }}"))
            ),
        ),
        (
            "30 nested selections",
            format!(
                "{{ __type(name: \"Query\") {{ {} }} }}",
                nested(30, "ofType { ", "name", " }")
            ),
        ),
        ("a page of 2147483647", "{ agents(first: 2147483647) { edges { cursor } } }".to_owned()),
        ("20,000 open braces", nested(20_000, "{a", "", "}")),
        (
            "1,500 nested lists",
            format!("{{ __type(name: {}) {{ name }} }}", nested(1500, "[", "", "]")),
        ),
        (
            "20,000 nested lists",
            format!("{{ __type(name: {}) {{ name }} }}", nested(20_000, "[", "", "]")),
        ),
        (
            "3,000 nested objects in a directive",
            format!("{{ __typename @include(if: {}) }}", nested(3000, "{a:", "1", "}")),
        ),
        (
            "3,000 nested input objects",
            format!("{{ __type(name: {}) {{ name }} }}", nested(3000, "{a:", "1", "}")),
        ),
        (
            "3,000 nested type brackets",
            format!("query($a: {}) {{ __typename }}", nested(3000, "[", "Int", "]")),
        ),
        ("100,000 tokens", format!("{{ {} }}", repeat(100_000, |_| "a".to_owned()))),
        (
            "fragments that double 20 times",
            format!("{{ ...F0 }} {} fragment F20 on Query {{ __typename }}", repeat(20, fragment)),
        ),
        (
            "fragments that double 90 times",
            format!("{{ ...F0 }} {} fragment F90 on Query {{ __typename }}", repeat(90, fragment)),
        ),
        (
            "fragments in a circle",
            "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(),
        ),
        (
            "2,000 unused fragments",
            format!(
                "{{ __typename }} {}",
                repeat(2000, |at| format!("fragment F{at} on Query {{ __typename }}"))
            ),
        ),
        ("1,000 operations", repeat(1000, |at| format!("query Q{at} {{ __typename }}"))),
        ("300 overlapping selections", format!("{{ {} }}", repeat(300, |_| flood.to_owned()))),
        (
            "just below the tokens that are parsed",
            format!("{{ a(x: [{}]) }}", repeat(9_900, |_| "1".to_owned())),
        ),
        (
            "just below the nesting that is parsed",
            format!("{{ a(x: {}) }}", nested(97, "[", "1", "]")),
        ),
        (
            "just below the bytes that are parsed",
            format!("{{ a(x: \"{}\") }}", "y".repeat(130_000)),
        ),
        ("1,000,000 bytes of words", format!("{{ {} }}", repeat(500_000, |_| "a".to_owned()))),
        ("no document at all", "{".to_owned()),
    ]
}

/// Whole bodies that are no request, or too much of one.
fn bodies() -> Vec<(&'static str, String)> {
    let hash = "0".repeat(64);
    let persisted = json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
    let batch = vec![json!({"query": "{ __typename }"}); 50];
    vec![
        ("an unknown persisted hash", json!({"extensions": persisted}).to_string()),
        (
            "a persisted hash of another text",
            json!({"query": "{ __typename }", "extensions": persisted}).to_string(),
        ),
        ("a batch of 50", json!(batch).to_string()),
        (
            "variables 5,000 levels deep",
            format!(
                r#"{{"query":"{{ __typename }}","variables":{{"a":{}}}}}"#,
                nested(5000, "[", "", "]")
            ),
        ),
        (
            "1,000,000 bytes of a variable",
            json!({"query": "{ nope }", "variables": {"a": "x".repeat(1_000_000)}}).to_string(),
        ),
        (
            "250,000 variables",
            format!(
                r#"{{"query":"{{ nope }}","variables":{{"a":[{}]}}}}"#,
                vec!["1"; 250_000].join(",")
            ),
        ),
        (
            "8 MiB",
            json!({"query": "{ __typename }", "variables": {"a": "x".repeat(8 << 20)}}).to_string(),
        ),
        ("no JSON", "[".repeat(100_000)),
    ]
}

/// Bodies as large as they may be, of as many parts as there is room for or as are read.
fn heavy_bodies() -> Vec<(&'static str, String)> {
    const ROOM: usize = (1 << 20) - 100;
    let of = |value: &str, count: usize| {
        let list = vec![value; count.min(ROOM / (value.len() + 1))].join(",");
        format!(r#"{{"query":"{{ nope }}","variables":{{"a":[{list}]}}}}"#)
    };
    let (object, list) = (r#"{"a":1}"#, "[[[[1]]]]");
    vec![
        ("1 MiB of numbers", of("1", ROOM)),
        ("1 MiB of objects", of(object, ROOM)),
        ("1 MiB of lists", of(list, ROOM)),
        ("1 MiB of empty lists", of("[]", ROOM)),
        ("1 MiB of one text", of(&format!("\"{}\"", "x".repeat(ROOM - 3)), 1)),
        ("1 MiB of escapes", of(&format!("\"{}\"", "\\n".repeat(ROOM / 2 - 2)), 1)),
        ("just below the parts that are read, of numbers", of("1", 99_000)),
        ("just below the parts that are read, of objects", of(object, 49_500)),
        ("just below the parts that are read, of lists", of(list, 19_900)),
        ("a field of 120,000 letters", format!(r#"{{"query":"{{ {} }}"}}"#, "x".repeat(120_000))),
    ]
}

/// The largest ones of somebody who has not signed in.
pub(crate) fn of_strangers(head: &Head) -> Vec<Abuse> {
    let abuse = |(name, body): (&'static str, String)| {
        let request = head.post(body.as_bytes());
        Abuse::new(format!("a stranger: {name}"), move |_| request.clone())
    };
    let just_below = json!({"query": "{ nope }", "variables": {"a": vec![1; 32_000]}});
    let just_below = ("64 KiB of numbers", just_below.to_string());
    heavy_bodies().into_iter().chain([just_below]).map(abuse).collect()
}

/// All of them, of a caller who has signed in.
pub(crate) fn all(head: &Head) -> Vec<Abuse> {
    let mut all = Vec::new();
    for (name, text) in documents() {
        let head = head.clone();
        all.push(Abuse::new(name, move |round| {
            // A comment makes it one that the server does not remember.
            let body = json!({"query": format!("#{round}\n{text}")});
            head.post(body.to_string().as_bytes())
        }));
    }
    for (name, body) in bodies().into_iter().chain(heavy_bodies()) {
        let head = head.clone();
        all.push(Abuse::new(name, move |_| head.post(body.as_bytes())));
    }
    let form = head.post_as("application/x-www-form-urlencoded", b"query=%7B__typename%7D");
    all.push(Abuse::new("a form of another site", move |_| form.clone()));
    let text = head.post_as("text/plain", br#"{"query":"{ __typename }"}"#);
    all.push(Abuse::new("JSON as plain text", move |_| text.clone()));
    all
}
