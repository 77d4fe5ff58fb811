//! The way to the rows: pools, transactions that know their tenant, values, errors, cursors.
//!
//! [`Db`] keeps its pools to itself and is no connection: a row of a tenant is reached through a
//! [`TenantTx`], which only a [`Ctx`](crate::ctx::Ctx) opens.

mod commits;
mod constraints;
mod cursor;
mod error;
mod pool;
mod seats;
mod shares;
mod tx;
mod unit;
mod value;

pub use commits::{Commits, Fate, noting_commits};
pub use cursor::{Cursor, CursorError};
pub use error::DbError;
pub use pool::{Connections, Db, DbOptions, RoleFault};
pub use sea_orm::{DbErr, FromQueryResult as FromRow, QueryResult, prelude::Json};
pub use sea_orm::{Value, sea_query::ArrayType};
pub use seats::take_seat;
pub use tx::{SystemTx, TenantTx};
pub use unit::Unit;
pub use value::{Column, Param, chrono_of, reach_params};
