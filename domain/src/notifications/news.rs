use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use crate::{
    id::{AgentId, SiteId},
    identity::Role,
    requests::SwapRefusalCode,
    schedules::{Bound, Quantity, RuleCode},
    time::Span,
};

macro_rules! news {
    ($($(#[doc = $doc:literal])* $name:ident($values:ty) = $code:literal;)*) => {
        /// What a notification is about. The list is closed; new values can be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum NewsKind {
            $($(#[doc = $doc])* #[serde(rename = $code)] $name,)*
        }

        impl NewsKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Stable code, as stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Reads a stable code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == code)
            }
        }

        /// What somebody is told, with its values. Written as `{"kind": …, "params": {…}}`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "params")]
        pub enum News {
            $($(#[doc = $doc])* #[serde(rename = $code)] $name($values),)*
        }

        impl News {
            /// What it is about.
            #[must_use]
            pub const fn kind(&self) -> NewsKind {
                match self { $(Self::$name(_) => NewsKind::$name,)* }
            }
        }
    };
}

news! {
    /// A colleague offers the reader a shift.
    ShiftSwapProposed(SwapNews) = "SHIFT_SWAP_PROPOSED";
    /// A colleague has taken the reader's offer, and a leader has yet to decide.
    ShiftSwapAccepted(SwapNews) = "SHIFT_SWAP_ACCEPTED";
    /// A swap waits for the reader, who may decide about it.
    ShiftSwapAwaitsDecision(SwapNews) = "SHIFT_SWAP_AWAITS_DECISION";
    /// The swap is carried out: both schedules have changed.
    ShiftSwapApproved(SwapNews) = "SHIFT_SWAP_APPROVED";
    /// The colleague or the leader said no.
    ShiftSwapDenied(SwapNews) = "SHIFT_SWAP_DENIED";
    /// The reader wanted to take a shift and could not.
    ShiftSwapRefused(RefusalNews) = "SHIFT_SWAP_REFUSED";
    /// An offer that the reader had to do with was taken back.
    ShiftSwapWithdrawn(SwapNews) = "SHIFT_SWAP_WITHDRAWN";
    /// An offer that the reader had to do with has lapsed.
    ShiftSwapExpired(SwapNews) = "SHIFT_SWAP_EXPIRED";
    /// A schedule with shifts of the reader was published.
    SchedulePublished(PeriodNews) = "SCHEDULE_PUBLISHED";
    /// A planner has changed a published shift of the reader.
    ShiftChanged(ShiftNews) = "SHIFT_CHANGED";
    /// The reader was given a role.
    RoleGiven(RoleNews) = "ROLE_GIVEN";
    /// A role of the reader ends.
    RoleEnded(RoleNews) = "ROLE_ENDED";
    /// The reader gets another post, site, team or superior.
    PostChanged(PostNews) = "POST_CHANGED";
}

impl NewsKind {
    /// Whether the newest of its kind about a thing says all: an unread older one gives way to it.
    #[must_use]
    pub const fn replaces_unread(self) -> bool {
        matches!(self, Self::ShiftSwapRefused)
    }
}

/// Which side of a swap the reader is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SwapSide {
    /// Gives the offered shift.
    Gives,
    /// Takes it, or is asked to.
    Takes,
    /// Decides about it.
    Decides,
}

impl SwapSide {
    /// Stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gives => "GIVES",
            Self::Takes => "TAKES",
            Self::Decides => "DECIDES",
        }
    }
}

/// What goes the other way in a swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InReturn {
    /// Nothing: it is a hand-over.
    Nothing,
    /// A shift that nobody has named yet.
    Asked,
    /// The shift at that time.
    Shift(Span),
}

/// A step of a swap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwapNews {
    /// Site of the offered shift, whose clock is meant.
    pub site: SiteId,
    /// When the offered shift is.
    pub shift: Span,
    /// What is given for it.
    pub in_return: InReturn,
    /// Which side the reader is on.
    pub side: SwapSide,
    /// The other one of the two, for who decides the one who offers; `None` when nobody else is meant.
    pub colleague: Option<AgentId>,
}

/// Why the reader could not take a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalNews {
    /// Site of the offered shift, whose clock is meant.
    pub site: SiteId,
    /// When the offered shift is.
    pub shift: Span,
    /// Why.
    pub reason: SwapRefusalCode,
    /// The heaviest rule in the way; `None` when rules are not the reason.
    pub rule: Option<BrokenRule>,
}

/// A rule that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenRule {
    /// Which one.
    pub rule: RuleCode,
    /// What was measured and what is allowed; `None` when it was measured on the roster of somebody
    /// else, which is not the reader's business.
    pub figures: Option<(Quantity, Quantity)>,
    /// Whether the limit is the least or the most; `None` where it is neither, or without figures.
    pub bound: Option<Bound>,
}

/// A published schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodNews {
    /// Whose plan.
    pub site: SiteId,
    /// First day.
    pub first: civil::Date,
    /// Last day, inclusive.
    pub last: civil::Date,
}

/// What was done with a shift of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ShiftChange {
    /// It is at another time.
    Moved,
    /// It is the reader's now.
    Given,
    /// It is the reader's no longer.
    Taken,
    /// It is at the same time, with other activities in it.
    Within,
}

impl ShiftChange {
    /// Stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "MOVED",
            Self::Given => "GIVEN",
            Self::Taken => "TAKEN",
            Self::Within => "WITHIN",
        }
    }
}

/// A planner's change of a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftNews {
    /// Site of the shift, whose clock is meant.
    pub site: SiteId,
    /// What was done.
    pub change: ShiftChange,
    /// When it was; the same as `after` unless it was moved.
    pub before: Span,
    /// When it is.
    pub after: Span,
}

/// A role by which a person knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// A built-in one.
    BuiltIn(Role),
    /// One that the tenant made for itself, by its name.
    Own(String),
}

/// A role that begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleNews {
    /// Which one.
    pub role: RoleName,
    /// From when on it holds, or no longer holds.
    pub at: Timestamp,
    /// IANA zone of the company.
    pub zone: String,
}

/// A post that begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostNews {
    /// Its site, whose clock is meant.
    pub site: SiteId,
    /// Code of the post.
    pub post: String,
    /// When it begins.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_kind_is_read_back_and_is_the_same_in_json() {
        for &kind in NewsKind::ALL {
            assert_eq!(NewsKind::parse(kind.as_str()), Some(kind));
            assert_eq!(serde_json::to_value(kind).expect("json"), kind.as_str());
        }
        assert_eq!(NewsKind::parse("GOSSIP"), None);
    }

    #[test]
    fn news_are_stored_as_kind_and_values() {
        let first = civil::date(2026, 3, 2);
        let site = SiteId::from_uuid(Uuid::from_u128(1));
        let news = News::SchedulePublished(PeriodNews { site, first, last: first });
        let json = serde_json::to_value(&news).expect("json");
        assert_eq!(json["kind"], news.kind().as_str());
        assert_eq!(json["params"]["first"], "2026-03-02");
        assert_eq!(serde_json::from_value::<News>(json).expect("read"), news);
    }
}
