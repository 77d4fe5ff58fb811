//! How a day of each weekday spreads over its slots.
//!
//! The share of a slot is its calls over the calls of the days that have it. Two things pull a
//! share where calls are few: the profile of all weekdays together, and the mean of the neighbouring
//! slots. How strongly is not set but estimated: what the shares differ beyond the noise of
//! counting (1/calls, relative) is real, so a share of `n` calls weighs `n` against the calls at
//! which noise equals the real difference (empirical Bayes; Efron & Morris 1973). A bank with
//! hundreds of calls a slot is left as it is; a queue with two calls an hour is smoothed much.

use super::days::Days;
use super::grid::Grid;
use super::level::weight;

/// A sum with exponential weights has half the variance of a plain one: its calls count double.
const WEIGHTED_CALLS: f64 = 2.0;
/// Pull towards the profile of all weekdays, over the estimated one; chosen on the published files.
const POOL_PULL: f64 = 4.0;
/// Neighbours by distance and weight, taken in pairs so that slopes stay.
const NEIGHBOURS: [(usize, f64); 2] = [(1, 2.0), (2, 1.0)];

/// Calls and the calls of the days that they are a share of.
#[derive(Clone, Copy, Default)]
struct Part {
    calls: f64,
    of: f64,
}

impl Part {
    fn share(self) -> f64 {
        if self.of > 0.0 { self.calls / self.of } else { 0.0 }
    }
}

/// Shares per weekday and slot, Monday first, with a memory of so many weeks. Those of a weekday
/// sum to 1 over the slots it has had; slots it never had get the share of the other weekdays.
pub(super) fn profile(grid: &Grid, days: &Days, usual: &[usize], weeks: f64) -> Vec<f64> {
    let parts = parts(grid, days, usual, weeks);
    let pooled: Vec<Part> = (0..grid.slots)
        .map(|slot| {
            parts[slot..].iter().step_by(grid.slots).fold(Part::default(), |sum, part| Part {
                calls: sum.calls + part.calls,
                of: sum.of + part.of,
            })
        })
        .collect();
    let smoothing = smoothing_calls(&pooled);
    let mut profile = Vec::with_capacity(parts.len());
    for parts in parts.chunks(grid.slots) {
        let pull = pooling_calls(parts, &pooled);
        let shares: Vec<f64> = parts
            .iter()
            .zip(&pooled)
            .map(|(part, pooled)| {
                let pooled = pooled.share();
                let expected = pooled * part.of;
                if expected > 0.0 { pooled * (part.calls + pull) / (expected + pull) } else { 0.0 }
            })
            .collect();
        let mut smooth: Vec<f64> = (0..grid.slots)
            .map(|slot| {
                let there = |slot: usize| (parts[slot].of > 0.0).then(|| shares[slot]);
                let calls = shares[slot] * parts[slot].of;
                match (there(slot), neighbours(grid.slots, slot, there)) {
                    (Some(share), Some((mean, _))) if calls + smoothing > 0.0 => {
                        (calls * share + smoothing * mean) / (calls + smoothing)
                    }
                    (share, _) => share.unwrap_or(0.0),
                }
            })
            .collect();
        let sum: f64 = smooth.iter().sum();
        for (slot, share) in smooth.iter_mut().enumerate() {
            if parts[slot].of <= 0.0 {
                *share = pooled[slot].share();
            } else if sum > 0.0 {
                *share /= sum;
            }
        }
        profile.append(&mut smooth);
    }
    profile
}

fn parts(grid: &Grid, days: &Days, usual: &[usize], weeks: f64) -> Vec<Part> {
    let mut parts = vec![Part::default(); 7 * grid.slots];
    let newest = usual.last().copied().unwrap_or(0);
    for &day in usual {
        let weight = weight(newest - day, weeks);
        if weight < 1e-4 {
            continue;
        }
        let base = grid.weekday(day) * grid.slots;
        let of = weight * days.total[day];
        for (part, cell) in parts[base..base + grid.slots].iter_mut().zip(grid.offered(day)) {
            if !cell.is_nan() {
                part.calls += weight * cell;
                part.of += of;
            }
        }
    }
    parts
}

/// Calls at which the noise of a weekday's share equals its real difference from the pooled one.
fn pooling_calls(parts: &[Part], pooled: &[Part]) -> f64 {
    let (mut differ, mut noise, mut calls) = (0.0, 0.0, 0.0);
    for (part, pooled) in parts.iter().zip(pooled) {
        let expected = pooled.share() * part.of;
        if expected > 0.0 {
            differ += expected * (part.calls / expected - 1.0).powi(2);
            // What the weekday itself put into the pool cannot differ from it.
            noise += (1.0 - part.calls / pooled.calls) / WEIGHTED_CALLS;
            calls += expected;
        }
    }
    POOL_PULL * equal_noise(differ - noise, calls)
}

/// Calls at which the noise of a share equals its real difference from its neighbours.
fn smoothing_calls(pooled: &[Part]) -> f64 {
    let (mut differ, mut noise, mut calls) = (0.0, 0.0, 0.0);
    for (slot, part) in pooled.iter().enumerate() {
        let there = |slot: usize| (pooled[slot].of > 0.0).then(|| pooled[slot].share());
        let Some((mean, variance)) = neighbours(pooled.len(), slot, there) else { continue };
        let expected = mean * part.of;
        if expected > 0.0 {
            differ += expected * (part.share() / mean - 1.0).powi(2);
            noise += (1.0 + variance) / WEIGHTED_CALLS;
            calls += expected;
        }
    }
    equal_noise(differ - noise, calls)
}

fn equal_noise(differ: f64, calls: f64) -> f64 {
    if calls > 0.0 { calls / differ.max(1e-9 * calls) / WEIGHTED_CALLS } else { 0.0 }
}

/// Weighted mean of the pairs of neighbours that are there, and its variance in units of theirs.
fn neighbours(
    slots: usize,
    slot: usize,
    there: impl Fn(usize) -> Option<f64>,
) -> Option<(f64, f64)> {
    let (mut sum, mut all, mut squares) = (0.0, 0.0, 0.0);
    for (distance, weight) in NEIGHBOURS {
        if slot < distance || slot + distance >= slots {
            continue;
        }
        if let (Some(left), Some(right)) = (there(slot - distance), there(slot + distance)) {
            sum += weight * (left + right);
            all += 2.0 * weight;
            squares += 2.0 * weight * weight;
        }
    }
    (all > 0.0).then(|| (sum / all, squares / (all * all)))
}
