//! Files that tests write and nobody edits: the schema and the matrix of rights. A difference fails
//! once and leaves the new text in place, to be looked at and committed.

use std::{fs, path::PathBuf};

use trunkline::graphql::{roots::roots_text, sdl};
use trunkline_domain::identity::matrix::matrix_text;

fn assert_file(path: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if committed != text {
        fs::write(&path, text).expect("the file can be written");
        panic!("{} was out of date and has been written: look at the difference", path.display());
    }
}

#[test]
fn the_schema_is_the_committed_one() {
    assert_file("schema.graphql", &sdl());
}

#[test]
fn the_matrix_of_rights_is_the_committed_one() {
    let text = format!("# Roles\n\n{}\n# Root fields\n\n{}", matrix_text(), roots_text());
    assert_file("api/tests/it/rights.snapshot", &text);
}

#[tokio::test]
async fn every_root_field_is_in_the_matrix_and_every_line_is_a_field() {
    let document = "{ __schema { queryType { fields { name } } mutationType { fields { name } }
                                 subscriptionType { fields { name } } } }";
    let answer = trunkline::graphql::build_schema().execute(document).await;
    let schema = serde_json::to_value(answer.data).expect("answer")["__schema"].take();
    let mut fields: Vec<String> = ["queryType", "mutationType", "subscriptionType"]
        .iter()
        .flat_map(|root| schema[root]["fields"].as_array().cloned().unwrap_or_default())
        .map(|field| field["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    fields.sort_unstable();
    let mut lines: Vec<&str> =
        trunkline::graphql::roots::ROOTS.iter().map(|(field, _)| *field).collect();
    lines.sort_unstable();
    assert_eq!(fields, lines);
}
