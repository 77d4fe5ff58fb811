//! Erlang A: callers hang up when their patience ends.
//!
//! Palm 1957; Garnett, Mandelbaum & Reiman 2002. With `th` = handle time / patience and `n` agents,
//! the states with `k` calls waiting weigh `c_k = Π_{j≤k} a/(n + j·th)` of the state without.

use super::{Mean, Performance, erlang_b::inverse_blocking};

/// Terms below this share of the sum no longer change a double.
const NEGLIGIBLE: f64 = 1e-17;
/// Callers are taken to have at most a million handle times of patience: months, in which no other
/// assumption of the model lasts. It bounds the work.
const LEAST_IMPATIENCE: f64 = 1e-6;
/// From this height on (as a logarithm) weights are summed around their peak, not from the front.
const HIGH: f64 = 30.0;

/// Performance of `agents` under `erlangs` of traffic when callers have exponential patience.
///
/// All times in seconds, all of them positive but the threshold, which may be 0.
pub(super) fn performance(
    agents: f64,
    erlangs: f64,
    handle_seconds: f64,
    patience_seconds: f64,
    threshold_seconds: f64,
) -> Performance {
    let impatience = (handle_seconds / patience_seconds).max(LEAST_IMPATIENCE);
    if agents == 0.0 {
        return nobody_there(erlangs, handle_seconds, impatience);
    }
    let queue = Weights::new(agents, erlangs, impatience);
    // States with a free agent, on the scale of `queue`.
    let free = (inverse_blocking(agents, erlangs) - 1.0) * (-queue.scale()).exp();
    let total = free + queue.sum;
    let mean_queue = queue.moment / total;
    let p_abandon = impatience * mean_queue / erlangs;
    let late = late(agents, erlangs, impatience, threshold_seconds / handle_seconds, &queue, total);
    Performance {
        p_wait: queue.sum / total,
        asa_seconds: Mean::Finite(mean_queue * handle_seconds / erlangs),
        service_level: (1.0 - p_abandon - late).clamp(0.0, 1.0),
        p_abandon,
        occupancy: erlangs * (1.0 - p_abandon) / agents,
        mean_queue: Mean::Finite(mean_queue),
    }
}

/// Without agents every caller waits until patience ends.
fn nobody_there(erlangs: f64, handle_seconds: f64, impatience: f64) -> Performance {
    Performance {
        p_wait: 1.0,
        asa_seconds: Mean::Finite(handle_seconds / impatience),
        service_level: 0.0,
        p_abandon: 1.0,
        occupancy: 0.0,
        mean_queue: Mean::Finite(erlangs / impatience),
    }
}

/// Share of offered calls that are answered, but after `threshold` handle times:
/// `exp(a(1 − e^{−th·T})/th − nT) · Σ_{k≥1} c'_k · p_n · n/a`, with `c'` for the traffic of callers
/// who are still there, `a·e^{−th·T}`.
fn late(
    agents: f64,
    erlangs: f64,
    impatience: f64,
    threshold: f64,
    queue: &Weights,
    total: f64,
) -> f64 {
    let patient = Weights::new(agents, erlangs * (-impatience * threshold).exp(), impatience);
    let exponent = if queue.peaked.is_none() && patient.peaked.is_none() {
        -erlangs * (-impatience * threshold).exp_m1() / impatience - agents * threshold
    } else {
        // The exponent is height(a) − height(a'): against the scales only the small rests remain.
        patient.above_height() - queue.above_height()
    };
    exponent.exp() * patient.sum_of_waiting / total * agents / erlangs
}

/// Sums over the weights `c_k`, divided by `e^scale` so that they never overflow.
struct Weights {
    /// `Σ_{k≥0} c_k`.
    sum: f64,
    /// `Σ_{k≥1} c_k`.
    sum_of_waiting: f64,
    /// `Σ k·c_k`.
    moment: f64,
    /// `Ψ = (a − n)/th − (n/th)·ln(a/n)`, the logarithm of the peak weight to first order.
    height: f64,
    /// Set when summed around the peak: logarithm of the peak weight less `height`.
    peaked: Option<f64>,
}

