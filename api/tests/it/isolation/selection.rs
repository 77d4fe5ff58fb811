use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{
    served::{Field, Ref, Root, Served},
    values::Filling,
};

/// A document that asks a root field for everything within reach, with the variables that fields
/// below it need.
#[derive(Debug)]
pub struct Document {
    pub text: String,
    pub variables: Map<String, Value>,
}

struct Writer<'a> {
    filling: Filling<'a>,
    declared: String,
    variables: Map<String, Value>,
}

/// Writes the document of a root field whose given arguments are `given`; below it, `depth` levels
/// of objects are read, or nothing at all.
///
/// # Errors
/// What cannot be made, and where.
pub fn document(
    root: Root,
    field: &Field,
    given: &Map<String, Value>,
    filling: Filling<'_>,
    depth: Option<usize>,
) -> Result<Document, String> {
    let mut writer = Writer { filling, declared: String::new(), variables: Map::new() };
    let selection = match depth {
        Some(depth) => writer.selection(&field.ty, depth)?,
        None if is_leaf(filling.served, &field.ty) => String::new(),
        None => "{ __typename }".to_owned(),
    };
    let mut arguments = String::new();
    for arg in field.args.iter().filter(|arg| given.contains_key(&arg.name)) {
        let _ = write!(writer.declared, "${}: {} ", arg.name, arg.ty.written());
        let _ = write!(arguments, "{}: ${} ", arg.name, arg.name);
    }
    let declared = bracketed(&writer.declared);
    let text = format!(
        "{}{declared} {{ {}{} {selection} }}",
        root.keyword(),
        field.name,
        bracketed(&arguments)
    );
    Ok(Document { text, variables: writer.variables })
}

fn is_leaf(served: &Served, ty: &Ref) -> bool {
    matches!(served.ty(ty.name()).kind.as_str(), "SCALAR" | "ENUM")
}

fn bracketed(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("({text})") }
}

impl Writer<'_> {
    /// `{ … }` with all leaves and, down to `depth`, all objects; nothing for a leaf.
    fn selection(&mut self, ty: &Ref, depth: usize) -> Result<String, String> {
        let served: &Served = self.filling.served;
        let name = ty.name();
        let definition = served.ty(name);
        match definition.kind.as_str() {
            "SCALAR" | "ENUM" => Ok(String::new()),
            "UNION" | "INTERFACE" => {
                let mut text = "{ __typename".to_owned();
                for member in &definition.possible {
                    // One level less: there are many members. Aliased, since members may disagree on the type of a field.
                    let fields =
                        self.fields(member, depth.saturating_sub(1), &format!("{member}_"))?;
                    let _ = write!(text, " ... on {member} {{ {fields} }}");
                }
                Ok(text + " }")
            }
            _ => Ok(format!("{{ {} }}", self.fields(name, depth, "")?)),
        }
    }

    fn fields(&mut self, object: &str, depth: usize, alias: &str) -> Result<String, String> {
        let served: &Served = self.filling.served;
        let mut text = "__typename".to_owned();
        for field in &served.ty(object).fields {
            if depth == 0 && !is_leaf(served, &field.ty) {
                continue;
            }
            let mut arguments = String::new();
            for arg in field.args.iter().filter(|arg| arg.required) {
                let variable = format!("below{}", self.variables.len());
                let value = self.filling.value(&arg.ty, &mut vec![arg.name.clone()])?;
                let _ = write!(self.declared, "${variable}: {} ", arg.ty.written());
                let _ = write!(arguments, "{}: ${variable} ", arg.name);
                self.variables.insert(variable, value);
            }
            let below = self.selection(&field.ty, depth.saturating_sub(1))?;
            let name = &field.name;
            let response =
                if alias.is_empty() { String::new() } else { format!("{alias}{name}: ") };
            let _ = write!(text, " {response}{name}{} {below}", bracketed(&arguments));
        }
        Ok(text)
    }
}
