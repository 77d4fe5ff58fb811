use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use trunkline_infra::db::Cursor;

use super::{
    arguments::{Path, is_id, leads_to},
    below::LEARNED,
    ids::{Ids, Whose},
    served::{Field, Ref, Served},
};
use crate::support::START;

/// Start and end of every window: a week after [`START`], Monday to Monday, with something of the
/// seed in it.
pub const WINDOW: (&str, &str) = ("2026-03-09T00:00:00Z", "2026-03-16T00:00:00Z");
const DAYS: (&str, &str) = ("2026-03-09", "2026-03-16");
/// The two weeks before [`START`], for fields that tell nothing of what is still to come.
const PAST: (&str, &str) = ("2026-02-16T00:00:00Z", "2026-03-02T00:00:00Z");
const OF_THE_PAST: &[&str] = &["historyGaps"];

/// What stands in the arguments of a case.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    pub served: &'a Served,
    pub ids: &'a Ids,
    pub field: &'a str,
    /// The place that is tried and the id that stands there; all other ids are own ones.
    pub target: Option<(&'a Path, &'a str)>,
    /// Which of the own things stand at the other places.
    pub variant: usize,
    /// Grows from case to case, for what must be new each time.
    pub serial: &'a AtomicUsize,
}

impl Filling<'_> {
    /// Values of the arguments that must be given, and of those on the way to the target.
    ///
    /// # Errors
    /// What cannot be made, and where.
    pub fn arguments(&self, field: &Field) -> Result<Map<String, Value>, String> {
        let mut path = Vec::new();
        let inputs = &field.args;
        self.inputs(inputs.iter().map(|input| (&input.name, &input.ty, input.required)), &mut path)
    }

    fn inputs<'b>(
        &self,
        inputs: impl Iterator<Item = (&'b String, &'b Ref, bool)>,
        path: &mut Path,
    ) -> Result<Map<String, Value>, String> {
        let mut values = Map::new();
        for (name, ty, required) in inputs {
            path.push(name.clone());
            // Sometimes one of two must be given though neither is required: later variants choose.
            let chosen = self.variant >= 4 && self.served.ty(ty.name()).kind == "ENUM";
            // Without it that field is silent until somebody is told something.
            let resumed = self.field == "notificationArrived" && name == "after";
            if required
                || chosen
                || resumed
                || leads_to(path, self.target.map(|(target, _)| target))
            {
                values.insert(name.clone(), self.value(ty, path)?);
            }
            path.pop();
        }
        Ok(values)
    }

    /// A value of the type for the input at `path`.
    ///
    /// # Errors
    /// What cannot be made, and where.
    pub fn value(&self, ty: &Ref, path: &mut Path) -> Result<Value, String> {
        match ty {
            Ref::NonNull(inner) => self.value(inner, path),
            Ref::List(inner) => Ok(Value::Array(vec![self.value(inner, path)?])),
            Ref::Named(name) if name == "ID" => self.id(path),
            Ref::Named(name) => match self.served.ty(name).kind.as_str() {
                "ENUM" => {
                    let values = &self.served.ty(name).values;
                    Ok(json!(values[self.variant % values.len()]))
                }
                "INPUT_OBJECT" => self.object(name, path),
                _ => self.scalar(name, path),
            },
        }
    }

    fn object(&self, name: &str, path: &mut Path) -> Result<Value, String> {
        let ty = self.served.ty(name);
        let mut one = None;
        if ty.one_of {
            let on_the_way = ty.inputs.iter().find(|input| {
                path.push(input.name.clone());
                let leads = leads_to(path, self.target.map(|(target, _)| target));
                path.pop();
                leads
            });
            let by_id = || ty.inputs.iter().find(|input| is_id(&input.ty));
            one = on_the_way.or_else(by_id).or(ty.inputs.first()).map(|input| &input.name);
        }
        let inputs = ty.inputs.iter().map(|input| {
            let required = one.map_or(input.required, |one| *one == input.name);
            (&input.name, &input.ty, required)
        });
        Ok(Value::Object(self.inputs(inputs, path)?))
    }

    fn id(&self, path: &Path) -> Result<Value, String> {
        if let Some((target, id)) = self.target
            && target == path
        {
            return Ok(json!(id));
        }
        match self.ids.prefixes(self.field, path).as_slice() {
            [] => Err(format!("{path:?}: no kind of id")),
            [prefix, ..] => Ok(json!(self.ids.of(Whose::Own, prefix, self.variant))),
        }
    }

    /// A value that most fields take. Where one must mean something, its name says what.
    fn scalar(&self, ty: &str, path: &Path) -> Result<Value, String> {
        let name = path.last().map_or("", String::as_str);
        let end = is_end(name);
        let serial = self.serial.load(Ordering::Relaxed);
        Ok(match ty {
            "Boolean" => json!(true),
            "Int" if matches!(name, "shortestSeconds" | "longestSeconds") => json!(7200),
            "Int" if name.to_lowercase().ends_with("seconds") => json!(900),
            "Int" => json!(1),
            "Float" => json!(10.0),
            "Decimal" => json!("1"),
            "DateTime" if name.starts_with("source") => json!(START),
            // Each later than the last one: what is planned can be planned after it.
            "DateTime" if name == "effectiveAt" => json!(quarter(serial)),
            "DateTime" if OF_THE_PAST.contains(&self.field) => {
                json!(if end { PAST.1 } else { PAST.0 })
            }
            "DateTime" => json!(if end { WINDOW.1 } else { WINDOW.0 }),
            "Date" => json!(if end { DAYS.1 } else { DAYS.0 }),
            "LocalTime" => json!(if end { "16:00" } else { "08:00" }),
            "TimeZone" => json!("Asia/Shanghai"),
            "LanguageTag" => json!("en"),
            "String" => match string(name) {
                Some(text) => json!(text),
                None if name == "after" => {
                    json!(Cursor { id: uuid::Uuid::nil(), key: "0".to_owned() }.encode())
                }
                None if self.field == "demandEventLearned" => json!(LEARNED),
                None if name == "email" => json!(format!("wu.min-{serial}@example.com")),
                None => json!(format!("X{serial}")),
            },
            other => {
                return Err(format!("{path:?}: no value for the scalar {other}, teach values.rs"));
            }
        })
    }
}

/// A quarter of an hour of the window's first days.
fn quarter(serial: usize) -> String {
    let minutes = i64::try_from(serial).unwrap_or(0) * 15;
    let start: Timestamp = WINDOW.0.parse().expect("instant");
    (start + SignedDuration::from_mins(minutes)).to_string()
}

/// Whether a name says that it is the end of something.
fn is_end(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "to" || ["end", "until", "expires", "todate"].iter().any(|word| name.starts_with(word))
}

fn string(name: &str) -> Option<&'static str> {
    Some(match name {
        "password" => "seven cups before noon",
        "kpi" | "kpiCode" | "kpiCodes" => "service_level",
        "measure" => "survey_responses",
        "scopes" => "network:read",
        "cause" | "reason" | "label" | "comment" => "because",
        _ => return None,
    })
}
