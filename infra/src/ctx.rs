//! The first argument of every use case: who asks, for which tenant, in which request, when.

use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;
use rand::{TryRng as _, rngs::SysRng};
use trunkline_domain::{
    id::{Id, TenantId, UserId},
    identity::{Subject, Viewer},
};
use uuid::{Builder, Uuid};

use crate::db::Unit;

/// Where a request came from, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Address of the client.
    pub address: Option<IpAddr>,
    /// The client's program, as it calls itself.
    pub user_agent: Option<Arc<str>>,
    /// Id of the request; `None` = it is none of the API.
    pub request_id: Option<Arc<str>>,
}

impl Origin {
    /// The client's program for records: what a stranger says, so no more than the first 200
    /// characters of it.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        const LONGEST: usize = 200;
        let text = self.user_agent.as_deref()?;
        Some(text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end]))
    }
}

/// Context of one use case.
///
/// Its tenant decides which rows can be reached, so it is made in two ways only: from a caller whose
/// token was verified, or for the system's own work with a stated reason.
#[derive(Debug, Clone)]
pub struct Ctx {
    viewer: Arc<Viewer>,
    request_id: Arc<str>,
    now: Timestamp,
    origin: Origin,
    unit: Option<Unit>,
}

impl Ctx {
    /// Context of a caller. Only the verifier of tokens and keys has a [`Viewer`] to give.
    #[must_use]
    pub fn of_caller(viewer: Arc<Viewer>, request_id: Arc<str>, now: Timestamp) -> Self {
        Self { viewer, request_id, now, origin: Origin::default(), unit: None }
    }

    /// Context of the system's own work for a tenant: jobs, the command line, seeds. `reason` goes
    /// to the log and stands as request id.
    #[must_use]
    pub fn of_system(tenant: TenantId, reason: &'static str, now: Timestamp) -> Self {
        tracing::debug!(%tenant, reason, "system context");
        let viewer = Arc::new(Viewer::system(tenant));
        let request_id = Arc::from(reason);
        Self { viewer, request_id, now, origin: Origin::default(), unit: None }
    }

    /// The same context for a request that came from `origin`, under that one's id if it has one.
    #[must_use]
    pub fn from(self, origin: &Origin) -> Self {
        let request_id = origin.request_id.clone().unwrap_or(self.request_id);
        Self { request_id, origin: origin.clone(), ..self }
    }

    /// The same context, in which a user acts who has just shown who they are: records name them. It
    /// gives no right.
    #[must_use]
    pub fn acting(self, user: UserId) -> Self {
        let viewer = Viewer { subject: Subject::User(user), ..Viewer::clone(&self.viewer) };
        Self { viewer: Arc::new(viewer), ..self }
    }

    /// The same caller at another instant, for work that goes on after the request.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        Self { now, unit: None, ..self.clone() }
    }

    /// The same context of a caller whose rights have been looked up anew.
    #[must_use]
    pub fn by(self, viewer: Arc<Viewer>) -> Self {
        Self { viewer, ..self }
    }

    /// The same context, whose transactions are those of the unit.
    #[must_use]
    pub fn within(self, unit: Unit) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// The unit whose transaction is used; `None` = each transaction is one of its own.
    #[must_use]
    pub(crate) const fn unit(&self) -> Option<&Unit> {
        self.unit.as_ref()
    }

    /// Does what others may notice only once the use case's writes last: forgets what is in memory,
    /// tells of changes. To be called after the commit; within a unit it is put off until that one
    /// is committed, and never done if it is not.
    pub async fn after_commit(&self, action: impl Future<Output = ()> + Send + 'static) {
        match &self.unit {
            None => action.await,
            Some(unit) => unit.put_off(action),
        }
    }

    /// The tenant whose rows are reached.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.viewer.tenant
    }

    /// Who asks, with all rights.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Id of the user or client, for records of who did it; `None` for the system.
    #[must_use]
    pub fn actor(&self) -> Option<Uuid> {
        match self.viewer.subject {
            Subject::User(id) => Some(id.uuid()),
            Subject::Client(id) => Some(id.uuid()),
            Subject::System => None,
        }
    }

    /// Where the request came from.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Id of the request, as it stands in the answer and in the log.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The instant at which the use case happens. The same all through it.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id that sorts by the context's instant.
    #[must_use]
    pub fn new_id<K>(&self) -> Id<K> {
        new_id(self.now)
    }
}

/// A new UUIDv7 of the instant `now`.
#[must_use]
pub fn new_id<K>(now: Timestamp) -> Id<K> {
    let mut random = [0u8; 10];
    fill_random(&mut random);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Id::from_uuid(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// Fills `bytes` from the system's random source.
///
/// # Panics
/// When the system has no random source: nothing safe can be done then.
pub fn fill_random(bytes: &mut [u8]) {
    #[expect(clippy::expect_used, reason = "without a random source no id and no secret is safe")]
    SysRng.try_fill_bytes(bytes).expect("random source of the system");
}
