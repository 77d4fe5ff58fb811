//! What is hashed and signed. Every part is written with its length, so no two contents share their
//! bytes; all numbers are big-endian.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use trunkline_domain::id::{AuditEventId, TenantId};
use uuid::Uuid;

use crate::db::Json;

/// A SHA-256.
pub(super) type Hash = [u8; 32];

/// What stands before the first link of a chain.
pub(super) const START: Hash = [0; 32];

/// All that an audit row says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Content<'a> {
    pub(super) tenant: TenantId,
    pub(super) id: AuditEventId,
    pub(super) at: Timestamp,
    pub(super) actor: Option<Uuid>,
    pub(super) address: Option<&'a str>,
    pub(super) client: Option<&'a str>,
    pub(super) action: &'a str,
    pub(super) subject: &'a str,
    pub(super) request_id: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
    pub(super) before: Option<&'a Json>,
    pub(super) after: Option<&'a Json>,
    pub(super) rule_version: Option<&'a str>,
    pub(super) detail: &'a Json,
}

impl Content<'_> {
    /// Digest of the content, of the instant to the microsecond as the database keeps it.
    pub(super) fn digest(&self) -> Hash {
        let mut writer = Writer::new("trunkline audit row 2");
        writer.part(self.tenant.uuid().as_bytes());
        writer.part(self.id.uuid().as_bytes());
        writer.part(&self.at.as_microsecond().to_be_bytes());
        writer.optional(self.actor.as_ref().map(|id| id.as_bytes().as_slice()));
        writer.part(self.action.as_bytes());
        writer.part(self.subject.as_bytes());
        for text in [self.request_id, self.reason, self.rule_version, self.address, self.client] {
            writer.optional(text.map(str::as_bytes));
        }
        for json in [self.before, self.after, Some(self.detail)] {
            writer.optional(json.map(canonical).as_deref().map(str::as_bytes));
        }
        writer.done()
    }
}

/// The link at `position` of a tenant's chain: what stands there, after what stood before.
pub(super) fn link(tenant: TenantId, position: i64, before: &[u8], digest: &[u8]) -> Hash {
    let mut writer = Writer::new("trunkline audit link 1");
    writer.part(tenant.uuid().as_bytes());
    writer.part(&position.to_be_bytes());
    writer.part(before);
    writer.part(digest);
    writer.done()
}

/// A run of links that is signed as one.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub(super) tenant: TenantId,
    /// From 1.
    pub(super) number: i64,
    pub(super) first: i64,
    pub(super) last: i64,
    /// The link before `first`.
    pub(super) previous: Vec<u8>,
    /// The link at `last`.
    pub(super) root: Vec<u8>,
    /// Latest instant of its rows, by which retention goes.
    pub(super) until: Timestamp,
}

impl Segment {
    /// What the signature is over.
    pub(super) fn statement(&self) -> Hash {
        let mut writer = Writer::new("trunkline audit segment 1");
        writer.part(self.tenant.uuid().as_bytes());
        for number in [self.number, self.first, self.last, self.until.as_microsecond()] {
            writer.part(&number.to_be_bytes());
        }
        writer.part(&self.previous);
        writer.part(&self.root);
        writer.done()
    }
}

struct Writer(Sha256);

impl Writer {
    fn new(purpose: &str) -> Self {
        let mut writer = Self(Sha256::new());
        writer.part(purpose.as_bytes());
        writer
    }

    fn part(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn optional(&mut self, bytes: Option<&[u8]>) {
        self.part(&[u8::from(bytes.is_some())]);
        self.part(bytes.unwrap_or_default());
    }

    fn done(self) -> Hash {
        self.0.finalize().into()
    }
}

/// JSON as it stays the same on its way through the database, which orders keys by its own rule and
/// knows neither exponents nor a negative zero.
fn canonical(json: &Json) -> String {
    let mut text = String::new();
    write(json, &mut text);
    text
}

fn write(json: &Json, text: &mut String) {
    match json {
        Json::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            text.push('{');
            for name in names {
                text.push_str(&Json::from(name.as_str()).to_string());
                text.push(':');
                write(&fields[name], text);
                text.push(',');
            }
            text.push('}');
        }
        Json::Array(items) => {
            text.push('[');
            for item in items {
                write(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(whole), ..) => text.push_str(&whole.to_string()),
            (_, Some(whole), _) => text.push_str(&whole.to_string()),
            // Bits, because 1e21 comes back as 1000000000000000000000.
            (.., Some(float)) => text.push_str(&format!("f{:x}", (float + 0.0).to_bits())),
            _ => text.push_str(&number.to_string()),
        },
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use trunkline_domain::id::Id;

    use super::*;

    fn content(detail: &Json) -> Content<'_> {
        Content {
            tenant: Id::from_uuid(Uuid::from_u128(1)),
            id: Id::from_uuid(Uuid::from_u128(2)),
            at: Timestamp::UNIX_EPOCH,
            actor: None,
            address: None,
            client: None,
            action: "agent.move",
            subject: "agt_1",
            request_id: None,
            reason: None,
            before: None,
            after: None,
            rule_version: None,
            detail,
        }
    }

    #[test]
    fn the_order_of_keys_does_not_count_and_every_value_does() {
        let digest = |json: Json| content(&json).digest();
        let one = digest(json!({"a": 1, "b": {"c": [true, null], "d": 0.5}}));
        assert_eq!(one, digest(json!({"b": {"d": 0.5, "c": [true, null]}, "a": 1})));
        assert_ne!(one, digest(json!({"a": 1, "b": {"c": [true, null], "d": 0.25}})));
        assert_ne!(digest(json!({"a": [1, 2]})), digest(json!({"a": [2, 1]})));
        assert_ne!(digest(json!({"a": "1"})), digest(json!({"a": 1})));
        assert_eq!(digest(json!({"a": -0.0})), digest(json!({"a": 0.0})));
    }

    #[test]
    fn what_is_absent_differs_from_what_is_empty_and_from_its_neighbour() {
        let detail = json!({});
        let plain = content(&detail);
        let empty = Content { reason: Some(""), ..plain };
        let neighbour = Content { rule_version: Some(""), ..plain };
        let (address, client) =
            (Content { address: Some(""), ..plain }, Content { client: Some(""), ..plain });
        assert_ne!(plain.digest(), empty.digest());
        assert_ne!(empty.digest(), neighbour.digest());
        assert_ne!(neighbour.digest(), address.digest());
        assert_ne!(address.digest(), client.digest());
    }

    #[test]
    fn a_link_holds_its_place_and_what_stood_before() {
        let (tenant, other) =
            (Id::from_uuid(Uuid::from_u128(1)), Id::from_uuid(Uuid::from_u128(2)));
        let digest = START;
        let first = link(tenant, 1, &START, &digest);
        assert_ne!(first, link(other, 1, &START, &digest));
        assert_ne!(first, link(tenant, 2, &START, &digest));
        assert_ne!(first, link(tenant, 1, &first, &digest));
    }
}
