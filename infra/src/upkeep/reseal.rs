//! Sealed values under the newest key, so that older keys can be taken out.

use std::collections::BTreeMap;

use trunkline_domain::{agents::PrivateField, id::Id};
use uuid::Uuid;

use crate::{
    agents::private_place,
    ctx::Ctx,
    db::{Db, DbError, TenantTx},
    identity::{Seal, SealKeyId, provider_place, totp_place},
    jobs::sealed_input_place,
    params, read_model,
};

/// Where sealed values lie: one in a row.
struct Column {
    table: &'static str,
    /// The column that tells the row from others of its tenant.
    row: &'static str,
    /// The value, and what it becomes when a new one is `v.sealed`.
    value: &'static str,
    set: &'static str,
    /// What sort of row it is, for the place.
    kind: &'static str,
    place: fn(&TenantTx, Uuid, &str) -> String,
}

macro_rules! column_of_agent {
    ($name:literal, $field:expr) => {
        Column {
            table: "app.agent_private",
            row: "agent_id",
            value: concat!("t.", $name),
            set: concat!($name, " = v.sealed"),
            kind: "''",
            place: |tx, agent, _| private_place(tx, Id::from_uuid(agent), $field),
        }
    };
}

const COLUMNS: &[Column] = &[
    column_of_agent!("home_address", PrivateField::HomeAddress),
    column_of_agent!("national_id", PrivateField::NationalId),
    column_of_agent!("emergency_contact", PrivateField::EmergencyContact),
    Column {
        table: "app.user_totp",
        row: "user_id",
        value: "t.sealed_secret",
        set: "sealed_secret = v.sealed",
        kind: "''",
        place: |_, user, _| totp_place(Id::from_uuid(user)),
    },
    Column {
        table: "app.identity_provider",
        row: "tenant_id",
        value: "t.sealed_secret",
        set: "sealed_secret = v.sealed",
        kind: "''",
        place: |tx, _, _| provider_place(tx),
    },
    // In base 64, which Postgres breaks into lines. A job that has ended has none.
    Column {
        table: "app.job",
        row: "id",
        value: "decode(t.input->>'sealed', 'base64')",
        set: "input = jsonb_set(t.input, '{sealed}',
                  to_jsonb(translate(encode(v.sealed, 'base64'), E'\\n', '')))",
        kind: "t.kind",
        place: |_, job, kind| sealed_input_place(kind, Id::from_uuid(job)),
    },
];

/// What came of sealing anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values that are now under the newest key.
    pub values: u64,
    /// Values that do not open though their key is there: they stay as they are.
    pub broken: u64,
}

/// Seals the values of the context's tenant that are under older keys anew by the newest one, in
/// transactions of at most `batch` rows. Cut short, it goes on from there when it is called again;
/// rows that somebody else is at are passed over.
///
/// # Errors
/// What the database says; then what was committed before stays sealed anew.
pub async fn reseal(db: &Db, ctx: &Ctx, seal: &Seal, batch: u16) -> Result<Resealed, DbError> {
    let mut all = Resealed::default();
    let older: Vec<Vec<u8>> = seal.key_ids().iter().skip(1).map(|id| id.bytes()).collect();
    if older.is_empty() {
        return Ok(all);
    }
    for column in COLUMNS {
        let mut after = Some(Uuid::nil());
        while let Some(row) = after {
            let tx = db.begin(ctx).await?;
            let (done, last) = column.reseal(&tx, seal, &older, row, batch).await?;
            tx.commit().await?;
            all.values += done.values;
            all.broken += done.broken;
            after = last;
        }
    }
    Ok(all)
}

read_model! {
    struct SealedRow {
        row: Uuid,
        kind: String,
        sealed: Vec<u8>,
    }
}

impl Column {
    /// One batch of the rows behind `after`; gives the last one, if there was any.
    async fn reseal(
        &self,
        tx: &TenantTx,
        seal: &Seal,
        older: &[Vec<u8>],
        after: Uuid,
        batch: u16,
    ) -> Result<(Resealed, Option<Uuid>), DbError> {
        let Self { table, row, value, set, kind, place } = self;
        let select = format!(
            "select t.{row} as row, {kind} as kind, {value} as sealed from {table} t
             where t.tenant_id = $1 and t.{row} > $2 and substring({value} from 1 for 8) = any($3)
             order by t.{row} limit $4 for update skip locked"
        );
        let rows: Vec<SealedRow> =
            tx.all(select, params![tx.tenant(), after, older, i64::from(batch)]).await?;
        let last = rows.last().map(|it| it.row);
        let (mut keys, mut values, mut broken) = (Vec::new(), Vec::new(), 0);
        for SealedRow { row, kind, sealed } in rows {
            let place = place(tx, row, &kind);
            match seal.open(&place, &sealed).and_then(|text| seal.seal(&place, &text)) {
                Ok(sealed) => {
                    keys.push(row);
                    values.push(sealed);
                }
                Err(error) => {
                    tracing::error!(%error, table, %row, "a sealed value stays under its old key");
                    broken += 1;
                }
            }
        }
        let update = format!(
            "update {table} t set {set} from unnest($2, $3) v(row, sealed)
             where t.tenant_id = $1 and t.{row} = v.row"
        );
        let values = if keys.is_empty() {
            0
        } else {
            tx.run(update, params![tx.tenant(), keys, values]).await?
        };
        Ok((Resealed { values, broken }, last))
    }
}

/// How many values of the transaction's tenant are under each key.
///
/// # Errors
/// What the database says.
pub async fn count_sealed(tx: &TenantTx) -> Result<BTreeMap<SealKeyId, u64>, DbError> {
    read_model! {
        struct Row { key: Vec<u8>, values: u64, }
    }
    let parts = COLUMNS.iter().map(|Column { table, value, .. }| {
        format!(
            "select substring({value} from 1 for 8) as key from {table} t
             where t.tenant_id = $1 and {value} is not null"
        )
    });
    let parts = parts.collect::<Vec<_>>().join(" union all ");
    let sql = format!("select key, count(*) as values from ({parts}) sealed group by key");
    let rows: Vec<Row> = tx.all(sql, params![tx.tenant()]).await?;
    // What is too short for a name is no sealed value, such as the secret of a provider without one.
    let named = |row: Row| Some((SealKeyId::before(&row.key)?, row.values));
    Ok(rows.into_iter().filter_map(named).collect())
}
