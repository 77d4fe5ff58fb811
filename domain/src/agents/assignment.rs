use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::agent::is_post;
use crate::{
    fault::{Fault, FaultCode, Rule},
    id::{AssignmentId, SiteId, TeamId, UserId},
};

/// Why a person holds another post from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssignmentReason {
    /// First post.
    Hire,
    /// Up the ladder.
    Promotion,
    /// To another site or team.
    Transfer,
    /// Out to another department for a time.
    Rotation,
    /// Won an internal competition.
    InternalCompetition,
    /// Down the ladder.
    Demotion,
    /// Back to the former post.
    Return,
}

/// A post held from one instant to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Whether it is the one that gives rights, card template and scheduling group.
    pub primary: bool,
    /// Code of the post.
    pub post: String,
    /// Step of the ladder inside the post, if the post has steps.
    pub level: Option<String>,
    /// Site.
    pub site: SiteId,
    /// Team.
    pub team: Option<TeamId>,
    /// Direct superior.
    pub superior: Option<UserId>,
    /// First instant.
    pub from: Timestamp,
    /// First instant at which it no longer holds; `None` = no end.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: AssignmentReason,
    /// Reference of the decision.
    pub decision: Option<String>,
}

impl Assignment {
    /// Whether it holds at `now`.
    #[must_use]
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

/// The one primary assignment that holds at `now`.
#[must_use]
pub fn primary_at(assignments: &[Assignment], now: Timestamp) -> Option<&Assignment> {
    assignments.iter().find(|assignment| assignment.primary && assignment.holds_at(now))
}

/// The post that follows another one, and from when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextPost {
    /// Code of the post.
    pub post: String,
    /// Site.
    pub site: SiteId,
    /// Team.
    pub team: Option<TeamId>,
    /// Direct superior.
    pub superior: Option<UserId>,
    /// First instant.
    pub from: Timestamp,
    /// Why.
    pub reason: AssignmentReason,
    /// Reference of the decision.
    pub decision: Option<String>,
}

