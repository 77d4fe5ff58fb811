use super::{
    catalogue::{Column, Key, Reference, Table},
    expected::{
        Case, DANGLING, DENIED,
        Expected::{self, Answer, By, Refused, Rows as Exactly, RowsOr},
        MISREAD, Setting, TAKEN,
    },
    rows::{Batch, Rows, Tenant, exclusive, insertion, quoted, written},
};

/// The cases of one table under one setting.
pub struct Cases<'a> {
    rows: &'a Rows,
    table: &'a Table,
    setting: Setting,
    cases: Vec<Case>,
}

impl<'a> Cases<'a> {
    /// All cases that run while the acting tenant's next row of the table is not written yet.
    pub fn of(rows: &'a Rows, table: &'a Table, setting: Setting) -> Vec<Case> {
        let mut cases = Self { rows, table, setting, cases: Vec::new() };
        cases.select();
        cases.insert();
        cases.update();
        cases.delete();
        cases.upsert();
        // A reference to the tenant itself cannot point at a row of another.
        let is_of_rows =
            |reference: &&Reference| reference.columns.len() > 1 || table.is_loose(reference);
        for reference in table.references.iter().filter(is_of_rows) {
            cases.reference(reference);
        }
        for key in &table.keys {
            cases.collision(key);
        }
        cases.cases
    }

    /// The cases that need the row which [`Self::next_row`] writes.
    pub fn after_next_row(rows: &'a Rows, table: &'a Table, setting: Setting) -> Vec<Case> {
        let mut cases = Self { rows, table, setting, cases: Vec::new() };
        let (tenant, batch) = cases.next();
        // Rows of the other tenant point at the same id and must not hold this one.
        let sql =
            format!("delete from {} where {} {}", cases.name(), cases.is(tenant, batch), RETURNING);
        let there = usize::from(table.insert && setting.acting().is_some());
        cases.push("delete", "row whose id others point at", table.delete, &sql, Exactly(there));
        cases.cases
    }

    /// Writes the acting tenant's next row, so that rows of later tables have their parents. Where a
    /// tenant has one row at most, the one it has is that row.
    pub fn next_row(rows: &'a Rows, table: &'a Table, setting: Setting) -> Option<String> {
        let cases = Self { rows, table, setting, cases: Vec::new() };
        let room = table.insert && !(cases.is_own() && table.single());
        setting.acting().filter(|_| room)?;
        let (tenant, batch) = cases.next();
        Some(cases.insertion(&cases.values(tenant, batch, |_| None)))
    }

    /// The tenant that the transaction acts for, or one that it had better not act for, and its
    /// rows that are written as the tables go by. Strangers write the twins of existing rows.
    fn next(&self) -> (Tenant, Batch) {
        match self.setting.acting() {
            Some(Tenant::B) => (Tenant::B, Batch::Fresh),
            Some(tenant) => (tenant, Batch::Twin),
            None => (Tenant::Stranger, Batch::Twin),
        }
    }

    fn is_own(&self) -> bool {
        self.setting == Setting::Own
    }

    fn if_own<T>(&self, own: T, others: T) -> T {
        if self.is_own() { own } else { others }
    }

    /// Rows of the table that the transaction may see before the next row is written.
    fn visible(&self) -> usize {
        self.setting.acting().map_or(0, |tenant| written(self.table, tenant).len())
    }

    fn select(&mut self) {
        let (table, name) = (self.table, self.name());
        let (of_b, count) = (self.of_b(), written(self.table, Tenant::B).len());
        let visible = self.visible();
        let own = self.is_own();
        let rows_of_b = if own { count } else { 0 };
        let mut select = |about: &str, sql: String, expected| {
            self.push("select", about, table.select, &sql, expected);
        };
        select("everything", format!("select {ROW} from {name}"), Exactly(visible));
        select("by tenant", format!("select {ROW} from {name} where {of_b}"), Exactly(rows_of_b));
        select("count", format!("select count(*)::text from {name}"), Answer(visible.to_string()));
        select(
            "greatest of the tenant",
            format!(
                "select coalesce(max(t::text), 'none') from {name} where {of_b} having count(*) > 0"
            ),
            Exactly(usize::from(own)),
        );
        // The error quotes the row: it must not be computed for rows that are not to be seen.
        select(
            "by a filter that tells",
            format!("select {ROW} from {name} where {of_b} and t::text::int = 0"),
            if own { Refused(MISREAD) } else { Exactly(0) },
        );
        let by_key = self.is(Tenant::B, exclusive(self.table));
        let sql = format!("select {ROW} from {name} where {by_key}");
        self.push("select", "by key", table.select, &sql, Exactly(self.if_own(1, 0)));
        let sql = format!("select {ROW} from {name} where {of_b} for update nowait");
        let may_lock = table.columns.iter().any(|column| column.updatable);
        self.push("select", "to lock", table.select && may_lock, &sql, Exactly(rows_of_b));
    }

