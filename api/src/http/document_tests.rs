use super::*;

fn parse(text: &str) -> Result<Document, ErrorCode> {
    Document::parse(text.to_owned(), &ScanLimits::default(), &DocumentLimits::default())
        .map_err(|refusal| refusal.code)
}

fn code(text: &str) -> Option<ErrorCode> {
    parse(text).err()
}

fn nested(root: &str, levels: usize) -> String {
    format!("{{ {root} {} }}", "{ a ".repeat(levels - 1) + &"}".repeat(levels - 1))
}

#[test]
fn twelve_levels_pass_and_thirteen_do_not() {
    assert_eq!(code(&nested("a", 12)), None);
    assert_eq!(code(&nested("a", 13)), Some(ErrorCode::QueryTooDeep));
}

#[test]
fn introspection_has_sixteen_levels() {
    assert_eq!(code(&nested("__schema", 16)), None);
    assert_eq!(code(&nested("__schema", 17)), Some(ErrorCode::QueryTooDeep));
}

#[test]
fn depth_counts_through_fragments() {
    let inner = "{ a { a { a { a { a { a } } } } } }";
    let text = format!(
        "{{ a {{ a {{ a {{ a {{ a {{ a {{ a {{ ...F }} }} }} }} }} }} }} }} fragment F on Q {inner}"
    );
    assert_eq!(code(&text), Some(ErrorCode::QueryTooDeep));
}

#[test]
fn aliases_count_each_time_their_fragment_is_spread() {
    let aliases: String = (0..16).map(|i| format!("b{i}: a ")).collect();
    let once = format!("{{ ...F }} fragment F on Q {{ {aliases} }}");
    let twice = format!("{{ ...F ...F }} fragment F on Q {{ {aliases} }}");
    assert_eq!(code(&once), None);
    assert_eq!(code(&twice), Some(ErrorCode::QueryTooCostly));
}

#[test]
fn duplicate_fields_count() {
    assert_eq!(code(&format!("{{ {} }}", "a ".repeat(51))), Some(ErrorCode::QueryTooCostly));
    assert_eq!(
        code(&format!("{{ a {{ {} }} }}", "a ".repeat(1_000))),
        Some(ErrorCode::QueryTooCostly)
    );
    assert_eq!(code(&format!("{{ a {{ {} }} }}", "a ".repeat(999))), None);
}

#[test]
fn directives_count() {
    let directives = "@include(if: true) ".repeat(11);
    assert_eq!(code(&format!("{{ a {directives} }}")), Some(ErrorCode::QueryTooCostly));
    assert_eq!(code(&format!("query {directives} {{ a }}")), Some(ErrorCode::QueryTooCostly));
}

#[test]
fn fragments_that_double_are_weighed_once_each() {
    let mut text = String::from("{ ...F0 } ");
    for i in 0..60 {
        text += &format!("fragment F{i} on Q {{ ...F{} ...F{} }} ", i + 1, i + 1);
    }
    text += "fragment F60 on Q { a }";
    // 2^60 fields: only memoised, saturating sums come back from this at all.
    assert_eq!(code(&text), Some(ErrorCode::QueryTooCostly));
}

#[test]
fn a_fragment_counts_as_deep_as_it_is_spread_wherever_it_was_weighed() {
    let text = |inline: usize, chain: usize| {
        let links: String =
            (0..chain).map(|i| format!("fragment F{i} on Q {{ ...F{} }} ", i + 1)).collect();
        let (open, close) = ("... { ".repeat(inline), "} ".repeat(inline));
        format!("{{ ...F0 {open} ...F0 {close} }} {links} fragment F{chain} on Q {{ a }}")
    };
    assert_eq!(code(&text(0, 45)), None);
    assert_eq!(code(&text(20, 20)), None);
    assert_eq!(code(&text(20, 45)), Some(ErrorCode::QueryTooDeep));
}

#[test]
fn a_cycle_of_fragments_is_invalid() {
    let text = "{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }";
    assert_eq!(code(text), Some(ErrorCode::ValidationFailed));
}

#[test]
fn an_unused_or_undefined_fragment_is_invalid() {
    assert_eq!(code("{ a } fragment F on Q { a }"), Some(ErrorCode::ValidationFailed));
    assert_eq!(code("{ ...F }"), Some(ErrorCode::ValidationFailed));
}

#[test]
fn syntax_errors_tell_where() {
    let refusal =
        Document::parse("{ a".to_owned(), &ScanLimits::default(), &DocumentLimits::default())
            .expect_err("no closing brace");
    assert_eq!(refusal.code, ErrorCode::ParseFailed);
    assert_eq!(refusal.locations.len(), 1);
}

#[test]
fn the_operation_is_chosen_by_name() {
    let document = parse("query A { a } mutation B { b }").expect("valid");
    assert!(document.operation(None).is_err());
    assert!(document.operation(Some("C")).is_err());
    let operation = document.operation(Some("B")).expect("there is a B");
    assert_eq!(operation.kind(), OperationType::Mutation);
    assert_eq!(operation.root_fields(), ["b"]);
}

#[test]
fn root_fields_are_seen_through_fragments() {
    let document = parse("{ a ... { b } ...F } fragment F on Q { __schema { x } }").expect("valid");
    let operation = document.operation(None).expect("the only one");
    assert_eq!(operation.root_fields(), ["a", "b", "__schema"]);
    assert!(operation.introspects());
}
