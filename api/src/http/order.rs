//! Response keys in the order of the document.
//!
//! The executor resolves the fields of an object side by side and inserts them as they complete.
//! The specification (section 7.2.2, "Serialized Map Ordering") asks for the document's order, and
//! people who read answers do too.

use async_graphql::{
    Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::document::Operation;

/// The response keys of one level in order, each with those below it.
#[derive(Default)]
struct Keys<'d>(IndexMap<&'d str, Self>);

/// Puts the keys of `data` into the order in which `operation` first names them. Where fragments on
/// different types name the same keys in different order, the first fragment's order is used.
pub(super) fn put_in_order(data: &mut Value, operation: &Operation<'_>) {
    let mut keys = Keys::default();
    keys.collect(operation.selection_set(), operation.document());
    keys.arrange(data);
}

impl<'d> Keys<'d> {
    fn collect(&mut self, set: &'d SelectionSet, document: &'d ExecutableDocument) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self
                    .0
                    .entry(field.node.response_key().node.as_str())
                    .or_default()
                    .collect(&field.node.selection_set.node, document),
                Selection::InlineFragment(inline) => {
                    self.collect(&inline.node.selection_set.node, document);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = document.fragments.get(name) {
                        self.collect(&fragment.node.selection_set.node, document);
                    }
                }
            }
        }
    }

    fn arrange(&self, value: &mut Value) {
        // Below a leaf there is nothing to arrange, whatever JSON a scalar may hold.
        if self.0.is_empty() {
            return;
        }
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.arrange(item)),
            Value::Object(object) => {
                let place = |key: &str| self.0.get_index_of(key);
                if !object.keys().map(|key| place(key)).is_sorted() {
                    object.sort_by_cached_key(|key, _| place(key));
                }
                for (key, below) in object {
                    if let Some(keys) = self.0.get(key.as_str()) {
                        keys.arrange(below);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;
    use crate::http::{
        document::{Document, DocumentLimits},
        scan::ScanLimits,
    };

    fn ordered(query: &str, mut data: Value) -> String {
        let (scan, limits) = (ScanLimits::default(), DocumentLimits::default());
        let document = Document::parse(query.to_owned(), &scan, &limits).expect("valid");
        put_in_order(&mut data, &document.operation(None).expect("the only one"));
        data.to_string()
    }

    #[test]
    fn keys_follow_the_document_at_every_level() {
        let data = value!({ "m": 1, "z": [{ "b": 1, "a": 2 }, null, { "a": 3, "b": 4 }], "a": 2 });
        assert_eq!(
            ordered("{ z { a b } a m }", data),
            "{z: [{a: 2, b: 1}, null, {a: 3, b: 4}], a: 2, m: 1}"
        );
    }

    #[test]
    fn aliases_and_fragments_name_the_keys() {
        let data = value!({ "x": { "d": 1, "c": 2 }, "y": 2 });
        let query = "{ y: a ...F x: b { d } } fragment F on Q { x: b { c } }";
        assert_eq!(ordered(query, data), "{y: 2, x: {c: 2, d: 1}}");
    }
}
