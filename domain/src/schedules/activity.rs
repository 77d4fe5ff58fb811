//! What an agent does during a part of a shift, and how a day of it is packed for storage.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// Kind of activity; a closed set on which rules and figures rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ActivityCategory {
    /// Available for contacts.
    OnQueue,
    /// Short break.
    Break,
    /// Meal.
    Meal,
    /// Meeting.
    Meeting,
    /// Training or coaching.
    Training,
    /// Work away from contacts.
    OffQueueWork,
    /// Time off inside the shift.
    TimeOff,
    /// Not available.
    Unavailable,
}

impl ActivityCategory {
    /// All categories, in the order of their stored numbers.
    pub const ALL: [Self; 8] = [
        Self::OnQueue,
        Self::Break,
        Self::Meal,
        Self::Meeting,
        Self::Training,
        Self::OffQueueWork,
        Self::TimeOff,
        Self::Unavailable,
    ];

    /// The number under which the database stores it.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// The category of a stored number, if there is one.
    #[must_use]
    pub fn from_u8(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Stable name, as the API writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnQueue => "ON_QUEUE",
            Self::Break => "BREAK",
            Self::Meal => "MEAL",
            Self::Meeting => "MEETING",
            Self::Training => "TRAINING",
            Self::OffQueueWork => "OFF_QUEUE_WORK",
            Self::TimeOff => "TIME_OFF",
            Self::Unavailable => "UNAVAILABLE",
        }
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str() == name)
    }

    /// Whether the agent works: breaks and meals interrupt work, time off is none.
    #[must_use]
    pub const fn counts_as_work(self) -> bool {
        matches!(self, Self::OnQueue | Self::Meeting | Self::Training | Self::OffQueueWork)
    }

    /// Whether the agent is at the workplace: at work, or in a break or meal between.
    #[must_use]
    pub const fn is_presence(self) -> bool {
        !matches!(self, Self::TimeOff | Self::Unavailable)
    }

    /// Whether the site may be closed meanwhile, as where it closes for lunch: in a meal, and in a break
    /// that is not paid.
    #[must_use]
    pub const fn may_be_closed(self, paid: bool) -> bool {
        matches!(self, Self::Meal) || (matches!(self, Self::Break) && !paid)
    }

    /// Whether it is rostered time that takes no contacts.
    #[must_use]
    pub const fn counts_in_shrinkage(self) -> bool {
        !matches!(self, Self::OnQueue | Self::Unavailable)
    }
}

/// One part of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Activity {
    /// What is done.
    pub category: ActivityCategory,
    /// From when to when.
    pub span: Span,
    /// Whether the time is paid.
    pub paid: bool,
}

/// Bytes that one packed activity takes.
pub const PACKED_BYTES: usize = 4;
const PAID: u8 = 1;

/// Why stored bytes are not the activities of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnpackError {
    /// The length is not a multiple of four, or there is nothing.
    #[error("packed activities take four bytes each and there must be one; {bytes} bytes found")]
    Length {
        /// Bytes found.
        bytes: usize,
    },
    /// The number names no category.
    #[error("activity {index} has the unknown category number {number}")]
    Category {
        /// Place in the list, from 0.
        index: usize,
        /// Number found.
        number: u8,
    },
    /// The first does not start with the shift, or starts do not increase within it.
    #[error("activity {index} starts out of order or outside the shift")]
    Start {
        /// Place in the list, from 0.
        index: usize,
    },
}

/// Packs the activities of a shift, four bytes each: category, flags (bit 0: paid), and the start
/// as minutes after the start of `shift`, big-endian. An activity ends where the next one starts,
/// the last one with the shift; so the list must be gap-free and start at whole minutes, as the
/// activities of every [`Shift`](super::Shift) are. Seconds within a minute are dropped.
#[must_use]
pub fn pack(activities: &[Activity], shift: Span) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(activities.len() * PACKED_BYTES);
    for activity in activities {
        let seconds = activity.span.start().as_second() - shift.start().as_second();
        let minutes = u16::try_from(seconds / 60).unwrap_or(u16::MAX);
        let flags = if activity.paid { PAID } else { 0 };
        bytes.extend([activity.category.as_u8(), flags]);
        bytes.extend(minutes.to_be_bytes());
    }
    bytes
}

