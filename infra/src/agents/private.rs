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
pub(crate) fn place(tx: &TenantTx, agent: AgentId, field: PrivateField) -> String {
    format!("agent_private {} {agent} {}", tx.tenant(), field.as_str())
}

fn broken(_: SealBroken) -> DbError {
    DbError::Internal("private fields of an agent cannot be sealed or opened".to_owned())
}

/// Most agents whose private fields one statement of the worker erases.
const ERASED_AT_ONCE: i64 = 500;

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

read_model! {
    struct ErasedRow {
        agent_id: AgentId,
        home_address: bool,
        national_id: bool,
        emergency_contact: bool,
    }
}

impl ErasedRow {
    fn fields(self) -> (AgentId, Vec<PrivateField>) {
        let Self { agent_id, home_address, national_id, emergency_contact } = self;
        let recorded = [
            (PrivateField::HomeAddress, home_address),
            (PrivateField::NationalId, national_id),
            (PrivateField::EmergencyContact, emergency_contact),
        ];
        let fields = recorded.into_iter().filter(|(_, there)| *there).map(|(field, _)| field);
        (agent_id, fields.collect())
    }
}

/// Erases the private fields of an agent for good; gives those that were recorded.
///
/// # Errors
/// What the database says.
pub async fn erase_private(tx: &TenantTx, agent: AgentId) -> Result<Vec<PrivateField>, DbError> {
    let erased: Option<ErasedRow> = tx
        .one(
            "delete from app.agent_private where tenant_id = $1 and agent_id = $2
             returning agent_id, home_address is not null as home_address,
                       national_id is not null as national_id,
                       emergency_contact is not null as emergency_contact",
            params![tx.tenant(), agent],
        )
        .await?;
    Ok(erased.map(|row| row.fields().1).unwrap_or_default())
}

/// Erases the private fields of agents whose employment ended `months` months ago or more, by the day
/// at their site; gives whose and which, 500 agents at most.
///
/// # Errors
/// What the database says.
pub async fn erase_private_of_departed(
    tx: &TenantTx,
    months: u16,
    now: Timestamp,
) -> Result<Vec<(AgentId, Vec<PrivateField>)>, DbError> {
    let erased: Vec<ErasedRow> = tx
        .all(
            "with departed as (
                 select p.agent_id from app.agent_private p
                 join app.agent a on a.tenant_id = p.tenant_id and a.id = p.agent_id
                 join app.site s on s.tenant_id = a.tenant_id and s.id = a.site_id
                 where p.tenant_id = $1 and a.status = 'TERMINATED'
                   and a.left_on + make_interval(months => $2)
                       <= ($3::timestamptz at time zone s.time_zone)::date
                 order by p.agent_id limit $4)
             delete from app.agent_private p using departed d
             where p.tenant_id = $1 and p.agent_id = d.agent_id
             returning p.agent_id, p.home_address is not null as home_address,
                       p.national_id is not null as national_id,
                       p.emergency_contact is not null as emergency_contact",
            params![tx.tenant(), i32::from(months), now, ERASED_AT_ONCE],
        )
        .await?;
    Ok(erased.into_iter().map(ErasedRow::fields).collect())
}
