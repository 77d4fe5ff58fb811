use serde::{Deserialize, Serialize};

use crate::{
    agents::{Assignment, AssignmentReason},
    id::{SiteId, TeamId},
};

/// A step of working life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CareerKind {
    /// Start of employment.
    Hire,
    /// End of probation with success.
    Confirmation,
    /// Up the ladder.
    Promotion,
    /// To another site or team.
    Transfer,
    /// Out to another department for a time.
    Rotation,
    /// Back from it.
    Return,
    /// Won an internal competition.
    InternalCompetition,
    /// Down the ladder.
    Demotion,
    /// Away for long.
    LeaveOfAbsence,
    /// End of employment.
    Separation,
}

impl From<AssignmentReason> for CareerKind {
    fn from(reason: AssignmentReason) -> Self {
        match reason {
            AssignmentReason::Hire => Self::Hire,
            AssignmentReason::Promotion => Self::Promotion,
            AssignmentReason::Transfer => Self::Transfer,
            AssignmentReason::Rotation => Self::Rotation,
            AssignmentReason::InternalCompetition => Self::InternalCompetition,
            AssignmentReason::Demotion => Self::Demotion,
            AssignmentReason::Return => Self::Return,
        }
    }
}

/// Post and place at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Code of the post.
    pub post: String,
    /// Site.
    pub site: SiteId,
    /// Team.
    pub team: Option<TeamId>,
}

impl From<&Assignment> for Holding {
    fn from(assignment: &Assignment) -> Self {
        Self { post: assignment.post.clone(), site: assignment.site, team: assignment.team }
    }
}

/// What happened, from where to where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareerEvent {
    /// Kind.
    pub kind: CareerKind,
    /// Before; `None` at the hire.
    pub from: Option<Holding>,
    /// After; `None` at the end of employment.
    pub to: Option<Holding>,
    /// Reference of the decision.
    pub decision: Option<String>,
}

impl CareerEvent {
    /// The event that a new assignment writes, after the one that it follows.
    #[must_use]
    pub fn of_assignment(before: Option<&Assignment>, after: &Assignment) -> Self {
        Self {
            kind: after.reason.into(),
            from: before.map(Holding::from),
            to: Some(after.into()),
            decision: after.decision.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::id::AssignmentId;

    fn assignment(id: u128, post: &str, reason: AssignmentReason, from: &str) -> Assignment {
        Assignment {
            id: AssignmentId::from_uuid(Uuid::from_u128(id)),
            primary: true,
            post: post.into(),
            level: None,
            site: SiteId::from_uuid(Uuid::from_u128(1)),
            team: None,
            superior: None,
            from: from.parse::<Timestamp>().expect("instant"),
            until: None,
            reason,
            decision: Some(format!("HR-{id}")),
        }
    }

    #[test]
    fn three_posts_give_three_events_with_from_to_and_decision() {
        use AssignmentReason::{Hire, InternalCompetition, Promotion};
        let posts = [
            assignment(1, "agent", Hire, "2025-02-28T16:00:00Z"),
            assignment(2, "senior_agent", Promotion, "2025-08-31T16:00:00Z"),
            assignment(3, "quality_analyst", InternalCompetition, "2026-02-28T16:00:00Z"),
        ];
        let events = [
            CareerEvent::of_assignment(None, &posts[0]),
            CareerEvent::of_assignment(Some(&posts[0]), &posts[1]),
            CareerEvent::of_assignment(Some(&posts[1]), &posts[2]),
        ];
        let told = events.map(|event| {
            let post = |holding: Option<Holding>| holding.map_or("-".into(), |it| it.post);
            let (from, to) = (post(event.from), post(event.to));
            format!("{:?} {from} > {to} {}", event.kind, event.decision.unwrap_or_default())
        });
        assert_eq!(
            told,
            [
                "Hire - > agent HR-1",
                "Promotion agent > senior_agent HR-2",
                "InternalCompetition senior_agent > quality_analyst HR-3",
            ]
        );
    }
}
