//! What people are told, in the database.

mod box_row;
mod repo;
mod views;

pub use box_row::{mail_kinds, set_mail_kinds};
pub use repo::{
    NewNotification, Written, forget_notifications, insert_notifications, mark_read,
    mark_read_before, settle_notifications,
};
pub use views::{
    Hearer, NotificationView, count_notifications, hearers, list_notifications, newest_number,
    notifications_after, notifications_by_id, notifications_to_mail, workers_changed,
};
