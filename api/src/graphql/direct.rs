//! Answers of the few hot subtrees, written as JSON in one walk.
//!
//! The executor spends a future and a map entry on every field of every object. For a list of
//! hundreds of rows whose selection asks for plain fields only, [`DirectList`] walks the selection
//! set once, makes a [`Plan`] of it, and writes each row's JSON by that plan. Whatever a plan cannot
//! express (a field with a resolver or an argument, a directive, the same key twice) goes through
//! the executor as usual, with the same result.
//!
//! Rights are checked at the door of the subtree, before the rows are read: plain fields carry none
//! of their own.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, ID, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
    registry::Registry,
};

use super::{Date, DateTime, TimeZone};

/// Key under which the value type carries ready JSON to the serialiser.
const RAW_VALUE_TOKEN: &str = "$serde_json::private::RawValue";

/// What is to be written of a value: for an object its fields in order, for anything else nothing.
#[derive(Debug, Default)]
pub struct Plan(Vec<Slot>);

#[derive(Debug)]
struct Slot {
    /// The response key with its quotes and colon.
    key: String,
    what: What,
    below: Plan,
}

#[derive(Debug)]
enum What {
    TypeName(&'static str),
    /// Place of the field in [`DirectObject::FIELDS`].
    Field(usize),
}

/// The fragments of the running document.
pub type Fragments = std::collections::HashMap<Name, Positioned<FragmentDefinition>>;

/// A value that can be written as JSON by a plan.
pub trait Direct {
    /// Makes the plan of a selection on this type; `None` when only the executor can do it.
    fn plan(set: &SelectionSet, fragments: &Fragments) -> Option<Plan>;
    /// Appends the value as JSON.
    fn write(&self, plan: &Plan, out: &mut String);
}

/// An object of the schema whose plain fields can be written directly. Implemented by
/// [`direct_object!`](crate::direct_object), from the same fields that make the GraphQL type.
pub trait DirectObject {
    /// Name of the GraphQL type.
    const TYPE: &'static str;
    /// Rust names of the plain fields.
    const FIELDS: &'static [&'static str];
    /// Makes the plan of a selection below a plain field.
    fn plan_field(field: usize, set: &SelectionSet, fragments: &Fragments) -> Option<Plan>;
    /// Appends a plain field as JSON.
    fn write_field(&self, field: usize, plan: &Plan, out: &mut String);
}

impl<T: DirectObject> Direct for T {
    fn plan(set: &SelectionSet, fragments: &Fragments) -> Option<Plan> {
        let mut slots = Vec::new();
        collect::<T>(set, fragments, &mut slots)?;
        let mut keys: Vec<&str> = slots.iter().map(|slot| slot.key.as_str()).collect();
        keys.sort_unstable();
        let distinct = keys.windows(2).all(|pair| pair[0] != pair[1]);
        distinct.then_some(Plan(slots))
    }

    fn write(&self, plan: &Plan, out: &mut String) {
        let mut separator = '{';
        for slot in &plan.0 {
            out.push(separator);
            separator = ',';
            out.push_str(&slot.key);
            match slot.what {
                What::TypeName(name) => write_text(name, out),
                What::Field(field) => self.write_field(field, &slot.below, out),
            }
        }
        out.push('}');
    }
}

fn collect<T: DirectObject>(
    set: &SelectionSet,
    fragments: &Fragments,
    slots: &mut Vec<Slot>,
) -> Option<()> {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => slots.push(slot::<T>(&field.node, fragments)?),
            Selection::FragmentSpread(spread) if spread.node.directives.is_empty() => {
                let fragment = &fragments.get(&spread.node.fragment_name.node)?.node;
                if fragment.type_condition.node.on.node != T::TYPE {
                    return None;
                }
                collect::<T>(&fragment.selection_set.node, fragments, slots)?;
            }
            Selection::InlineFragment(inline) if inline.node.directives.is_empty() => {
                let on = inline.node.type_condition.as_ref();
                if on.is_some_and(|condition| condition.node.on.node != T::TYPE) {
                    return None;
                }
                collect::<T>(&inline.node.selection_set.node, fragments, slots)?;
            }
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => return None,
        }
    }
    Some(())
}

fn slot<T: DirectObject>(field: &Field, fragments: &Fragments) -> Option<Slot> {
    if !field.directives.is_empty() || !field.arguments.is_empty() {
        return None;
    }
    let mut key = String::new();
    write_text(&field.response_key().node, &mut key);
    key.push(':');
    let name = field.name.node.as_str();
    if name == "__typename" {
        return Some(Slot { key, what: What::TypeName(T::TYPE), below: Plan::default() });
    }
    let at = T::FIELDS.iter().position(|rust| is_camel_of(name, rust))?;
    let below = T::plan_field(at, &field.selection_set.node, fragments)?;
    Some(Slot { key, what: What::Field(at), below })
}