    fn insert(&mut self) {
        let table = self.table;
        let sql = self.insertion(&self.values(Tenant::B, Batch::Fresh, |_| None));
        let own = if table.single() { RowsOr(1, TAKEN) } else { Exactly(1) };
        let expected = self.if_own(own, Refused(DENIED));
        self.push("insert", "row of the tenant", table.insert, &sql, expected.clone());
        // What is returned must be visible, which alone would refuse it.
        let sql = insertion(table, &self.values(Tenant::B, Batch::Fresh, |_| None));
        self.push("insert", "row of the tenant unseen", table.insert, &sql, expected);
        let columns: Vec<String> =
            table.columns.iter().map(|column| quoted(&column.name)).collect();
        let me = self.next().0.id();
        let taken_over: Vec<String> = table
            .columns
            .iter()
            .map(|c| if c.name == table.tenant { format!("'{me}'::uuid") } else { quoted(&c.name) })
            .collect();
        let sql = format!(
            "insert into {} ({}) select {} from {} where {} {RETURNING}",
            self.name(),
            columns.join(", "),
            taken_over.join(", "),
            self.name(),
            self.of_b(),
        );
        self.push(
            "insert",
            "copies of the tenant's",
            table.insert,
            &sql,
            self.if_own(Refused(TAKEN), Exactly(0)),
        );
    }

    fn update(&mut self) {
        let (table, name) = (self.table, self.name());
        let column = table.free_column();
        let touch = format!("update {name} set {0} = t.{0}", quoted(&column.name));
        let of_b = self.of_b();
        let all_of_b = self.if_own(self.visible(), 0);
        let may = column.updatable;
        self.push(
            "update",
            "everything",
            may,
            &format!("{touch} {RETURNING}"),
            Exactly(self.visible()),
        );
        self.push(
            "update",
            "by tenant",
            may,
            &format!("{touch} where {of_b} {RETURNING}"),
            Exactly(all_of_b),
        );
        let by_key = self.is(Tenant::B, exclusive(self.table));
        self.push(
            "update",
            "by key",
            may,
            &format!("{touch} where {by_key} {RETURNING}"),
            Exactly(self.if_own(1, 0)),
        );
        let receiver = self.if_own(Tenant::A, Tenant::B).id();
        let sql = format!("update {name} set {} = '{receiver}'", quoted(&table.tenant));
        let may =
            table.columns.iter().any(|column| column.name == table.tenant && column.updatable);
        let expected = if self.visible() > 0 { Refused(DENIED) } else { Exactly(0) };
        self.push("update", "to give rows away", may, &sql, expected);
    }

    fn delete(&mut self) {
        let (table, name) = (self.table, self.name());
        let of = |visible| if table.held { RowsOr(visible, DANGLING) } else { Exactly(visible) };
        let sql = format!("delete from {name} {RETURNING}");
        self.push("delete", "everything", table.delete, &sql, of(self.visible()));
        let sql = format!("delete from {name} where {} {RETURNING}", self.of_b());
        let expected = self.if_own(of(self.visible()), Exactly(0));
        self.push("delete", "by tenant", table.delete, &sql, expected);
        let sql = format!(
            "delete from {name} where {} {RETURNING}",
            self.is(Tenant::B, exclusive(self.table))
        );
        self.push("delete", "by key", table.delete, &sql, self.if_own(of(1), Exactly(0)));
        self.push(
            "truncate",
            "everything",
            false,
            &format!("truncate app.{}", table.name),
            Refused(DENIED),
        );
    }

    fn upsert(&mut self) {
        let table = self.table;
        let column = table.free_column();
        let key = bare(&table.main_key().name);
        let update = format!(
            "on conflict on constraint {key} do update set {0} = excluded.{0}",
            quoted(&column.name)
        );
        let nothing = format!("on conflict on constraint {key} do nothing");
        let theirs = self.values(Tenant::B, exclusive(self.table), |_| None);
        let may = table.insert && column.updatable;
        let sql = self.insertion_with(&theirs, &update);
        self.push(
            "upsert",
            "row of the tenant",
            may,
            &sql,
            self.if_own(Exactly(1), Refused(DENIED)),
        );
        let sql = self.insertion_with(&theirs, &nothing);
        self.push(
            "upsert",
            "nothing on conflict",
            table.insert,
            &sql,
            self.if_own(Exactly(0), Refused(DENIED)),
        );
        // Under the acting tenant's name: its own row, and never the one that has the key already.
        let twin = self.values(self.next().0, Batch::Twin, |_| None);
        let sql = self.insertion_with(&twin, &update);
        let acts = self.setting.acting().is_some();
        let expected = if acts { Exactly(1) } else { Refused(DENIED) };
        self.push("upsert", "with the tenant's key", may, &sql, expected);
    }

