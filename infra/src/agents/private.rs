//! Private fields of agents, sealed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use trunkline_domain::{
    agents::{PrivateField, PrivateText, covered},
    id::AgentId,
};

use crate::{
    db::{DbError, TenantTx},
    identity::{Seal, SealBroken},
    params, read_model,
};

/// The place for which a field is sealed: nothing opens it at another person or field.
fn place(tx: &TenantTx, agent: AgentId, field: PrivateField) -> String {
    format!("agent_private {} {agent} {}", tx.tenant(), field.as_str())
}

fn broken(_: SealBroken) -> DbError {
    DbError::Internal("private fields of an agent cannot be sealed or opened".to_owned())
}

/// Changes of private fields; `None` takes one away, a field that is missing stays.
pub type PrivateChange = BTreeMap<PrivateField, Option<PrivateText>>;

/// Writes private fields of an agent.
///
/// # Errors
/// What the database says.
pub async fn put_private(
    tx: &TenantTx,
    seal: &Seal,
    agent: AgentId,
    change: &PrivateChange,
    now: Timestamp,
) -> Result<(), DbError> {
    let sealed = |field: PrivateField| {
        let text = change.get(&field).and_then(Option::as_ref);
        let seal = |text: &PrivateText| {
            seal.seal(&place(tx, agent, field), text.uncovered().as_bytes()).map_err(broken)
        };
        text.map(seal).transpose()
    };
    let changed = |field: PrivateField| change.contains_key(&field);
    tx.run(
        "insert into app.agent_private as p (tenant_id, agent_id, home_address, national_id,
                                             emergency_contact, updated_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint agent_private_pkey do update set
             home_address = case when $7 then excluded.home_address else p.home_address end,
             national_id = case when $8 then excluded.national_id else p.national_id end,
             emergency_contact =
                 case when $9 then excluded.emergency_contact else p.emergency_contact end,
             updated_at = excluded.updated_at",
        params![
            tx.tenant(),
            agent,
            sealed(PrivateField::HomeAddress)?,
            sealed(PrivateField::NationalId)?,
            sealed(PrivateField::EmergencyContact)?,
            now,
            changed(PrivateField::HomeAddress),
            changed(PrivateField::NationalId),
            changed(PrivateField::EmergencyContact)
        ],
    )
    .await?;
    Ok(())
}

read_model! {
    /// What may be told of private fields without opening them.
    pub struct CoveredPrivate {
        /// Whose.
        pub agent_id: AgentId,
        /// Whether there is an address.
        pub home_address: bool,
        /// Whether there is a number.
        pub national_id: bool,
        /// Whether there is somebody to call.
        pub emergency_contact: bool,
    }
}

impl CoveredPrivate {
    /// How a field is shown to who may know that it is there; `None` = it is not.
    #[must_use]
    pub const fn shown(&self, field: PrivateField) -> Option<&'static str> {
        let is_there = match field {
            PrivateField::HomeAddress => self.home_address,
            PrivateField::NationalId => self.national_id,
            PrivateField::EmergencyContact => self.emergency_contact,
        };
        if is_there { Some(covered()) } else { None }
    }
}

/// What may be told of private fields of agents without opening them.
///
/// # Errors
/// What the database says.
pub async fn covered_private(
    tx: &TenantTx,
    agents: &[AgentId],
) -> Result<Vec<CoveredPrivate>, DbError> {
    tx.all(
        "select agent_id, home_address is not null as home_address,
                national_id is not null as national_id,
                emergency_contact is not null as emergency_contact
         from app.agent_private where tenant_id = $1 and agent_id = any($2)",
        params![tx.tenant(), agents],
    )
    .await
}

read_model! {
    struct SealedRow {
        agent_id: AgentId,
        home_address: Option<Vec<u8>>,
        national_id: Option<Vec<u8>>,
        emergency_contact: Option<Vec<u8>>,
    }
}

/// Opens fields of agents; those that are not recorded are missing. Whoever calls it writes down, in
/// the same transaction, who read what.
///
/// # Errors
/// What the database says, and when the keys are not those with which the fields were sealed.
pub async fn open_private(
    tx: &TenantTx,
    seal: &Seal,
    wanted: &[(AgentId, PrivateField)],
) -> Result<BTreeMap<(AgentId, PrivateField), PrivateText>, DbError> {
    let agents: Vec<AgentId> = wanted.iter().map(|(agent, _)| *agent).collect();
    let rows: Vec<SealedRow> = tx
        .all(
            "select agent_id, home_address, national_id, emergency_contact
             from app.agent_private where tenant_id = $1 and agent_id = any($2)",
            params![tx.tenant(), agents],
        )
        .await?;
    let mut opened = BTreeMap::new();
    for (agent, field) in wanted {
        let Some(row) = rows.iter().find(|row| row.agent_id == *agent) else { continue };
        let sealed = match field {
            PrivateField::HomeAddress => &row.home_address,
            PrivateField::NationalId => &row.national_id,
            PrivateField::EmergencyContact => &row.emergency_contact,
        };
        let Some(sealed) = sealed else { continue };
        let text = seal.open(&place(tx, *agent, *field), sealed).map_err(broken)?;
        let text = String::from_utf8(text).map_err(|_| broken(SealBroken))?;
        opened.insert((*agent, *field), PrivateText::stored(text));
    }
    Ok(opened)
}
