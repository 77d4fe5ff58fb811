//! Which queues somebody can serve, as one small number.

/// Most queues of a problem.
pub const MAX_QUEUES: usize = 128;

/// Queues of a problem, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct QueueSet(u128);

impl QueueSet {
    /// No queue.
    pub const NONE: Self = Self(0);
    /// Every queue that there can be.
    pub const ALL: Self = Self(u128::MAX);

    /// Whether the queue is among them.
    #[must_use]
    pub const fn contains(self, queue: usize) -> bool {
        queue < MAX_QUEUES && self.0 & (1 << queue) != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The queues in order. Those from [`MAX_QUEUES`] on are never among them.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let first = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (first < MAX_QUEUES).then_some(first)
        })
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn insert(&mut self, queue: usize) {
        self.0 |= u128::from(queue < MAX_QUEUES) << (queue % MAX_QUEUES);
    }

    pub(super) fn remove(&mut self, queue: usize) {
        self.0 &= !(u128::from(queue < MAX_QUEUES) << (queue % MAX_QUEUES));
    }

    /// Any of them, the first one.
    pub(super) const fn first(self) -> Option<usize> {
        if self.0 == 0 { None } else { Some(self.0.trailing_zeros() as usize) }
    }
}

impl FromIterator<usize> for QueueSet {
    fn from_iter<I: IntoIterator<Item = usize>>(queues: I) -> Self {
        let mut set = Self::NONE;
        queues.into_iter().for_each(|queue| set.insert(queue));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_beyond_its_end() {
        let set: QueueSet = [3, 127, 0, 128, 131].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 3, 127]);
        assert!(set.contains(127) && !set.contains(128) && !set.contains(1));
        assert_eq!((set.first(), QueueSet::NONE.first()), (Some(0), None));
        assert_eq!(QueueSet::ALL.iter().count(), MAX_QUEUES);
    }
}
