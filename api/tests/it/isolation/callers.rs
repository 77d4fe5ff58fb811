use std::sync::Arc;

use trunkline::app::App;
use trunkline_domain::identity::{Permission, Role, Viewer};
use trunkline_infra::ctx::Origin;

use super::seed::Furnished;
use crate::support::Actor;

/// A role of the company's own: of this and that, at one site.
const MIXED: &str = r#"{"network:read": "NETWORK", "agent:read": "SITE", "agent_private:read": "SITE",
    "availability:write": "SITE", "development_file:read": "SITE", "performance_file:read": "LINE",
    "kpi:read": "SITE", "history:read": "SITE", "forecast:read": "SITE", "schedule:read": "SITE",
    "schedule:write": "SITE", "shift_swap:read": "SITE", "shift_swap:approve": "SITE",
    "intraday:read": "SITE", "job:read": "SITE"}"#;

/// Somebody who tries every field.
pub struct Caller {
    /// As reports call it.
    pub name: String,
    pub viewer: Arc<Viewer>,
    /// Token or key.
    pub credential: String,
    /// Whether its rights end at a site, a team or a person.
    pub is_local: bool,
    /// Whether it is an API client, which sees no personal file whatever its scopes.
    pub is_program: bool,
    /// Whether it has no right at all.
    pub may_nothing: bool,
}

impl Caller {
    async fn of(app: &App, actor: &Actor, name: &str) -> Self {
        let caller =
            app.authenticate(actor.credential(), &Origin::default()).await.expect("caller");
        let viewer = caller.viewer.expect("viewer");
        let (name, credential) = (name.to_owned(), actor.credential().to_owned());
        Self { name, viewer, credential, is_local: false, is_program: false, may_nothing: false }
    }

    /// Somebody of `company` with a built-in role; `label` tells several of them apart.
    pub async fn with_role(app: &App, company: &Furnished, role: Role, label: &str) -> Self {
        let person = company.person(role, label).await;
        let is_local =
            matches!(role, Role::Agent | Role::TeamLeader | Role::SiteManager | Role::Planner);
        let is_program = role == Role::PartnerClient;
        Self { is_local, is_program, ..Self::of(app, &person, role.as_str()).await }
    }

    /// Everybody of `company` who tries: each built-in role (that of partners is a key with all scopes),
    /// a role of the company's own, a key that ends at a site, and one without any scope.
    pub async fn all(app: &App, company: &Furnished) -> Vec<Self> {
        let mut all = Vec::new();
        for role in Role::ALL {
            all.push(Self::with_role(app, company, *role, "tries").await);
        }
        let person = company.person_with_own_role("tries-own-role", MIXED).await;
        let own_role = Self::of(app, &person, "own_role").await;
        all.push(Self { is_local: true, ..own_role });
        let key = company.key("at one site", Permission::ALL, true).await;
        let key = Self::of(app, &key, "key_of_a_site").await;
        all.push(Self { is_local: true, is_program: true, ..key });
        let key = company.key("without scopes", &[], false).await;
        let key = Self::of(app, &key, "key_without_scopes").await;
        all.push(Self { is_program: true, may_nothing: true, ..key });
        all
    }
}
