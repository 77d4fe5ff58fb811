//! What the members of a schema cost, and an operation as the tree of what it pays for.
//!
//! The tree is made once for each document and kept with it; what depends on variables is worked
//! out for each call (`quote`). It is made after the document was weighed, so it has no more items
//! than an operation may have fields.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{
    Name, Positioned, Value,
    parser::types::{
        ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
        VariableDefinition,
    },
};

/// What a field costs and how often it does.
#[derive(Debug, Clone, Default)]
pub struct Price {
    /// Points for each object, or for the value of a leaf.
    pub weight: u32,
    /// Arguments that say how many objects come, e.g. `first` or `input.decisions`.
    pub multipliers: Vec<Multiplier>,
    /// Whether a list comes.
    pub is_list: bool,
    /// Objects of a list that has no multipliers; `None` = the usual number.
    pub assumed_size: Option<u32>,
    /// The object type that comes; `None` = a leaf.
    pub returns: Option<String>,
    /// Whether what comes has a global id.
    pub is_node: bool,
    /// Whether what comes is a page of the lists right below it.
    pub is_page: bool,
    /// Notices of deprecation: of the field itself under no name, else of arguments.
    pub deprecations: Vec<(Option<String>, String)>,
}

/// An argument whose value multiplies a price: a number, or a list by its length.
#[derive(Debug, Clone)]
pub struct Multiplier {
    /// The argument and the input fields that lead to the value.
    pub path: Vec<String>,
    /// Its value where the argument is not given.
    pub default: u64,
}

/// The prices of a schema by type and field. Members that are not in it cost nothing.
#[derive(Debug, Clone, Default)]
pub struct PriceList {
    /// Prices by type, then by field.
    pub types: HashMap<String, HashMap<String, Price>>,
    /// Name of the root of queries.
    pub query: String,
    /// Name of the root of mutations.
    pub mutation: String,
    /// Name of the root of subscriptions.
    pub subscription: String,
}

/// An operation as what it pays for.
#[derive(Debug, Default)]
pub(super) struct Bill {
    pub(super) items: Vec<Item>,
    /// Deprecated members that it uses, as `Type.field` or `Type.field(argument)`, with the notice.
    pub(super) deprecations: BTreeSet<(String, String)>,
    /// What variables say of sizes; factors refer to them by place.
    pub(super) asked: Vec<Asked>,
}

/// A size that a variable says: the value at `path` in it, or `default` where there is none.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) name: Name,
    pub(super) path: Vec<String>,
    pub(super) default: u64,
}

/// A field that has a price or has fields with one below.
#[derive(Debug)]
pub(super) struct Item {
    /// Key in the answer.
    pub(super) key: String,
    /// The type it belongs to and its name there, to tell equal keys of different types apart.
    of: String,
    pub(super) weight: u64,
    pub(super) factors: Vec<Factor>,
    pub(super) is_list: bool,
    pub(super) assumed_size: Option<u32>,
    pub(super) is_node: bool,
    pub(super) is_page: bool,
    pub(super) below: Vec<Self>,
}

/// What a weight is multiplied by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Factor {
    Fixed(u64),
    /// What a variable says, by its place in [`Bill::asked`].
    Asked(usize),
}

impl PriceList {
    /// Writes the bill of an operation.
    pub(super) fn bill(
        &self,
        operation: &OperationDefinition,
        document: &ExecutableDocument,
    ) -> Bill {
        let root = match operation.ty {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        };
        let mut writer = Writer {
            prices: self,
            document,
            variables: &operation.variable_definitions,
            deprecations: BTreeSet::new(),
            asked: Vec::new(),
        };
        let mut items = Vec::new();
        writer.selections(&operation.selection_set.node.items, root, &mut items);
        Bill { items, deprecations: writer.deprecations, asked: writer.asked }
    }
}

struct Writer<'d> {
    prices: &'d PriceList,
    document: &'d ExecutableDocument,
    variables: &'d [Positioned<VariableDefinition>],
    deprecations: BTreeSet<(String, String)>,
    asked: Vec<Asked>,
}

