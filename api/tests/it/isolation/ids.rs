use std::collections::{BTreeMap, BTreeSet};

use trunkline_domain::id::{AgentId, KINDS};
use trunkline_infra::{ctx::new_id, params, read_model};
use trunkline_testkit::Company;

use super::arguments::Path;

/// Whose id stands at the place that is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Own,
    /// Of the own company, at a site where only its head office and the like have a say.
    Elsewhere,
    /// Of the other company.
    Foreign,
    /// Of nothing.
    Absent,
}

/// Ids of both companies and of nothing, by prefix.
#[derive(Debug)]
pub struct Ids {
    own: BTreeMap<&'static str, Vec<String>>,
    elsewhere: BTreeMap<&'static str, Vec<String>>,
    foreign: BTreeMap<&'static str, Vec<String>>,
    absent: BTreeMap<&'static str, Vec<String>>,
    /// All ids of the other company.
    all_foreign: BTreeSet<String>,
}

read_model! {
    struct TableRow {
        value: String,
    }
}

read_model! {
    struct IdRow {
        value: AgentId,
    }
}

impl Ids {
    /// Reads what both companies have of every kind; what the own one had `before` lies elsewhere. A
    /// kind whose table is empty has been forgotten by the seed.
    pub async fn gather(own: &Company, other: &Company, before: &Known) -> Self {
        let tables = tables(own).await;
        let mut ids = Self {
            own: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            foreign: BTreeMap::new(),
            absent: BTreeMap::new(),
            all_foreign: BTreeSet::new(),
        };
        for (prefix, name) in KINDS {
            let absent: AgentId = new_id(trunkline_infra::clock::Clock::System.now());
            ids.absent.insert(prefix, vec![with_prefix(absent, prefix)]);
            let Some(table) = table_of(name, &tables) else { continue };
            let (mine, theirs) = (read(own, table).await, read(other, table).await);
            let is_elsewhere = |id: &AgentId| before.0.contains(&id.uuid());
            let (elsewhere, mine): (Vec<_>, Vec<_>) = mine.into_iter().partition(is_elsewhere);
            let shown = |found: Vec<AgentId>| -> Vec<String> {
                assert!(!found.is_empty(), "no {table} yet: teach seed.rs");
                found.into_iter().map(|id| with_prefix(id, prefix)).collect()
            };
            if !elsewhere.is_empty() {
                ids.elsewhere.insert(prefix, shown(elsewhere));
            }
            ids.own.insert(prefix, shown(mine));
            let theirs = shown(theirs);
            ids.all_foreign.extend(theirs.iter().cloned());
            ids.foreign.insert(prefix, theirs);
        }
        ids
    }

    /// Whether anything of the kind lies elsewhere.
    pub fn lie_elsewhere(&self, prefix: &str) -> bool {
        self.elsewhere.contains_key(prefix)
    }

    /// The id to send; of several the one that `variant` picks.
    pub fn of(&self, whose: Whose, prefix: &str, variant: usize) -> &str {
        let ids = match whose {
            Whose::Own => &self.own,
            Whose::Elsewhere => &self.elsewhere,
            Whose::Foreign => &self.foreign,
            Whose::Absent => &self.absent,
        };
        let ids = ids.get(prefix).unwrap_or_else(|| panic!("an id with the prefix {prefix}"));
        &ids[variant % ids.len()]
    }

    /// The first id of the other company in a text.
    pub fn foreign_in<'a>(&'a self, text: &str) -> Option<&'a str> {
        self.all_foreign.iter().find(|id| text.contains(id.as_str())).map(String::as_str)
    }

    /// Prefixes of the ids that can stand at the end of a path of a root field: by the innermost
    /// name that names a kind; where none does, every kind is tried.
    pub fn prefixes(&self, field: &str, path: &Path) -> Vec<&'static str> {
        let words = path.iter().rev().map(String::as_str).chain([field]);
        for word in words {
            let word = word.trim_end_matches("Ids").trim_end_matches("Id").to_lowercase();
            let exact = |name: &&str| name.to_lowercase() == word;
            let close = |name: &&str| {
                let name = name.to_lowercase();
                word.len() > 2 && (name.ends_with(&word) || word.ends_with(&name))
            };
            let of = |fits: &dyn Fn(&&str) -> bool| -> Vec<&'static str> {
                let known = KINDS.iter().filter(|(prefix, _)| self.own.contains_key(prefix));
                known.filter(|(_, name)| fits(name)).map(|(prefix, _)| *prefix).collect()
            };
            let found = of(&exact);
            let found = if found.is_empty() { of(&close) } else { found };
            if !found.is_empty() {
                return found;
            }
        }
        self.own.keys().copied().collect()
    }
}

/// What a company has at a moment.
#[derive(Debug)]
pub struct Known(BTreeSet<uuid::Uuid>);

impl Known {
    /// Everything that has an id.
    pub async fn of(company: &Company) -> Self {
        let mut known = BTreeSet::new();
        for table in tables(company).await {
            known.extend(read(company, &table).await.into_iter().map(AgentId::uuid));
        }
        Self(known)
    }
}

/// Tables whose rows have an id and belong to a company.
async fn tables(company: &Company) -> Vec<String> {
    let tx = company.db_begin().await;
    let tables: Vec<TableRow> = tx
        .all(
            "select table_name::text as value from information_schema.columns
             where table_schema = 'app' and column_name = 'id' and table_name <> 'tenant'
               and table_name in (select table_name from information_schema.columns
                                  where table_schema = 'app' and column_name = 'tenant_id')
               and udt_name = 'uuid'",
            params![],
        )
        .await
        .expect("tables");
    tables.into_iter().map(|row| row.value).collect()
}

fn with_prefix(id: AgentId, prefix: &str) -> String {
    id.to_string().replacen("agt", prefix, 1)
}

/// The table of a kind: called like it, or ending like it (`app_user` of `User`).
fn table_of<'a>(kind: &str, tables: &'a [String]) -> Option<&'a str> {
    let mut snake = String::new();
    for letter in kind.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    let exact = tables.iter().find(|table| **table == snake);
    let close = || {
        tables.iter().find(|table| {
            **table == format!("app_{snake}") || snake.ends_with(&format!("_{table}"))
        })
    };
    exact.or_else(close).map(String::as_str)
}

/// In the order in which the seed wrote them.
async fn read(company: &Company, table: &str) -> Vec<AgentId> {
    let tx = company.db_begin().await;
    // Where a table has room from before, rows do not lie in the order in which they came.
    let sql = format!(
        "select id as value from app.{table} where tenant_id = $1
         order by xmin::text::bigint, ctid"
    );
    let rows: Vec<IdRow> = tx.all(sql, params![tx.tenant()]).await.expect("ids");
    rows.into_iter().map(|row| row.value).collect()
}
