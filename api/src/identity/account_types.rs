//! Users and their roles as the schema shows them, and what is said about them.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};
use jiff::Timestamp;
use trunkline_domain::{
    fault::{Fault, Language, Rule},
    id::RoleAssignmentId,
    identity::{Permission, Role as DomainRole},
};
use trunkline_infra::identity::{GivenRole, RoleView};

use super::{
    accounts::{Account, SaidRole, SaidScope, SaidUser},
    role_types::CustomRole,
};
use crate::{
    agents::Agent,
    connection,
    graphql::{DateTime, LanguageTag, Operation, UserError, parse_id, show_id},
    network::{Site, Team},
};

/// A built-in role. New values can be added: treat an unknown one as one without rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainRole")]
pub enum Role {
    /// Handles contacts; sees the own data.
    Agent,
    /// Leads a team.
    TeamLeader,
    /// Runs a site.
    SiteManager,
    /// Forecasts and schedules.
    Planner,
    /// Watches all sites.
    HeadOffice,
    /// Keeps personal data and hires.
    Hr,
    /// Evaluates contacts.
    QualityAnalyst,
    /// Leads the quality team.
    QualityLead,
    /// Trains.
    Trainer,
    /// Cost and payroll.
    Finance,
    /// Reads everything that was decided.
    Auditor,
    /// Owns KPI definitions, targets and data corrections.
    MetricsSteward,
    /// Administers sites, users, roles and API clients.
    TenantAdmin,
    /// A partner's program; not for people.
    PartnerClient,
}

/// Whether an account works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum AccountState {
    /// It works.
    Active,
    /// It was switched off.
    Disabled,
}

pub(super) fn state_of(text: &str) -> AccountState {
    if text == "ACTIVE" { AccountState::Active } else { AccountState::Disabled }
}

/// Where a role holds. New values can be added: treat an unknown one as `OWN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum RoleScope {
    /// All sites.
    Network,
    /// One site.
    Site,
    /// One team.
    Team,
    /// The own person.
    Own,
    /// The team, or else the site, where the person holds a certain post, and only while.
    Post,
}

/// A person who may sign in.
#[derive(Debug, Clone)]
pub struct User(pub(super) Account);

/// A person who may sign in.
#[Object]
impl User {
    /// Global id, prefix `usr_`.
    pub async fn id(&self) -> ID {
        show_id(self.0.user.id)
    }
    /// E-mail address to sign in with.
    async fn email(&self) -> &str {
        &self.0.user.email
    }
    /// Name shown to colleagues.
    async fn display_name(&self) -> &str {
        &self.0.user.display_name
    }
    /// Whether the person may sign in.
    async fn state(&self) -> AccountState {
        state_of(&self.0.user.state)
    }
    /// Whether a password is set; without one nobody can sign in.
    async fn has_password(&self) -> bool {
        self.0.user.has_password
    }
    /// The person's own agent record. `null` without one, or when the caller may not see it.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.user.agent_id else { return Ok(None) };
        let agent = operation.visible_agent(id, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// Roles, past and future ones included, oldest first.
    async fn roles(&self) -> Vec<RoleAssignment> {
        self.0.roles.iter().cloned().map(RoleAssignment).collect()
    }
    /// Set once when it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.user.created_at)
    }
    /// Last change of this record.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.user.updated_at)
    }
    /// Grows by one with every change.
    async fn version(&self) -> i32 {
        self.0.user.version
    }
}

/// A role of a user, half-open: `[startsAt, endsAt)`.
#[derive(Debug, Clone)]
pub struct RoleAssignment(RoleView);

/// A role of a user, half-open: `[startsAt, endsAt)`.
#[Object]
impl RoleAssignment {
    /// Global id, prefix `rol_`.
    async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// The built-in role. `null` for one of the tenant's own.
    async fn role(&self) -> Option<Role> {
        self.0.role.as_ref()?.parse::<DomainRole>().ok().map(Into::into)
    }
    /// The role of the tenant's own. `null` for a built-in one.
    async fn custom_role(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<CustomRole>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.custom_role_id else { return Ok(None) };
        CustomRole::load(operation, id).await.map_err(|error| operation.fail(error))
    }
    /// Post of a `POST` scope. `null` otherwise.
    async fn post(&self) -> Option<&str> {
        self.0.post.as_deref()
    }
    /// Where it holds.
    async fn scope(&self) -> RoleScope {
        match self.0.scope.as_str() {
            "TENANT" => RoleScope::Network,
            "SITE" => RoleScope::Site,
            "TEAM" => RoleScope::Team,
            "POST" => RoleScope::Post,
            _ => RoleScope::Own,
        }
    }
    /// The site of a `SITE` scope. `null` otherwise, or when the caller may not see it.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        let Some(id) = self.0.site_id else { return Ok(None) };
        Site::visible(operation, id).await.map_err(|error| operation.fail(error))
    }
    /// The team of a `TEAM` scope. `null` otherwise.
    async fn team(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Team>> {
        let operation = Operation::of(ctx)?;
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        Ok(self.0.team_id.and_then(|id| directory.team(id)).cloned().map(Team))
    }
    /// First instant.
    async fn starts_at(&self) -> DateTime {
        DateTime(self.0.valid_from)
    }
    /// First instant at which it no longer holds. `null` without an end.
    async fn ends_at(&self) -> Option<DateTime> {
        self.0.valid_until.map(DateTime)
    }
}

