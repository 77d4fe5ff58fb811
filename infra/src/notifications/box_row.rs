use trunkline_domain::{id::UserId, notifications::NewsKind};

use crate::{
    db::{DbError, TenantTx},
    params, read_model,
};

/// Kinds that a user wants by e-mail too.
///
/// # Errors
/// What the database says.
pub async fn mail_kinds(tx: &TenantTx, user: UserId) -> Result<Vec<NewsKind>, DbError> {
    read_model! {
        struct Row { mail_kinds: Vec<String>, }
    }
    let row: Option<Row> = tx
        .one(
            "select mail_kinds from app.notification_box where tenant_id = $1 and user_id = $2",
            params![tx.tenant(), user],
        )
        .await?;
    let codes = row.map(|row| row.mail_kinds).unwrap_or_default();
    // A kind that is no longer known is sent no more.
    Ok(codes.iter().filter_map(|code| NewsKind::parse(code)).collect())
}

/// Sets the kinds that a user wants by e-mail too.
///
/// # Errors
/// What the database says.
pub async fn set_mail_kinds(
    tx: &TenantTx,
    user: UserId,
    kinds: &[NewsKind],
) -> Result<(), DbError> {
    let codes: Vec<String> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
    tx.run(
        "insert into app.notification_box (tenant_id, user_id, mail_kinds) values ($1, $2, $3)
         on conflict (tenant_id, user_id) do update set mail_kinds = excluded.mail_kinds",
        params![tx.tenant(), user, codes],
    )
    .await?;
    Ok(())
}
