//! The ways to forecast between which a queue's own history chooses.

use super::accuracy::Accuracy;
use super::backtest::Backtest;

/// A way to forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Level × weekday × share of the slot × special day, with the time of year where it is known.
    LevelWeekdayProfile,
    /// The same weekday of the week before.
    SeasonalNaive,
    /// The mean of the last eight same weekdays.
    WeekdayMean,
}

impl Method {
    /// All methods.
    pub const ALL: [Self; 3] = [Self::LevelWeekdayProfile, Self::SeasonalNaive, Self::WeekdayMean];

    /// Stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LevelWeekdayProfile => "LEVEL_WEEKDAY_PROFILE",
            Self::SeasonalNaive => "SEASONAL_NAIVE",
            Self::WeekdayMean => "WEEKDAY_MEAN",
        }
    }

    /// The method of a code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == code)
    }

    /// Days of the same weekday that it takes the mean of; `None` for the model.
    #[must_use]
    pub const fn weeks(self) -> Option<usize> {
        match self {
            Self::LevelWeekdayProfile => None,
            Self::SeasonalNaive => Some(1),
            Self::WeekdayMean => Some(8),
        }
    }
}

/// Why a method was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No other erred less.
    LeastError,
    /// Another erred less, by less than what would be a reason to leave the model.
    WithinMargin,
    /// The history holds too few weeks to compare: the model, as it is best for most queues.
    FewOrigins,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 3] = [Self::LeastError, Self::WithinMargin, Self::FewOrigins];

    /// Stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeastError => "LEAST_ERROR",
            Self::WithinMargin => "WITHIN_MARGIN",
            Self::FewOrigins => "FEW_ORIGINS",
        }
    }

    /// The reason of a code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }
}

/// What a method was worth in rolling origins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The method.
    pub method: Method,
    /// Its sums.
    pub accuracy: Accuracy,
}

/// Weeks of rolling origins below which a lucky week decides.
const LEAST_ORIGIN_WEEKS: u16 = 4;
/// Share of the model's error by which another must err less. The figures of eight weeks are
/// uncertain by some hundredths, and a method that changes from week to week without need nobody can
/// explain.
const MARGIN: f64 = 0.05;
/// Share of the calls by which it must err less besides, lest hairs be split where all is foreseen.
const LEAST_GAIN: f64 = 0.005;

/// The methods by what rolling origins over so many weeks found, the one to take first, and why it is.
#[must_use]
pub fn choose(found: &Backtest, origin_weeks: u16) -> (Vec<Candidate>, Reason) {
    // All are measured against the same calls, so the least error is the least WAPE.
    let mut candidates =
        Method::ALL.map(|method| Candidate { method, accuracy: found.of(method) }).to_vec();
    let error = |at: usize| candidates[at].accuracy.abs_error;
    let order = |a: &usize, b: &usize| error(*a).total_cmp(&error(*b));
    let best = (1..candidates.len()).min_by(order).unwrap_or(0);
    let reason = if origin_weeks < LEAST_ORIGIN_WEEKS {
        Reason::FewOrigins
    } else if error(best) < error(0) - (MARGIN * error(0)).max(LEAST_GAIN * found.forecast.actual) {
        candidates[..=best].rotate_right(1);
        Reason::LeastError
    } else if error(best) < error(0) {
        Reason::WithinMargin
    } else {
        Reason::LeastError
    };
    (candidates, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weekday mean and model err by so many calls of a thousand, the naive by 500.
    fn chosen(model: f64, weekday_mean: f64, weeks: u16) -> (Method, Reason) {
        let sums = |abs_error| Accuracy { abs_error, forecast: 1000.0, actual: 1000.0 };
        let found = Backtest {
            forecast: sums(model),
            weekday_mean: sums(weekday_mean),
            seasonal_naive: sums(500.0),
            ..Backtest::default()
        };
        let (candidates, reason) = choose(&found, weeks);
        assert_eq!(candidates.len(), 3);
        (candidates[0].method, reason)
    }

    #[test]
    fn another_method_must_be_better_by_more_than_luck() {
        let (model, mean) = (Method::LevelWeekdayProfile, Method::WeekdayMean);
        assert_eq!(chosen(100.0, 120.0, 8), (model, Reason::LeastError));
        assert_eq!(chosen(100.0, 100.0, 8), (model, Reason::LeastError));
        assert_eq!(chosen(100.0, 96.0, 8), (model, Reason::WithinMargin));
        assert_eq!(chosen(100.0, 94.0, 8), (mean, Reason::LeastError));
        assert_eq!(chosen(4.0, 0.0, 8), (model, Reason::WithinMargin), "four calls of a thousand");
        assert_eq!(chosen(100.0, 94.0, 2), (model, Reason::FewOrigins));
        assert_eq!(chosen(900.0, 600.0, 4), (Method::SeasonalNaive, Reason::LeastError));
    }
}
