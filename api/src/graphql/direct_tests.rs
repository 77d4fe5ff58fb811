use async_graphql::{ComplexObject, EmptyMutation, EmptySubscription, Object, Schema};

use super::*;

direct_object! {
    /// A part.
    struct Part("Part") {
        /// Id.
        id: ID,
        /// Length.
        length_seconds: i32,
    }
}

direct_object! {
    /// A whole.
    #[graphql(complex)]
    struct Whole("Whole") {
        /// Start.
        starts_at: DateTime,
        /// Name.
        name: Option<String>,
        /// Parts.
        parts: Vec<Part>,
    }
}

#[ComplexObject]
impl Whole {
    /// Only the executor can do this.
    async fn resolved(&self) -> i32 {
        7
    }
}

fn wholes() -> Vec<Whole> {
    let part = |id: &str, length_seconds| Part { id: ID::from(id), length_seconds };
    let starts_at = DateTime(jiff::Timestamp::UNIX_EPOCH);
    vec![
        Whole {
            starts_at: starts_at.clone(),
            name: Some("\"早\"".to_owned()),
            parts: vec![part("a", 1), part("b", 2)],
        },
        Whole { starts_at, name: None, parts: Vec::new() },
    ]
}

struct Query;

#[Object]
impl Query {
    async fn direct(&self) -> DirectList<Whole> {
        DirectList(wholes())
    }
    async fn executed(&self) -> Vec<Whole> {
        wholes()
    }
}

async fn answer(field: &str, selection: &str) -> serde_json::Value {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let rest = selection.split_once("FRAGMENTS").map_or("", |(_, rest)| rest);
    let selection = selection.split("FRAGMENTS").next().unwrap_or_default();
    let response = schema.execute(format!("{{ it: {field} {{ {selection} }} }} {rest}")).await;
    assert!(response.is_ok(), "{:?}", response.errors);
    serde_json::from_str(&serde_json::to_string(&response.data).expect("JSON")).expect("JSON")
}

#[tokio::test]
async fn both_ways_give_the_same_answer() {
    for selection in [
        "startsAt name parts { id lengthSeconds }",
        "__typename a: name b: name parts { x: lengthSeconds }",
        "...F parts { ... on Part { id } ... { lengthSeconds } } FRAGMENTS fragment F on Whole { startsAt }",
        "name resolved parts { id }",
        "name name",
        "parts @include(if: false) { id } name",
    ] {
        assert_eq!(
            answer("direct", selection).await,
            answer("executed", selection).await,
            "{selection}"
        );
    }
}

#[tokio::test]
async fn both_ways_have_the_same_type() {
    let sdl = Schema::new(Query, EmptyMutation, EmptySubscription).sdl();
    assert!(sdl.contains("direct: [Whole!]!") && sdl.contains("executed: [Whole!]!"), "{sdl}");
}
