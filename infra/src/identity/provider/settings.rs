//! The identity provider of a tenant, and the people for whom it has vouched.

use jiff::Timestamp;
use secrecy::SecretString;
use trunkline_domain::{id::UserId, identity::ProviderTerms};

use super::super::{Seal, SealBroken};
use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

read_model! {
    /// The identity provider of a tenant. Its secret is sealed.
    pub struct ProviderView {
        /// Address, as its tokens name it.
        pub issuer: String,
        /// Name of this program there.
        pub client_id: String,
        sealed_secret: Vec<u8>,
        /// Domains of the addresses that it may vouch for.
        pub email_domains: Vec<String>,
        /// Whether strangers become users.
        pub creates_users: bool,
        /// Whether addresses are believed of which it does not say that they are verified.
        pub trusts_emails: bool,
        /// Whether it knows people by `oid` instead of `sub`.
        pub known_by_oid: bool,
        /// Grows with every change.
        pub version: i32,
        /// Last change.
        pub updated_at: Timestamp,
        /// Whether the tenant is suspended, so that nobody gets in for now.
        pub suspended: bool,
    }
}

/// The place for which the client's secret is sealed.
pub(crate) fn place(tx: &TenantTx) -> String {
    format!("identity provider of {}", tx.tenant())
}

impl ProviderView {
    /// What is said of it, for the rules.
    #[must_use]
    pub fn terms(&self) -> ProviderTerms {
        ProviderTerms {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            email_domains: self.email_domains.clone(),
            creates_users: self.creates_users,
            trusts_emails: self.trusts_emails,
            known_by_oid: self.known_by_oid,
        }
    }

    /// The client's secret.
    ///
    /// # Errors
    /// [`SealBroken`] when it was sealed by keys that are gone.
    pub fn secret(&self, tx: &TenantTx, seal: &Seal) -> Result<SecretString, SealBroken> {
        let secret = seal.open(&place(tx), &self.sealed_secret)?;
        Ok(String::from_utf8(secret).map_err(|_| SealBroken)?.into())
    }
}

/// The provider of the tenant, if it has one. A tenant that is suspended keeps it: who is let in there
/// is told of the suspension, and nobody else.
///
/// # Errors
/// What the database says.
pub async fn find_provider(tx: &TenantTx) -> Result<Option<ProviderView>, DbError> {
    tx.one(
        "select p.issuer, p.client_id, p.sealed_secret, p.email_domains, p.creates_users, p.trusts_emails,
                p.known_by_oid, p.version, p.updated_at, t.state = 'SUSPENDED' as suspended
         from app.identity_provider p join app.tenant t on t.id = p.tenant_id
         where p.tenant_id = $1 and t.state <> 'CLOSED'",
        params![tx.tenant()],
    )
    .await
}

/// A provider's secret as it is stored.
///
/// # Errors
/// Never in practice: the secret is far below the limit of the cipher.
pub fn seal_provider_secret(
    tx: &TenantTx,
    seal: &Seal,
    secret: &str,
) -> Result<Vec<u8>, SealBroken> {
    seal.seal(&place(tx), secret.as_bytes())
}

/// Makes or changes the provider of the tenant; without a secret the one it has stays.
///
/// # Errors
/// What the database says.
pub async fn put_provider(
    tx: &TenantTx,
    terms: &ProviderTerms,
    sealed_secret: Option<Vec<u8>>,
    now: Timestamp,
) -> Result<(), DbError> {
    let ProviderTerms {
        issuer,
        client_id,
        email_domains,
        creates_users,
        trusts_emails,
        known_by_oid,
    } = terms;
    tx.run(
        "insert into app.identity_provider as known
             (tenant_id, issuer, client_id, sealed_secret, email_domains, creates_users, trusts_emails,
              known_by_oid, created_at, updated_at)
         values ($1, $2, $3, coalesce($4, ''), $5, $6, $8, $9, $7, $7)
         on conflict (tenant_id) do update
         set issuer = excluded.issuer, client_id = excluded.client_id,
             sealed_secret = coalesce($4, known.sealed_secret),
             email_domains = excluded.email_domains, creates_users = excluded.creates_users,
             trusts_emails = excluded.trusts_emails, known_by_oid = excluded.known_by_oid,
             version = known.version + 1, updated_at = excluded.updated_at",
        params![
            tx.tenant(),
            *issuer,
            *client_id,
            sealed_secret,
            email_domains.as_slice(),
            *creates_users,
            now,
            *trusts_emails,
            *known_by_oid
        ],
    )
    .await?;
    Ok(())
}

