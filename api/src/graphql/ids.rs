use async_graphql::ID;
use trunkline_domain::{
    fault::Fault,
    id::{Id, Kind},
};

/// Reads an id of an input. Another kind, a malformed text and an unknown id get one answer.
///
/// # Errors
/// NOT_FOUND at `path`.
pub fn parse_id<K: Kind>(id: &ID, path: &str) -> Result<Id<K>, Fault> {
    id.parse().map_err(|_| Fault::not_found(path))
}

/// Reads a list of ids of an input.
///
/// # Errors
/// NOT_FOUND at the place of the first that cannot be one.
pub fn parse_ids<K: Kind>(ids: &[ID], path: &str) -> Result<Vec<Id<K>>, Fault> {
    ids.iter().enumerate().map(|(at, id)| parse_id(id, &format!("{path}.{at}"))).collect()
}

/// The id as clients see it.
#[must_use]
pub fn show_id<K: Kind>(id: Id<K>) -> ID {
    ID(id.to_string())
}
