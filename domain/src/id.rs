//! The one id scheme: a UUIDv7 that knows what it names.
//!
//! Outside it is written as a prefix and 26 characters of Crockford base 32, e.g.
//! `agt_01jd3hm8f6e2zr3c5v9x0b7kqn`: readable in logs and support mail, sortable by age, and
//! refused at the edge when it names the wrong kind of thing.

use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A kind of thing that has ids.
pub trait Kind: 'static {
    /// Three lower-case letters that stand before the underscore.
    const PREFIX: &'static str;
    /// GraphQL type name of the thing.
    const NAME: &'static str;
}

/// The id of one thing of kind `K`.
pub struct Id<K> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

/// Why a text is not the id that was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text has another prefix: it may name something, but not this kind of thing.
    #[error("an id that starts with `{expected}_` is wanted here")]
    WrongKind {
        /// Prefix that would do.
        expected: &'static str,
    },
    /// The prefix fits and the rest is not 26 characters of base 32.
    #[error("the part after `{expected}_` must be 26 characters of Crockford base 32")]
    Malformed {
        /// Prefix of the kind.
        expected: &'static str,
    },
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const TEXT_LENGTH: usize = 26;

impl<K> Id<K> {
    /// Wraps a UUID that is known to name a thing of this kind (read from the database, or new).
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self { uuid, kind: PhantomData }
    }

    /// The UUID as the database stores it.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

/// Reads the prefix of a global id, for look-ups that accept any kind. `None` when there is none.
#[must_use]
pub fn prefix_of(text: &str) -> Option<&str> {
    text.split_once('_').map(|(prefix, _)| prefix)
}

fn encode(uuid: Uuid) -> [u8; TEXT_LENGTH] {
    let mut value = uuid.as_u128();
    let mut text = [b'0'; TEXT_LENGTH];
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    text
}

fn decode(text: &str) -> Option<Uuid> {
    // 26 characters hold 130 bits: the first one may use only its lower three.
    if text.len() != TEXT_LENGTH || !matches!(text.as_bytes()[0], b'0'..=b'7') {
        return None;
    }
    let value = text.bytes().try_fold(0u128, |value, byte| {
        let digit = ALPHABET.iter().position(|&letter| letter == byte)?;
        Some(value << 5 | digit as u128)
    })?;
    Some(Uuid::from_u128(value))
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(K::PREFIX)?;
        f.write_str("_")?;
        for byte in encode(self.uuid) {
            fmt::Write::write_char(f, char::from(byte))?;
        }
        Ok(())
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let expected = K::PREFIX;
        let rest = text
            .strip_prefix(expected)
            .and_then(|rest| rest.strip_prefix('_'))
            .ok_or(IdError::WrongKind { expected })?;
        decode(rest).map(Self::from_uuid).ok_or(IdError::Malformed { expected })
    }
}

// Written out because a derive would ask `K` for traits that a marker does not have.
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $alias:ident = $marker:ident $prefix:literal;)*) => {
        $(
            #[doc = concat!("Marker of the ids that start with `", $prefix, "_`.")]
            pub enum $marker {}
            impl Kind for $marker {
                const PREFIX: &'static str = $prefix;
                const NAME: &'static str = stringify!($marker);
            }
            $(#[$doc])*
            pub type $alias = Id<$marker>;
        )*

        /// Prefix and type name of every kind, for documentation and the `node` query.
        pub const KINDS: &[(&str, &str)] = &[$(($prefix, stringify!($marker)),)*];
    };
}

kinds! {
    /// A customer company: the border of isolation.
    TenantId = Tenant "tnt";
    /// A call centre.
    SiteId = Site "sit";
    /// A team of agents under one leader.
    TeamId = Team "tem";
    /// A stream of contacts.
    QueueId = Queue "que";
    /// A person who may sign in.
    UserId = User "usr";
    /// A role given to a user within a scope.
    RoleAssignmentId = RoleAssignment "rol";
    /// A sign-in on one device, with its chain of refresh tokens.
    SessionId = Session "ses";
    /// A partner's program.
    ApiClientId = ApiClient "cli";
    /// A key of a partner's program.
    ApiKeyId = ApiKey "key";
    /// A role that a tenant made for itself.
    CustomRoleId = CustomRole "cro";
    /// A person who handles contacts.
    AgentId = Agent "agt";
    /// A kind of work that can be routed.
    SkillId = Skill "skl";
    /// A work contract of an agent.
    ContractId = Contract "con";
    /// A post held by an agent from one instant to another.
    AssignmentId = Assignment "asg";
    /// One of the three personal files of an agent.
    FileId = PersonalFile "fil";
    /// A dated entry of a personal file.
    FileEntryId = FileEntry "ent";
    /// A target for a KPI.
    TargetId = KpiTarget "tgt";
    /// A promotion, holiday or incident that changes demand.
    DemandEventId = DemandEvent "evt";
    /// A version of a forecast.
    ForecastId = Forecast "fct";
    /// A version of a staffing requirement.
    RequirementId = StaffingRequirement "req";
    /// What an agent does during a part of a shift.
    ActivityCodeId = ActivityCode "act";
    /// When shifts of agents start, week after week.
    ShiftPatternId = ShiftPattern "pat";
    /// A set of work rules.
    WorkRulesId = WorkRules "wrk";
    /// A plan of one site over some weeks.
    ScheduleId = Schedule "sch";
    /// A change of a schedule or of its shifts, on record.
    ScheduleChangeId = ScheduleChange "chg";
    /// One working period.
    ShiftId = Shift "shf";
    /// An offer to hand over or exchange a shift.
    ShiftSwapId = ShiftSwap "swp";
    /// A piece of long work.
    JobId = Job "job";
    /// A file sent in.
    UploadId = Upload "upl";
    /// A decision of a person or the system, as the audit holds it.
    AuditEventId = AuditEvent "aud";
    /// Something that a user is told.
    NotificationId = Notification "ntf";
    /// An availability (or its absence) declared by an agent.
    AvailabilityId = Availability "avl";
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_has_prefix_and_26_characters() {
        let id = AgentId::from_uuid(Uuid::from_u128(u128::MAX));
        assert_eq!(id.to_string(), "agt_7zzzzzzzzzzzzzzzzzzzzzzzzz");
    }

    #[test]
    fn the_wrong_kind_is_refused() {
        let site = SiteId::from_uuid(Uuid::from_u128(7)).to_string();
        assert_eq!(site.parse::<AgentId>(), Err(IdError::WrongKind { expected: "agt" }));
    }

    #[test]
    fn more_than_128_bits_are_refused() {
        assert_eq!(
            "agt_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<AgentId>(),
            Err(IdError::Malformed { expected: "agt" })
        );
    }

    #[test]
    fn prefixes_are_unique() {
        let mut prefixes: Vec<_> = KINDS.iter().map(|(prefix, _)| prefix).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), KINDS.len());
    }

    proptest! {
        #[test]
        fn text_and_back_is_the_same_id(bits: u128) {
            let id = AgentId::from_uuid(Uuid::from_u128(bits));
            prop_assert_eq!(id.to_string().parse::<AgentId>(), Ok(id));
        }

        #[test]
        fn text_sorts_like_the_uuid(a: u128, b: u128) {
            let (a, b) = (AgentId::from_uuid(Uuid::from_u128(a)), AgentId::from_uuid(Uuid::from_u128(b)));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn any_other_text_is_refused_without_panic(text: String) {
            prop_assert!(text.parse::<AgentId>().is_err());
        }
    }
}
