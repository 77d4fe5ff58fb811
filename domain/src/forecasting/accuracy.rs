//! How good a forecast was, after the fact.

/// Sums over intervals from which accuracy and bias are ratios. Errors are taken per interval and
/// queue before they are added; sums of days, weeks and queues are sums of these.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Accuracy {
    /// Σ |forecast − actual|, calls.
    pub abs_error: f64,
    /// Σ forecast, calls.
    pub forecast: f64,
    /// Σ actual, calls.
    pub actual: f64,
}

impl Accuracy {
    /// The sums over pairs of actual and forecast calls of an interval.
    #[must_use]
    pub fn of(intervals: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut sums = Self::default();
        for (actual, forecast) in intervals {
            sums.add(actual, forecast);
        }
        sums
    }

    /// Adds an interval.
    pub fn add(&mut self, actual: f64, forecast: f64) {
        self.abs_error += (forecast - actual).abs();
        self.forecast += forecast;
        self.actual += actual;
    }

    /// Adds the sums of other intervals or of another queue.
    pub fn merge(&mut self, other: Self) {
        let Self { abs_error, forecast, actual } = other;
        self.abs_error += abs_error;
        self.forecast += forecast;
        self.actual += actual;
    }

    /// Weighted absolute percentage error, Σ|f − a| / Σa, as a share; `None` when nobody called.
    #[must_use]
    pub fn wape(&self) -> Option<f64> {
        (self.actual > 0.0).then(|| self.abs_error / self.actual)
    }

    /// `forecast_accuracy` of the catalogue: 100 (1 − WAPE), per cent. May be negative.
    #[must_use]
    pub fn forecast_accuracy(&self) -> Option<f64> {
        self.wape().map(|wape| 100.0 * (1.0 - wape))
    }

    /// `forecast_bias` of the catalogue: 100 (Σf − Σa) / Σa, per cent; positive is too much.
    #[must_use]
    pub fn bias(&self) -> Option<f64> {
        (self.actual > 0.0).then(|| 100.0 * (self.forecast - self.actual) / self.actual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(value: Option<f64>) -> f64 {
        (value.expect("calls") * 100.0).round() / 100.0
    }

    #[test]
    fn the_promotion_day_was_forecast_to_93_76_with_a_bias_of_minus_5_99() {
        let day = Accuracy::of([(210.0, 180.0), (215.0, 198.0), (190.0, 189.0), (170.0, 171.0)]);
        assert_eq!(rounded(day.forecast_accuracy()), 93.76);
        assert_eq!(rounded(day.bias()), -5.99);
    }

    #[test]
    fn a_quiet_interval_does_not_dominate() {
        let sums = Accuracy::of([(10.0, 5.0), (2000.0, 2050.0)]);
        assert_eq!(rounded(sums.forecast_accuracy()), 97.26);
    }

    #[test]
    fn errors_of_two_queues_do_not_cancel() {
        let mut sums = Accuracy::of([(100.0, 120.0)]);
        sums.merge(Accuracy::of([(100.0, 80.0)]));
        assert_eq!((rounded(sums.forecast_accuracy()), rounded(sums.bias())), (80.0, 0.0));
    }

    #[test]
    fn a_closed_line_has_no_accuracy_and_a_bad_one_a_negative() {
        assert_eq!(Accuracy::of([(0.0, 12.0)]).forecast_accuracy(), None);
        assert_eq!(Accuracy::of([(0.0, 12.0)]).bias(), None);
        assert_eq!(rounded(Accuracy::of([(10.0, 30.0)]).forecast_accuracy()), -100.0);
    }
}
