//! One working period of one agent.

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Activity, ActivityCategory};
use crate::{
    id::{AgentId, ShiftId, SiteId, SkillId},
    time::{Span, local_of_instant},
};

/// A skill that a shift asks of whoever works it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SkillNeed {
    /// The skill.
    pub skill: SkillId,
    /// Lowest grade that will do, 1 to 5.
    pub grade: u8,
}

/// What makes a shift, before it is known to be sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewShift {
    /// Its id.
    pub id: ShiftId,
    /// Who works it.
    pub agent: AgentId,
    /// Where.
    pub site: SiteId,
    /// From when to when, at most 45 days (what packing can hold).
    pub span: Span,
    /// What is done: in order, without gap or overlap, each at least a minute and starting whole
    /// minutes after the start of the shift.
    pub activities: Vec<Activity>,
    /// Skills the shift asks for.
    pub needs: Vec<SkillNeed>,
    /// Version of the shift, from 1.
    pub version: i32,
}

/// Why something is not a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShiftError {
    /// It has no length, or more than packing can hold.
    #[error("a shift lasts at least a minute and at most 45 days")]
    Length,
    /// There is no activity in it.
    #[error("a shift has at least one activity")]
    NoActivity,
    /// An activity leaves a gap to the one before, overlaps it, or does not reach the border.
    #[error("activity {index} does not join the one before, or the borders of the shift")]
    Gap {
        /// Place in the list, from 0.
        index: usize,
    },
    /// An activity is empty or starts within a minute.
    #[error("activity {index} must start at a whole minute of the shift and last at least one")]
    NotWholeMinutes {
        /// Place in the list, from 0.
        index: usize,
    },
}

/// One working period of one agent. Its activities cover its span in order and without gap; it
/// counts on the local date on which it starts, also when it runs over midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    id: ShiftId,
    agent: AgentId,
    site: SiteId,
    span: Span,
    local_date: civil::Date,
    activities: Vec<Activity>,
    needs: Vec<SkillNeed>,
    version: i32,
    // Asked by every rule, so summed once.
    paid_seconds: i64,
    presence: Option<Span>,
}

impl Shift {
    /// A sound shift. `zone` is the zone of its site and gives the local date.
    ///
    /// # Errors
    /// [`ShiftError`] when the activities do not cover the span in order and without gap.
    pub fn new(new: NewShift, zone: &TimeZone) -> Result<Self, ShiftError> {
        let NewShift { id, agent, site, span, activities, needs, version } = new;
        if span.seconds() < 60 || span.seconds() > i64::from(u16::MAX) * 60 {
            return Err(ShiftError::Length);
        }
        let mut end = span.start();
        for (index, activity) in activities.iter().enumerate() {
            if activity.span.start() != end || activity.span.end() > span.end() {
                return Err(ShiftError::Gap { index });
            }
            let offset = activity.span.start().duration_since(span.start());
            if activity.span.seconds() < 60 || offset.as_nanos() % 60_000_000_000 != 0 {
                return Err(ShiftError::NotWholeMinutes { index });
            }
            end = activity.span.end();
        }
        let last = activities.len().checked_sub(1).ok_or(ShiftError::NoActivity)?;
        if end != span.end() {
            return Err(ShiftError::Gap { index: last });
        }
        let paid_seconds = sum_seconds(&activities, |activity| activity.paid);
        let mut present = activities.iter().filter(|activity| activity.category.is_presence());
        let presence = present.next().and_then(|first| {
            let last = present.next_back().unwrap_or(first);
            Span::new(first.span.start(), last.span.end())
        });
        let local_date = local_of_instant(span.start(), zone).date();
        Ok(Self {
            id,
            agent,
            site,
            span,
            local_date,
            activities,
            needs,
            version,
            paid_seconds,
            presence,
        })
    }

    /// The same shift worked by another agent; its version grows by one.
    #[must_use]
    pub fn given_to(&self, agent: AgentId) -> Self {
        Self { agent, version: self.version.saturating_add(1), ..self.clone() }
    }

    /// The same shift asking for other skills.
    #[must_use]
    pub fn needing(self, needs: Vec<SkillNeed>) -> Self {
        Self { needs, ..self }
    }

    /// The same shift under another id and version.
    #[must_use]
    pub(super) fn identified(self, id: ShiftId, version: i32) -> Self {
        Self { id, version, ..self }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> ShiftId {
        self.id
    }

    /// Who works it.
    #[must_use]
    pub const fn agent(&self) -> AgentId {
        self.agent
    }

    /// Where.
    #[must_use]
    pub const fn site(&self) -> SiteId {
        self.site
    }

    /// From when to when.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// The date on which it counts: that of its start in the zone of the site.
    #[must_use]
    pub const fn local_date(&self) -> civil::Date {
        self.local_date
    }

    /// What is done, in order and without gap.
    #[must_use]
    pub fn activities(&self) -> &[Activity] {
        &self.activities
    }

    /// Skills it asks for.
    #[must_use]
    pub fn needs(&self) -> &[SkillNeed] {
        &self.needs
    }

    /// Version, from 1.
    #[must_use]
    pub const fn version(&self) -> i32 {
        self.version
    }

    /// From the first to the last presence: the span without time off at its borders.
    /// `None` when the whole shift is time off.
    #[must_use]
    pub const fn presence(&self) -> Option<Span> {
        self.presence
    }

    /// Paid seconds, paid time off included.
    #[must_use]
    pub const fn paid_seconds(&self) -> i64 {
        self.paid_seconds
    }

    /// Paid seconds of time off in it.
    #[must_use]
    pub fn paid_time_off_seconds(&self) -> i64 {
        sum_seconds(&self.activities, |activity| activity.paid && !activity.category.is_presence())
    }

    /// Seconds at work: without breaks, meals and time off.
    #[must_use]
    pub fn worked_seconds(&self) -> i64 {
        sum_seconds(&self.activities, |activity| activity.category.counts_as_work())
    }

    /// Seconds available for contacts.
    #[must_use]
    pub fn on_queue_seconds(&self) -> i64 {
        sum_seconds(&self.activities, |activity| activity.category == ActivityCategory::OnQueue)
    }
}

fn sum_seconds(activities: &[Activity], counts: impl Fn(&Activity) -> bool) -> i64 {
    activities.iter().filter(|activity| counts(activity)).map(|it| it.span.seconds()).sum()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("instant")
    }

