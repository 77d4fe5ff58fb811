use std::fmt;

use sea_orm::sqlx::{self, AssertSqlSafe, PgConnection, Row as _};

/// A hole in the wall between tenants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub rule: String,
    /// Table, role or function.
    pub object: String,
    /// Constraint, policy or the like; empty when the object says it all.
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, object, detail } = self;
        write!(f, "{object}: {rule}")?;
        if detail.is_empty() { Ok(()) } else { write!(f, " ({detail})") }
    }
}

/// Looks through `schema` for everything by which `role` could reach another tenant's rows.
///
/// # Errors
/// What the database says.
pub async fn row_security_findings(
    connection: &mut PgConnection,
    schema: &str,
    role: &str,
) -> Result<Vec<Finding>, sqlx::Error> {
    let rows = sqlx::query(AssertSqlSafe(include_str!("row_security.sql")))
        .bind(schema)
        .bind(role)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Finding {
                rule: row.try_get("rule")?,
                object: row.try_get("object")?,
                detail: row.try_get("detail")?,
            })
        })
        .collect()
}
