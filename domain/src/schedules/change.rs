//! A change of a roster, before anyone has said whether it may happen.

use super::{Availability, Shift, ViolationCause};
use crate::{
    id::{AgentId, ShiftId},
    time::Span,
};

/// Whose idea a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Origin {
    /// An agent asks for it.
    Request,
    /// The planner, the generator or an import.
    #[default]
    Edit,
}

impl Origin {
    /// The cause of violations that nothing else explains.
    #[must_use]
    pub const fn cause(self) -> ViolationCause {
        match self {
            Self::Request => ViolationCause::Request,
            Self::Edit => ViolationCause::Edit,
        }
    }
}

/// One step of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// A new shift for its agent.
    Add(Shift),
    /// A shift goes away.
    Remove {
        /// Who works it.
        agent: AgentId,
        /// Which.
        shift: ShiftId,
    },
    /// A shift of the same id and agent takes the place of the old one.
    Replace(Shift),
    /// A shift goes to another agent.
    Move {
        /// Which.
        shift: ShiftId,
        /// Who works it now.
        from: AgentId,
        /// Who shall work it.
        to: AgentId,
    },
    /// Time off is granted. Shifts in it must be removed or replaced in the same change.
    GrantTimeOff {
        /// To whom.
        agent: AgentId,
        /// When.
        span: Span,
    },
    /// The availability of an agent is replaced.
    SetAvailability {
        /// Whose.
        agent: AgentId,
        /// All of it.
        availability: Vec<Availability>,
    },
}

/// Steps that happen together or not at all; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// The steps, in order.
    pub edits: Vec<Edit>,
    /// Whose idea it is.
    pub origin: Origin,
}

impl Change {
    /// A change that the planner makes.
    #[must_use]
    pub const fn edit(edits: Vec<Edit>) -> Self {
        Self { edits, origin: Origin::Edit }
    }

    /// A change that an agent asks for.
    #[must_use]
    pub const fn request(edits: Vec<Edit>) -> Self {
        Self { edits, origin: Origin::Request }
    }

    /// Whether nothing would happen.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Agents whose roster it touches, each once, in order of id.
    #[must_use]
    pub fn agents(&self) -> Vec<AgentId> {
        let mut agents = Vec::with_capacity(self.edits.len() * 2);
        for edit in &self.edits {
            match edit {
                Edit::Add(shift) | Edit::Replace(shift) => agents.push(shift.agent()),
                Edit::Move { from, to, .. } => agents.extend([*from, *to]),
                Edit::Remove { agent, .. }
                | Edit::GrantTimeOff { agent, .. }
                | Edit::SetAvailability { agent, .. } => agents.push(*agent),
            }
        }
        agents.sort_unstable();
        agents.dedup();
        agents
    }
}