impl Weights {
    fn new(agents: f64, erlangs: f64, impatience: f64) -> Self {
        let excess = (erlangs - agents) / agents;
        let height = agents / impatience * (excess - excess.ln_1p());
        if excess > 0.0 && height > HIGH {
            Self::around_the_peak(agents, erlangs, impatience, height)
        } else {
            Self::from_the_front(agents, erlangs, impatience, height)
        }
    }

    /// Logarithm by which the sums were divided.
    fn scale(&self) -> f64 {
        self.peaked.map_or(0.0, |rest| self.height + rest)
    }

    /// `scale − height`, without taking the two large numbers from each other.
    fn above_height(&self) -> f64 {
        self.peaked.unwrap_or(-self.height)
    }

    fn from_the_front(agents: f64, erlangs: f64, impatience: f64, height: f64) -> Self {
        let rise = Rise { agents, erlangs, impatience };
        let (waiting, moment) = rise.sum_upwards(0.0, 1.0);
        Self { sum: 1.0 + waiting, sum_of_waiting: waiting, moment, height, peaked: None }
    }

    /// An overloaded queue: `c_k` peaks where arrivals balance service and hanging up.
    fn around_the_peak(agents: f64, erlangs: f64, impatience: f64, height: f64) -> Self {
        let rise = Rise { agents, erlangs, impatience };
        let balance = (erlangs - agents) / impatience;
        let peak = balance.floor();
        let (above, moment_above) = rise.sum_upwards(peak, 1.0);
        let (below, moment_below, empty) = rise.sum_downwards(peak);
        let sum = 1.0 + above + below;
        Self {
            sum,
            sum_of_waiting: sum - empty,
            moment: peak + moment_above + moment_below,
            height,
            peaked: Some(peak_above_height(agents / impatience, peak, balance - peak)),
        }
    }
}

/// One step from `k − 1` to `k` waiting multiplies the weight by `a/(n + k·th)`.
struct Rise {
    agents: f64,
    erlangs: f64,
    impatience: f64,
}

impl Rise {
    /// `Σ c_k` and `Σ k·c_k` for `k > start`, with `c_start = weight`.
    fn sum_upwards(&self, start: f64, weight: f64) -> (f64, f64) {
        let (mut k, mut term) = (start, weight);
        let (mut sum, mut moment) = (0.0, 0.0);
        loop {
            k += 1.0;
            let ratio = self.erlangs / (self.agents + k * self.impatience);
            term *= ratio;
            sum += term;
            moment += k * term;
            // What follows is less than a geometric series of this ratio.
            if ratio < 1.0 && k * term <= NEGLIGIBLE * (1.0 - ratio) * moment {
                return (sum, moment);
            }
        }
    }

    /// `Σ c_k` and `Σ k·c_k` for `0 ≤ k < peak`, and `c_0`, with `c_peak = 1`.
    fn sum_downwards(&self, peak: f64) -> (f64, f64, f64) {
        let (mut k, mut term) = (peak, 1.0);
        let (mut sum, mut moment) = (0.0, 0.0);
        while k >= 1.0 {
            let ratio = (self.agents + k * self.impatience) / self.erlangs;
            term *= ratio;
            k -= 1.0;
            sum += term;
            moment += k * term;
            if ratio < 1.0 && term <= NEGLIGIBLE * (1.0 - ratio) * sum {
                return (sum, moment, 0.0);
            }
        }
        (sum, moment, term)
    }
}

/// Logarithm of the peak weight less its height, from Stirling's formula.
///
/// `x = n/th`, the peak stands at `m`, the balance `rest` beyond it. With `y = x + m`,
/// `ln c_m − Ψ = y·ln(1 + rest/y) − rest − ½ ln(y/x) − (μ(y) − μ(x))`: no large numbers left.
fn peak_above_height(x: f64, m: f64, rest: f64) -> f64 {
    let y = x + m;
    y * (rest / y).ln_1p() - rest - 0.5 * (y / x).ln() - binet(y) + binet(x)
}