impl<'d> Writer<'d> {
    fn selections(
        &mut self,
        selections: &'d [Positioned<Selection>],
        parent: &str,
        items: &mut Vec<Item>,
    ) {
        for selection in selections {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent, items),
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    let parent = on.map_or(parent, |on| on.node.on.node.as_str());
                    self.selections(&inline.node.selection_set.node.items, parent, items);
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name) {
                        let parent = fragment.node.type_condition.node.on.node.as_str();
                        self.selections(&fragment.node.selection_set.node.items, parent, items);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &'d Field, parent: &str, items: &mut Vec<Item>) {
        let prices = self.prices;
        let name = field.name.node.as_str();
        let Some(price) = prices.types.get(parent).and_then(|fields| fields.get(name)) else {
            return;
        };
        let of = format!("{parent}.{name}");
        for (argument, notice) in &price.deprecations {
            let given = |wanted: &String| field.arguments.iter().any(|(it, _)| it.node == *wanted);
            let member = match argument {
                None => of.clone(),
                Some(argument) if given(argument) => format!("{of}({argument})"),
                Some(_) => continue,
            };
            self.deprecations.insert((member, notice.clone()));
        }
        let key = field.response_key().node.as_str();
        // Equal fields are resolved once, whatever number of fragments name them.
        let same = items.iter().position(|item| item.key == key && item.of == of);
        let at = same.unwrap_or_else(|| {
            items.push(Item {
                key: key.to_owned(),
                of,
                weight: u64::from(price.weight),
                factors: price.multipliers.iter().map(|it| self.factor(field, it)).collect(),
                is_list: price.is_list,
                assumed_size: price.assumed_size,
                is_node: price.is_node,
                is_page: price.is_page,
                below: Vec::new(),
            });
            items.len() - 1
        });
        if let Some(returns) = &price.returns {
            let below = &field.selection_set.node.items;
            let mut priced = std::mem::take(&mut items[at].below);
            self.selections(below, returns, &mut priced);
            items[at].below = priced;
        } else if price.weight == 0 && same.is_none() {
            items.pop();
        }
    }

    fn factor(&mut self, field: &Field, multiplier: &Multiplier) -> Factor {
        let Multiplier { path, default } = multiplier;
        let mut steps = path.iter();
        let argument = steps.next().and_then(|name| field.get_argument(name));
        let Some(argument) = argument else { return Factor::Fixed(*default) };
        // A variable stands in as an enum value that no document can write.
        let stand_in = |name: Name| Ok::<_, ()>(Value::Enum(Name::new(format!("${name}"))));
        let Ok(mut value) = argument.node.clone().into_const_with(stand_in) else {
            return Factor::Fixed(*default);
        };
        loop {
            let variable = match &value {
                Value::Enum(name) => name.strip_prefix('$').map(Name::new),
                _ => None,
            };
            if let Some(name) = variable {
                let path: Vec<String> = steps.cloned().collect();
                let defined = self.variables.iter().find(|it| it.node.name.node == name);
                let given = defined.and_then(|it| it.node.default_value());
                let default = given.map_or(*default, |value| size_at(value, &path, *default));
                self.asked.push(Asked { name, path, default });
                return Factor::Asked(self.asked.len() - 1);
            }
            let Value::Object(fields) = &mut value else { break };
            match steps.next().and_then(|step| fields.swap_remove(step.as_str())) {
                Some(inner) => value = inner,
                None => return Factor::Fixed(*default),
            }
        }
        Factor::Fixed(size_at(&value, &[], *default))
    }
}

/// How many the value at `path` asks for.
pub(super) fn size_at(value: &Value, path: &[String], default: u64) -> u64 {
    match (value, path) {
        (Value::Object(fields), [step, rest @ ..]) => {
            fields.get(step.as_str()).map_or(default, |value| size_at(value, rest, default))
        }
        (Value::List(values), _) => values.len() as u64,
        // A negative number is no size; the resolver will say so.
        (Value::Number(number), _) => number.as_u64().unwrap_or(1),
        _ => default,
    }
}