connection!(UserConnection, UserEdge, User, "A page of users.", "A user and its cursor.");

/// A new user.
#[derive(InputObject)]
pub struct UserCreateInput {
    /// E-mail address to sign in with, unique in the tenant.
    pub email: String,
    /// Name shown to colleagues.
    pub display_name: String,
    /// First password, 10 to 256 characters that are hard to guess; absent = none, and nobody can sign
    /// in yet.
    #[graphql(secret)]
    pub password: Option<String>,
    /// Language of texts; absent = the tenant's.
    pub language: Option<LanguageTag>,
    /// The person's own agent record.
    pub agent_id: Option<ID>,
}

impl UserCreateInput {
    pub(super) fn parse(self) -> Result<SaidUser, Fault> {
        let Self { email, display_name, password, language, agent_id } = self;
        Ok(SaidUser {
            email,
            display_name,
            password: password.map(Into::into),
            language: language.map(|tag| Language::of_tag(&tag.0)),
            agent: agent_id.map(|id| parse_id(&id, "agentId")).transpose()?,
            invited: false,
        })
    }
}

/// Which user.
#[derive(InputObject)]
pub struct UserDisableInput {
    /// The user.
    pub user_id: ID,
}

/// Exactly one of the five.
#[derive(OneofObject)]
pub enum RoleScopeInput {
    /// `true`: all sites.
    Network(bool),
    /// One site.
    SiteId(ID),
    /// One team.
    TeamId(ID),
    /// `true`: the user's own agent record.
    Own(bool),
    /// Code of a post: where the user holds it, and only while; rights move with the person.
    Post(String),
}

/// A role for a user.
#[derive(InputObject)]
pub struct RoleAssignInput {
    /// The user.
    pub user_id: ID,
    /// A built-in role; exactly one of `role` and `customRoleId`.
    pub role: Option<Role>,
    /// A role of the tenant's own.
    pub custom_role_id: Option<ID>,
    /// Where it holds.
    pub scope: RoleScopeInput,
    /// First instant; absent = now.
    pub starts_at: Option<DateTime>,
    /// First instant at which it no longer holds; absent = no end.
    pub ends_at: Option<DateTime>,
}

impl RoleAssignInput {
    pub(super) fn parse(self, now: Timestamp) -> Result<SaidRole, Fault> {
        let Self { user_id, role, custom_role_id, scope, starts_at, ends_at } = self;
        let scope = match scope {
            RoleScopeInput::Network(true) => SaidScope::Network,
            RoleScopeInput::Own(true) => SaidScope::Own,
            RoleScopeInput::SiteId(id) => SaidScope::Site(parse_id(&id, "scope.siteId")?),
            RoleScopeInput::TeamId(id) => SaidScope::Team(parse_id(&id, "scope.teamId")?),
            RoleScopeInput::Post(post) => SaidScope::Post(post),
            RoleScopeInput::Network(false) | RoleScopeInput::Own(false) => {
                return Err(Fault::invalid("scope", Rule::TrueOrAnother));
            }
        };
        let role = match (role, custom_role_id) {
            (Some(role), None) => GivenRole::BuiltIn(role.into()),
            (None, Some(id)) => GivenRole::Custom(parse_id(&id, "customRoleId")?),
            _ => return Err(Fault::invalid("role", Rule::ExactlyOneOf("role", "customRoleId"))),
        };
        Ok(SaidRole {
            user: parse_id(&user_id, "userId")?,
            role,
            scope,
            from: starts_at.map_or(now, |at| at.0),
            until: ends_at.map(|at| at.0),
        })
    }
}

/// Ends a role.
#[derive(InputObject)]
pub struct RoleEndInput {
    /// The role of the user.
    pub role_assignment_id: ID,
    /// First instant at which it no longer holds; absent = now.
    pub ends_at: Option<DateTime>,
}

impl RoleEndInput {
    pub(super) fn parse(self, now: Timestamp) -> Result<(RoleAssignmentId, Timestamp), Fault> {
        let Self { role_assignment_id, ends_at } = self;
        let id = parse_id(&role_assignment_id, "roleAssignmentId")?;
        Ok((id, ends_at.map_or(now, |at| at.0)))
    }
}

/// Declares the payload of a change of a user.
macro_rules! user_payload {
    ($($name:ident, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[derive(Debug, SimpleObject)]
        pub struct $name {
            /// The user as it stands now. `null` when refused.
            pub user: Option<User>,
            /// Why it was refused. Empty means done.
            pub user_errors: Vec<UserError>,
        }
    )*};
}
user_payload! {
    UserCreatePayload, "Outcome of making a user.";
    UserInvitePayload, "Outcome of inviting a user.";
    UserDisablePayload, "Outcome of switching a user off.";
    RoleAssignPayload, "Outcome of giving a role.";
    RoleEndPayload, "Outcome of ending a role.";
}
