//! Against the real things: a PostgreSQL of its own, a Redis where there is one.

mod audit;
mod encrypted;
mod intervals;
mod isolation;
mod jobs;
mod live;
mod local_days;
mod partitions;
mod people;
mod postgres;
mod retention;
mod schema;
mod sealed;
mod upkeep;
