use std::collections::BTreeMap;

use async_graphql::{ObjectType, Schema, SubscriptionType};
use serde_json::Value;

const INTROSPECTION: &str = "{ __schema {
  queryType { name } mutationType { name } subscriptionType { name }
  types { kind name isOneOf possibleTypes { name } enumValues { name }
    fields { name args { ...input } type { ...ref } }
    inputFields { ...input } } } }
fragment input on __InputValue { name defaultValue type { ...ref } }
fragment ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name } } } } }";

/// A type as it stands at a field or an argument.
#[derive(Debug, Clone)]
pub enum Ref {
    Named(String),
    List(Box<Ref>),
    NonNull(Box<Ref>),
}

impl Ref {
    fn read(json: &Value) -> Self {
        let inner = || Box::new(Self::read(&json["ofType"]));
        match text(&json["kind"]).as_str() {
            "LIST" => Self::List(inner()),
            "NON_NULL" => Self::NonNull(inner()),
            _ => Self::Named(text(&json["name"])),
        }
    }

    /// Name of the innermost type.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::List(inner) | Self::NonNull(inner) => inner.name(),
        }
    }

    /// As it is written in a document.
    pub fn written(&self) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::List(inner) => format!("[{}]", inner.written()),
            Self::NonNull(inner) => format!("{}!", inner.written()),
        }
    }
}

/// An argument, or a field of an input object.
#[derive(Debug, Clone)]
pub struct Input {
    pub name: String,
    pub ty: Ref,
    /// Must be given.
    pub required: bool,
}

/// A field of an object.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub args: Vec<Input>,
    pub ty: Ref,
}

/// A type of the schema.
#[derive(Debug)]
pub struct Type {
    pub kind: String,
    pub fields: Vec<Field>,
    pub inputs: Vec<Input>,
    pub one_of: bool,
    pub values: Vec<String>,
    /// Members of a union, objects of an interface.
    pub possible: Vec<String>,
}

/// The schema as it introduces itself.
#[derive(Debug)]
pub struct Served {
    types: BTreeMap<String, Type>,
    query: String,
    mutation: Option<String>,
    subscription: Option<String>,
}

/// What a root field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    Query,
    Mutation,
    Subscription,
}

impl Root {
    /// As it is written in a document.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
            Self::Subscription => "subscription",
        }
    }
}

impl Served {
    /// Asks the schema.
    pub async fn of<Q, M, S>(schema: &Schema<Q, M, S>) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let answer = schema.execute(INTROSPECTION).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        let json = serde_json::to_value(answer.data).expect("answer")["__schema"].take();
        let types = list(&json["types"])
            .map(|json| {
                let ty = Type {
                    kind: text(&json["kind"]),
                    fields: list(&json["fields"]).map(field).collect(),
                    inputs: list(&json["inputFields"]).map(input).collect(),
                    one_of: json["isOneOf"] == true,
                    values: list(&json["enumValues"]).map(|it| text(&it["name"])).collect(),
                    possible: list(&json["possibleTypes"]).map(|it| text(&it["name"])).collect(),
                };
                (text(&json["name"]), ty)
            })
            .collect();
        Self {
            types,
            query: text(&json["queryType"]["name"]),
            mutation: json["mutationType"]["name"].as_str().map(ToOwned::to_owned),
            subscription: json["subscriptionType"]["name"].as_str().map(ToOwned::to_owned),
        }
    }

    /// A type by name.
    pub fn ty(&self, name: &str) -> &Type {
        self.types.get(name).unwrap_or_else(|| panic!("the schema has a type {name}"))
    }

    /// All root fields of queries, mutations and subscriptions.
    pub fn roots(&self) -> impl Iterator<Item = (Root, &Field)> {
        let queries = self.ty(&self.query).fields.iter().map(|field| (Root::Query, field));
        let of = |name: &Option<String>, root| {
            let fields = name.as_ref().map_or(&[][..], |name| self.ty(name).fields.as_slice());
            fields.iter().map(move |field| (root, field))
        };
        let mutations = of(&self.mutation, Root::Mutation);
        queries.chain(mutations).chain(of(&self.subscription, Root::Subscription))
    }
}

fn field(json: &Value) -> Field {
    Field {
        name: text(&json["name"]),
        args: list(&json["args"]).map(input).collect(),
        ty: Ref::read(&json["type"]),
    }
}

fn input(json: &Value) -> Input {
    let ty = Ref::read(&json["type"]);
    let required = matches!(ty, Ref::NonNull(_)) && json["defaultValue"].is_null();
    Input { name: text(&json["name"]), ty, required }
}

fn list(json: &Value) -> impl Iterator<Item = &Value> {
    json.as_array().into_iter().flatten()
}

fn text(json: &Value) -> String {
    json.as_str().unwrap_or_default().to_owned()
}
