//! Staff per interval against what is required, summed once so that a change looks only at the
//! intervals it touches.

use std::{collections::BTreeSet, ops::Range};

use jiff::Timestamp;

use super::{ActivityCategory, AgentPlan, Shift};
use crate::{
    id::{SiteId, SkillId},
    time::Span,
};

/// Equal intervals one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalAxis {
    /// Start of the first.
    pub start: Timestamp,
    /// Seconds of each, more than 0.
    pub step_seconds: u32,
    /// How many.
    pub len: usize,
}

impl IntervalAxis {
    /// Indices of the intervals that `span` shares time with.
    #[must_use]
    pub fn indices(&self, span: Span) -> Range<usize> {
        let step = i64::from(self.step_seconds.max(1));
        let offset = |instant: Timestamp| instant.as_second() - self.start.as_second();
        let clamp = |index: i64| usize::try_from(index).unwrap_or(0).min(self.len);
        let first = clamp(offset(span.start()).div_euclid(step));
        let end = clamp((offset(span.end()) + step - 1).div_euclid(step));
        first..end.max(first)
    }

    /// The interval of an index.
    #[must_use]
    pub fn interval(&self, index: usize) -> Span {
        let step = i64::from(self.step_seconds);
        let offset = i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(step);
        let start = Span::of_seconds(self.start, offset).end();
        Span::of_seconds(start, step)
    }
}

/// What one queue, skill or grade requires and what the roster gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverageLine {
    /// Only shifts at this site count; `None` is any.
    pub site: Option<SiteId>,
    /// Only agents with this skill count; `None` is any.
    pub skill: Option<SkillId>,
    /// Lowest grade that counts.
    pub min_grade: u8,
    /// Agents required on queue, per interval.
    pub required: Vec<u16>,
    /// Agent seconds on queue of the whole roster as it stands (also of agents that the context
    /// does not hold), per interval.
    pub on_queue_seconds: Vec<u32>,
}

impl CoverageLine {
    /// Whether the shift counts when `plan`'s agent works it.
    #[must_use]
    pub fn counts(&self, plan: &AgentPlan, shift: &Shift) -> bool {
        self.site.is_none_or(|site| shift.site() == site)
            && plan.serves(self.skill, self.min_grade, shift.local_date())
    }
}

/// Requirement and staff of every line on one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The intervals.
    pub axis: IntervalAxis,
    /// What is required.
    pub lines: Vec<CoverageLine>,
}

impl Coverage {
    /// Lines of a site for these skills, of which nothing is required and on which nobody works yet.
    #[must_use]
    pub fn unrequired(
        axis: IntervalAxis,
        site: SiteId,
        skills: impl IntoIterator<Item = Option<SkillId>>,
    ) -> Self {
        let skills: BTreeSet<_> = skills.into_iter().collect();
        let line = |skill| CoverageLine {
            site: Some(site),
            skill,
            min_grade: 1,
            required: vec![0; axis.len],
            on_queue_seconds: vec![0; axis.len],
        };
        Self { axis, lines: skills.into_iter().map(line).collect() }
    }

    /// The position of the line of a skill: that of all its agents where others are parts of it.
    pub(super) fn line_of(&self, skill: Option<SkillId>) -> Option<usize> {
        let of_skill = self.lines.iter().enumerate().filter(|(_, line)| line.skill == skill);
        of_skill.min_by_key(|(_, line)| line.min_grade).map(|(place, _)| place)
    }

    /// Whether the line at a position is a part of another one: those of its agents who must have a
    /// higher grade. Whoever is required there is required in the whole line as well.
    pub(super) fn is_part(&self, place: usize) -> bool {
        self.lines.get(place).is_some_and(|part| {
            let is_whole = |line: &CoverageLine| {
                (line.site, line.skill) == (part.site, part.skill)
                    && line.min_grade.max(1) < part.min_grade
            };
            part.skill.is_some() && self.lines.iter().any(is_whole)
        })
    }

    /// Requires so many agents more of a skill, in every interval that the span shares time with.
    /// Nothing where there is no line of the skill.
    pub fn require(&mut self, skill: Option<SkillId>, span: Span, agents: u16) {
        let Some(line) = self.line_of(skill) else { return };
        for required in &mut self.lines[line].required[self.axis.indices(span)] {
            *required = required.saturating_add(agents);
        }
    }

