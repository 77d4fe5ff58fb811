use async_graphql::{Context, Object, SimpleObject};
use trunkline_domain::{id::UserId, identity::Subject};
use trunkline_infra::ctx::Ctx;

use super::{
    entry_types::FileEntry,
    inputs::{FileEntryAddInput, FileEntryCorrectInput},
    service::{add_entry, correct_entry},
};
use crate::graphql::{Operation, UserError};

/// Outcome of adding an entry.
#[derive(Debug, SimpleObject)]
pub struct FileEntryAddPayload {
    /// The new entry. `null` when refused.
    pub entry: Option<FileEntry>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Outcome of putting an entry right.
#[derive(Debug, SimpleObject)]
pub struct FileEntryCorrectPayload {
    /// The entry that holds now. `null` when refused.
    pub entry: Option<FileEntry>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}

/// Writing to the personal files.
#[derive(Debug, Default)]
pub struct ArchivesMutation;

/// The person who calls; a program is none.
fn person(ctx: &Ctx) -> Option<UserId> {
    match ctx.viewer().subject {
        Subject::User(id) => Some(id),
        Subject::Client(_) | Subject::System => None,
    }
}

#[Object]
impl ArchivesMutation {
    /// Adds an entry to the personal file to which its kind belongs. HR writes the development file,
    /// the quality team the quality file, a leader the performance files of the own line: FORBIDDEN
    /// names the content that others write, and in its parameters the `file`.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE.
    async fn file_entry_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The entry.")] input: FileEntryAddInput,
    ) -> async_graphql::Result<FileEntryAddPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse(person(&write)) {
            Ok((agent, said)) => add_entry(&operation.app, &write, agent, said).await,
            Err(fault) => Err(fault.into()),
        };
        let (added, user_errors) = operation.settle(outcome)?;
        let entry = added.map(|view| FileEntry::new(view, true));
        Ok(FileEntryAddPayload { entry, user_errors })
    }

    /// Puts an entry right by a new one with a reason; the wrong one stays in the history. An entry that
    /// was put right before gives INVALID_STATE: its newest correction is to be corrected then.
    /// Errors: NOT_FOUND, FORBIDDEN, INVALID_VALUE, INVALID_STATE.
    async fn file_entry_correct(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entry, and what is right.")] input: FileEntryCorrectInput,
    ) -> async_graphql::Result<FileEntryCorrectPayload> {
        let operation = Operation::root(ctx)?;
        let write = operation.write_ctx().await.map_err(|error| operation.fail(error))?;
        let outcome = match input.parse(person(&write)) {
            Ok((entry, reason, said)) => {
                correct_entry(&operation.app, &write, entry, reason, said).await
            }
            Err(fault) => Err(fault.into()),
        };
        let (added, user_errors) = operation.settle(outcome)?;
        let entry = added.map(|view| FileEntry::new(view, true));
        Ok(FileEntryCorrectPayload { entry, user_errors })
    }
}
