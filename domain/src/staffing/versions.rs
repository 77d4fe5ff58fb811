//! Which versions of what was computed for a queue have to be read, where each interval is that of the
//! newest version that has it.

use std::collections::{BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};

/// A version and how far it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionReach<V> {
    /// The version.
    pub version: V,
    /// Start of its first interval.
    pub first: Timestamp,
    /// Start of its last interval.
    pub last: Timestamp,
}

/// The versions of one queue that are not read yet, and the intervals that are known already.
///
/// A newest version that reaches over all others is the only one that is read. One that leaves some
/// intervals out, or reaches less far, is followed by those older ones that can fill in.
#[derive(Debug, Clone)]
pub struct NewestFirst<V> {
    step: SignedDuration,
    left: VecDeque<VersionReach<V>>,
    known: BTreeSet<Timestamp>,
    at_once: usize,
}

impl<V> NewestFirst<V> {
    /// Of a queue with intervals of so many seconds, without versions yet.
    #[must_use]
    pub fn new(step_seconds: u32) -> Self {
        Self {
            step: SignedDuration::from_secs(i64::from(step_seconds.max(1))),
            left: VecDeque::new(),
            known: BTreeSet::new(),
            at_once: 1,
        }
    }

    /// Adds a version that is older than all that were added before.
    pub fn push(&mut self, version: VersionReach<V>) {
        self.left.push_back(version);
    }

    /// The versions to be read next, newest first: one, then two, then four, so that many short ones do
    /// not take as many turns. None when no version is left that can add an interval.
    pub fn to_read(&mut self) -> Vec<V> {
        let mut chosen = Vec::new();
        while chosen.len() < self.at_once
            && let Some(next) = self.left.pop_front()
        {
            if self.can_add(&next) {
                chosen.push(next.version);
            }
        }
        self.at_once = self.at_once.saturating_mul(2);
        chosen
    }

    /// An interval that was read.
    pub fn know(&mut self, starts_at: Timestamp) {
        self.known.insert(starts_at);
    }

    fn can_add(&self, reach: &VersionReach<V>) -> bool {
        let starts = std::iter::successors(Some(reach.first), |at| at.checked_add(self.step).ok());
        let mut within = starts.take_while(|at| *at <= reach.last);
        within.any(|at| !self.known.contains(&at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    fn walk(versions: &[(u32, i64, i64)]) -> NewestFirst<u32> {
        let mut walk = NewestFirst::new(3600);
        for &(version, first, last) in versions {
            walk.push(VersionReach { version, first: at(first), last: at(last) });
        }
        walk
    }

    fn knows(walk: &mut NewestFirst<u32>, hours: impl IntoIterator<Item = i64>) {
        hours.into_iter().for_each(|hour| walk.know(at(hour)));
    }

    #[test]
    fn a_newest_version_that_reaches_over_all_others_is_enough() {
        let mut versions = walk(&[(3, 0, 23), (2, 0, 23), (1, 5, 9)]);
        assert_eq!(versions.to_read(), [3]);
        knows(&mut versions, 0..=23);
        assert!(versions.to_read().is_empty());
    }

    #[test]
    fn what_the_newest_leaves_out_is_filled_in_by_older_ones() {
        let mut versions = walk(&[(5, 10, 23), (4, 12, 20), (3, 8, 23), (2, 8, 22), (1, 0, 9)]);
        assert_eq!(versions.to_read(), [5]);
        knows(&mut versions, (10..=23).filter(|hour| *hour != 15));
        // The fourth has the hour that the newest leaves out; two are read at once.
        assert_eq!(versions.to_read(), [4, 3]);
        knows(&mut versions, [15, 8, 9]);
        assert_eq!(versions.to_read(), [1], "the second adds nothing to the third");
        knows(&mut versions, 0..=9);
        assert!(versions.to_read().is_empty());
    }
}
