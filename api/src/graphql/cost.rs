//! The prices of all members: one table, read by the calculator of `http` and written into the
//! schema as `@cost`; beside it `@requiresScope`, from the matrix of root fields, `@stability`, and what an
//! `Int` can be.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    OutputType, SubscriptionType, Value,
    indexmap::IndexMap,
    registry::{
        __DirectiveLocation, Deprecation, MetaDirective, MetaDirectiveInvocation, MetaField,
        MetaInputValue, MetaType, MetaTypeName, Registry,
    },
};

use super::{
    roots::{Needs, permission_of},
    schema::{Mutation, Query, Subscription},
    stability::{StabilityLevel, stability_of},
};
use crate::http::{Multiplier, Price, PriceList};

/// Weight of a mutation that is not in the table.
const WRITE: u32 = 10;
/// Weight of looking at the schema.
const INTROSPECTION: u32 = 100;
/// Page size of fields that leave it open.
const USUAL_PAGE: u64 = 50;

/// Types that tell about an answer instead of being one; they cost nothing.
const FREE: &[&str] = &["PageInfo", "UserError", "ErrorParam", "FeedResult", "RateLimit"];

/// Root fields that cost more, or other, than a point for an object: weight, multipliers, assumed size.
const ROOTS: &[(&str, u32, &[&str], Option<u32>)] = &[
    ("nodes", 1, &["ids"], None),
    // Many rows of a window.
    ("siteWeek", 1, &[], Some(200)),
    ("mySchedule", 1, &[], Some(20)),
    ("agentStates", 1, &[], Some(100)),
    ("intervals", 1, &[], Some(200)),
    ("demandEvents", 1, &[], Some(50)),
    ("queueCloses", 1, &[], Some(200)),
    ("forecastActuals", 1, &[], Some(200)),
    ("shiftPatterns", 1, &[], Some(20)),
    ("shiftTemplates", 1, &[], Some(5)),
    ("reservePool", 1, &[], Some(20)),
    ("queueWeeks", 1, &[], Some(20)),
    ("specialDays", 1, &[], Some(50)),
    ("specialDaysSet", 1, &["input.days"], None),
    // Seconds of a processor at worst.
    ("unusualDays", 50, &[], None),
    ("demandEventLearned", 50, &[], None),
    // Sums over much.
    ("forecastAccuracy", 50, &[], None),
    ("forecastAccuracyReport", 50, &[], None),
    ("historyGaps", 50, &[], None),
    ("siteComparison", 50, &[], None),
    ("staffingCheck", 50, &[], None),
    ("seniorShortfalls", 50, &[], None),
    ("agentPayMonth", 20, &[], None),
    ("reserveCalls", 50, &[], None),
    ("wallboard", 10, &[], None),
    ("adherence", 50, &[], None),
    // Feeds: a point for each event.
    ("agentStatesPush", 1, &["input.events"], None),
    ("queueGaugesPush", 1, &["input.gauges"], None),
    ("intervalFiguresPush", 1, &["input.figures"], None),
    ("measuresRecord", 1, &["input.measures"], None),
    ("shiftSwapReview", WRITE, &["input.decisions"], None),
    // Work for seconds.
    ("forecastRun", 200, &[], None),
    ("planLevel", 200, &[], None),
    ("shiftsDesign", 200, &[], None),
    ("capacityPlan", 2, &["input.months"], None),
    ("requirementCompute", 200, &[], None),
    ("historyImport", 200, &[], None),
    ("scheduleDiff", 200, &[], None),
    ("scheduleCopyWeek", 200, &[], None),
    ("activityPlace", 200, &[], None),
    ("scheduleImport", 200, &[], None),
    ("scheduleScenarioCreate", 100, &[], None),
    ("scheduleScenarioMerge", 200, &[], None),
    ("scheduleFigures", 200, &[], None),
    ("scheduleCheck", 200, &[], None),
    ("scheduleGenerate", 500, &[], None),
    ("scheduleResolve", 500, &[], None),
    ("schedulePublish", 100, &[], None),
];

/// Writes prices and scopes into the registry of the schema.
pub(super) struct Marks;

impl OutputType for Marks {
    fn type_name() -> std::borrow::Cow<'static, str> {
        <Query as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        mark(registry);
        Self::qualified_type_name()
    }

    async fn resolve(
        &self,
        _: &async_graphql::ContextSelectionSet<'_>,
        _: &async_graphql::Positioned<async_graphql::parser::types::Field>,
    ) -> async_graphql::ServerResult<Value> {
        Ok(Value::Null)
    }
}

