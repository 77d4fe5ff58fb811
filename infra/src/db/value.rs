//! How the values of the domain go into statements and come out of rows.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use jiff::{Timestamp, civil};
use rust_decimal::Decimal;
use sea_orm::{DbErr, QueryResult, Value, prelude::Json, sea_query::ArrayType};
use trunkline_domain::{id::Id, identity::ReachSet};
use uuid::Uuid;

/// What can be bound to a `$n` of a statement.
pub trait Param {
    /// The value as the driver takes it.
    fn value(&self) -> Value;
}

/// What can be read from a column.
pub trait Column: Sized {
    /// The value of the column called `name`.
    ///
    /// # Errors
    /// When the column is missing, has another type, or is null where null is not wanted.
    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr>;
}

/// Values that the driver knows under their own Rust type.
macro_rules! plain {
    ($($ty:ty),* $(,)?) => {$(
        impl Param for $ty {
            fn value(&self) -> Value {
                self.clone().into()
            }
        }
        impl Param for Option<$ty> {
            fn value(&self) -> Value {
                self.clone().into()
            }
        }
        impl Column for $ty {
            fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
                row.try_get("", name)
            }
        }
        impl Column for Option<$ty> {
            fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
                row.try_get("", name)
            }
        }
    )*};
}
plain!(bool, i16, i32, i64, f64, String, Vec<u8>, Decimal, Json, Uuid);

/// Values that go through another type at the edge of the driver.
macro_rules! mapped {
    ($(($ty:ty, $wire:ty, $to:expr, $from:expr)),* $(,)?) => {$(
        impl Param for $ty {
            fn value(&self) -> Value {
                let to: fn(&$ty) -> $wire = $to;
                to(self).into()
            }
        }
        impl Param for Option<$ty> {
            fn value(&self) -> Value {
                let to: fn(&$ty) -> $wire = $to;
                self.as_ref().map(to).into()
            }
        }
        impl Column for $ty {
            fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
                let from: fn($wire) -> Option<$ty> = $from;
                from(row.try_get("", name)?).ok_or_else(|| out_of_range(name))
            }
        }
        impl Column for Option<$ty> {
            fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
                let from: fn($wire) -> Option<$ty> = $from;
                let wire: Option<$wire> = row.try_get("", name)?;
                wire.map(|wire| from(wire).ok_or_else(|| out_of_range(name))).transpose()
            }
        }
    )*};
}
mapped![
    (Timestamp, DateTime<Utc>, |at| chrono_of(*at), |at| timestamp_of(at)),
    (civil::Date, NaiveDate, |date| naive_date_of(*date), |date| date_of(date)),
    (civil::Time, NaiveTime, |time| naive_time_of(*time), |time| time_of(time)),
    (u8, i16, |n| i16::from(*n), |n| u8::try_from(n).ok()),
    (u32, i64, |n| i64::from(*n), |n| u32::try_from(n).ok()),
    (u64, i64, |n| i64::try_from(*n).unwrap_or(i64::MAX), |n| u64::try_from(n).ok()),
];

impl Param for &str {
    fn value(&self) -> Value {
        (*self).into()
    }
}
impl Param for Option<&str> {
    fn value(&self) -> Value {
        self.map(str::to_owned).into()
    }
}
impl<K> Param for Id<K> {
    fn value(&self) -> Value {
        self.uuid().into()
    }
}
impl<K> Param for Option<Id<K>> {
    fn value(&self) -> Value {
        self.map(Id::uuid).into()
    }
}
impl<K> Column for Id<K> {
    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
        row.try_get("", name).map(Self::from_uuid)
    }
}
impl<K> Column for Option<Id<K>> {
    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
        Ok(row.try_get::<Option<Uuid>>("", name)?.map(Id::from_uuid))
    }
}
impl<K> Column for Vec<Id<K>> {
    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
        Ok(row.try_get::<Vec<Uuid>>("", name)?.into_iter().map(Id::from_uuid).collect())
    }
}
impl Column for Vec<String> {
    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
        row.try_get("", name)
    }
}
impl Column for Vec<f64> {
    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
        row.try_get("", name)
    }
}
impl Column for Option<Vec<i16>> {
    fn read(row: &QueryResult, name: &str) -> Result<Self, DbErr> {
        row.try_get("", name)
    }
}

