use async_graphql::InputObject;

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
}

/// Which session to go on with.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The newest refresh token of the session.
    #[graphql(secret)]
    pub refresh_token: String,
}

/// Signs the caller out.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// Free text for the session's record, at most 200 characters.
    pub reason: Option<String>,
}
