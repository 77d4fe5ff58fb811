use std::collections::BTreeMap;

use sea_orm::sqlx::{AssertSqlSafe, Executor as _, PgConnection, Row as _};

use super::catalogue::{Catalogue, Column, Table};

/// A tenant of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tenant {
    /// Has rows of its own.
    A,
    /// Has rows of its own; the one whose rows all statements go for.
    B,
    /// Not known to the database.
    Stranger,
}

impl Tenant {
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::Stranger];

    pub const fn id(self) -> &'static str {
        match self {
            Self::A => "0aaaaaaa-0000-7000-8000-00000000000a",
            Self::B => "0bbbbbbb-0000-7000-8000-00000000000b",
            Self::Stranger => "0ccccccc-0000-7000-8000-00000000000c",
        }
    }

    /// The canary in all free text of the tenant's rows.
    pub const fn canary(self) -> &'static str {
        match self {
            Self::A => "canary-of-a",
            Self::B => "canary-of-b",
            Self::Stranger => "canary-of-the-stranger",
        }
    }
}

/// Which of a tenant's rows: there is one of each in every table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// With values that no other tenant has.
    Own,
    /// With the same ids and key values for every tenant.
    Twin,
    /// Not written yet.
    Fresh,
}

/// What stands in a column of every row of its table.
#[derive(Debug, Clone)]
enum Choice {
    Made,
    Literal(String),
    Null,
}

/// Makes rows for every table from the catalogue alone.
#[derive(Debug)]
pub struct Rows {
    catalogue: Catalogue,
    /// Choices for columns that conditions speak of, by table and column.
    choices: BTreeMap<(String, String), Choice>,
}

impl Rows {
    /// Finds, with the help of the database, values that satisfy the conditions of each table.
    pub async fn fit(catalogue: Catalogue, admin: &mut PgConnection) -> Self {
        let mut rows = Self { catalogue, choices: BTreeMap::new() };
        for table in &rows.catalogue.tables {
            let choices = rows.choose(table, admin).await;
            rows.choices.extend(
                choices.into_iter().map(|(column, how)| ((table.name.clone(), column), how)),
            );
        }
        rows
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Tries the literals of the conditions and null against the conditions themselves and takes
    /// the combination with the fewest nulls.
    async fn choose(&self, table: &Table, admin: &mut PgConnection) -> Vec<(String, Choice)> {
        let spoken_of: Vec<&Column> = table
            .columns
            .iter()
            .filter(|c| table.conditions.iter().any(|t| names(t, &c.name)))
            .collect();
        if spoken_of.is_empty() {
            return Vec::new();
        }
        let mut combinations = vec![Vec::new()];
        for column in &spoken_of {
            let candidates = candidates(table, column);
            combinations = combinations
                .into_iter()
                .flat_map(|before: Vec<Choice>| {
                    candidates
                        .iter()
                        .map(move |next| [&before[..], std::slice::from_ref(next)].concat())
                })
                .collect();
        }
        combinations.sort_by_key(|choices| {
            choices.iter().filter(|choice| matches!(choice, Choice::Null)).count()
        });
        let values = combinations.iter().enumerate().map(|(i, choices)| {
            let values = spoken_of.iter().zip(choices).map(|(column, choice)| {
                format!(
                    "({})::{}",
                    self.chosen(table, column, choice, Tenant::A, Batch::Own),
                    column.kind
                )
            });
            format!("({i}, {})", values.collect::<Vec<_>>().join(", "))
        });
        let sql = format!(
            "select i from (values {}) as r (i, {}) where {} order by i limit 1",
            values.collect::<Vec<_>>().join(", "),
            spoken_of.iter().map(|c| quoted(&c.name)).collect::<Vec<_>>().join(", "),
            table
                .conditions
                .iter()
                .map(|t| format!("({t}) is not false"))
                .collect::<Vec<_>>()
                .join(" and "),
        );
        let found = admin.fetch_optional(AssertSqlSafe(sql)).await.expect("conditions");
        let found =
            found.unwrap_or_else(|| panic!("no row satisfies {}: teach rows.rs", table.name));
        let choices =
            combinations.swap_remove(usize::try_from(found.get::<i32, _>(0)).expect("index"));
        spoken_of.iter().map(|column| column.name.clone()).zip(choices).collect()
    }

    /// Columns that stand empty in a row in which `filled` says something: those that share a condition
    /// with one of these columns which is empty in every other row.
    pub fn empty_beside(&self, table: &Table, filled: &[&str]) -> Vec<String> {
        let is_null = |column: &str| {
            let key = (table.name.clone(), column.to_owned());
            matches!(self.choices.get(&key), Some(Choice::Null))
        };
        let exclusive = filled.iter().filter(|column| is_null(column));
        let shared: Vec<&String> = exclusive
            .flat_map(|column| table.conditions.iter().filter(|text| names(text, column)))
            .collect();
        let beside = table.columns.iter().filter(|column| {
            let name = column.name.as_str();
            column.nullable && !filled.contains(&name) && shared.iter().any(|it| names(it, name))
        });
        beside.map(|column| column.name.clone()).collect()
    }

    /// The value of a column as an SQL expression.
    pub fn value(&self, table: &Table, column: &Column, tenant: Tenant, batch: Batch) -> String {
        let made = Choice::Made;
        let choice = self.choices.get(&(table.name.clone(), column.name.clone())).unwrap_or(&made);
        let value = self.chosen(table, column, choice, tenant, batch);
        format!("({value})::{}", column.kind)
    }

    fn chosen(
        &self,
        table: &Table,
        column: &Column,
        choice: &Choice,
        tenant: Tenant,
        batch: Batch,
    ) -> String {
        match choice {
            Choice::Null => return "null".to_owned(),
            Choice::Literal(literal) => return literal.clone(),
            Choice::Made => {}
        }
        if column.name == table.tenant {
            return format!("'{}'", tenant.id());
        }
        if let Some((reference, there)) = table.reference_of(&column.name) {
            let target = self.catalogue.table(&reference.target);
            return self.value(
                target,
                target.columns.iter().find(|c| c.name == there).expect("column"),
                tenant,
                batch,
            );
        }
        self.made(table, column, tenant, batch)
    }

    fn made(&self, table: &Table, column: &Column, tenant: Tenant, batch: Batch) -> String {
        let place = table.columns.iter().position(|c| c.name == column.name).unwrap_or_default();
        let table_place =
            self.catalogue.tables.iter().position(|t| t.name == table.name).unwrap_or_default();
        let keyed = table.is_keyed(&column.name);
        let seed = match (batch, tenant) {
            (Batch::Own, Tenant::A) => 1,
            (Batch::Own, Tenant::B) => 2,
            (Batch::Own, Tenant::Stranger) => 3,
            (Batch::Twin, _) => 4,
            (Batch::Fresh, _) => 5,
        };
        let text = if keyed && batch == Batch::Twin {
            format!("the same for all {}", column.name)
        } else {
            format!("{} {} {batch:?}", tenant.canary(), column.name).to_lowercase()
        };
        // Later columns get later times and greater numbers, so that spans have a length.
        let value = match column.kind.trim_end_matches("[]") {
            "text" | "character varying" => format!("'{text}'"),
            "uuid" => format!("'00000000-0000-7000-8000-{seed:04x}{table_place:04x}{place:04x}'"),
            "json" | "jsonb" => format!("'{{\"text\": \"{text}\"}}'"),
            "bytea" => format!("convert_to('{text}', 'UTF8')"),
            "boolean" => "true".to_owned(),
            "smallint" | "integer" | "bigint" if keyed => format!("{}", seed * 100 + place),
            "smallint" | "integer" | "bigint" => "1".to_owned(),
            "numeric" | "real" | "double precision" if keyed => format!("{}.5", seed * 100 + place),
            "numeric" | "real" | "double precision" => "0.5".to_owned(),
            "date" => format!("date '2026-01-01' + {}", seed * 100 + place),
            "time without time zone" => format!("time '08:00' + interval '{place} minutes'"),
            "timestamp with time zone" | "timestamp without time zone" => {
                format!(
                    "timestamptz '2026-01-01 00:00+00' + interval '{seed} days {place} minutes'"
                )
            }
            other => panic!("{}.{} is of type {other}: teach rows.rs", table.name, column.name),
        };
        if column.kind.ends_with("[]") { format!("array[{value}]") } else { value }
    }
}

/// Whether an expression speaks of a column.
fn names(expression: &str, column: &str) -> bool {
    expression.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == column)
}

