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
}

/// Signs the caller out.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// Another session of the caller; absent = the one that calls.
    pub session_id: Option<ID>,
    /// Free text for the session's record, at most 200 characters.
    pub reason: Option<String>,
}