    /// Calls `each(interval, seconds on queue)` for every part of a shift.
    pub(super) fn parts_of(&self, shift: &Shift, mut each: impl FnMut(usize, i64)) {
        for activity in shift.activities() {
            if activity.category == ActivityCategory::OnQueue {
                for index in self.axis.indices(activity.span) {
                    let part = self.axis.interval(index).intersection(activity.span);
                    each(index, part.map_or(0, Span::seconds));
                }
            }
        }
    }

    /// Sums the shifts of `plans` into `on_queue_seconds` of every line.
    pub fn add<'a>(&mut self, plans: impl IntoIterator<Item = &'a AgentPlan>) {
        for plan in plans {
            for shift in &plan.shifts {
                let mut parts = Vec::new();
                self.parts_of(shift, |index, seconds| parts.push((index, seconds)));
                for line in self.lines.iter_mut().filter(|line| line.counts(plan, shift)) {
                    for &(index, seconds) in &parts {
                        if let Some(sum) = line.on_queue_seconds.get_mut(index) {
                            *sum = sum.saturating_add(u32::try_from(seconds).unwrap_or(0));
                        }
                    }
                }
            }
        }
    }
}

/// What a site has of all agents who can do some work: of work that several sites do together each
/// does the same share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteShare {
    /// Agents of the site.
    pub own: i64,
    /// Those of all sites.
    pub all: i64,
}

impl SiteShare {
    /// The share of one of `sites` that do some work, by the agents who can do it. Where nobody at any
    /// of them can, each owes the same: what nobody can do is missing all the same.
    #[must_use]
    pub const fn of_sites(own: i64, all: i64, sites: i64) -> Self {
        if all > 0 { Self { own, all } } else { Self { own: 1, all: sites } }
    }

    /// What the site owes of the agents that the work requires, in whole agents. Nothing where it has
    /// none of them.
    #[must_use]
    pub fn agents(self, required: i32) -> u16 {
        let Self { own, all } = self;
        if all <= 0 {
            return 0;
        }
        let agents = (i64::from(required.max(0)) * own.max(0) + all / 2) / all;
        u16::try_from(agents).unwrap_or(u16::MAX)
    }

    /// What the site has to serve of the contacts.
    #[must_use]
    pub fn contacts(self, contacts: f64) -> f64 {
        contacts * self.own as f64 / self.all.max(1) as f64
    }
}

/// Seats of a site and the people who sit on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatCount {
    /// The intervals.
    pub axis: IntervalAxis,
    /// How many there are, per interval; `None` is enough.
    pub seats: Vec<Option<u32>>,
    /// Agents present at any time of the interval, per interval, of the whole roster as it stands.
    pub taken: Vec<u32>,
}

/// Borders that a site sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteLimits {
    /// The site.
    pub site: SiteId,
    /// When it is open, in order and apart from each other; `None` is always.
    pub open: Option<Vec<Span>>,
    /// Seats; `None` is always enough.
    pub seats: Option<SeatCount>,
}

#[cfg(test)]
mod tests {
    use super::SiteShare;

    #[test]
    fn sites_share_work_by_the_agents_they_have() {
        let share = |own, all| SiteShare { own, all };
        let agents = [share(30, 40), share(10, 40), share(0, 40)].map(|it| it.agents(24));
        assert_eq!(agents, [18, 6, 0]);
        assert_eq!(share(5, 5).agents(24), 24, "a site that is alone owes it all");
        assert_eq!(share(0, 0).agents(24), 0, "nobody can do it");
        assert_eq!([share(30, 40).contacts(100.0), share(0, 0).contacts(100.0)], [75.0, 0.0]);
    }

    #[test]
    fn work_that_nobody_can_do_is_owed_by_the_sites_alike() {
        let owed = |own, all, sites| SiteShare::of_sites(own, all, sites).agents(24);
        assert_eq!([owed(0, 0, 1), owed(0, 0, 2)], [24, 12]);
        assert_eq!([owed(0, 8, 2), owed(8, 8, 2)], [0, 24], "who can do it does it all");
        assert!((SiteShare::of_sites(0, 0, 4).contacts(100.0) - 25.0).abs() < 1e-9);
    }
}
