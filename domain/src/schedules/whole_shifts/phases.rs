//! What a day leaves behind that the next one must know: the runs of work and rest, and what may
//! follow the last shift. These phases and the steps between them are the skeleton of the programme.

use std::collections::BTreeMap;

use super::{problem::Person, rules::Group};

/// A step from one phase to another by a day off or a shift of a group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) to: usize,
    pub(super) group: usize,
    pub(super) units: usize,
}

/// All phases that can be reached; the first is the one before the first day.
#[derive(Debug, Clone, Default)]
pub(super) struct Phases {
    /// By phase.
    pub(super) steps: Vec<Vec<Step>>,
    /// By phase: days off since the last day with work, as far as it matters.
    pub(super) rest: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Start,
    Off(usize),
    /// What may follow, length of the run, whether its least length is waived at the start.
    Work(usize, usize, bool),
}

/// Lengths of runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Runs {
    before: usize,
    least: usize,
    most: usize,
    /// Whether a run can become too long at all; if not, it is followed to its least length only.
    limited: bool,
    least_off: usize,
    /// Days off beyond which more make no difference.
    rest: usize,
}

impl Runs {
    /// Runs of a person, where the longest weekend has so many days.
    pub(super) fn new(of: &Person, longest_weekend: usize) -> Self {
        let days = of.possible.len();
        let least_off = (of.min_off as usize).min(days + 1);
        Self {
            before: of.run_before as usize,
            least: (of.min_run as usize).clamp(1, days + 1),
            most: of.max_run as usize,
            limited: (of.max_run as usize) < days + of.run_before as usize,
            least_off,
            rest: least_off.max(longest_weekend.saturating_sub(1)).max(1),
        }
    }

    /// How many of any so many days in a row can be worked at most.
    pub(super) fn most_in(&self, days: usize) -> usize {
        let period = self.most + self.least_off.max(1);
        days / period * self.most + (days % period).min(self.most)
    }

    fn off(&self, phase: Phase) -> Option<Phase> {
        match phase {
            Phase::Start => Some(Phase::Off(self.rest)),
            Phase::Off(days) => Some(Phase::Off((days + 1).min(self.rest))),
            Phase::Work(_, run, waived) => (run >= self.least || waived).then_some(Phase::Off(1)),
        }
    }

    /// Length of the run that a day of work makes, and whether its least length is waived.
    fn work(&self, phase: Phase) -> Option<(usize, bool)> {
        let (before, waived) = match phase {
            Phase::Start => (self.before, true),
            Phase::Off(days) if days < self.least_off => return None,
            Phase::Off(_) => (0, false),
            Phase::Work(_, run, waived) => (run, waived),
        };
        let run = if self.limited { before + 1 } else { (before + 1).min(self.least) };
        (before < self.most).then_some((run, waived && run < self.least))
    }
}

impl Phases {
    /// `rows` are the shifts that cannot follow, by the class of a group; the first group is the day
    /// off.
    pub(super) fn new(runs: &Runs, groups: &[Group], rows: &[u64]) -> Self {
        let mut phases = vec![Phase::Start];
        let mut place_of = BTreeMap::from([(Phase::Start, 0)]);
        let mut all = Self::default();
        let mut at = 0;
        while let Some(&phase) = phases.get(at) {
            let mut next: Vec<(Phase, usize)> = Vec::new();
            next.extend(runs.off(phase).map(|off| (off, 0)));
            let forbidden = match phase {
                Phase::Work(class, ..) => rows[class],
                _ => 0,
            };
            if let Some((run, waived)) = runs.work(phase) {
                let follow = groups.iter().enumerate().skip(1);
                let follow = follow.filter(|(_, group)| forbidden >> group.shifts[0] & 1 == 0);
                next.extend(follow.map(|(at, of)| (Phase::Work(of.class, run, waived), at)));
            }
            let steps = next.into_iter().map(|(phase, group)| {
                let to = *place_of.entry(phase).or_insert_with(|| {
                    phases.push(phase);
                    phases.len() - 1
                });
                Step { to, group, units: groups[group].units }
            });
            let steps = steps.collect();
            all.steps.push(steps);
            all.rest.push(match phase {
                Phase::Start => usize::MAX,
                Phase::Off(days) => days,
                Phase::Work(..) => 0,
            });
            at += 1;
        }
        all
    }
}
