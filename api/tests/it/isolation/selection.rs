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
    let mut writer = Writer::new(filling);
    let selection = match depth {
        Some(depth) => writer.selection(&field.ty, depth)?,
        None if is_leaf(filling.served, &field.ty) => String::new(),
        None => "{ __typename }".to_owned(),
    };
    Ok(writer.document(root, field, given, &selection))
}

/// Writes the document that asks the object behind a root field for its field `below`, and reads that
/// down to `depth` levels of objects. `member` is the type of the object where the root field has several.
///
/// # Errors
/// What cannot be made, and where.
pub fn document_below(
    root: Root,
    field: &Field,
    given: &Map<String, Value>,
    filling: Filling<'_>,
    (member, below): (Option<&str>, &Field),
    depth: usize,
) -> Result<Document, String> {
    let mut writer = Writer::new(filling);
    let arguments = writer.arguments(below)?;
    let selection = writer.selection(&below.ty, depth)?;
    let asked = format!("{}{} {selection}", below.name, bracketed(&arguments));
    let selection = match member {
        Some(member) => format!("{{ ... on {member} {{ {asked} }} }}"),
        None => format!("{{ {asked} }}"),
    };
    Ok(writer.document(root, field, given, &selection))
}

/// Whether a type has no fields.
pub fn is_leaf(served: &Served, ty: &Ref) -> bool {
    matches!(served.ty(ty.name()).kind.as_str(), "SCALAR" | "ENUM")
}

fn bracketed(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("({text})") }
}

impl<'a> Writer<'a> {
    fn new(filling: Filling<'a>) -> Self {
        Self { filling, declared: String::new(), variables: Map::new() }
    }

    /// The whole document around what is selected of the root field.
    fn document(
        mut self,
        root: Root,
        field: &Field,
        given: &Map<String, Value>,
        selection: &str,
    ) -> Document {
        let mut arguments = String::new();
        for arg in field.args.iter().filter(|arg| given.contains_key(&arg.name)) {
            let _ = write!(self.declared, "${}: {} ", arg.name, arg.ty.written());
            let _ = write!(arguments, "{}: ${} ", arg.name, arg.name);
        }
        let declared = bracketed(&self.declared);
        let text = format!(
            "{}{declared} {{ {}{} {selection} }}",
            root.keyword(),
            field.name,
            bracketed(&arguments)
        );
        Document { text, variables: self.variables }
    }

    /// The arguments that a field below the root must have, their values in variables.
    fn arguments(&mut self, field: &Field) -> Result<String, String> {
        let mut arguments = String::new();
        for arg in field.args.iter().filter(|arg| arg.required) {
            let variable = format!("below{}", self.variables.len());
            let value = self.filling.value(&arg.ty, &mut vec![arg.name.clone()])?;
            let _ = write!(self.declared, "${variable}: {} ", arg.ty.written());
            let _ = write!(arguments, "{}: ${variable} ", arg.name);
            self.variables.insert(variable, value);
        }
        Ok(arguments)
    }

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
            let arguments = self.arguments(field)?;
            let below = self.selection(&field.ty, depth.saturating_sub(1))?;
            let name = &field.name;
            let response =
                if alias.is_empty() { String::new() } else { format!("{alias}{name}: ") };
            let _ = write!(text, " {response}{name}{} {below}", bracketed(&arguments));
        }
        Ok(text)
    }
}
