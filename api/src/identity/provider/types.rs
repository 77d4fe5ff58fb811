//! What is said about identity providers, and what is answered.

use async_graphql::{ID, InputObject, SimpleObject};
use secrecy::SecretString;
use trunkline_domain::identity::ProviderTerms;
use trunkline_infra::identity::ProviderView;

use super::{
    super::{step_up::Proof, types::Session},
    sign_in::{WayBack, WayThere, redirect_uri},
};
use crate::graphql::{DateTime, UserError};

/// The identity provider by which people of the tenant sign in (OpenID Connect). Its secret is never
/// shown.
#[derive(Debug, SimpleObject)]
pub struct IdentityProvider {
    /// Address of the provider, as its tokens name it.
    pub issuer: String,
    /// Name of this program there.
    pub client_id: String,
    /// Domains of the e-mail addresses that it may vouch for.
    pub email_domains: Vec<String>,
    /// Whether somebody whom nobody has invited becomes a user, without any role.
    pub creates_users: bool,
    /// Whether addresses of these domains are believed also where the provider does not say whether they
    /// are verified.
    pub trusts_emails: bool,
    /// Whether people are known by the claim `oid` of its tokens instead of `sub`.
    pub known_by_oid: bool,
    /// Where browsers come back to: to be registered at the provider.
    pub redirect_uri: String,
    /// Last change.
    pub updated_at: DateTime,
}

impl IdentityProvider {
    pub(super) fn new(provider: &ProviderView, public_url: &str) -> Self {
        let updated_at = DateTime(provider.updated_at);
        let ProviderTerms {
            issuer,
            client_id,
            email_domains,
            creates_users,
            trusts_emails,
            known_by_oid,
        } = provider.terms();
        Self {
            issuer,
            client_id,
            email_domains,
            creates_users,
            trusts_emails,
            known_by_oid,
            redirect_uri: redirect_uri(public_url),
            updated_at,
        }
    }
}

/// The identity provider as its administrator describes it.
#[derive(InputObject)]
pub struct IdentityProviderSetInput {
    /// Address of the provider, character for character as its tokens name it, e.g.
    /// `https://id.example.com`.
    pub issuer: String,
    /// Name of this program there.
    pub client_id: String,
    /// Secret of this program there; never shown again. Absent = as before, for the same issuer.
    #[graphql(secret)]
    pub client_secret: Option<String>,
    /// Domains of the e-mail addresses that it may vouch for: 1 to 20.
    pub email_domains: Vec<String>,
    /// Whether somebody whom nobody has invited becomes a user, without any role.
    #[graphql(default)]
    pub creates_users: bool,
    /// Whether addresses of these domains are believed also where the provider does not say whether they
    /// are verified, as Microsoft Entra ID does not. Only for a directory in which nobody but the company
    /// says who has which address: whoever else can write one there signs in as its owner. What the
    /// provider says is not verified is never believed.
    #[graphql(default)]
    pub trusts_emails: bool,
    /// Whether people are known by the claim `oid` of its tokens instead of `sub`: for Microsoft Entra ID,
    /// which shows its administrators that one alone. When it changes, who was known before is found by
    /// the address once more, or linked anew.
    #[graphql(default)]
    pub known_by_oid: bool,
    /// The caller's password. May be left out by who has none and whom the provider has asked who it is in the
    /// last ten minutes.
    #[graphql(secret)]
    pub password: Option<String>,
    /// Code of the caller's authenticator app, or a recovery code, where signing in asks for one.
    #[graphql(secret)]
    pub code: Option<String>,
}

impl IdentityProviderSetInput {
    pub(super) fn parse(self) -> (ProviderTerms, Option<SecretString>, Proof) {
        let Self { issuer, client_id, client_secret, email_domains, .. } = self;
        let Self { creates_users, trusts_emails, known_by_oid, password, code, .. } = self;
        let terms = ProviderTerms {
            issuer,
            client_id,
            email_domains,
            creates_users,
            trusts_emails,
            known_by_oid,
        };
        (terms, client_secret.map(Into::into), Proof::said(password, code))
    }
}