/// Reads what [`pack`] wrote.
///
/// # Errors
/// [`UnpackError`] when the bytes cannot be the activities of `shift`.
pub fn unpack(bytes: &[u8], shift: Span) -> Result<Vec<Activity>, UnpackError> {
    let (entries, rest) = bytes.as_chunks::<PACKED_BYTES>();
    if entries.is_empty() || !rest.is_empty() {
        return Err(UnpackError::Length { bytes: bytes.len() });
    }
    let start_of = |entry: &[u8; PACKED_BYTES]| {
        let minutes = i64::from(u16::from_be_bytes([entry[2], entry[3]]));
        Span::of_seconds(shift.start(), minutes * 60).end()
    };
    let mut activities = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let category = ActivityCategory::from_u8(entry[0])
            .ok_or(UnpackError::Category { index, number: entry[0] })?;
        let start = start_of(entry);
        let end = entries.get(index + 1).map_or(shift.end(), start_of);
        let in_order = (index > 0 || start == shift.start()) && start < end && end <= shift.end();
        let span =
            Span::new(start, end).filter(|_| in_order).ok_or(UnpackError::Start { index })?;
        activities.push(Activity { category, span, paid: entry[1] & PAID != 0 });
    }
    Ok(activities)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(start_minute: i64, end_minute: i64) -> Span {
        let at = |minute: i64| {
            jiff::Timestamp::from_second(1_772_600_400 + minute * 60).expect("instant")
        };
        Span::new(at(start_minute), at(end_minute)).expect("in order")
    }

    #[test]
    fn number_and_name_find_their_category_again() {
        for category in ActivityCategory::ALL {
            assert_eq!(ActivityCategory::from_u8(category.as_u8()), Some(category));
            assert_eq!(ActivityCategory::parse(category.as_str()), Some(category));
            assert_eq!(
                serde_json::to_value(category).expect("json"),
                serde_json::json!(category.as_str())
            );
        }
        assert_eq!(ActivityCategory::from_u8(8), None);
    }

    #[test]
    fn an_activity_takes_four_bytes() {
        let work = |category, span| Activity { category, span, paid: true };
        let activities = [
            work(ActivityCategory::OnQueue, span(0, 240)),
            Activity { category: ActivityCategory::Meal, span: span(240, 300), paid: false },
            work(ActivityCategory::OnQueue, span(300, 540)),
        ];
        let bytes = pack(&activities, span(0, 540));
        assert_eq!(bytes, [0, 1, 0, 0, 2, 0, 0, 240, 0, 1, 1, 44]);
    }

    #[test]
    fn bytes_that_are_no_activities_are_refused() {
        let shift = span(0, 60);
        assert_eq!(unpack(&[], shift), Err(UnpackError::Length { bytes: 0 }));
        assert_eq!(unpack(&[0, 1, 0], shift), Err(UnpackError::Length { bytes: 3 }));
        assert_eq!(
            unpack(&[9, 1, 0, 0], shift),
            Err(UnpackError::Category { index: 0, number: 9 })
        );
        assert_eq!(unpack(&[0, 1, 0, 5], shift), Err(UnpackError::Start { index: 0 }));
        assert_eq!(unpack(&[0, 1, 0, 0, 1, 1, 0, 60], shift), Err(UnpackError::Start { index: 1 }));
        assert_eq!(unpack(&[0, 1, 0, 0, 1, 1, 1, 60], shift), Err(UnpackError::Start { index: 0 }));
    }

    proptest! {
        #[test]
        fn unpacking_gives_back_what_was_packed(
            parts in prop::collection::vec((0u8..8, any::<bool>(), 1i64..400), 1..20),
        ) {
            let mut minute = 0;
            let mut activities = Vec::new();
            for (number, paid, length) in parts {
                let category = ActivityCategory::from_u8(number).expect("in range");
                activities.push(Activity { category, span: span(minute, minute + length), paid });
                minute += length;
            }
            let shift = span(0, minute);
            prop_assert_eq!(unpack(&pack(&activities, shift), shift), Ok(activities));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>, length in 0i64..2000) {
            let shift = span(0, length);
            if let Ok(activities) = unpack(&bytes, shift) {
                prop_assert_eq!(activities.last().map(|last| last.span.end()), Some(shift.end()));
            }
        }
    }
}
