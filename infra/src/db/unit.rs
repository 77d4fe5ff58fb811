use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sea_orm::sqlx;
use trunkline_domain::id::TenantId;

use super::{DbError, TenantTx, tx::Driver};

/// Something to be done after a commit.
pub(super) type Later = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One transaction that the use cases of an operation share.
///
/// Each begins and commits as ever, one after the other, but what it committed lasts only when the
/// owner of the unit has closed it and committed for good. What a use case leaves without a commit
/// is undone back to where it began (a savepoint), so a refused write costs nobody the rest.
/// Dropped unclosed, everything is undone.
#[derive(Clone)]
pub struct Unit(Arc<Shared>);

struct Shared {
    tenant: TenantId,
    place: Mutex<Place>,
    later: Mutex<Vec<Later>>,
}

/// Where the transaction is.
enum Place {
    /// Here; what was done in it so far stays.
    Kept(Driver),
    /// Here; what was done since the last savepoint is to be undone.
    Undone(Driver),
    /// With a use case, or lost with one, or ended.
    Away,
}

const BEGIN: &str = "savepoint step";
const UNDO: &str = "rollback to savepoint step";

impl std::fmt::Debug for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unit")
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Unit {
    /// Shares a transaction from here on; what was done in it stays.
    #[must_use]
    pub fn of(mut tx: TenantTx) -> Self {
        let place = tx.take().map_or(Place::Away, Place::Kept);
        let (place, later) = (Mutex::new(place), Mutex::default());
        Self(Arc::new(Shared { tenant: tx.tenant(), place, later }))
    }

    fn take(&self) -> Place {
        std::mem::replace(&mut *locked(&self.0.place), Place::Away)
    }

    /// Hands the transaction to a use case, or to the readers of an operation.
    pub(super) async fn begin(&self) -> Result<TenantTx, DbError> {
        let (mut driver, statement) = match self.take() {
            Place::Kept(driver) => (driver, BEGIN),
            Place::Undone(driver) => (driver, UNDO),
            Place::Away => return Err(away()),
        };
        sqlx::raw_sql(statement).execute(&mut *driver).await?;
        Ok(TenantTx::of_unit(driver, self.0.tenant, self.clone()))
    }

    /// Takes the transaction back from a use case.
    pub(super) fn give_back(&self, driver: Driver, committed: bool) {
        *locked(&self.0.place) =
            if committed { Place::Kept(driver) } else { Place::Undone(driver) };
    }

    /// Puts off what is to be done after the commit.
    pub(crate) fn put_off(&self, action: impl Future<Output = ()> + Send + 'static) {
        locked(&self.0.later).push(Box::pin(action));
    }

    /// Ends the sharing: the transaction that comes back is committed for good.
    ///
    /// # Errors
    /// When a use case still has it; what the database says.
    pub(crate) async fn close(&self) -> Result<TenantTx, DbError> {
        let driver = match self.take() {
            Place::Kept(driver) => driver,
            Place::Undone(mut driver) => {
                sqlx::raw_sql(UNDO).execute(&mut *driver).await?;
                driver
            }
            Place::Away => return Err(away()),
        };
        Ok(TenantTx::of_driver(driver, self.0.tenant))
    }

    /// Does what was put off until the commit.
    pub(crate) async fn after_commit(&self) {
        let actions = std::mem::take(&mut *locked(&self.0.later));
        for action in actions {
            action.await;
        }
    }
}

fn away() -> DbError {
    DbError::Internal("a transaction within another one of the same unit".to_owned())
}