/// The prices of the schema.
#[must_use]
pub fn prices() -> PriceList {
    let mut registry = Registry::default();
    <Query as OutputType>::create_type_info(&mut registry);
    <Mutation as OutputType>::create_type_info(&mut registry);
    <Subscription as SubscriptionType>::create_type_info(&mut registry);
    let mut types: HashMap<String, HashMap<String, Price>> = HashMap::new();
    for (name, ty) in &registry.types {
        let fields = ty.fields().into_iter().flat_map(IndexMap::values);
        let prices = fields.map(|field| (field.name.clone(), price(&registry, name, field)));
        types.insert(name.clone(), prices.collect());
    }
    let roots = types.entry("Query".to_owned()).or_default();
    for field in ["__schema", "__type"] {
        roots.insert(field.to_owned(), Price { weight: INTROSPECTION, ..Price::default() });
    }
    let [query, mutation, subscription] = ["Query", "Mutation", "Subscription"].map(str::to_owned);
    PriceList { types, query, mutation, subscription }
}

fn is_root(ty: &str) -> bool {
    matches!(ty, "Query" | "Mutation" | "Subscription")
}

/// A page has its rows as `nodes` and with cursors.
fn is_page(ty: &MetaType) -> bool {
    ["nodes", "edges"].iter().all(|field| ty.field_by_name(field).is_some())
}

fn price(registry: &Registry, parent: &str, field: &MetaField) -> Price {
    let returns = MetaTypeName::concrete_typename(&field.ty);
    let composite = registry.types.get(returns).filter(|ty| ty.is_composite());
    let of_page = registry.types.get(parent).is_some_and(is_page);
    let special = ROOTS.iter().find(|(name, ..)| is_root(parent) && *name == field.name);
    let weight = match (parent, field.name.as_str()) {
        // Counting a page looks at all rows that match.
        (_, "totalCount") => 10,
        // Looks at all shifts of a plan.
        ("Schedule", "csv") => 100,
        // Erlang formulas for each interval of two months.
        ("StaffingRequirement", "lineShortfalls") => 10,
        ("ShiftPattern", "assignments") => 10,
        // Judges two rosters for each offer, with a shift in return for several.
        ("ShiftSwap", "viewerCanTake") => 5,
        // The rows of a page are paid with the page; `edges` are a point more.
        (_, "nodes") if of_page => 0,
        (_, "node") if parent.ends_with("Edge") => 0,
        _ if composite.is_none() || FREE.contains(&returns) => 0,
        ("Mutation", _) => WRITE,
        _ => 1,
    };
    let paths: &[&str] = match special {
        Some((_, _, paths, _)) => paths,
        None if field.args.contains_key("first") => &["first"],
        None => &[],
    };
    let own = field.deprecation.reason().map(|notice| (None, notice.to_owned()));
    let of_arguments = field.args.values().filter_map(|argument| {
        let notice = argument.deprecation.reason()?;
        Some((Some(argument.name.clone()), notice.to_owned()))
    });
    let implements = registry.implements.get(returns);
    Price {
        weight: special.map_or(weight, |(_, weight, ..)| *weight),
        multipliers: paths.iter().map(|path| multiplier(field, path)).collect(),
        is_list: MetaTypeName::create(&field.ty).unwrap_non_null().is_list(),
        assumed_size: special.and_then(|(_, _, _, size)| *size),
        is_node: returns == "Node" || implements.is_some_and(|them| them.contains("Node")),
        is_page: composite.is_some_and(is_page),
        returns: composite.map(|_| returns.to_owned()),
        deprecations: own.into_iter().chain(of_arguments).collect(),
    }
}

fn multiplier(field: &MetaField, path: &str) -> Multiplier {
    let default = field.args.get(path).and_then(|argument| argument.default_value.as_deref());
    let usual = if path == "first" { USUAL_PAGE } else { 1 };
    Multiplier {
        path: path.split('.').map(str::to_owned).collect(),
        default: default.and_then(|value| value.parse().ok()).unwrap_or(usual),
    }
}

fn mark(registry: &mut Registry) {
    let mut marks: Vec<(String, String, Vec<MetaDirectiveInvocation>)> = Vec::new();
    for (name, ty) in &registry.types {
        if name.starts_with("__") {
            continue;
        }
        for field in ty.fields().into_iter().flat_map(IndexMap::values) {
            let scope = Some(field.name.as_str()).filter(|_| is_root(name)).and_then(permission_of);
            let scope = match scope {
                Some(Needs::Permission(scope)) => {
                    Some(call("requiresScope", [("scope", Value::from(scope.as_str()))]))
                }
                _ => None,
            };
            let level = Some(field.name.as_str()).filter(|_| is_root(name)).and_then(stability_of);
            let level = level.map(|level| call("stability", [("level", Value::from(level))]));
            let price = price(registry, name, field);
            marks.push((
                name.clone(),
                field.name.clone(),
                scope.into_iter().chain(level).chain(cost(&price)).collect(),
            ));
        }
    }
    for (ty, field, calls) in marks {
        if let Some(MetaType::Object { fields, .. } | MetaType::Interface { fields, .. }) =
            registry.types.get_mut(&ty)
            && let Some(field) = fields.get_mut(&field)
        {
            field.directive_invocations.extend(calls);
        }
    }
    bound_int(registry);
    registry.add_directive(requires_scope_directive());
    let stability = stability_directive(registry);
    registry.add_directive(stability);
    registry.add_directive(cost_directive());
}