/// What may stand in a column that conditions speak of, what is wanted most first.
fn candidates(table: &Table, column: &Column) -> Vec<Choice> {
    let conditions = table.conditions.iter().filter(|text| names(text, &column.name));
    let mut candidates = Vec::new();
    let fixed = table.reference_of(&column.name).is_some() || column.name == table.tenant;
    match column.kind.as_str() {
        _ if fixed => {}
        "text" => {
            for condition in conditions {
                let quoted = condition.split('\'').skip(1).step_by(2);
                candidates.extend(quoted.map(|text| Choice::Literal(format!("'{text}'"))));
            }
        }
        "smallint" | "integer" | "bigint" | "numeric" => {
            candidates.push(Choice::Made);
            for condition in conditions {
                let words = condition.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.');
                let numbers = words.filter(|word| word.parse::<f64>().is_ok());
                candidates.extend(numbers.map(|number| Choice::Literal(number.to_owned())));
            }
        }
        _ => {}
    }
    if !candidates.iter().any(|choice| matches!(choice, Choice::Made)) {
        candidates.push(Choice::Made);
    }
    if column.nullable {
        candidates.push(Choice::Null);
    }
    candidates
}

/// A name as an SQL identifier.
pub fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// The rows of a tenant that are written before the suite runs.
pub fn written(table: &Table, tenant: Tenant) -> &'static [Batch] {
    match tenant {
        Tenant::B if table.single() => &[Batch::Twin],
        Tenant::B => &[Batch::Own, Batch::Twin],
        Tenant::A if !table.single() => &[Batch::Own],
        Tenant::A | Tenant::Stranger => &[],
    }
}

/// A row that only tenant B has before the suite runs.
pub fn exclusive(table: &Table) -> Batch {
    if table.single() { Batch::Twin } else { Batch::Own }
}

/// The statement that writes a row.
pub fn insertion(table: &Table, values: &[String]) -> String {
    let columns: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    format!(
        "insert into app.{} as t ({}) values ({})",
        table.name,
        columns.join(", "),
        values.join(", ")
    )
}
