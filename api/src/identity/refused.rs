//! Refused sign-ins and passwords in the audit, of accounts that there are: whose, from where and why,
//! never what was typed.

use serde_json::json;
use trunkline_domain::{
    fault::{Fault, FaultCode},
    id::{TenantId, UserId},
};
use trunkline_infra::{
    ctx::{Ctx, Origin},
    identity::find_account,
    live::Key,
};

use super::throttle::Throttled;
use crate::{app::App, audit::Refusal};

/// Why somebody was refused; the caller is told less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The password was wrong, or none is set.
    Password,
    /// The code was wrong or used before.
    SecondFactor,
    /// The account is switched off, or its owner has left.
    Account,
    /// Too many attempts: this one was not looked at.
    Throttled,
    /// Nothing was wrong but that the company is suspended.
    Suspended,
}

impl Why {
    /// Why a sign-in with a right or a wrong password was refused.
    pub(super) fn of_sign_in(right: bool, faults: &[Fault]) -> Self {
        let code = |fault: &Fault| fault.code == FaultCode::SecondFactorRefused;
        match right {
            false => Self::Password,
            true if faults.iter().any(code) => Self::SecondFactor,
            true => Self::Account,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "PASSWORD",
            Self::SecondFactor => "SECOND_FACTOR",
            Self::Account => "ACCOUNT",
            Self::Throttled => "THROTTLED",
            Self::Suspended => "SUSPENDED",
        }
    }
}

fn refusal(ctx: Ctx, action: &'static str, user: UserId, why: Why) -> Refusal {
    let detail = json!({"reason": why.as_str()});
    Refusal { ctx, action, subject: user.to_string(), detail }
}

/// Tells of a sign-in that was refused. Nobody is named as who did it: that is not known.
pub(super) fn tell_refused(app: &App, origin: &Origin, whose: (TenantId, UserId), why: Why) {
    let (tenant, user) = whose;
    let ctx = Ctx::of_system(tenant, "sign-in", app.clock.now()).from(origin);
    app.tell_known_refusal(refusal(ctx, "session.refuse", user, why));
}

/// Tells of a sign-in that came too early. Whether there is such an account is asked when a row is
/// due, so that what is throttled stays cheap.
pub(super) fn tell_throttled(
    app: &App,
    origin: &Origin,
    throttled: &Throttled,
    slug: String,
    email: String,
) {
    tracing::info!(address = ?origin.address, "sign-in put off");
    let key = Key::of_all("refusal", throttled.by.as_str());
    let (db, now, origin) = (app.db.clone(), app.clock.now(), origin.clone());
    app.tell_refusal(key, async move {
        let account = find_account(&db, &slug, &email).await?;
        Ok(account.and_then(|account| {
            let ctx = Ctx::of_system(account.tenant_id, "sign-in", now).from(&origin);
            Some(refusal(ctx, "session.refuse", account.user_id?, Why::Throttled))
        }))
    });
}

/// Tells that somebody who has signed in said the own password or a code wrongly.
pub(super) fn tell_refused_caller(app: &App, ctx: &Ctx, user: UserId, why: Why) {
    app.tell_known_refusal(refusal(ctx.clone(), "credential.refuse", user, why));
}
