use super::served::{Field, Input, Ref, Served};

/// The way from a root field to an ID in its arguments: names from the outermost in, e.g. `input`,
/// `content`, `evaluation`, `queueId`. Of a list the first item is meant.
pub type Path = Vec<String>;

/// Every place in the arguments of a field where an id can stand.
pub fn id_paths(served: &Served, field: &Field) -> Vec<Path> {
    let mut found = Vec::new();
    for arg in &field.args {
        walk(served, arg, &mut Vec::new(), &mut Vec::new(), &mut found);
    }
    found
}

fn walk<'a>(
    served: &'a Served,
    input: &'a Input,
    path: &mut Path,
    inside: &mut Vec<&'a str>,
    found: &mut Vec<Path>,
) {
    path.push(input.name.clone());
    let name = input.ty.name();
    if name == "ID" {
        found.push(path.clone());
    } else if !inside.contains(&name) {
        inside.push(name);
        for below in &served.ty(name).inputs {
            walk(served, below, path, inside, found);
        }
        inside.pop();
    }
    path.pop();
}

/// Whether the input at `path` lies on the way to `target`.
pub fn leads_to(path: &[String], target: Option<&Path>) -> bool {
    target.is_some_and(|target| target.starts_with(path))
}

/// Whether a type is an id or a list of them.
pub fn is_id(ty: &Ref) -> bool {
    ty.name() == "ID"
}
