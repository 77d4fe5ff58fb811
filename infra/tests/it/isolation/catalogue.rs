use std::collections::BTreeSet;

use sea_orm::sqlx::{self, Executor as _, PgConnection, Row as _};
use serde::Deserialize;

/// A column that an insert may name.
#[derive(Debug, Clone, Deserialize)]
pub struct Column {
    pub name: String,
    /// Type, as `format_type` writes it.
    pub kind: String,
    pub nullable: bool,
    /// Whether the application may update it.
    pub updatable: bool,
}

/// A primary key, unique or exclusion constraint, or a unique index.
#[derive(Debug, Clone, Deserialize)]
pub struct Key {
    pub name: String,
    /// A constraint over plain columns and all rows, so that an upsert can name it.
    pub full: bool,
    /// All columns that take part, the tenant's among them.
    pub columns: BTreeSet<String>,
}

/// A foreign key.
#[derive(Debug, Clone, Deserialize)]
pub struct Reference {
    pub name: String,
    pub target: String,
    /// Column here and column there.
    pub columns: Vec<(String, String)>,
}

/// A table whose rows belong to tenants.
#[derive(Debug, Clone, Deserialize)]
pub struct Table {
    pub name: String,
    /// The column that says to whom a row belongs.
    pub tenant: String,
    pub columns: Vec<Column>,
    /// What each row must satisfy: checks, and the predicates of partial keys.
    pub conditions: Vec<String>,
    /// The primary key first.
    pub keys: Vec<Key>,
    pub references: Vec<Reference>,
    /// Whether another table's foreign key keeps its rows from being deleted.
    pub held: bool,
    pub select: bool,
    pub insert: bool,
    pub delete: bool,
}

impl Table {
    /// Whether a tenant has at most one row, since its id is a whole key.
    pub fn single(&self) -> bool {
        self.keys.iter().any(|key| key.columns.iter().eq([&self.tenant]))
    }

    /// The key by which rows are looked up and upserted.
    pub fn main_key(&self) -> &Key {
        self.keys.iter().find(|key| key.full).expect("each table has a key over all its rows")
    }

    /// The foreign key that a column is part of, with the column that it points at.
    pub fn reference_of(&self, column: &str) -> Option<(&Reference, &str)> {
        if column == self.tenant {
            return None;
        }
        self.references.iter().find_map(|reference| {
            let (_, there) = reference.columns.iter().find(|(here, _)| here == column)?;
            Some((reference, there.as_str()))
        })
    }

    /// A column that can be set to itself: best one that no key and no foreign key has.
    pub fn free_column(&self) -> &Column {
        let cost = |column: &&Column| {
            (
                !column.updatable,
                column.name == self.tenant,
                self.is_keyed(&column.name),
                self.reference_of(&column.name).is_some(),
            )
        };
        self.columns.iter().min_by_key(cost).expect("a table has columns")
    }

    /// Whether a foreign key leaves the tenant out.
    pub fn is_loose(&self, reference: &Reference) -> bool {
        reference.columns.iter().all(|(here, _)| *here != self.tenant)
    }

    /// Whether a column is part of a key.
    pub fn is_keyed(&self, column: &str) -> bool {
        self.keys.iter().any(|key| key.columns.contains(column))
    }
}

/// The tables of tenants, parents before children, and the views of the schema.
#[derive(Debug)]
pub struct Catalogue {
    pub tables: Vec<Table>,
    /// Views, materialised ones too, that the application may read.
    pub views: Vec<String>,
}

impl Catalogue {
    /// Reads what the schema `app` has and what `trunkline_app` may do with it.
    pub async fn read(admin: &mut PgConnection) -> Self {
        let rows = sqlx::query(include_str!("catalogue.sql"))
            .bind("trunkline_app")
            .fetch_all(&mut *admin)
            .await
            .expect("catalogue");
        let tables = rows
            .iter()
            .map(|row| serde_json::from_str(row.get(0)).expect("a table as the query builds it"))
            .collect();
        let views = admin
            .fetch_all(
                "select relname::text from pg_class
                 where relnamespace = 'app'::regnamespace and relkind in ('v', 'm')
                   and has_table_privilege('trunkline_app', oid, 'select') order by relname",
            )
            .await
            .expect("views");
        let views = views.iter().map(|row| row.get(0)).collect();
        Self { tables: parents_first(tables), views }
    }

    /// The table of that name.
    pub fn table(&self, name: &str) -> &Table {
        self.tables.iter().find(|table| table.name == name).expect("a table of tenants")
    }

    /// Keeps `name` and the tables that its rows need.
    pub fn only(mut self, name: &str) -> Self {
        let mut wanted = BTreeSet::from([name.to_owned()]);
        for table in self.tables.iter().rev() {
            if wanted.contains(&table.name) {
                wanted.extend(table.references.iter().map(|reference| reference.target.clone()));
            }
        }
        self.tables.retain(|table| wanted.contains(&table.name));
        self
    }
}

fn parents_first(mut waiting: Vec<Table>) -> Vec<Table> {
    let mut ordered: Vec<Table> = Vec::new();
    while !waiting.is_empty() {
        let names: BTreeSet<String> = waiting.iter().map(|table| table.name.clone()).collect();
        let is_ready = |table: &Table| {
            let mut targets = table.references.iter().map(|reference| &reference.target);
            targets.all(|target| *target == table.name || !names.contains(target))
        };
        let (ready, rest): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_ready);
        assert!(!ready.is_empty(), "foreign keys run in a ring: {names:?}");
        ordered.extend(ready);
        waiting = rest;
    }
    ordered
}
