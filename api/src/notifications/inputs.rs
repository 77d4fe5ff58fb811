use async_graphql::{ID, InputObject, OneofObject};
use trunkline_domain::fault::Fault;

use super::{service::ToRead, types::NotificationKind};
use crate::graphql::{DateTime, parse_ids};

/// Which notifications were read. Exactly one of the two.
#[derive(Debug, OneofObject)]
pub enum NotificationMarkReadInput {
    /// These, at most 100.
    NotificationIds(Vec<ID>),
    /// All that were made at this instant or before, so that one which arrives meanwhile stays unread.
    To(DateTime),
}

impl NotificationMarkReadInput {
    pub(super) fn parse(self) -> Result<ToRead, Fault> {
        Ok(match self {
            Self::NotificationIds(ids) => ToRead::These(parse_ids(&ids, "notificationIds")?),
            Self::To(until) => ToRead::Until(until.0),
        })
    }
}

/// How the caller wants to be told.
#[derive(Debug, InputObject)]
pub struct NotificationPreferencesSetInput {
    /// Kinds that are sent by e-mail too; empty = none.
    pub mail_kinds: Vec<NotificationKind>,
}