/// Takes the identity provider away.
#[derive(InputObject)]
pub struct IdentityProviderRemoveInput {
    /// Its issuer, so that the one that is meant is taken away.
    pub issuer: String,
    /// The caller's password. May be left out by who has none and whom the provider has asked who it is in the
    /// last ten minutes.
    #[graphql(secret)]
    pub password: Option<String>,
    /// Code of the caller's authenticator app, or a recovery code, where signing in asks for one.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// By which account the provider knows a user.
#[derive(InputObject)]
pub struct UserIdentityLinkInput {
    /// The user.
    pub user_id: ID,
    /// What the provider's tokens have for that person as `sub`, or as `oid` where it is known by that:
    /// 1 to 255 characters.
    pub subject: String,
    /// The caller's password. May be left out by who has none and whom the provider has asked who it is in the
    /// last ten minutes.
    #[graphql(secret)]
    pub password: Option<String>,
    /// Code of the caller's authenticator app, or a recovery code, where signing in asks for one.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// By whom the provider knows a user is to be forgotten.
#[derive(InputObject)]
pub struct UserIdentityUnlinkInput {
    /// The user.
    pub user_id: ID,
    /// The caller's password. May be left out by who has none and whom the provider has asked who it is in the
    /// last ten minutes.
    #[graphql(secret)]
    pub password: Option<String>,
    /// Code of the caller's authenticator app, or a recovery code, where signing in asks for one.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// In which company somebody signs in.
#[derive(InputObject)]
pub struct ProviderSignInBeginInput {
    /// Short name of the company, e.g. `huayin`.
    pub tenant_slug: String,
    /// Whether the provider is to ask anew who it is, also whom it knows to have signed in there. Only such
    /// a sign-in, or one whose time the provider tells by itself, answers REAUTHENTICATION_REQUIRED.
    #[graphql(default)]
    pub reauthenticate: bool,
}

/// What a browser brings back from the provider.
#[derive(InputObject)]
pub struct SessionCreateByProviderInput {
    /// What the browser kept.
    #[graphql(secret)]
    pub browser_key: String,
    /// `state` of the address it came back to.
    pub state: String,
    /// `code` of that address.
    #[graphql(secret)]
    pub code: String,
    /// `iss` of that address, if there was one.
    pub issuer: Option<String>,
}

impl SessionCreateByProviderInput {
    pub(super) fn parse(self) -> WayBack {
        let Self { browser_key, state, code, issuer } = self;
        WayBack { browser_key: browser_key.into(), state, code: code.into(), issuer }
    }
}

/// Outcome of setting the identity provider.
#[derive(Debug, SimpleObject)]
pub struct IdentityProviderSetPayload {
    /// The provider as it is now. `null` when refused.
    pub identity_provider: Option<IdentityProvider>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of taking the identity provider away.
#[derive(Debug, SimpleObject)]
pub struct IdentityProviderRemovePayload {
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of saying by which account the provider knows a user.
#[derive(Debug, SimpleObject)]
pub struct UserIdentityLinkPayload {
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of forgetting by whom the provider knows a user.
#[derive(Debug, SimpleObject)]
pub struct UserIdentityUnlinkPayload {
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// A sign-in under way. It is good once, for ten minutes.
#[derive(Debug, SimpleObject)]
pub struct ProviderSignIn {
    /// Where to send the browser.
    pub url: String,
    /// To be kept in the browser until it comes back, and shown to nobody else.
    pub browser_key: String,
}

impl From<WayThere> for ProviderSignIn {
    fn from(way: WayThere) -> Self {
        let WayThere { url, browser_key } = way;
        Self { url, browser_key }
    }
}

/// Outcome of beginning a sign-in.
#[derive(Debug, SimpleObject)]
pub struct ProviderSignInBeginPayload {
    /// The sign-in. `null` when refused.
    pub sign_in: Option<ProviderSignIn>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of signing in by a provider.
#[derive(Debug, SimpleObject)]
pub struct SessionCreateByProviderPayload {
    /// The session. `null` when refused.
    pub session: Option<Session>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