/// Takes the provider of the tenant away, with the sign-ins under way. Whom it has vouched for stays
/// known, in case it comes back.
///
/// # Errors
/// What the database says.
pub async fn remove_provider(tx: &TenantTx) -> Result<(), DbError> {
    tx.run("delete from app.provider_sign_in where tenant_id = $1", params![tx.tenant()]).await?;
    tx.run("delete from app.identity_provider where tenant_id = $1", params![tx.tenant()]).await?;
    Ok(())
}

read_model! {
    /// A user who may sign in.
    pub struct KnownPerson {
        /// The user.
        pub id: UserId,
        /// Epoch for tokens.
        pub epoch: i32,
    }
}

/// The active user whom the provider knows by this subject.
///
/// # Errors
/// What the database says.
pub async fn find_person(
    tx: &TenantTx,
    issuer: &str,
    subject: &str,
) -> Result<Option<KnownPerson>, DbError> {
    tx.one(
        "select u.id, u.epoch from app.user_identity i
         join app.app_user u on u.tenant_id = i.tenant_id and u.id = i.user_id
         join app.tenant t on t.id = u.tenant_id
         where i.tenant_id = $1 and i.issuer = $2 and i.subject = $3
           and u.state = 'ACTIVE' and t.state <> 'CLOSED'",
        params![tx.tenant(), issuer, subject],
    )
    .await
}

/// The user for whom the provider has vouched as this subject before, active or not.
///
/// # Errors
/// What the database says.
pub async fn user_of_subject(
    tx: &TenantTx,
    issuer: &str,
    subject: &str,
) -> Result<Option<UserId>, DbError> {
    tx.scalar(
        "select user_id as value from app.user_identity
         where tenant_id = $1 and issuer = $2 and subject = $3",
        params![tx.tenant(), issuer, subject],
    )
    .await
}

read_model! {
    /// Whoever has an address.
    pub struct Addressee {
        /// The user.
        pub id: UserId,
        /// Epoch for tokens.
        pub epoch: i32,
        /// Whether the user is active, of a tenant that is not closed.
        pub active: bool,
    }
}

/// The user with an address, in lower case, active or not.
///
/// # Errors
/// What the database says.
pub async fn find_addressee(tx: &TenantTx, email: &str) -> Result<Option<Addressee>, DbError> {
    tx.one(
        "select u.id, u.epoch, u.state = 'ACTIVE' and t.state <> 'CLOSED' as active
         from app.app_user u join app.tenant t on t.id = u.tenant_id
         where u.tenant_id = $1 and u.email = $2",
        params![tx.tenant(), email],
    )
    .await
}

/// Remembers that a subject of a provider is a user: from now on the subject counts, whatever its
/// address.
///
/// # Errors
/// What the database says; a user whom the provider knows by another subject as constraint
/// `user_identity_user_unique`.
pub async fn link_person(
    tx: &TenantTx,
    issuer: &str,
    subject: &str,
    user: UserId,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.run(
        "insert into app.user_identity (tenant_id, issuer, subject, user_id, created_at)
         values ($1, $2, $3, $4, $5)",
        params![tx.tenant(), issuer, subject, user, now],
    )
    .await?;
    Ok(())
}

read_model! {
    /// By whom a provider knows a user.
    pub struct PersonLink {
        /// The provider.
        pub issuer: String,
        /// The user, as the provider calls them.
        pub subject: String,
    }
}

/// Forgets by whom providers know a user. Gives what was known.
///
/// # Errors
/// What the database says.
pub async fn unlink_person(tx: &TenantTx, user: UserId) -> Result<Vec<PersonLink>, DbError> {
    tx.all(
        "delete from app.user_identity where tenant_id = $1 and user_id = $2
         returning issuer, subject",
        params![tx.tenant(), user],
    )
    .await
}
