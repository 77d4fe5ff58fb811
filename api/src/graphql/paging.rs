use async_graphql::{Context, Enum, SimpleObject};
use trunkline_infra::db::Cursor;

use crate::error::{AppError, Outcome};

/// Largest page.
const LARGEST: i32 = 200;
/// Page of those who do not say how large, or say `null`: clients such as Relay leave it open.
const USUAL: i32 = 50;
/// Counting stops here.
pub const COUNT_BOUND: i64 = 10_000;

/// Place of a page.
#[derive(Debug, Clone, SimpleObject)]
pub struct PageInfo {
    /// More items follow.
    pub has_next_page: bool,
    /// Items come before.
    pub has_previous_page: bool,
    /// Cursor of the first item. `null` on an empty page.
    pub start_cursor: Option<String>,
    /// Cursor of the last item. `null` on an empty page.
    pub end_cursor: Option<String>,
}

/// A count that stops at a bound.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct Count {
    /// The number, at most 10000.
    pub value: i32,
    /// Whether the real number is higher.
    pub is_lower_bound: bool,
}

impl Count {
    /// From a count that was stopped one past the bound.
    #[must_use]
    pub fn bounded(counted: i64) -> Self {
        let value = i32::try_from(counted.min(COUNT_BOUND)).unwrap_or(i32::MAX);
        Self { value, is_lower_bound: counted > COUNT_BOUND }
    }
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// The page that a list field was asked for.
#[derive(Debug, Clone)]
pub struct Page {
    /// Number of items wanted.
    pub first: usize,
    /// Where the page before ended.
    pub after: Option<Cursor>,
}

impl Page {
    /// Reads the arguments of a list field; without a size, 50 items are wanted.
    ///
    /// # Errors
    /// INVALID_ARGUMENT for a size outside 1 to 200 or a text that is no cursor.
    pub fn parse(first: Option<i32>, after: Option<&str>) -> Outcome<Self> {
        let first = first.unwrap_or(USUAL);
        if !(1..=LARGEST).contains(&first) {
            return Err(AppError::InvalidArgument(format!(
                "first must be 1 to {LARGEST}, not {first}"
            )));
        }
        let after = after
            .map(Cursor::decode)
            .transpose()
            .map_err(|error| AppError::InvalidArgument(format!("after: {error}")))?;
        Ok(Self { first: first.unsigned_abs() as usize, after })
    }

    /// Rows to ask the database for: one more than wanted tells whether more follow.
    #[must_use]
    pub fn limit(&self) -> i64 {
        i64::try_from(self.first).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// Cuts the surplus row off and says where the page lies.
    pub fn cut<T>(&self, rows: &mut Vec<T>, cursor: impl Fn(&T) -> Cursor) -> PageInfo {
        let has_next_page = rows.len() > self.first;
        rows.truncate(self.first);
        PageInfo {
            has_next_page,
            has_previous_page: self.after.is_some(),
            start_cursor: rows.first().map(|row| cursor(row).encode()),
            end_cursor: rows.last().map(|row| cursor(row).encode()),
        }
    }
}

/// Whether the operation asks for `totalCount` of the list field being resolved.
#[must_use]
pub fn wants_count(ctx: &Context<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}

/// Declares the connection and edge of a listed type.
#[macro_export]
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $page_of:literal, $one:literal) => {
        #[doc = $page_of]
        #[derive(Debug, async_graphql::SimpleObject)]
        pub struct $connection {
            /// The items of this page.
            pub nodes: Vec<$node>,
            /// The same with cursors.
            pub edges: Vec<$edge>,
            /// Where this page lies.
            pub page_info: $crate::graphql::PageInfo,
            /// Number of items that match; counted only when asked for.
            pub total_count: $crate::graphql::Count,
        }

        #[doc = $one]
        #[derive(Debug, async_graphql::SimpleObject)]
        pub struct $edge {
            /// Opaque cursor.
            pub cursor: String,
            /// The item.
            pub node: $node,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_a_size_holds_fifty_and_one_out_of_range_is_refused() {
        assert_eq!(Page::parse(None, None).expect("page").first, 50);
        assert_eq!(Page::parse(Some(200), None).expect("page").first, 200);
        for first in [0, -1, 201, i32::MAX] {
            let refused = Page::parse(Some(first), None);
            assert!(matches!(refused, Err(AppError::InvalidArgument(_))), "{first}");
        }
    }
}
