//! Erlang B: calls that find every line taken are lost.

/// Terms below this share of the sum no longer change a double.
const NEGLIGIBLE: f64 = 1e-17;

/// Share of calls that find all `servers` taken (Erlang 1917, loss formula), 0 to 1.
///
/// `erlangs` is the offered traffic. `servers` may be fractional (agents that are there for half of
/// an interval); between whole numbers the value follows the integral of Jagerman 1974. Negative
/// arguments are taken as 0.
#[must_use]
pub fn blocking(servers: f64, erlangs: f64) -> f64 {
    1.0 / inverse_blocking(servers, erlangs)
}

/// `1/B`: 1 without servers, infinite where the loss underflows a double.
///
/// `1/B(n, a) = Σ_{k≥0} Π_{i<k} (n − i)/a`, all terms positive up to `n`. It is summed from the
/// largest products on, so it ends after `O(√a)` terms.
#[must_use]
pub fn inverse_blocking(servers: f64, erlangs: f64) -> f64 {
    let servers = servers.max(0.0);
    if servers == 0.0 {
        return 1.0;
    }
    if erlangs <= 0.0 {
        return f64::INFINITY;
    }
    let per_server = 1.0 / erlangs;
    let mut left = servers;
    let mut term = 1.0;
    let mut sum = 0.0;
    while left >= 1.0 {
        sum += term;
        let ratio = left * per_server;
        term *= ratio;
        if term == f64::INFINITY {
            return f64::INFINITY;
        }
        // What follows is less than a geometric series of this ratio.
        if ratio < 1.0 && term < NEGLIGIBLE * (1.0 - ratio) * sum {
            return sum;
        }
        left -= 1.0;
    }
    // The rest is the same question for less than one server.
    sum + term * inverse_blocking_below_one(left, erlangs)
}

/// `1/B(f, a) = ∫₀^∞ e^{−t} (1 + t/a)^f dt` for `0 ≤ f < 1` (Jagerman 1974), by the double
/// exponential rule of Takahasi & Mori 1974, `t = exp(x − e^{−x})`.
fn inverse_blocking_below_one(servers: f64, erlangs: f64) -> f64 {
    if servers == 0.0 {
        return 1.0;
    }
    const STEP: f64 = 1.0 / 32.0;
    let sum: f64 = (-160..=160)
        .map(|node| {
            let x = f64::from(node) * STEP;
            let shrink = (-x).exp();
            let t = (x - shrink).exp();
            (1.0 + shrink) * t * (servers * (t / erlangs).ln_1p() - t).exp()
        })
        .sum();
    sum * STEP
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_server_loses_a_over_one_plus_a() {
        assert!((blocking(1.0, 0.5) - 1.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn without_servers_everything_is_lost_and_without_traffic_nothing() {
        assert_eq!(blocking(0.0, 10.0), 1.0);
        assert_eq!(blocking(-3.0, 10.0), 1.0);
        assert_eq!(blocking(5.0, 0.0), 0.0);
    }

    #[test]
    fn a_loss_too_small_for_a_double_is_zero() {
        assert_eq!(blocking(100_000.0, 1.0), 0.0);
    }

    #[test]
    fn huge_traffic_stays_between_zero_and_one() {
        // Halfin & Whitt 1981: at n = a the loss is √(2/(πa)) to first order.
        let loss = blocking(1e9, 1e9);
        let expected = (2.0 / (std::f64::consts::PI * 1e9)).sqrt();
        assert!((loss / expected - 1.0).abs() < 1e-4, "{loss} {expected}");
    }

    proptest! {
        #[test]
        fn fractional_servers_obey_the_recursion(servers in 0.01f64..60.0, erlangs in 0.01f64..60.0) {
            // 1/B(n+1) = 1 + (n+1)/a · 1/B(n) holds for every real n.
            let next = inverse_blocking(servers + 1.0, erlangs);
            let by_step = 1.0 + (servers + 1.0) / erlangs * inverse_blocking(servers, erlangs);
            prop_assert!((next / by_step - 1.0).abs() < 1e-11);
        }

        #[test]
        fn fractional_servers_lie_between_their_neighbours(servers in 0.0f64..200.0, erlangs in 0.001f64..200.0) {
            let loss = blocking(servers, erlangs);
            prop_assert!(loss <= blocking(servers.floor(), erlangs) * (1.0 + 1e-12));
            prop_assert!(loss >= blocking(servers.ceil(), erlangs) * (1.0 - 1e-12));
        }
    }
}