fn array(kind: ArrayType, values: impl Iterator<Item = Value>) -> Value {
    Value::Array(kind, Some(Box::new(values.collect())))
}

/// Arrays, for `= any($n)` and `unnest($n)`. Without nulls: what may be null travels as JSON.
macro_rules! arrays {
    ($(($ty:ty, $kind:ident)),* $(,)?) => {$(
        impl Param for &[$ty] {
            fn value(&self) -> Value {
                array(ArrayType::$kind, self.iter().map(Param::value))
            }
        }
        impl Param for Vec<$ty> {
            fn value(&self) -> Value {
                self.as_slice().value()
            }
        }
    )*};
}
arrays![
    (bool, Bool),
    (i16, SmallInt),
    (i32, Int),
    (i64, BigInt),
    (f64, Double),
    (String, String),
    (Vec<u8>, Bytes),
    (Uuid, Uuid),
    (Timestamp, ChronoDateTimeUtc),
    (civil::Date, ChronoDate),
];
impl<K> Param for &[Id<K>] {
    fn value(&self) -> Value {
        array(ArrayType::Uuid, self.iter().map(Param::value))
    }
}
impl<K> Param for Vec<Id<K>> {
    fn value(&self) -> Value {
        self.as_slice().value()
    }
}

fn out_of_range(column: &str) -> DbErr {
    DbErr::Type(format!("the value of column {column} is out of range"))
}

/// The instant as chrono writes it. Postgres keeps microseconds; finer digits are cut.
#[must_use]
pub fn chrono_of(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.as_microsecond()).unwrap_or(DateTime::UNIX_EPOCH)
}

fn timestamp_of(at: DateTime<Utc>) -> Option<Timestamp> {
    Timestamp::from_microsecond(at.timestamp_micros()).ok()
}

fn naive_date_of(date: civil::Date) -> NaiveDate {
    NaiveDate::from_ymd_opt(
        i32::from(date.year()),
        date.month().unsigned_abs().into(),
        date.day().unsigned_abs().into(),
    )
    .unwrap_or_default()
}

fn date_of(date: NaiveDate) -> Option<civil::Date> {
    use chrono::Datelike as _;
    civil::Date::new(
        i16::try_from(date.year()).ok()?,
        i8::try_from(date.month()).ok()?,
        i8::try_from(date.day()).ok()?,
    )
    .ok()
}

fn naive_time_of(time: civil::Time) -> NaiveTime {
    NaiveTime::from_hms_opt(
        time.hour().unsigned_abs().into(),
        time.minute().unsigned_abs().into(),
        time.second().unsigned_abs().into(),
    )
    .unwrap_or_default()
}

fn time_of(time: NaiveTime) -> Option<civil::Time> {
    use chrono::Timelike as _;
    civil::Time::new(
        i8::try_from(time.hour()).ok()?,
        i8::try_from(time.minute()).ok()?,
        i8::try_from(time.second()).ok()?,
        0,
    )
    .ok()
}

/// The four values of a reach, for a condition such as
/// `($2 or site_id = any($3) or team_id = any($4) or id = $5)`.
#[must_use]
pub fn reach_params(reach: &ReachSet) -> [Value; 4] {
    [reach.network.value(), reach.sites.value(), reach.teams.value(), reach.own.value()]
}

/// Makes the list of values of a statement: `params![id, from, until]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::db::Param::value(&$value)),*]
    };
}

/// Declares a struct that is read from rows: field names are column names.
#[macro_export]
macro_rules! read_model {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $ty:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $ty,)*
        }
        impl $crate::db::FromRow for $name {
            fn from_query_result(
                row: &$crate::db::QueryResult,
                _prefix: &str,
            ) -> Result<Self, $crate::db::DbErr> {
                Ok(Self { $($field: $crate::db::Column::read(row, stringify!($field))?,)* })
            }
        }
    };
}
