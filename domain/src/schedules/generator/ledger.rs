//! What has been worked so far in a week: minutes, days and nights, as one small number.

use std::collections::BTreeMap;

use super::{
    problem::{ProblemError, Terms},
    template::Template,
};

/// Most different week sums of one set of terms.
const MOST_STATES: usize = 4000;

/// What has been worked so far in a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sum {
    pub(super) days: u8,
    pub(super) minutes: u16,
    pub(super) nights: u8,
}

/// What a shift adds to a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    minutes: u16,
    night: bool,
}

/// All sums that terms can reach in a week, and how shifts lead from one to the next.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    /// Sums in order of days; the first is the empty week.
    pub(super) sums: Vec<Sum>,
    /// Kind of step of each template.
    pub(super) step_of: Vec<u16>,
    steps: usize,
    // next[sum * steps + step], or NONE.
    next: Vec<u16>,
}

/// No such sum.
pub(super) const NONE: u16 = u16::MAX;

impl Ledger {
    /// The ledger of terms whose weeks never exceed `max_minutes`.
    pub(super) fn new(terms: &Terms, index: usize, max_minutes: u16) -> Result<Self, ProblemError> {
        let step = |template: &Template| Step {
            minutes: template.paid_minutes,
            // Nights are told apart only where they are limited.
            night: template.night && terms.max_nights_week.is_some(),
        };
        let mut kinds: Vec<Step> = terms.templates.iter().map(step).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let step_of = terms
            .templates
            .iter()
            .map(|template| kinds.binary_search(&step(template)).unwrap_or(0) as u16)
            .collect();
        let max_days = terms.max_days_week.min(7);
        let max_nights = terms.max_nights_week.unwrap_or(u8::MAX);
        let after = |sum: Sum, step: Step| {
            let sum = Sum {
                days: sum.days + 1,
                minutes: sum.minutes.checked_add(step.minutes)?,
                nights: sum.nights + u8::from(step.night),
            };
            let fits = sum.days <= max_days && sum.minutes <= max_minutes;
            (fits && sum.nights <= max_nights).then_some(sum)
        };
        let empty = Sum { days: 0, minutes: 0, nights: 0 };
        let mut sums = vec![empty];
        let mut layer = vec![empty];
        for _day in 0..max_days {
            layer = layer
                .iter()
                .flat_map(|&sum| kinds.iter().filter_map(move |&s| after(sum, s)))
                .collect();
            layer.sort_unstable();
            layer.dedup();
            sums.extend_from_slice(&layer);
            if sums.len() > MOST_STATES {
                return Err(ProblemError::TooManySums { terms: index });
            }
        }
        let place: BTreeMap<Sum, u16> =
            sums.iter().enumerate().map(|(place, &sum)| (sum, place as u16)).collect();
        let next = sums
            .iter()
            .flat_map(|&sum| {
                let place = &place;
                kinds.iter().map(move |&step| {
                    after(sum, step).and_then(|sum| place.get(&sum).copied()).unwrap_or(NONE)
                })
            })
            .collect();
        Ok(Self { sums, step_of, steps: kinds.len(), next })
    }

    pub(super) fn len(&self) -> usize {
        self.sums.len()
    }

    pub(super) fn next(&self, sum: usize, step: u16) -> u16 {
        self.next[sum * self.steps + usize::from(step)]
    }
}
