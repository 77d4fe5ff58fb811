//! Reading what stands behind an agent: posts held, and when the person can work.

use jiff::{Timestamp, civil};
use trunkline_domain::{
    agents::{Agent, Assignment},
    id::{AgentId, AssignmentId, AvailabilityId, SiteId, TeamId, UserId},
};

use super::AgentView;
use crate::{
    db::{DbError, Json, TenantTx},
    params, read_model,
};

impl AgentView {
    /// The agent as the domain knows it.
    ///
    /// # Errors
    /// Only when the stored status is unknown.
    pub fn agent(&self) -> Result<Agent, DbError> {
        let status = serde_json::from_value(Json::String(self.status.clone()))
            .map_err(|error| DbError::Internal(format!("status of {}: {error}", self.id)))?;
        Ok(Agent {
            id: self.id,
            number: self.number.clone(),
            display_name: self.display_name.clone(),
            site: self.site_id,
            team: self.team_id,
            post: self.post.clone(),
            status,
            hired_on: self.hired_on,
            left_on: self.left_on,
            languages: self.languages.clone(),
        })
    }
}

read_model! {
    struct AssignmentRow {
        id: AssignmentId,
        post: String,
        site_id: SiteId,
        team_id: Option<TeamId>,
        superior_user_id: Option<UserId>,
        reason: String,
        decision: Option<String>,
        valid_from: Timestamp,
        valid_until: Option<Timestamp>,
    }
}

/// Posts of an agent, oldest first.
///
/// # Errors
/// What the database says.
pub async fn assignments_of_agent(
    tx: &TenantTx,
    agent: AgentId,
) -> Result<Vec<Assignment>, DbError> {
    let rows: Vec<AssignmentRow> = tx
        .all(
            "select id, post, site_id, team_id, superior_user_id, reason, decision, valid_from, valid_until
             from app.assignment where tenant_id = $1 and agent_id = $2 order by valid_from",
            params![tx.tenant(), agent],
        )
        .await?;
    rows.into_iter()
        .map(|row| {
            let reason = serde_json::from_value(Json::String(row.reason))
                .map_err(|error| DbError::Internal(format!("reason of {}: {error}", row.id)))?;
            Ok(Assignment {
                id: row.id,
                primary: true,
                post: row.post,
                level: None,
                site: row.site_id,
                team: row.team_id,
                superior: row.superior_user_id,
                from: row.valid_from,
                until: row.valid_until,
                reason,
                decision: row.decision,
            })
        })
        .collect()
}

read_model! {
    /// A statement about when an agent can work, as it is read: weekly or dated.
    pub struct AvailabilityView {
        /// Its id.
        pub id: AvailabilityId,
        /// Whose.
        pub agent_id: AgentId,
        /// Can work then, or cannot.
        pub available: bool,
        /// Why.
        pub label: String,
        /// ISO weekdays, Monday is 1; `None` = dated.
        pub weekdays: Option<Vec<i16>>,
        /// From when, wall time of the site.
        pub local_from: Option<civil::Time>,
        /// Until when, wall time of the site.
        pub local_until: Option<civil::Time>,
        /// First date of a weekly one.
        pub valid_from: Option<civil::Date>,
        /// Last date of a weekly one.
        pub valid_until: Option<civil::Date>,
        /// Start of a dated one.
        pub starts_at: Option<Timestamp>,
        /// End of a dated one.
        pub ends_at: Option<Timestamp>,
    }
}

/// What these agents have said about when they can work.
///
/// # Errors
/// What the database says.
pub async fn availability_of_agents(
    tx: &TenantTx,
    agents: &[AgentId],
) -> Result<Vec<AvailabilityView>, DbError> {
    tx.all(
        "select id, agent_id, available, label, weekdays, local_from, local_until, valid_from, valid_until,
                starts_at, ends_at
         from app.availability where tenant_id = $1 and agent_id = any($2)
         order by agent_id, weekdays, local_from, starts_at, id",
        params![tx.tenant(), agents],
    )
    .await
}

/// The agent of whom a statement about availability is.
///
/// # Errors
/// What the database says.
pub async fn agent_of_availability(
    tx: &TenantTx,
    id: AvailabilityId,
) -> Result<Option<AgentId>, DbError> {
    tx.scalar(
        "select agent_id as value from app.availability where tenant_id = $1 and id = $2",
        params![tx.tenant(), id],
    )
    .await
}