/// Binet's function `μ(x) = ln Γ(x) − (x − ½) ln x + x − ½ ln 2π` for `x > 0`.
fn binet(mut x: f64) -> f64 {
    let mut steps = 0.0;
    while x < 12.0 {
        // μ(x) − μ(x+1) = (x + ½) ln(1 + 1/x) − 1
        steps += (x + 0.5) * x.recip().ln_1p() - 1.0;
        x += 1.0;
    }
    let r = x.recip();
    let r2 = r * r;
    steps + r * (1.0 / 12.0 - r2 * (1.0 / 360.0 - r2 * (1.0 / 1260.0 - r2 / 1680.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(left: f64, right: f64, tolerance: f64) -> bool {
        (left - right).abs() <= tolerance * left.abs().max(right.abs())
    }

    #[test]
    fn both_ways_of_summing_agree_where_both_work() {
        for (agents, erlangs, impatience) in
            [(100.0, 200.0, 0.5), (20.0, 60.0, 0.3), (1000.0, 1100.0, 0.1), (2.0, 90.0, 0.9)]
        {
            let front = Weights::from_the_front(agents, erlangs, impatience, 0.0);
            let height =
                agents / impatience * ((erlangs - agents) / agents - (erlangs / agents).ln());
            let peak = Weights::around_the_peak(agents, erlangs, impatience, height);
            let back = peak.scale().exp();
            assert!(close(front.sum, peak.sum * back, 1e-11), "{} {}", front.sum, peak.sum * back);
            assert!(close(front.moment, peak.moment * back, 1e-11));
        }
    }

    #[test]
    fn the_service_level_does_not_jump_where_the_way_of_summing_changes() {
        // Heights of 29.9 to 30.1 lie on both sides of the change.
        let level = |erlangs: f64| performance(100.0, erlangs, 180.0, 90.0, 60.0).service_level;
        let figures: Vec<f64> =
            (0..200).map(|step| level(251.0 + f64::from(step) * 0.02)).collect();
        let peaked = |erlangs| Weights::new(100.0, erlangs, 2.0).peaked.is_some();
        assert!(!peaked(251.0) && peaked(255.0));
        let steps: Vec<f64> = figures.windows(2).map(|pair| pair[0] - pair[1]).collect();
        for pair in steps.windows(2) {
            assert!(pair[0] > 0.0 && close(pair[0], pair[1], 0.02), "{pair:?}");
        }
    }

    #[test]
    fn an_overloaded_queue_loses_what_it_cannot_serve() {
        // The fluid limit of Whitt 2004: agents always busy, (a − n)/a of the calls lost.
        for patience in [30.0, 300.0, 1e6, 1e12] {
            let figures = performance(1000.0, 2000.0, 180.0, patience, 20.0);
            assert!(close(figures.p_abandon, 0.5, 1e-9), "{figures:?}");
            assert!(close(figures.occupancy, 1.0, 1e-9));
            assert!(close(figures.p_wait, 1.0, 1e-9));
        }
    }

    #[test]
    fn a_huge_overload_has_a_service_level_between_zero_and_one() {
        // With n/a = e^{−th·T} exactly, half of those served are served in time, to first order.
        let threshold = 300.0 * (2.0_f64).ln();
        let figures = performance(1e7, 2e7, 180.0, 300.0, threshold);
        assert!(close(figures.service_level, 0.25, 1e-3), "{figures:?}");
    }

    #[test]
    fn without_agents_all_callers_hang_up() {
        let figures = performance(0.0, 5.0, 180.0, 60.0, 20.0);
        assert_eq!((figures.p_abandon, figures.service_level), (1.0, 0.0));
        assert_eq!(figures.asa_seconds, Mean::Finite(60.0));
    }

    proptest! {
        #[test]
        fn calls_are_conserved(
            agents in 1.0f64..300.0, erlangs in 0.01f64..600.0,
            patience in 1.0f64..3000.0, threshold in 0.0f64..300.0,
        ) {
            let figures = performance(agents, erlangs, 180.0, patience, threshold);
            // Served in time, and lost, are never more than everything.
            prop_assert!(figures.service_level + figures.p_abandon <= 1.0 + 1e-12);
            // Nobody is busier than always, nobody waits longer than patience allows.
            prop_assert!(figures.occupancy <= 1.0 + 1e-12);
            prop_assert!(figures.asa_seconds <= Mean::Finite(patience * (1.0 + 1e-12)));
            // At threshold 0 only those who need not wait are served in time.
            let at_once = performance(agents, erlangs, 180.0, patience, 0.0);
            prop_assert!((at_once.service_level - (1.0 - at_once.p_wait)).abs() < 1e-9);
        }
    }
}
