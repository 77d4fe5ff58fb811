use async_graphql::{ID, InputObject};

/// What a person signs in with.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// Short name of the company, e.g. `huayin`.
    pub tenant_slug: String,
    /// E-mail address.
    pub email: String,
    /// Password.
    #[graphql(secret)]
    pub password: String,
    /// Code of the authenticator app, or a recovery code; for accounts that have a second factor.
    #[graphql(secret)]
    pub code: Option<String>,
}

/// Which session to go on with.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The newest refresh token of the session.
    #[graphql(secret)]
    pub refresh_token: String,
}

/// Signs the caller out everywhere.
#[derive(InputObject)]
pub struct SessionRevokeAllInput {
    /// Whether the session that calls goes on.
    #[graphql(default)]
    pub keep_current: bool,
    /// The caller's password. May be left out by who has none and whom the provider has asked who it is in the
    /// last ten minutes.
    #[graphql(secret)]
    pub password: Option<String>,
}

/// Signs the caller out.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// Another session of the caller; absent = the one that calls.
    pub session_id: Option<ID>,
    /// Free text for the session's record, at most 200 characters.
    pub reason: Option<String>,
    /// The caller's password, to end another session than the one that calls. May be left out by who has none
    /// and whom the provider has asked who it is in the last ten minutes.
    #[graphql(secret)]
    pub password: Option<String>,
}
