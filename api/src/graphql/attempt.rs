//! What a mutation tries, so that the audit can tell when its caller had not the right to.

use async_graphql::{Context, Name, Value, Variables, parser::types::OperationType};
use serde_json::json;
use trunkline_domain::identity::Subject;
use trunkline_infra::live::Key;

use super::Operation;
use crate::audit::Refusal;

/// Longest text that is taken for an id; ours have about 30 letters.
const LONGEST_ID: usize = 64;

/// A mutation field under way.
#[derive(Debug)]
pub(super) struct Attempt {
    field: String,
    /// Ids of its input by their names.
    ids: Vec<(String, String)>,
}

impl Attempt {
    /// The root field that is resolved, if it is one of a mutation.
    pub(super) fn of(ctx: &Context<'_>) -> Option<Self> {
        if ctx.query_env.operation.node.ty != OperationType::Mutation {
            return None;
        }
        let mut ids = Vec::new();
        for (name, value) in &ctx.item.node.arguments {
            // In the place of a variable stands its name: its value may be a large file.
            let stand_in = |name: Name| Ok::<_, ()>(Value::Enum(Name::new(format!("${name}"))));
            if let Ok(value) = value.node.clone().into_const_with(stand_in) {
                gather(&name.node, &value, &ctx.query_env.variables, &mut ids);
            }
        }
        Some(Self { field: ctx.field().name().to_owned(), ids })
    }

    /// The thing that it was about: what stands at the path of the fault. FORBIDDEN is said there to
    /// who may see the thing, so it is one of the tenant; any other id may be one of nobody. What an
    /// entry of a file says is about the agent whose file it is, which who is told so sees.
    fn subject(&self, path: &[String]) -> Option<&str> {
        let name = match path {
            [name] => name.as_str(),
            [content, _] if content == "content" => "agentId",
            _ => return None,
        };
        self.ids.iter().find(|(known, _)| known == name).map(|(_, id)| id.as_str())
    }
}

/// Ids in an argument or at the top of one that is an object.
fn gather(name: &Name, value: &Value, variables: &Variables, ids: &mut Vec<(String, String)>) {
    let value = filled_in(value, variables);
    let fields = match value {
        Some(Value::Object(fields)) => fields,
        Some(Value::String(text)) => return keep(name, text, ids),
        _ => return,
    };
    for (name, value) in fields {
        if let Some(Value::String(text)) = filled_in(value, variables) {
            keep(name, text, ids);
        }
    }
}

/// The value, or that of the variable whose name stands in its place.
fn filled_in<'a>(value: &'a Value, variables: &'a Variables) -> Option<&'a Value> {
    match value {
        Value::Enum(name) => name.strip_prefix('$').and_then(|name| variables.get(name)),
        other => Some(other),
    }
}

fn keep(name: &Name, text: &str, ids: &mut Vec<(String, String)>) {
    let is_id = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if name.ends_with("Id") && text.len() <= LONGEST_ID && is_id(text) {
        ids.push((name.to_string(), text.to_owned()));
    }
}

impl Operation {
    /// Has the audit tell that the caller had not the right for the mutation under way; `path` is
    /// where in its input, `lacks` the permission where the field as a whole was refused. Once for
    /// each field: a feed may be refused for a thousand things at once.
    pub(super) fn tell_forbidden(&self, path: &[String], lacks: Option<&'static str>) {
        let Some(attempt) = self.take_attempt() else { return };
        let Ok(ctx) = self.ctx() else { return };
        let caller = match ctx.viewer().subject {
            Subject::User(id) => id.to_string(),
            Subject::Client(id) => id.to_string(),
            Subject::System => return,
        };
        let field = attempt.field.as_str();
        tracing::info!(request_id = ctx.request_id(), caller, field, "not permitted");
        let key = Key::of(ctx.tenant(), "refusal", format_args!("access:{caller}:{field}"));
        let subject = attempt.subject(path);
        let refusal = Refusal {
            subject: subject.map_or_else(|| ctx.tenant().to_string(), str::to_owned),
            detail: json!({"field": field, "path": path.join("."), "lacks": lacks}),
            action: "access.refuse",
            ctx,
        };
        self.app.tell_refusal_of(key, refusal);
    }
}
