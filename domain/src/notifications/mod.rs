//! What people are told: of which events, with which values, in which words.
//!
//! Who is told what of a swap is a function of its step; the words are made when somebody reads, in
//! the reader's language. Values name other people by id only, so that a reader gets no name that
//! the reader may not see.

mod news;
mod plan_news;
mod post_title;
mod swap_news;
mod text;

pub use news::{
    BrokenRule, InReturn, News, NewsKind, PeriodNews, PostNews, RefusalNews, RoleName, RoleNews,
    ShiftChange, ShiftNews, SwapNews, SwapSide,
};
pub use plan_news::{news_of_activities, news_of_edit, news_of_new_shift, news_of_publication};
pub use swap_news::{news_for_deciders, news_of_offer, news_of_refusal, news_of_step};
pub use text::{Clock, Setting};
