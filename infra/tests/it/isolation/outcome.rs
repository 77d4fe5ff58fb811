use futures_util::TryStreamExt as _;
use sea_orm::sqlx::{
    self, AssertSqlSafe, Either, PgConnection, Row as _, postgres::PgDatabaseError, raw_sql,
};

use super::{expected::Expected, rows::Tenant};

/// What a statement gave.
#[derive(Debug)]
pub enum Outcome {
    /// Rows read or touched, and what was read.
    Rows {
        touched: u64,
        answers: Vec<String>,
    },
    Error {
        code: String,
        constraint: String,
        text: String,
    },
}

/// Whether it tells a partition from others of its table: a year, or what lies before or after all
/// years.
fn is_label(text: &str) -> bool {
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_year || matches!(text, "late" | "until_2026")
}

impl Outcome {
    /// Runs statements in one message; the last one counts.
    pub async fn of(sql: String, connection: &mut PgConnection) -> Self {
        let (mut answers, mut touched) = (Vec::new(), 0);
        let mut stream = raw_sql(AssertSqlSafe(sql)).fetch_many(connection);
        loop {
            match stream.try_next().await {
                Ok(Some(Either::Left(done))) => touched = done.rows_affected(),
                Ok(Some(Either::Right(row))) => {
                    answers.push(
                        row.try_get::<Option<String>, _>(0).ok().flatten().unwrap_or_default(),
                    );
                }
                Ok(None) => return Self::Rows { touched, answers },
                Err(error) => return Self::of_error(error),
            }
        }
    }

    fn of_error(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                let error = error.downcast_ref::<PgDatabaseError>();
                Self::Error {
                    code: error.code().to_owned(),
                    constraint: error.constraint().unwrap_or_default().to_owned(),
                    text: format!("{error:?}"),
                }
            }
            error => panic!("the connection broke: {error}"),
        }
    }

    /// Whether it is what was expected.
    pub fn is(&self, expected: &Expected) -> bool {
        match (self, expected) {
            (_, Expected::Discreet) => true,
            (Self::Rows { touched, .. }, Expected::Rows(n) | Expected::RowsOr(n, _)) => {
                *touched == *n as u64
            }
            (Self::Rows { answers, .. }, Expected::Answer(text)) => {
                answers == std::slice::from_ref(text)
            }
            (Self::Error { code, .. }, Expected::Refused(codes) | Expected::RowsOr(_, codes)) => {
                codes.contains(&code.as_str())
            }
            // The key of a partition is named after that of its parent: `site_pkey_2027`.
            (Self::Error { constraint, .. }, Expected::By(name)) => {
                constraint.strip_prefix(name.as_str()).is_some_and(|rest| {
                    rest.is_empty() || rest.strip_prefix('_').is_some_and(is_label)
                })
            }
            _ => false,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Rows { answers, .. } => answers.join("\n"),
            Self::Error { text, .. } => text.clone(),
        }
    }

    /// What the outcome shows of tenants that the transaction does not act for.
    pub fn betrays(&self, acting: Option<Tenant>) -> Option<&'static str> {
        let text = self.text();
        let hex =
            |canary: &str| canary.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        Tenant::ALL
            .into_iter()
            .filter(|tenant| Some(*tenant) != acting)
            .map(Tenant::canary)
            .find(|canary| text.contains(canary) || text.contains(&hex(canary)))
    }
}