    fn activity(category: ActivityCategory, from: &str, to: &str, paid: bool) -> Activity {
        Activity { category, span: Span::new(at(from), at(to)).expect("in order"), paid }
    }

    fn shift(from: &str, to: &str, activities: Vec<Activity>) -> Result<Shift, ShiftError> {
        let new = NewShift {
            id: ShiftId::from_uuid(Uuid::from_u128(1)),
            agent: AgentId::from_uuid(Uuid::from_u128(2)),
            site: SiteId::from_uuid(Uuid::from_u128(3)),
            span: Span::new(at(from), at(to)).expect("in order"),
            activities,
            needs: Vec::new(),
            version: 1,
        };
        Shift::new(new, &TimeZone::get("Asia/Shanghai").expect("zone"))
    }

    #[test]
    fn time_is_summed_by_what_it_counts_as() {
        use ActivityCategory::{Break, Meal, Meeting, OnQueue, TimeOff};
        let shift = shift(
            "2026-03-03T23:00:00Z",
            "2026-03-04T07:00:00Z",
            vec![
                activity(OnQueue, "2026-03-03T23:00:00Z", "2026-03-04T01:00:00Z", true),
                activity(Break, "2026-03-04T01:00:00Z", "2026-03-04T01:15:00Z", true),
                activity(Meeting, "2026-03-04T01:15:00Z", "2026-03-04T03:00:00Z", true),
                activity(Meal, "2026-03-04T03:00:00Z", "2026-03-04T03:30:00Z", false),
                activity(OnQueue, "2026-03-04T03:30:00Z", "2026-03-04T05:00:00Z", true),
                activity(TimeOff, "2026-03-04T05:00:00Z", "2026-03-04T07:00:00Z", true),
            ],
        )
        .expect("sound");
        assert_eq!(shift.paid_seconds(), 7 * 3600 + 1800);
        assert_eq!(shift.worked_seconds(), 2 * 3600 + 105 * 60 + 90 * 60);
        assert_eq!(shift.on_queue_seconds(), 2 * 3600 + 90 * 60);
        assert_eq!(shift.presence().map(Span::end), Some(at("2026-03-04T05:00:00Z")));
        assert_eq!(shift.local_date(), civil::date(2026, 3, 4), "07:00 in Shanghai");
    }

    #[test]
    fn a_night_shift_counts_on_its_start_date() {
        let work = activity(
            ActivityCategory::OnQueue,
            "2026-03-04T14:00:00Z",
            "2026-03-04T22:00:00Z",
            true,
        );
        let shift = shift("2026-03-04T14:00:00Z", "2026-03-04T22:00:00Z", vec![work]);
        assert_eq!(shift.expect("sound").local_date(), civil::date(2026, 3, 4));
    }

    #[test]
    fn a_shift_that_is_time_off_throughout_has_no_presence() {
        let off = activity(
            ActivityCategory::TimeOff,
            "2026-03-04T01:00:00Z",
            "2026-03-04T09:00:00Z",
            true,
        );
        let shift =
            shift("2026-03-04T01:00:00Z", "2026-03-04T09:00:00Z", vec![off]).expect("sound");
        assert_eq!(shift.presence(), None);
        assert_eq!(shift.paid_seconds(), 8 * 3600);
    }

    #[test]
    fn activities_must_cover_the_shift_in_order() {
        let part = |from, to| activity(ActivityCategory::OnQueue, from, to, true);
        let (start, end) = ("2026-03-04T01:00:00Z", "2026-03-04T09:00:00Z");
        let refused = |activities| shift(start, end, activities).expect_err("not sound");
        assert_eq!(refused(vec![]), ShiftError::NoActivity);
        assert_eq!(
            refused(vec![part(start, "2026-03-04T08:00:00Z")]),
            ShiftError::Gap { index: 0 },
            "ends early"
        );
        assert_eq!(
            refused(vec![part(start, "2026-03-04T04:00:00Z"), part("2026-03-04T05:00:00Z", end)]),
            ShiftError::Gap { index: 1 }
        );
        assert_eq!(
            refused(vec![part(start, "2026-03-04T04:00:00Z"), part("2026-03-04T03:00:00Z", end)]),
            ShiftError::Gap { index: 1 },
            "overlaps"
        );
        assert_eq!(
            refused(vec![part(start, "2026-03-04T04:00:30Z"), part("2026-03-04T04:00:30Z", end)]),
            ShiftError::NotWholeMinutes { index: 1 }
        );
        assert_eq!(shift(start, start, vec![]), Err(ShiftError::Length));
    }
}