/// Makes validation refuse what `Int` cannot be: the library takes 64 bits until an argument is read, and
/// those below a `null` never are.
fn bound_int(registry: &mut Registry) {
    if let Some(MetaType::Scalar { is_valid, .. }) = registry.types.get_mut("Int") {
        let is_int = |value: &Value| match value {
            Value::Number(number) => number.as_i64().is_some_and(|it| i32::try_from(it).is_ok()),
            _ => false,
        };
        *is_valid = Some(Arc::new(is_int));
    }
}

/// `@cost`, where the price is not the one that members have without it.
fn cost(price: &Price) -> Option<MetaDirectiveInvocation> {
    let free = price.returns.as_deref().is_none_or(|returns| FREE.contains(&returns));
    let usual = u32::from(!free);
    let multipliers: Vec<Value> =
        price.multipliers.iter().map(|it| Value::from(it.path.join("."))).collect();
    if price.weight == usual && multipliers.is_empty() && price.assumed_size.is_none() {
        return None;
    }
    let mut arguments = vec![("weight", Value::from(price.weight))];
    if !multipliers.is_empty() {
        arguments.push(("multipliers", Value::List(multipliers)));
    }
    arguments.extend(price.assumed_size.map(|size| ("assumedSize", Value::from(size))));
    Some(call("cost", arguments))
}

fn call(
    name: &str,
    arguments: impl IntoIterator<Item = (&'static str, Value)>,
) -> MetaDirectiveInvocation {
    let args = arguments.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    MetaDirectiveInvocation { name: name.to_owned(), args }
}

fn cost_directive() -> MetaDirective {
    directive(
        "cost",
        "Price of a member in points. It costs its weight, times what the arguments named in \
         `multipliers` ask for (a number, or a list by its length); lists right below a member with \
         multipliers come as often. A list of which nobody says how long it is counts as \
         `assumedSize` objects. Members without the directive cost 1 for each \
         object and nothing for a leaf; what only tells about an answer (PageInfo, UserError, \
         ErrorParam, FeedResult, RateLimit) is free.",
        [
            argument("weight", "Points.", "Int!", Some("1")),
            argument("multipliers", "Arguments that multiply.", "[String!]!", Some("[]")),
            argument("assumedSize", "Objects of a plain list; `null` means 5.", "Int", None),
        ],
    )
}

fn requires_scope_directive() -> MetaDirective {
    let scope = argument("scope", "The scope, e.g. `agent:read`.", "String!", None);
    let what = "Marks the scope a caller's token needs before this member is resolved.";
    MetaDirective { is_repeatable: true, ..directive("requiresScope", what, [scope]) }
}

fn stability_directive(registry: &mut Registry) -> MetaDirective {
    let ty = <StabilityLevel as OutputType>::create_type_info(registry);
    let level = argument("level", "How firmly.", &ty, None);
    directive("stability", "How firmly a member is promised; without it, it is stable.", [level])
}

fn directive(
    name: &str,
    description: &str,
    arguments: impl IntoIterator<Item = MetaInputValue>,
) -> MetaDirective {
    MetaDirective {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        locations: vec![__DirectiveLocation::FIELD_DEFINITION],
        args: arguments.into_iter().map(|it| (it.name.clone(), it)).collect(),
        is_repeatable: false,
        visible: None,
        composable: None,
    }
}

fn argument(name: &str, description: &str, ty: &str, default: Option<&str>) -> MetaInputValue {
    MetaInputValue {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        ty: ty.to_owned(),
        deprecation: Deprecation::NoDeprecated,
        default_value: default.map(str::to_owned),
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_root_field_with_these_arguments() {
        let prices = prices();
        let roots = ["Query", "Mutation", "Subscription"].map(|root| &prices.types[root]);
        for (name, ..) in ROOTS {
            assert!(roots.iter().any(|fields| fields.contains_key(*name)), "{name}");
        }
        let sdl = super::super::sdl();
        for path in ROOTS.iter().flat_map(|(_, _, paths, _)| *paths) {
            let last = path.rsplit('.').next().expect("a name");
            assert!(sdl.contains(&format!("\t{last}: [")), "{path}");
        }
    }

    #[test]
    fn the_schema_says_scope_and_price() {
        let sdl = super::super::sdl();
        let line = ": AgentConnection! @requiresScope(scope: \"agent:read\") \
                    @cost(weight: 1, multipliers: [\"first\"])";
        assert!(sdl.contains(line));
        assert!(sdl.contains(
            "directive @cost(weight: Int! = 1, multipliers: [String!]! = [], assumedSize: Int) \
             on FIELD_DEFINITION"
        ));
        assert!(sdl.contains("directive @requiresScope(scope: String!) repeatable on"));
    }
}
