use std::collections::HashMap;

use async_graphql::{Variables, value};
use serde_json::json;

use super::*;
use crate::http::{
    Document, DocumentLimits, ScanLimits,
    price::{Multiplier, Price, PriceList},
};

/// Agents with skills in pages, a plain list of sites, a mutation that decides on many.
fn prices() -> PriceList {
    let object = |weight, returns: &str| Price {
        weight,
        returns: Some(returns.to_owned()),
        ..Price::default()
    };
    let list = |weight, returns: &str| Price { is_list: true, ..object(weight, returns) };
    let by = |path: &[&str], default| {
        vec![Multiplier { path: path.iter().map(|it| (*it).to_owned()).collect(), default }]
    };
    let ty = |name: &str, fields: Vec<(&str, Price)>| {
        let fields = fields.into_iter().map(|(name, price)| (name.to_owned(), price)).collect();
        (name.to_owned(), fields)
    };
    let agents =
        Price { multipliers: by(&["first"], 50), is_page: true, ..object(1, "AgentConnection") };
    let old = Price {
        deprecations: vec![
            (None, "Use agents.".to_owned()),
            (Some("page".to_owned()), "Use first.".to_owned()),
        ],
        ..object(1, "Agent")
    };
    let review = Price { multipliers: by(&["input", "decisions"], 1), ..object(10, "Payload") };
    PriceList {
        query: "Query".to_owned(),
        mutation: "Mutation".to_owned(),
        subscription: "Subscription".to_owned(),
        types: HashMap::from([
            ty(
                "Query",
                vec![
                    ("agents", agents),
                    ("old", old),
                    ("sites", list(1, "Site")),
                    ("week", Price { assumed_size: Some(200), ..list(1, "Site") }),
                    ("nodes", Price { multipliers: by(&["ids"], 1), ..list(1, "Agent") }),
                ],
            ),
            ty("Mutation", vec![("review", review)]),
            ty("Payload", vec![("results", list(1, "Result")), ("errors", list(0, "Error"))]),
            ty(
                "AgentConnection",
                vec![
                    ("nodes", Price { is_node: true, ..list(0, "Agent") }),
                    ("totalCount", object(10, "Count")),
                ],
            ),
            ty("Agent", vec![("skills", list(1, "Skill")), ("site", object(1, "Site"))]),
            ty(
                "Site",
                vec![(
                    "agents",
                    Price { multipliers: by(&["first"], 20), ..object(1, "AgentConnection") },
                )],
            ),
        ]),
    }
}

fn bill(text: &str) -> Bill {
    let (scan, limits) = (ScanLimits::default(), DocumentLimits::default());
    let document = Document::parse(text.to_owned(), &scan, &limits).expect("valid");
    let parsed = document.parsed();
    let (_, operation) = parsed.operations.iter().next().expect("an operation");
    prices().bill(&operation.node, parsed)
}

fn points(text: &str, variables: serde_json::Value) -> u64 {
    let bill = bill(text);
    bill.quote(&bill.sizes(&Variables::from_json(variables))).points
}

#[test]
fn a_page_costs_a_point_for_each_node_and_what_is_below_it_as_often() {
    assert_eq!(points("{ agents { nodes { id } } }", json!({})), 50);
    assert_eq!(
        points("{ agents(first: 3) { nodes { site { id } } totalCount { value } } }", json!({})),
        3 + 3 + 10
    );
    let nested =
        "{ agents(first: 3) { nodes { site { agents(first: 4) { nodes { skills { id } } } } } } }";
    assert_eq!(points(nested, json!({})), 3 + 3 * (1 + (4 + 4 * 5)));
    assert_eq!(bill(nested).quote(&Sizes::default()).nodes, 3 + 3 * 4);
}

#[test]
fn a_plain_list_counts_as_the_usual_number_or_as_assumed() {
    assert_eq!(points("{ sites { name } }", json!({})), 5);
    assert_eq!(points("{ week { name } }", json!({})), 200);
}

#[test]
fn variables_and_their_defaults_say_how_many() {
    let query = "query($n: Int = 7) { agents(first: $n) { nodes { id } } }";
    assert_eq!(points(query, json!({})), 7);
    assert_eq!(points(query, json!({"n": 9})), 9);
    assert_eq!(points("query($n: Int) { agents(first: $n) { nodes { id } } }", json!({})), 50);
    assert!(bill("{ agents(first: 2) { nodes { id } } }").asked.is_empty());
    assert_eq!(bill(query).asked.len(), 1);
}

#[test]
fn lists_in_arguments_multiply_wherever_the_variable_stands() {
    let three = json!([{"id": 1}, {"id": 2}, {"id": 3}]);
    for (query, variables) in [
        (
            "mutation($i: In!) { review(input: $i) { results { id } errors { code } } }",
            json!({"i": {"decisions": three}}),
        ),
        (
            "mutation($d: [D!]!) { review(input: {decisions: $d}) { results { id } errors { code } } }",
            json!({"d": three}),
        ),
        (
            "mutation($d: D!) { review(input: {decisions: [$d, $d, {a: 1}]}) { results { id } errors { code } } }",
            json!({"d": 1}),
        ),
    ] {
        assert_eq!(points(query, variables), 3 * 10 + 3, "{query}");
    }
    assert_eq!(points("{ nodes(ids: [\"a\", \"b\"]) { skills { id } } }", json!({})), 2 * (1 + 5));
}

#[test]
fn equal_fields_are_paid_once_and_others_each() {
    let twice = "{ sites { name } ...F } fragment F on Query { sites { name } }";
    assert_eq!(points(twice, json!({})), 5);
    assert_eq!(points("{ a: sites { name } b: sites { name } }", json!({})), 10);
}

#[test]
fn what_no_machine_could_count_saturates() {
    let huge = "{ agents(first: 9223372036854775807) { nodes { site { agents(first: 9223372036854775807) { nodes { skills { id } } } } } } }";
    assert_eq!(points(huge, json!({})), u64::MAX);
    assert_eq!(points("{ agents(first: -1) { nodes { id } } }", json!({})), 1);
}

#[test]
fn the_most_expensive_path_leads_to_the_highest_price_of_each_level() {
    let query = "{ sites { name } mine: agents(first: 9) { totalCount { value } nodes { all: skills { id } site { id } } } }";
    let quote = bill(query).quote(&Sizes::default());
    assert_eq!(quote.most_expensive_path, "mine.nodes.all");
    assert_eq!(bill("{ __typename }").quote(&Sizes::default()), Quote::default());
}

#[test]
fn an_answer_comes_to_what_is_in_it() {
    let bill = bill("{ agents { nodes { skills { id } } } sites { name } }");
    let none = Sizes::default();
    assert_eq!(bill.quote(&none).points, 50 + 50 * 5 + 5);
    let data = value!({
        "agents": { "nodes": [{ "skills": [{ "id": 1 }] }, { "skills": [] }] },
        "sites": [{ "name": "a" }],
    });
    assert_eq!(bill.came_to(&data, &none), 2 + 1 + 1);
}

#[test]
fn deprecated_members_are_named_with_their_notice() {
    let members = |text: &str| bill(text).deprecations.into_iter().collect::<Vec<_>>();
    assert!(members("{ sites { name } }").is_empty());
    let pair = |member: &str, notice: &str| (member.to_owned(), notice.to_owned());
    assert_eq!(members("{ old { id } }"), [pair("Query.old", "Use agents.")]);
    assert_eq!(
        members("{ old(page: 1) { id } }"),
        [pair("Query.old", "Use agents."), pair("Query.old(page)", "Use first.")]
    );
}
