//! Shifts of the hot lists, written without the executor where the selection allows.
//!
//! The fields are those of [`Shift`] and [`ShiftActivity`](super::types::ShiftActivity) that need no
//! further look-up. A journey compares both ways field by field.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::{Field, SelectionSet},
    registry::Registry,
};
use trunkline_domain::schedules::Activity;
use trunkline_infra::{network::Directory, schedules::ShiftView};

use super::types::Shift;
use crate::graphql::{
    Date, DateTime,
    direct::{Direct, DirectObject, Fragments, Plan, write_text},
};

/// A shift of a hot list, with the small tables beside it.
#[derive(Debug)]
pub struct ListedShift {
    shift: Shift,
    /// Unpacked once; nearly every list shows them.
    activities: Vec<Activity>,
    directory: Arc<Directory>,
}

impl ListedShift {
    /// Prepares rows for a list.
    ///
    /// # Errors
    /// When stored activities are damaged.
    pub(super) fn list(
        rows: Vec<ShiftView>,
        directory: &Arc<Directory>,
    ) -> Result<Vec<Self>, trunkline_infra::db::DbError> {
        rows.into_iter()
            .map(|row| {
                Ok(Self {
                    activities: row.parts()?,
                    shift: Shift(Arc::new(row)),
                    directory: Arc::clone(directory),
                })
            })
            .collect()
    }
}

impl OutputType for ListedShift {
    fn type_name() -> Cow<'static, str> {
        Shift::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Shift as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        OutputType::resolve(&self.shift, ctx, field).await
    }
}

impl DirectObject for ListedShift {
    const TYPE: &'static str = "Shift";
    const FIELDS: &'static [&'static str] = &[
        "id",
        "starts_at",
        "ends_at",
        "local_date",
        "time_zone",
        "paid_seconds",
        "activities",
        "state",
        "version",
    ];

    fn plan_field(field: usize, set: &SelectionSet, fragments: &Fragments) -> Option<Plan> {
        match Self::FIELDS[field] {
            "activities" => Part::plan(set, fragments),
            _ => Some(Plan::default()),
        }
    }

    fn write_field(&self, field: usize, plan: &Plan, out: &mut String) {
        let view = &self.shift.0;
        match Self::FIELDS[field] {
            "id" => push(out, format_args!("\"{}\"", view.id)),
            "starts_at" => DateTime(view.starts_at).write(plan, out),
            "ends_at" => DateTime(view.ends_at).write(plan, out),
            "local_date" => Date(view.local_date).write(plan, out),
            "time_zone" => {
                let site = self.directory.site(view.site_id);
                write_text(site.map_or("UTC", |site| &site.time_zone), out);
            }
            "paid_seconds" => {
                let paid = self.activities.iter().filter(|part| part.paid);
                push(out, format_args!("{}", paid.map(|part| part.span.seconds()).sum::<i64>()));
            }
            "activities" => self.write_activities(plan, out),
            "state" => write_text(&view.state, out),
            _ => push(out, format_args!("{}", view.version)),
        }
    }
}

impl ListedShift {
    fn write_activities(&self, plan: &Plan, out: &mut String) {
        out.push('[');
        for (index, activity) in self.activities.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            Part { view: &self.shift.0, index, activity }.write(plan, out);
        }
        out.push(']');
    }
}

/// One activity on its way out.
struct Part<'a> {
    view: &'a ShiftView,
    index: usize,
    activity: &'a Activity,
}

impl DirectObject for Part<'_> {
    const TYPE: &'static str = "ShiftActivity";
    const FIELDS: &'static [&'static str] = &["id", "category", "starts_at", "ends_at", "paid"];

    fn plan_field(_: usize, _: &SelectionSet, _: &Fragments) -> Option<Plan> {
        Some(Plan::default())
    }

    fn write_field(&self, field: usize, plan: &Plan, out: &mut String) {
        match Self::FIELDS[field] {
            "id" => {
                push(
                    out,
                    format_args!("\"{}.{}.{}\"", self.view.id, self.view.version, self.index),
                );
            }
            "category" => write_text(self.activity.category.as_str(), out),
            "starts_at" => DateTime(self.activity.span.start()).write(plan, out),
            "ends_at" => DateTime(self.activity.span.end()).write(plan, out),
            _ => self.activity.paid.write(plan, out),
        }
    }
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = std::fmt::Write::write_fmt(out, text);
}
