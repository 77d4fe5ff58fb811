//! Root fields of the tenant's own roles.

use async_graphql::{Context, Object};
use trunkline_infra::identity::list_custom_roles;

use super::{
    account_fields::everywhere,
    role_types::{
        CustomRole, RoleArchiveInput, RoleArchivePayload, RoleCreateInput, RoleCreatePayload,
        RoleUpdateInput, RoleUpdatePayload,
    },
    roles::{archive_role, change_role, create_role},
};
use crate::graphql::{Operation, parse_id};

/// Reading roles.
#[derive(Debug, Default)]
pub struct RolesQuery;

#[Object]
impl RolesQuery {
    /// Roles that the tenant made for itself, by name, archived ones included.
    async fn roles(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<CustomRole>> {
        let operation = Operation::root(ctx)?;
        everywhere(operation).map_err(|error| operation.fail(error))?;
        let tx = operation.read().await.map_err(|error| operation.fail(error))?;
        let roles = list_custom_roles(&tx).await.map_err(|error| operation.fail(error.into()))?;
        Ok(roles.into_iter().map(CustomRole).collect())
    }
}

/// Changing roles.
#[derive(Debug, Default)]
pub struct RolesMutation;

#[Object]
impl RolesMutation {
    /// Makes a role of the tenant's own. Nobody puts a permission into it that they could not give.
    /// Errors: FORBIDDEN, INVALID_VALUE, DUPLICATE.
    async fn role_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The role.")] input: RoleCreateInput,
    ) -> async_graphql::Result<RoleCreatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let (name, permissions) = input.parse();
        let outcome = create_role(&operation.app, &write, &name, &permissions).await;
        let (role, user_errors) = operation.settle(outcome)?;
        Ok(RoleCreatePayload { role: role.map(CustomRole), user_errors })
    }

    /// Changes a role for everybody who has it.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_VALUE, INVALID_STATE, STALE_VERSION, DUPLICATE, LAST_ADMINISTRATOR.
    async fn role_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: RoleUpdateInput,
    ) -> async_graphql::Result<RoleUpdatePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse() {
            Ok((id, expected, said)) => {
                change_role(&operation.app, &write, id, expected, said).await
            }
            Err(fault) => Err(fault.into()),
        };
        let (role, user_errors) = operation.settle(outcome)?;
        Ok(RoleUpdatePayload { role: role.map(CustomRole), user_errors })
    }

    /// Puts a role away: it gives nothing any more, to nobody.
    /// Errors: FORBIDDEN, NOT_FOUND, INVALID_STATE, LAST_ADMINISTRATOR.
    async fn role_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which role.")] input: RoleArchiveInput,
    ) -> async_graphql::Result<RoleArchivePayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match parse_id(&input.custom_role_id, "customRoleId") {
            Ok(id) => archive_role(&operation.app, &write, id).await,
            Err(fault) => Err(fault.into()),
        };
        let (role, user_errors) = operation.settle(outcome)?;
        Ok(RoleArchivePayload { role: role.map(CustomRole), user_errors })
    }
}