    /// Rows of the acting tenant that point at a row which only tenant B has.
    fn reference(&mut self, reference: &Reference) {
        let table = self.table;
        let target = self.rows.catalogue().table(&reference.target);
        let at_theirs = |column: &Column| {
            let (_, there) = reference.columns.iter().find(|(here, _)| *here == column.name)?;
            let there =
                target.columns.iter().find(|c| c.name == *there && c.name != target.tenant)?;
            Some(self.rows.value(target, there, Tenant::B, exclusive(target)))
        };
        let (tenant, batch) = self.next();
        // What points at one thing may not point at another as well.
        let filled: Vec<&str> = reference.columns.iter().map(|(here, _)| here.as_str()).collect();
        let empty = self.rows.empty_beside(table, &filled);
        let none = |column: &Column| empty.contains(&column.name).then(|| "null".to_owned());
        let values =
            self.values(tenant, batch, |column| at_theirs(column).or_else(|| none(column)));
        let sql = self.insertion(&values);
        let refused = By(reference.name.clone());
        let expected = match self.setting.acting() {
            None => Refused(DENIED),
            // Its own row of that parent may be there already.
            Some(Tenant::B) => RowsOr(1, TAKEN),
            Some(_) => refused.clone(),
        };
        let pointing: Vec<(&Column, String)> =
            table.columns.iter().filter_map(|c| Some((c, at_theirs(c)?))).collect();
        let may = pointing.iter().all(|(column, _)| column.updatable);
        let set: Vec<String> =
            pointing.iter().map(|(c, value)| format!("{} = {value}", quoted(&c.name))).collect();
        let update = format!("update {} set {} {RETURNING}", self.name(), set.join(", "));
        let updated = match self.visible() {
            0 => Exactly(0),
            visible if self.is_own() => RowsOr(visible, TAKEN),
            _ => refused,
        };
        let about = format!("insert by {}", reference.name);
        self.push("foreign key", &about, table.insert, &sql, expected);
        self.push("foreign key", &format!("update by {}", reference.name), may, &update, updated);
    }

    /// Rows of the acting tenant that have a key of tenant B, and nothing else in common with it.
    fn collision(&mut self, key: &Key) {
        let (tenant, batch) = self.next();
        // A row that points at itself needs its id as well.
        let is_loop = |reference: &Reference| reference.target == self.table.name;
        let whole = !self.is_own()
            && key
                .columns
                .iter()
                .filter_map(|column| self.table.reference_of(column))
                .any(|(reference, _)| is_loop(reference));
        let is_free = |column: &Column| {
            let conditions = &self.table.conditions;
            column.nullable && !conditions.iter().any(|condition| condition.contains(&column.name))
        };
        let values = self.values(tenant, Batch::Fresh, |column| {
            let batch = match self.table.reference_of(&column.name) {
                _ if whole || key.columns.contains(&column.name) => Batch::Twin,
                // A row that is not written yet points at no other one of its table.
                Some((reference, _)) if is_loop(reference) && is_free(column) => {
                    return Some(format!("(null)::{}", column.kind));
                }
                Some(_) => batch,
                None => return None,
            };
            Some(self.rows.value(self.table, column, tenant, batch))
        });
        let expected = match self.setting.acting() {
            None => Refused(DENIED),
            Some(Tenant::B) => By(bare(&key.name).to_owned()),
            Some(_) => Exactly(1),
        };
        self.push("unique", bare(&key.name), self.table.insert, &self.insertion(&values), expected);
    }

    fn name(&self) -> String {
        format!("app.{} as t", self.table.name)
    }

    fn of_b(&self) -> String {
        format!("t.{} = '{}'", self.table.tenant, Tenant::B.id())
    }

    /// The condition under which a row is the one of `tenant` and `batch`.
    fn is(&self, tenant: Tenant, batch: Batch) -> String {
        let key = self.table.main_key();
        let columns = self.table.columns.iter().filter(|column| key.columns.contains(&column.name));
        let same = columns.map(|column| {
            let value = self.rows.value(self.table, column, tenant, batch);
            format!("t.{} is not distinct from {value}", quoted(&column.name))
        });
        same.collect::<Vec<_>>().join(" and ")
    }

    /// The values of a row, with other ones where `instead` has some.
    fn values(
        &self,
        tenant: Tenant,
        batch: Batch,
        instead: impl Fn(&Column) -> Option<String>,
    ) -> Vec<String> {
        let value = |column: &Column| {
            instead(column).unwrap_or_else(|| self.rows.value(self.table, column, tenant, batch))
        };
        self.table.columns.iter().map(value).collect()
    }

    fn insertion(&self, values: &[String]) -> String {
        self.insertion_with(values, "")
    }

    fn insertion_with(&self, values: &[String], on_conflict: &str) -> String {
        format!("{} {on_conflict} {RETURNING}", insertion(self.table, values))
    }

    /// Adds a case. Without the right to it (and to read what it returns) it must be denied.
    fn push(
        &mut self,
        operation: &'static str,
        about: &str,
        may: bool,
        sql: &str,
        expected: Expected,
    ) {
        let expected = if may && self.table.select { expected } else { Refused(DENIED) };
        self.cases.push(Case { operation, about: about.to_owned(), sql: sql.to_owned(), expected });
    }
}

const ROW: &str = "to_jsonb(t)::text";
const RETURNING: &str = "returning to_jsonb(t)::text";

fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
