use std::{fmt, sync::Arc};

use trunkline_domain::id::TenantId;

/// Name of a value, a counter, a bucket or a channel. Everything of one tenant has the same hash
/// tag, so it lies in one slot of a cluster and a script may touch several keys at once.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Arc<str>);

impl Key {
    /// `{t:<tenant>}:<kind>:<name>`, for example kind `board` and the id of a queue.
    #[must_use]
    pub fn of(tenant: TenantId, kind: &str, name: impl fmt::Display) -> Self {
        Self(format!("{{t:{}}}:{kind}:{name}", tenant.uuid()).into())
    }

    /// `{all}:<kind>:<name>`, for the few things known before the tenant is, such as attempts to
    /// sign in from one address.
    #[must_use]
    pub fn of_all(kind: &str, name: impl fmt::Display) -> Self {
        Self(format!("{{all}}:{kind}:{name}").into())
    }

    /// The text of the key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A channel as Redis names it.
    pub(super) fn from_wire(text: &str) -> Self {
        Self(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_tenant_share_its_hash_tag() {
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(7));
        let key = Key::of(tenant, "board", "q1");
        assert_eq!(key.as_str(), "{t:00000000-0000-0000-0000-000000000007}:board:q1");
        assert_eq!(Key::of_all("sign-in", "::1").as_str(), "{all}:sign-in:::1");
    }
}
