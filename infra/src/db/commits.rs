//! How far a task has come that writes: until it begins to commit, giving it up undoes all of it.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use sea_orm::sqlx::{
    self,
    postgres::{PgDatabaseError, PgSeverity},
};
use tokio::task::futures::TaskLocalFuture;

tokio::task_local! {
    static OWN: Arc<Commits>;
}

/// The commits of one task. What is committed within a [`Unit`](super::Unit) does not count: it lasts
/// only once the unit does.
#[derive(Debug, Default)]
pub struct Commits {
    begun: AtomicU32,
    lasting: AtomicU32,
    undone: AtomicU32,
}

/// What is known of the writes of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing lasts, and nothing will if the task is given up now.
    Undone,
    /// A commit has been begun of which it is not known how it ended.
    Unknown,
    /// All commits that were begun have ended, and something lasts.
    Lasting,
}

impl Commits {
    /// A commit begins.
    pub fn begins(&self) {
        self.begun.fetch_add(1, Ordering::Relaxed);
    }

    /// One that was begun lasts.
    pub fn lasts(&self) {
        self.lasting.fetch_add(1, Ordering::Relaxed);
    }

    /// One that was begun has surely left nothing.
    pub fn fails(&self) {
        self.undone.fetch_add(1, Ordering::Relaxed);
    }

    /// How many have been begun.
    #[must_use]
    pub fn begun(&self) -> u32 {
        self.begun.load(Ordering::Relaxed)
    }

    /// What is known now.
    #[must_use]
    pub fn fate(&self) -> Fate {
        let [begun, lasting, undone] =
            [&self.begun, &self.lasting, &self.undone].map(|it| it.load(Ordering::Relaxed));
        if begun > lasting + undone {
            Fate::Unknown
        } else if lasting > 0 {
            Fate::Lasting
        } else {
            Fate::Undone
        }
    }
}

/// Drives a future that notes in `commits` how those go that it makes.
pub fn noting_commits<F: Future>(
    commits: Arc<Commits>,
    future: F,
) -> TaskLocalFuture<Arc<Commits>, F> {
    OWN.scope(commits, future)
}

/// A commit begins.
pub(super) fn begins() {
    // Where nobody drives so, nobody wants to know.
    let _ = OWN.try_with(|commits| commits.begins());
}

/// The commit that was begun last has ended so. One that is dropped half-way stays unknown.
pub(super) fn ended(outcome: &Result<(), sqlx::Error>) {
    let _ = OWN.try_with(|commits| match outcome {
        Ok(()) => commits.lasts(),
        Err(error) if left_nothing(error) => commits.fails(),
        Err(_) => {}
    });
}

/// Whether a commit that failed so has surely left nothing: the database has refused it. Where the
/// connection broke, it may have been carried out before.
fn left_nothing(error: &sqlx::Error) -> bool {
    let refused = error.as_database_error().and_then(|it| it.try_downcast_ref::<PgDatabaseError>());
    refused.is_some_and(|error| is_refusal(error.severity(), error.code()))
}

/// Whether what the database says of a commit is that it was undone. An ERROR is said before the commit
/// is written down; what fails while or after that is a FATAL or PANIC, which ends the connection (a
/// session that is ended, a log that cannot be written). 40003 is `statement_completion_unknown`.
fn is_refusal(severity: PgSeverity, code: &str) -> bool {
    severity == PgSeverity::Error && code != "40003"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_commits_of_the_own_task_are_noted() {
        let (own, other) = (Arc::<Commits>::default(), Arc::<Commits>::default());
        noting_commits(Arc::clone(&own), async {
            begins();
            tokio::task::yield_now().await;
            ended(&Ok(()));
        })
        .await;
        noting_commits(Arc::clone(&other), async {}).await;
        begins();
        assert_eq!((own.fate(), other.fate()), (Fate::Lasting, Fate::Undone));
    }

    #[tokio::test]
    async fn a_commit_that_hangs_or_loses_its_connection_is_not_known() {
        let commits = Arc::<Commits>::default();
        let broken = sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        noting_commits(Arc::clone(&commits), async {
            begins();
            ended(&Ok(()));
            assert_eq!(commits.fate(), Fate::Lasting);
            begins();
            assert_eq!(commits.fate(), Fate::Unknown, "the second one may yet fail");
            ended(&Err(broken));
        })
        .await;
        assert_eq!(commits.fate(), Fate::Unknown);
    }

    #[test]
    fn a_commit_that_the_database_refuses_leaves_what_there_was() {
        let commits = Commits::default();
        commits.begins();
        commits.fails();
        assert_eq!(commits.fate(), Fate::Undone);
        commits.begins();
        commits.lasts();
        commits.begins();
        commits.fails();
        assert_eq!(commits.fate(), Fate::Lasting);
    }

    #[test]
    fn only_an_error_is_believed_to_have_undone_a_commit() {
        for code in ["23505", "40001", "57014", "53100", "XX000"] {
            assert!(is_refusal(PgSeverity::Error, code), "{code}");
            for ends_connection in [PgSeverity::Fatal, PgSeverity::Panic] {
                assert!(!is_refusal(ends_connection, code), "{ends_connection:?} {code}");
            }
        }
        assert!(!is_refusal(PgSeverity::Error, "40003"));
    }
}
