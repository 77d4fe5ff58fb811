//! Root fields of users and their roles.

use async_graphql::{Context, ID, Object};
use trunkline_domain::{fault::Fault, id::UserId, identity::Permission};
use trunkline_infra::identity::{count_users, list_users, users_by_id};

use super::{
    account_types::{
        RoleAssignInput, RoleAssignPayload, RoleEndInput, RoleEndPayload, User, UserConnection,
        UserCreateInput, UserCreatePayload, UserDisableInput, UserDisablePayload, UserEdge,
        UserInvitePayload,
    },
    accounts::{SaidUser, accounts, assign_role, create_user, disable, finish_role},
    credential_types::UserInviteInput,
};
use crate::{
    error::{AppError, Outcome},
    graphql::{COUNT_BOUND, Count, Operation, Page, UserError, parse_id, wants_count},
};

/// Reading users.
#[derive(Debug, Default)]
pub struct AccountsQuery;

#[Object]
impl AccountsQuery {
    /// Users of the tenant, by e-mail address.
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Page size, 1 to 200.", default = 50)] first: Option<i32>,
        #[graphql(desc = "Cursor of the last item of the previous page.")] after: Option<String>,
    ) -> async_graphql::Result<UserConnection> {
        let operation = Operation::root(ctx)?;
        page_of_users(operation, first, after.as_deref(), wants_count(ctx))
            .await
            .map_err(|error| operation.fail(error))
    }
}

/// Accounts are of the tenant as a whole: a right at one site does not open them.
pub(super) fn everywhere(operation: &Operation) -> Outcome<()> {
    if operation.require(Permission::UserRead)?.network {
        Ok(())
    } else {
        Err(AppError::Forbidden(Permission::UserRead.as_str()))
    }
}

impl User {
    /// The user, if the caller may see it: accounts are seen by who keeps those of the tenant.
    pub(crate) async fn find(operation: &Operation, id: &ID) -> Outcome<Option<Self>> {
        let Ok(id) = id.parse::<UserId>() else { return Ok(None) };
        if everywhere(operation).is_err() {
            return Ok(None);
        }
        let tx = operation.read().await?;
        let found = users_by_id(&tx, &[id]).await?;
        Ok(accounts(&tx, found).await?.pop().map(User))
    }
}

async fn page_of_users(
    operation: &Operation,
    first: Option<i32>,
    after: Option<&str>,
    counted: bool,
) -> Outcome<UserConnection> {
    let page = Page::parse(first, after)?;
    everywhere(operation)?;
    let tx = operation.read().await?;
    let mut rows = list_users(&tx, page.after.as_ref(), page.limit()).await?;
    let page_info = page.cut(&mut rows, |row| row.cursor());
    let total = if counted { count_users(&tx, COUNT_BOUND + 1).await? } else { 0 };
    let nodes: Vec<User> = accounts(&tx, rows).await?.into_iter().map(User).collect();
    let edge = |user: &User| UserEdge { cursor: user.0.user.cursor().encode(), node: user.clone() };
    let edges = nodes.iter().map(edge).collect();
    Ok(UserConnection { nodes, edges, page_info, total_count: Count::bounded(total) })
}

/// Makes the user that was asked for.
async fn make_user(
    ctx: &Context<'_>,
    asked: Result<SaidUser, Fault>,
) -> async_graphql::Result<(Option<User>, Vec<UserError>)> {
    let operation = Operation::root(ctx)?;
    let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
    let outcome = match asked {
        Ok(said) => create_user(&operation.app, &write, said).await,
        Err(fault) => Err(fault.into()),
    };
    let (user, user_errors) = operation.settle(outcome)?;
    Ok((user.map(User), user_errors))
}

/// Changing users and their roles.
#[derive(Debug, Default)]
pub struct AccountsMutation;

#[Object]
impl AccountsMutation {
    /// Makes a user, without any role yet.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_VALUE, WEAK_PASSWORD, DUPLICATE.
    async fn user_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] input: UserCreateInput,
    ) -> async_graphql::Result<UserCreatePayload> {
        let (user, user_errors) = make_user(ctx, input.parse()).await?;
        Ok(UserCreatePayload { user, user_errors })
    }

    /// Makes a user, without any role yet, and sends a link to set the first password, good for 72 hours.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_VALUE, DUPLICATE.
    async fn user_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] input: UserInviteInput,
    ) -> async_graphql::Result<UserInvitePayload> {
        let (user, user_errors) = make_user(ctx, input.parse()).await?;
        Ok(UserInvitePayload { user, user_errors })
    }

    /// Switches a user off: signing in is refused and all tokens are void.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_STATE, LAST_ADMINISTRATOR.
    async fn user_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which user.")] input: UserDisableInput,
    ) -> async_graphql::Result<UserDisablePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match parse_id(&input.user_id, "userId") {
            Ok(id) => disable(&operation.app, &write, id).await,
            Err(fault) => Err(fault.into()),
        };
        let (user, user_errors) = operation.settle(outcome)?;
        Ok(UserDisablePayload { user: user.map(User), user_errors })
    }

    /// Gives a user a role within a scope, from one instant to another. Nobody gives what they do not
    /// hold, nor a role to themselves.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_VALUE, INVALID_STATE.
    async fn role_assign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role.")] input: RoleAssignInput,
    ) -> async_graphql::Result<RoleAssignPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse(write.now()) {
            Ok(said) => assign_role(&operation.app, &write, said).await,
            Err(fault) => Err(fault.into()),
        };
        let (user, user_errors) = operation.settle(outcome)?;
        Ok(RoleAssignPayload { user: user.map(User), user_errors })
    }

    /// Ends a role of a user at an instant. One that ends before already is not found.
    /// Errors: FORBIDDEN, NOT_FOUND, LAST_ADMINISTRATOR.
    async fn role_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role, and when.")] input: RoleEndInput,
    ) -> async_graphql::Result<RoleEndPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse(write.now()) {
            Ok((id, until)) => finish_role(&operation.app, &write, id, until).await,
            Err(fault) => Err(fault.into()),
        };
        let (user, user_errors) = operation.settle(outcome)?;
        Ok(RoleEndPayload { user: user.map(User), user_errors })
    }
}
