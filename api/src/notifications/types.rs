use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use trunkline_domain::{
    fault::Language,
    id::NotificationId,
    notifications::{News, NewsKind, Setting},
};
use trunkline_infra::{
    db::Cursor,
    network::Directory,
    notifications::{NotificationView, notifications_by_id},
};

use super::service::{readable, reader, zone_of};
use crate::{
    connection,
    error::Outcome,
    graphql::{DateTime, ErrorParam, Node, Operation, UserError, find_node, show_id},
};

/// What a notification is about. New values can be added: show the `message` of an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "NewsKind")]
pub enum NotificationKind {
    /// A colleague offers the caller a shift, alone or among others who could take it.
    ShiftSwapProposed,
    /// A colleague has taken the caller's offer, and a leader has yet to decide.
    ShiftSwapAccepted,
    /// A swap waits for the caller, who may decide about it.
    ShiftSwapAwaitsDecision,
    /// The swap is carried out: both schedules have changed.
    ShiftSwapApproved,
    /// The colleague or the leader said no.
    ShiftSwapDenied,
    /// The caller wanted to take a shift and could not; `params` say why.
    ShiftSwapRefused,
    /// An offer that the caller had to do with was taken back.
    ShiftSwapWithdrawn,
    /// An offer that the caller had to do with has lapsed.
    ShiftSwapExpired,
    /// A schedule with shifts of the caller was published.
    SchedulePublished,
    /// A planner has changed a published shift of the caller.
    ShiftChanged,
    /// The caller was given a role.
    RoleGiven,
    /// A role of the caller ends.
    RoleEnded,
    /// The caller gets another post, site, team or superior.
    PostChanged,
}

/// Something that the caller was told.
#[derive(Debug, Clone)]
pub struct Notification(Arc<(NotificationView, News)>);

impl Notification {
    /// What was told, if it can be read.
    pub(super) fn of(told: NotificationView) -> Option<Self> {
        let news = readable(&told)?;
        Some(Self(Arc::new((told, news))))
    }

    fn view(&self) -> &NotificationView {
        &self.0.0
    }

    fn news(&self) -> &News {
        &self.0.1
    }

    /// Its place in the reader's list.
    pub(super) fn cursor(&self) -> Cursor {
        self.view().cursor()
    }

    /// The notification, if it tells the caller.
    pub(crate) async fn find(operation: &Operation, id: &ID) -> Outcome<Option<Self>> {
        let Ok(id) = id.parse::<NotificationId>() else { return Ok(None) };
        let Some(user) = reader(operation.viewer()?) else { return Ok(None) };
        let tx = operation.read().await?;
        let found = notifications_by_id(&tx, user, &[id]).await?.pop();
        Ok(found.and_then(Self::of))
    }

    async fn sentence(&self, operation: &Operation) -> Outcome<String> {
        let (news, directory) = (self.news(), operation.directory().await?);
        let (zone, language) = (zone_of(&directory, news), operation.language);
        let colleague = operation.colleague_name(news.colleague()).await?;
        Ok(news.message(&Setting { language, zone: &zone, colleague: colleague.as_deref() }))
    }
}

/// Something that the caller was told.
#[Object]
impl Notification {
    /// Global id, prefix `ntf_`.
    pub async fn id(&self) -> ID {
        show_id(self.view().id)
    }
    /// What it is about.
    async fn kind(&self) -> NotificationKind {
        self.news().kind().into()
    }
    /// The thing it is about, such as the swap. `null` when it is gone or the caller may not see it.
    async fn subject(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Node>> {
        let operation = Operation::of(ctx)?;
        let id = ID::from(self.view().subject.as_str());
        find_node(operation, &id).await.map_err(|error| operation.fail(error))
    }
    /// Sentence in the caller's language. It names other people only where the caller may know their names.
    async fn message(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let operation = Operation::of(ctx)?;
        self.sentence(operation).await.map_err(|error| operation.fail(error))
    }
    /// Values to build an own sentence from: `startsAt` and `endsAt` of the shift, `returnStartsAt` and `returnEndsAt` of that in return, `side` (`GIVES`, `TAKES`, `DECIDES`) of the reader in a swap, `reason`, `rule`, `measured`, `limit` and `bound` of a refusal, `startsOn` and `endsOn` of a schedule, `change` and `startedAt` of a changed shift, `role` or `post` and `at`.
    async fn params(&self) -> Vec<ErrorParam> {
        let param = |(name, value): (&str, String)| ErrorParam { name: name.to_owned(), value };
        self.news().params().into_iter().map(param).collect()
    }
    /// When it was told.
    async fn created_at(&self) -> DateTime {
        DateTime(self.view().created_at)
    }
    /// When the caller read it. `null` while unread.
    async fn read_at(&self) -> Option<DateTime> {
        self.view().read_at.map(DateTime)
    }
}

connection!(
    NotificationConnection,
    NotificationEdge,
    Notification,
    "A page of notifications.",
    "A notification and its cursor."
);

/// That the caller was told something. Plain data, which names nobody; the notification itself is a query away.
#[derive(Debug, SimpleObject)]
pub struct NotificationArrival {
    /// Hand this back as `after`.
    pub cursor: String,
    /// Global id of the notification.
    pub notification: ID,
    /// What it is about.
    pub kind: NotificationKind,
    /// Sentence in the caller's language.
    pub message: String,
    /// When it was told.
    pub created_at: DateTime,
}

impl NotificationArrival {
    /// Word of what was told, if it can be read.
    pub(super) fn of(
        told: &NotificationView,
        directory: &Directory,
        language: Language,
    ) -> Option<Self> {
        let news = readable(told)?;
        let zone = zone_of(directory, &news);
        Some(Self {
            cursor: told.cursor().encode(),
            notification: show_id(told.id),
            kind: news.kind().into(),
            message: news.message(&Setting { language, zone: &zone, colleague: None }),
            created_at: DateTime(told.created_at),
        })
    }
}

/// How the caller wants to be told.
#[derive(Debug, SimpleObject)]
pub struct NotificationPreferences {
    /// Kinds that are sent by e-mail too. Empty until the caller chooses some.
    pub mail_kinds: Vec<NotificationKind>,
}

impl NotificationPreferences {
    pub(super) fn of(kinds: Vec<NewsKind>) -> Self {
        Self { mail_kinds: kinds.into_iter().map(Into::into).collect() }
    }
}

/// Outcome of marking notifications as read.
#[derive(Debug, SimpleObject)]
pub struct NotificationMarkReadPayload {
    /// Those that were named and are the caller's, in the order named. Empty when an instant was given.
    pub notifications: Vec<Notification>,
    /// One for each that was named and is not the caller's; the others are marked nevertheless.
    pub user_errors: Vec<UserError>,
}

/// Outcome of a choice.
#[derive(Debug, SimpleObject)]
pub struct NotificationPreferencesSetPayload {
    /// What holds now. `null` when refused.
    pub preferences: Option<NotificationPreferences>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
