//! Whether the caller of a connection that stays open may go on.
//!
//! A request is let in once; a socket or stream outlives what it was let in by. So its credential is
//! looked at again and again, running subscriptions see the caller as last found, and the connection
//! ends with the credential.

use std::{sync::Arc, time::Duration};

use futures_util::{
    FutureExt as _,
    future::{BoxFuture, OptionFuture, pending},
};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use super::{
    engine::{Engine, RequestMeta},
    refusal::AuthRefusal,
    transport::Transport,
};

/// Pause between two looks at a credential, when nothing else is set.
pub(super) const RECHECK: Duration = Duration::from_secs(13);

/// Looks that may stay without an answer, one after the other. With [`RECHECK`] a right that was
/// taken away is gone within 30 s, also when the first look after it could not be made.
const UNANSWERED: u32 = 1;

/// Longest wait for the answer of a look.
const PATIENCE: Duration = Duration::from_secs(2);

type Look<C> = BoxFuture<'static, Result<Arc<C>, AuthRefusal>>;

/// The caller of one connection, as last found.
pub(super) struct Standing<E: Engine> {
    transport: Arc<Transport<E>>,
    meta: RequestMeta,
    /// `None` = nobody in particular, who has nothing to lose.
    token: Option<String>,
    caller: watch::Sender<Arc<E::Caller>>,
    expires_at: Option<Instant>,
    look_at: Instant,
    looking: Option<Look<E::Caller>>,
    unanswered: u32,
}

impl<E: Engine> Standing<E> {
    /// Of a caller who was found just now by `token`.
    pub(super) fn new(
        transport: Arc<Transport<E>>,
        meta: RequestMeta,
        token: Option<String>,
        caller: Arc<E::Caller>,
    ) -> Self {
        let expires_at = transport.engine.expires_at(&caller).map(Instant::from_std);
        let look_at = Instant::now() + transport.settings.recheck;
        let caller = watch::Sender::new(caller);
        Self { transport, meta, token, caller, expires_at, look_at, looking: None, unanswered: 0 }
    }

    /// The caller as last found.
    pub(super) fn caller(&self) -> Arc<E::Caller> {
        self.caller.borrow().clone()
    }

    /// Whether nobody has signed in.
    pub(super) const fn is_strangers(&self) -> bool {
        self.token.is_none()
    }

    /// The same for a running operation, which sees each change.
    pub(super) fn watch(&self) -> watch::Receiver<Arc<E::Caller>> {
        self.caller.subscribe()
    }

    /// Waits until the connection must end, and says why. Dropped half-way, it goes on where it was.
    pub(super) async fn lapse(&mut self) -> AuthRefusal {
        let Some(token) = self.token.clone() else { return pending().await };
        loop {
            let expiry = OptionFuture::from(self.expires_at.map(sleep_until));
            let Some(looking) = &mut self.looking else {
                tokio::select! {
                    Some(()) = expiry => return AuthRefusal::Unauthenticated,
                    () = sleep_until(self.look_at) => {
                        self.look_at = Instant::now() + self.transport.settings.recheck;
                        self.looking = Some(self.look(token.clone()));
                    }
                }
                continue;
            };
            tokio::select! {
                Some(()) = expiry => return AuthRefusal::Unauthenticated,
                found = looking => {
                    self.looking = None;
                    if let Err(refusal) = self.settle(found) {
                        return refusal;
                    }
                }
            }
        }
    }

    fn look(&self, token: String) -> Look<E::Caller> {
        let (transport, meta) = (Arc::clone(&self.transport), self.meta.clone());
        async move {
            let found = transport.engine.authenticate_anew(&token, &meta);
            let found = timeout(PATIENCE, found).await;
            found.unwrap_or(Err(AuthRefusal::Unavailable))
        }
        .boxed()
    }

    fn settle(&mut self, found: Result<Arc<E::Caller>, AuthRefusal>) -> Result<(), AuthRefusal> {
        match found {
            Ok(caller) => {
                self.unanswered = 0;
                self.expires_at = self.transport.engine.expires_at(&caller).map(Instant::from_std);
                self.caller.send_replace(caller);
                Ok(())
            }
            Err(AuthRefusal::Unavailable) if self.unanswered < UNANSWERED => {
                self.unanswered += 1;
                Ok(())
            }
            Err(refusal) => Err(refusal),
        }
    }
}