/// Ends the last assignment at the instant at which the next one begins: gives both.
///
/// # Errors
/// INVALID_STATE `ENDED` when the last one has an end already; INVALID_VALUE at `effectiveAt` when
/// the next does not begin after it, at `post` for what is no code or at `reason` for a second hire,
/// at the request as a whole when nothing would change.
pub fn follow(
    last: &Assignment,
    id: AssignmentId,
    next: NextPost,
) -> Result<(Assignment, Assignment), Vec<Fault>> {
    let NextPost { post, site, team, superior, from, reason, decision } = next;
    let mut faults = Vec::new();
    if last.until.is_some() {
        faults.push(Fault::new(FaultCode::InvalidState).with("state", "ENDED"));
    }
    if from <= last.from {
        let rule = Rule::AfterThePostBegan(last.from);
        faults.push(Fault::invalid("effectiveAt", rule));
    }
    if !is_post(&post) {
        faults.push(Fault::invalid("post", Rule::Post));
    }
    if reason == AssignmentReason::Hire {
        faults.push(Fault::invalid("reason", Rule::NotHire));
    }
    let same = (&last.post, last.site, last.team, last.superior) == (&post, site, team, superior);
    if same {
        let rule = Rule::AnotherPost;
        faults.push(Fault::of_rule(rule));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let (primary, level, until) = (last.primary, None, None);
    let closed = Assignment { until: Some(from), ..last.clone() };
    let opened = Assignment {
        id,
        primary,
        post,
        level,
        site,
        team,
        superior,
        from,
        until,
        reason,
        decision,
    };
    Ok((closed, opened))
}

/// Whether exactly one primary assignment holds at any instant from hire on, without an end.
///
/// `left_at` is the instant of leaving; until then there must be one, from then on none.
///
/// # Errors
/// OVERLAP when two hold at once; INVALID_VALUE when none does, when a span is empty or when a post
/// is no code. Each fault carries the `assignment` concerned.
pub fn check_assignments(
    assignments: &[Assignment],
    left_at: Option<Timestamp>,
) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    for each in assignments {
        if each.until.is_some_and(|until| until <= each.from) {
            faults.push(about(each, Fault::invalid("until", Rule::AfterTheStart)));
        }
        if !is_post(&each.post) {
            let rule = Rule::Post;
            faults.push(about(each, Fault::invalid("post", rule)));
        }
    }
    let mut primary: Vec<_> = assignments.iter().filter(|each| each.primary).collect();
    primary.sort_by_key(|each| each.from);
    for pair in primary.windows(2) {
        let (earlier, later) = (pair[0], pair[1]);
        match earlier.until {
            Some(until) if until == later.from => {}
            Some(until) if until < later.from => {
                let rule = Rule::PrimaryWithoutGap;
                faults.push(about(later, Fault::invalid("from", rule)));
            }
            _ => faults.push(about(later, Fault::new(FaultCode::Overlap).at("from"))),
        }
    }
    match primary.last() {
        Some(last) if last.until != left_at => {
            let rule = Rule::PrimaryToTheEnd;
            faults.push(about(last, Fault::invalid("until", rule)));
        }
        Some(_) => {}
        None => faults.push(Fault::invalid("assignments", Rule::OnePrimary)),
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn about(assignment: &Assignment, fault: Fault) -> Fault {
    fault.with("assignment", assignment.id.to_string())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("instant")
    }

    fn assignment(id: u128, post: &str, from: &str, until: Option<&str>) -> Assignment {
        Assignment {
            id: AssignmentId::from_uuid(Uuid::from_u128(id)),
            primary: true,
            post: post.into(),
            level: None,
            site: SiteId::from_uuid(Uuid::from_u128(1)),
            team: None,
            superior: None,
            from: at(from),
            until: until.map(at),
            reason: AssignmentReason::Hire,
            decision: None,
        }
    }

    /// Agent, then senior agent, then quality analyst; midnights of Shanghai.
    fn path() -> Vec<Assignment> {
        let (hire, senior, quality) =
            ("2025-02-28T16:00:00Z", "2025-08-31T16:00:00Z", "2026-02-28T16:00:00Z");
        vec![
            assignment(1, "agent", hire, Some(senior)),
            assignment(2, "senior_agent", senior, Some(quality)),
            assignment(3, "quality_analyst", quality, None),
        ]
    }

    #[test]
    fn the_post_changes_at_its_instant() {
        let path = path();
        let post = |now| primary_at(&path, at(now)).map(|it| it.post.as_str());
        assert_eq!(post("2025-02-28T15:59:59Z"), None);
        assert_eq!(post("2026-02-28T15:59:59Z"), Some("senior_agent"));
        assert_eq!(post("2026-02-28T16:00:00Z"), Some("quality_analyst"));
        assert_eq!(check_assignments(&path, None), Ok(()));
    }

    #[test]
    fn gaps_and_overlaps_of_primary_posts_are_told() {
        let mut gap = path();
        gap[1].until = Some(at("2026-02-01T16:00:00Z"));
        let faults = check_assignments(&gap, None).expect_err("a gap");
        assert_eq!((faults.len(), faults[0].code), (1, FaultCode::InvalidValue));

        let mut overlap = path();
        overlap[1].until = None;
        let faults = check_assignments(&overlap, None).expect_err("an overlap");
        assert_eq!((faults.len(), faults[0].code), (1, FaultCode::Overlap));
    }

    #[test]
    fn a_post_that_follows_leaves_no_gap_and_cannot_begin_before_the_last() {
        let last = assignment(1, "agent", "2025-02-28T16:00:00Z", None);
        let next = |from| NextPost {
            post: "senior_agent".into(),
            site: last.site,
            team: None,
            superior: None,
            from: at(from),
            reason: AssignmentReason::Promotion,
            decision: None,
        };
        let id = AssignmentId::from_uuid(Uuid::from_u128(2));
        let (closed, opened) = follow(&last, id, next("2025-08-31T16:00:00Z")).expect("a follower");
        assert_eq!(check_assignments(&[closed.clone(), opened], None), Ok(()));
        let faults = follow(&closed, id, next("2025-02-28T16:00:00Z")).expect_err("two faults");
        assert_eq!(faults.len(), 2);
        let same = NextPost { post: "agent".into(), ..next("2025-08-31T16:00:00Z") };
        assert_eq!(follow(&last, id, same).expect_err("nothing changes").len(), 1);
    }

    #[test]
    fn a_secondary_post_may_lie_beside_the_primary_one() {
        let mut path = path();
        let expert = assignment(4, "expert_on_call", "2025-12-01T00:00:00Z", None);
        path.push(Assignment { primary: false, ..expert });
        assert_eq!(check_assignments(&path, None), Ok(()));
    }

    #[test]
    fn who_left_holds_no_post() {
        let left = at("2026-11-01T00:00:00Z");
        assert!(check_assignments(&path(), Some(left)).is_err());
        let mut path = path();
        path[2].until = Some(left);
        assert_eq!(check_assignments(&path, Some(left)), Ok(()));
        assert!(check_assignments(&[], None).is_err());
    }
}