/// Whether `name` is the GraphQL spelling of a Rust field, e.g. `startsAt` of `starts_at`.
fn is_camel_of(name: &str, rust: &str) -> bool {
    let mut upper = false;
    let camel = rust.chars().filter_map(|letter| {
        if letter == '_' {
            upper = true;
            return None;
        }
        Some(if std::mem::take(&mut upper) { letter.to_ascii_uppercase() } else { letter })
    });
    camel.eq(name.chars())
}

/// Appends a text as a JSON string.
pub fn write_text(text: &str, out: &mut String) {
    let quoted = serde_json::to_string(text);
    out.push_str(quoted.as_deref().unwrap_or("\"\""));
}

/// Leaves are written through what they are made of.
macro_rules! leaves {
    ($($ty:ty => |$it:ident, $out:ident| $write:expr;)*) => {$(
        impl Direct for $ty {
            fn plan(_: &SelectionSet, _: &Fragments) -> Option<Plan> {
                Some(Plan::default())
            }
            fn write(&self, _: &Plan, $out: &mut String) {
                let $it = self;
                $write;
            }
        }
    )*};
}
leaves! {
    String => |it, out| write_text(it, out);
    ID => |it, out| write_text(it, out);
    DateTime => |it, out| push(out, format_args!("\"{}\"", it.0));
    Date => |it, out| push(out, format_args!("\"{}\"", it.0));
    TimeZone => |it, out| write_text(&it.0, out);
    i32 => |it, out| push(out, format_args!("{it}"));
    bool => |it, out| out.push_str(if *it { "true" } else { "false" });
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = std::fmt::Write::write_fmt(out, text);
}

impl<T: Direct> Direct for Option<T> {
    fn plan(set: &SelectionSet, fragments: &Fragments) -> Option<Plan> {
        T::plan(set, fragments)
    }
    fn write(&self, plan: &Plan, out: &mut String) {
        match self {
            Some(value) => value.write(plan, out),
            None => out.push_str("null"),
        }
    }
}

impl<T: Direct> Direct for Vec<T> {
    fn plan(set: &SelectionSet, fragments: &Fragments) -> Option<Plan> {
        T::plan(set, fragments)
    }
    fn write(&self, plan: &Plan, out: &mut String) {
        out.push('[');
        for (at, item) in self.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            item.write(plan, out);
        }
        out.push(']');
    }
}

/// A list that is written directly where its selection allows, else by the executor.
#[derive(Debug)]
pub struct DirectList<T>(pub Vec<T>);

impl<T: OutputType + Direct> OutputType for DirectList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let Some(plan) = T::plan(&ctx.item.node, &ctx.query_env.fragments) else {
            return self.0.resolve(ctx, field).await;
        };
        let mut json = String::with_capacity(self.0.len() * 256 + 2);
        self.0.write(&plan, &mut json);
        Ok(Value::Object(IndexMap::from([(Name::new(RAW_VALUE_TOKEN), Value::String(json))])))
    }
}

/// Declares an object of the schema whose fields are plain: the GraphQL type and the direct writer
/// come from the same list, so they cannot drift. Fields with resolvers are added in a
/// `#[ComplexObject]` when the declaration says `complex`.
#[macro_export]
macro_rules! direct_object {
    (
        $(#[doc = $doc:literal])* $(#[graphql($($graphql:tt)*)])?
        $vis:vis struct $name:ident($type:literal) {
            $($(#[doc = $field_doc:literal])* $field:ident: $ty:ty,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, async_graphql::SimpleObject)]
        $(#[graphql($($graphql)*)])?
        $vis struct $name {
            $($(#[doc = $field_doc])* pub $field: $ty,)*
        }

        impl $crate::graphql::direct::DirectObject for $name {
            const TYPE: &'static str = $type;
            const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn plan_field(
                field: usize,
                set: &async_graphql::parser::types::SelectionSet,
                fragments: &$crate::graphql::direct::Fragments,
            ) -> Option<$crate::graphql::direct::Plan> {
                let mut at = 0;
                $(
                    if field == at {
                        return <$ty as $crate::graphql::direct::Direct>::plan(set, fragments);
                    }
                    at += 1;
                )*
                let _ = at;
                None
            }

            fn write_field(
                &self,
                field: usize,
                plan: &$crate::graphql::direct::Plan,
                out: &mut String,
            ) {
                let mut at = 0;
                $(
                    if field == at {
                        return $crate::graphql::direct::Direct::write(&self.$field, plan, out);
                    }
                    at += 1;
                )*
                let _ = at;
            }
        }
    };
}

#[cfg(test)]
#[path = "direct_tests.rs"]
mod tests;
