//! What became of a mutation that has no answer of its own.

use trunkline_infra::db::Fate;

/// What `extensions.outcome` says beside the code of an error of a mutation: whether it was done, and
/// with it what the client does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing of it lasts.
    NotDone,
    /// It lasts, at least in part; its answer is lost.
    Done,
    /// The database has not said how the commit ended.
    Unknown,
}

impl Outcome {
    /// The word in `extensions.outcome`.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::NotDone => "NOT_DONE",
            Self::Done => "DONE",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// What the developer of the client is told. With a key it happens once, however often it is sent.
    pub(super) const fn advice(self, has_key: bool) -> &'static str {
        match (self, has_key) {
            (Self::NotDone, _) => "It was undone, nothing of it lasts: send it again.",
            (Self::Done, _) => {
                "It was carried out, at least in part: read what it changed, and do not just send it again."
            }
            (Self::Unknown, true) => {
                "Whether it was carried out is not known: send it again with the same \
                 `Idempotency-Key`, under which it happens once."
            }
            (Self::Unknown, false) => {
                "Whether it was carried out is not known: read what it would have changed before you send \
                 it again. With an `Idempotency-Key` it could be sent again at once."
            }
        }
    }
}

impl From<Fate> for Outcome {
    fn from(fate: Fate) -> Self {
        match fate {
            Fate::Undone => Self::NotDone,
            Fate::Lasting => Self::Done,
            Fate::Unknown => Self::Unknown,
        }
    }
}
