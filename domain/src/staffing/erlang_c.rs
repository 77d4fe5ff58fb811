//! Erlang C: every caller waits as long as it takes.

use super::{Mean, Performance, erlang_b::inverse_blocking};

/// Performance of `agents` under `erlangs` of traffic when nobody hangs up (Erlang 1917).
///
/// `handle_seconds` is the mean handle time, `threshold_seconds` that of the service level. With
/// no more agents than erlangs the queue grows for ever: every call waits, none in time.
pub(super) fn performance(
    agents: f64,
    erlangs: f64,
    handle_seconds: f64,
    threshold_seconds: f64,
) -> Performance {
    let spare = agents - erlangs;
    if spare <= 0.0 {
        return Performance {
            p_wait: 1.0,
            asa_seconds: Mean::Unbounded,
            service_level: 0.0,
            p_abandon: 0.0,
            occupancy: 1.0,
            mean_queue: Mean::Unbounded,
        };
    }
    // C = B / (1 − (a/n)(1 − B)), multiplied out so that nothing is taken away from 1.
    let p_wait = agents / (spare * inverse_blocking(agents, erlangs) + erlangs);
    Performance {
        p_wait,
        asa_seconds: Mean::Finite(p_wait * handle_seconds / spare),
        service_level: 1.0 - p_wait * (-spare * threshold_seconds / handle_seconds).exp(),
        p_abandon: 0.0,
        occupancy: erlangs / agents,
        mean_queue: Mean::Finite(p_wait * erlangs / spare),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_agent_makes_callers_wait_as_often_as_busy() {
        let figures = performance(1.0, 0.8, 60.0, 10.0);
        assert!((figures.p_wait - 0.8).abs() < 1e-15);
        assert_eq!(figures.occupancy, 0.8);
    }

    #[test]
    fn no_more_agents_than_erlangs_is_saturation() {
        for agents in [0.0, 9.0, 10.0] {
            let figures = performance(agents, 10.0, 180.0, 20.0);
            assert_eq!(figures.asa_seconds, Mean::Unbounded);
            assert_eq!(figures.mean_queue, Mean::Unbounded);
            assert_eq!(figures.service_level, 0.0);
        }
        assert!(performance(10.5, 10.0, 180.0, 20.0).asa_seconds < Mean::Unbounded);
    }

    #[test]
    fn many_spare_agents_make_nobody_wait() {
        let figures = performance(100_000.0, 1.0, 180.0, 20.0);
        assert_eq!((figures.p_wait, figures.service_level), (0.0, 1.0));
    }
}
