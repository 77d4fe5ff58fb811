//! The root fields of a mutation, one after the other: none begins once the time is up.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use async_graphql::Context;
use trunkline_infra::db::Commits;

/// Stands in the request of a mutation. The executor begins its root fields one after the other; each
/// asks here first, so that nothing is begun of which the caller will not be told.
#[derive(Debug)]
pub struct Turns {
    commits: Arc<Commits>,
    /// Commits that had been begun when the field under way began.
    before: AtomicU32,
    over: AtomicBool,
}

impl Turns {
    pub(super) fn new(commits: &Arc<Commits>) -> Arc<Self> {
        let commits = Arc::clone(commits);
        Arc::new(Self { commits, before: AtomicU32::new(0), over: AtomicBool::new(false) })
    }

    /// Whether the root field of `ctx` may begin. What is no root field, or none of a mutation, may.
    #[must_use]
    pub fn has(ctx: &Context<'_>) -> bool {
        let is_root = ctx.path_node.as_ref().is_none_or(|node| node.parent.is_none());
        let turns = ctx.data_opt::<Arc<Self>>().filter(|_| is_root);
        turns.is_none_or(|turns| turns.begins())
    }

    fn begins(&self) -> bool {
        self.before.store(self.commits.begun(), Ordering::Relaxed);
        !self.over.load(Ordering::Relaxed)
    }

    /// No field begins any more.
    pub(super) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Whether all of the field under way is undone when it is given up now: it has begun no commit.
    pub(super) fn can_be_undone(&self) -> bool {
        self.commits.begun() == self.before.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_has_committed_cannot_be_undone_and_none_begins_after_the_end() {
        let commits = Arc::<Commits>::default();
        let turns = Turns::new(&commits);
        assert!(turns.begins() && turns.can_be_undone());
        commits.begins();
        assert!(!turns.can_be_undone(), "it has begun to commit");
        commits.lasts();
        assert!(!turns.can_be_undone(), "what follows its commit is to be done");
        assert!(turns.begins() && turns.can_be_undone(), "the next one has done nothing yet");
        turns.end();
        assert!(!turns.begins());
    }
}
