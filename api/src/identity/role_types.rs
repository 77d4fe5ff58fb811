//! Roles of the tenant's own as the schema shows them, and what is said about them.

use async_graphql::{Enum, ID, InputObject, Object, SimpleObject};
use trunkline_domain::{fault::Fault, id::CustomRoleId, identity::Reach};
use trunkline_infra::identity::{CustomRoleView, list_custom_roles};

use super::roles::SaidCustomRole;
use crate::{
    error::Outcome,
    graphql::{DateTime, Operation, UserError, parse_id, show_id},
};

/// How far a permission of a role reaches from where the role is given. New values can be added:
/// treat an unknown one as `OWN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Reach")]
pub enum RoleReach {
    /// The own person.
    Own,
    /// The own team.
    Line,
    /// The own site.
    Site,
    /// All sites, or the one site where the role is given for one.
    Network,
}

/// Whether a role can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CustomRoleState {
    /// It gives its permissions.
    Active,
    /// It gives nothing any more.
    Archived,
}

/// A permission of a role.
#[derive(Debug, SimpleObject)]
pub struct RolePermission {
    /// Code, e.g. `schedule:read`.
    pub permission: String,
    /// How far it reaches.
    pub reach: RoleReach,
}

/// A role that the tenant made for itself.
#[derive(Debug, Clone)]
pub struct CustomRole(pub(super) CustomRoleView);

impl CustomRole {
    pub(super) async fn load(operation: &Operation, id: CustomRoleId) -> Outcome<Option<Self>> {
        let roles = operation.custom_roles.load(id, async |_| {
            let tx = operation.read().await?;
            let roles = list_custom_roles(&tx).await?;
            Ok::<_, crate::error::AppError>(roles.into_iter().map(|role| (role.id, role)).collect())
        });
        Ok(roles.await?.map(Self))
    }
}

/// A role that the tenant made for itself.
#[Object]
impl CustomRole {
    /// Global id, prefix `cro_`.
    async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// Name, unique in the tenant.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// What it may do.
    async fn permissions(&self) -> Vec<RolePermission> {
        let permissions = self.0.permissions().into_iter();
        permissions
            .map(|(permission, reach)| RolePermission {
                permission: permission.as_str().to_owned(),
                reach: reach.into(),
            })
            .collect()
    }
    /// Whether it can be given.
    async fn state(&self) -> CustomRoleState {
        if self.0.state == "ACTIVE" { CustomRoleState::Active } else { CustomRoleState::Archived }
    }
    /// Set once when it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
    /// Last change of this record.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
    /// Grows by one with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A permission for a role.
#[derive(InputObject)]
pub struct RolePermissionInput {
    /// Code, e.g. `schedule:read`.
    pub permission: String,
    /// How far it reaches.
    pub reach: RoleReach,
}

fn said(permissions: Vec<RolePermissionInput>) -> Vec<(String, Reach)> {
    permissions.into_iter().map(|it| (it.permission, it.reach.into())).collect()
}

/// A new role.
#[derive(InputObject)]
pub struct RoleCreateInput {
    /// Name, 1 to 60 characters, unique in the tenant and not that of a built-in role.
    pub name: String,
    /// What it may do: at least one permission, each once.
    pub permissions: Vec<RolePermissionInput>,
}

impl RoleCreateInput {
    pub(super) fn parse(self) -> (String, Vec<(String, Reach)>) {
        (self.name, said(self.permissions))
    }
}

/// What to change of a role.
#[derive(InputObject)]
pub struct RoleUpdateInput {
    /// The role.
    pub custom_role_id: ID,
    /// The version that the change was made for; absent = whatever it is.
    pub expected_version: Option<i32>,
    /// Name; absent = as it is.
    pub name: Option<String>,
    /// What it may do, as a whole; absent = as it is.
    pub permissions: Option<Vec<RolePermissionInput>>,
}

impl RoleUpdateInput {
    pub(super) fn parse(self) -> Result<(CustomRoleId, Option<i32>, SaidCustomRole), Fault> {
        let Self { custom_role_id, expected_version, name, permissions } = self;
        let id = parse_id(&custom_role_id, "customRoleId")?;
        Ok((id, expected_version, SaidCustomRole { name, permissions: permissions.map(said) }))
    }
}

/// Which role to put away.
#[derive(InputObject)]
pub struct RoleArchiveInput {
    /// The role.
    pub custom_role_id: ID,
}

/// Declares the payload of a change of a role.
macro_rules! role_payload {
    ($($name:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Debug, SimpleObject)]
        pub struct $name {
            /// The role as it stands now. `null` when refused.
            pub role: Option<CustomRole>,
            /// Why it was refused. Empty means done.
            pub user_errors: Vec<UserError>,
        }
    )*};
}
role_payload! {
    RoleCreatePayload, "Outcome of making a role.";
    RoleUpdatePayload, "Outcome of changing a role.";
    RoleArchivePayload, "Outcome of putting a role away.";
}
