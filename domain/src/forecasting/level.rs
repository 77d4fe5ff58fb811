//! The log level of a queue and the factor of each weekday.

use super::days::Days;
use super::grid::Grid;

/// Memories that a forecast is averaged over.
pub(super) const MEMORIES: usize = 4;
/// What each of them weighs before any has foreseen a week, shortest first. The longest, of a year,
/// counts half, lest it hold back a level that has shifted.
const TRUST: [f64; MEMORIES] = [1.0, 1.0, 1.0, 0.5];

/// Weeks in which what is known of the weekdays fades to 1/e: habits change slowly.
const WEEKDAY_WEEKS: f64 = 52.0;
/// Days on either side over which the level is taken while the weekdays are learned.
const AROUND: usize = 7;
/// Passes of backfitting; the third changes nothing that can be seen.
const PASSES: usize = 3;

/// Weeks by which the memories are judged: all that a history has.
const JUDGED_WEEKS: usize = 104;
/// Squared error (log) of a week before any was seen: 4.5 % is luck, not merit.
const LUCK: f64 = 0.002;
/// Pull to what a memory is trusted with, in squared errors of a week: as if true weights lay a quarter
/// around it, which is the weight of one of four.
const PRIOR_WEEKS: f64 = 16.0;
/// Most passes in search of the weights; mostly less than ten are needed.
const SWEEPS: usize = 30;

/// Weight of a day that lies `age` days back, for a memory of so many weeks.
pub(super) fn weight(age: usize, weeks: f64) -> f64 {
    (-(age as f64) / (7.0 * weeks)).exp()
}

/// Log factor of each weekday, Monday first, from the usual days `usual` (in order of time).
///
/// Backfitting: level around each day from the days less their weekday, then weekdays from the days
/// less their level. A weekday never seen has the factor of the mean day, 0.
pub(super) fn weekday_factors(grid: &Grid, days: &Days, usual: &[usize]) -> [f64; 7] {
    let mut factors = [0.0; 7];
    let Some(&newest) = usual.last() else { return factors };
    let mut sums = vec![0.0; usual.len() + 1];
    for _ in 0..PASSES {
        for (place, &day) in usual.iter().enumerate() {
            sums[place + 1] = sums[place] + days.log[day] - factors[grid.weekday(day)];
        }
        let mut found = [(0.0, 0.0); 7];
        let (mut from, mut to) = (0, 0);
        for &day in usual {
            while usual[from] + AROUND < day {
                from += 1;
            }
            while to < usual.len() && usual[to] <= day + AROUND {
                to += 1;
            }
            let level = (sums[to] - sums[from]) / (to - from) as f64;
            let weight = weight(newest - day, WEEKDAY_WEEKS);
            let (sum, all) = &mut found[grid.weekday(day)];
            *sum += weight * (days.log[day] - level);
            *all += weight;
        }
        factors = found.map(|(sum, all)| if all > 0.0 { sum / all } else { 0.0 });
    }
    factors
}

/// Log level of the queue after each of its usual days, with a memory of so many weeks. `logs` are
/// those of the usual days less their weekday.
pub(super) fn levels(usual: &[usize], logs: &[f64], weeks: f64) -> Vec<f64> {
    let a_day = weight(1, weeks);
    let (mut sum, mut all, mut last) = (0.0, 0.0, None);
    usual
        .iter()
        .zip(logs)
        .map(|(&day, log)| {
            // What was known fades with every day that has passed since, usual or not.
            let faded = match last {
                Some(last) if day == last + 1 => a_day,
                Some(last) => weight(day - last, weeks),
                None => 0.0,
            };
            last = Some(day);
            sum = faded * sum + log;
            all = faded * all + 1.0;
            sum / all
        })
        .collect()
}

/// How much each of the memories is worth, summing to 1: the weights with which their mean would have
/// foreseen the levels of the last weeks best (stacked regression; Breiman 1996), drawn to what each
/// is trusted with (Diebold & Pauly 1990). After a shift the short ones carry the forecast, on a
/// steady queue the long ones. `memories` are their [`levels`], which may go on after `usual` ends.
pub(super) fn worth(
    usual: &[usize],
    logs: &[f64],
    memories: &[Vec<f64>; MEMORIES],
) -> [f64; MEMORIES] {
    let mut products = [[0.0; MEMORIES]; MEMORIES];
    let newest = usual.last().copied().unwrap_or(0);
    let (mut end, mut weeks) = (usual.len(), 0.0);
    for week in 1..=JUDGED_WEEKS {
        let from = (newest + 1).saturating_sub(7 * week);
        // No more than a week's days lie between.
        let lately = usual[..end].iter().rev().take_while(|day| **day >= from).count();
        let start = end - lately;
        // Without a week before it, nothing could be foreseen.
        if start < 7 {
            break;
        }
        if start == end {
            continue;
        }
        let actual = logs[start..end].iter().sum::<f64>() / (end - start) as f64;
        let errors: [f64; MEMORIES] =
            std::array::from_fn(|memory| memories[memory][start - 1] - actual);
        for (row, error) in products.iter_mut().zip(errors) {
            row.iter_mut().zip(errors).for_each(|(product, other)| *product += error * other);
        }
        (end, weeks) = (start, weeks + 1.0);
    }
    let least = (0..MEMORIES).map(|at| products[at][at]).fold(f64::INFINITY, f64::min);
    stacked(&products, PRIOR_WEEKS * (LUCK + least) / (weeks + 1.0))
}

/// Weights of 0 and more, summing to 1, of least `w' P w + pull · |w − trust|²`: two at a time give to each
/// other what helps most, until nothing moves.
fn stacked(products: &[[f64; MEMORIES]; MEMORIES], pull: f64) -> [f64; MEMORIES] {
    let all: f64 = TRUST.iter().sum();
    let trust = TRUST.map(|trust| trust / all);
    let mut worth = trust;
    for _ in 0..SWEEPS {
        let mut moved = 0.0_f64;
        for to in 1..MEMORIES {
            for from in 0..to {
                let slope = |at: usize| {
                    let foreseen: f64 = products[at].iter().zip(worth).map(|(p, w)| p * w).sum();
                    foreseen + pull * (worth[at] - trust[at])
                };
                let bend = products[to][to] + products[from][from] - 2.0 * products[to][from];
                let step = (slope(from) - slope(to)) / (bend + 2.0 * pull);
                let step = step.clamp(-worth[to], worth[from]);
                worth[to] += step;
                worth[from] -= step;
                moved = moved.max(step.abs());
            }
        }
        if moved < 1e-4 {
            break;
        }
    }
    worth
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worth after so many days whose logs are `log`.
    fn worth_of(days: usize, log: impl Fn(usize) -> f64) -> [f64; MEMORIES] {
        let usual: Vec<usize> = (0..days).collect();
        let logs: Vec<f64> = usual.iter().map(|day| log(*day)).collect();
        let memories = [0.5, 1.5, 8.0, 52.0].map(|weeks| levels(&usual, &logs, weeks));
        worth(&usual, &logs, &memories)
    }

    fn noise(day: usize) -> f64 {
        0.01 * ((day * 37 + day / 7 * 11) % 41) as f64 - 0.2
    }

    #[test]
    fn a_shift_gives_the_word_to_short_memories() {
        let shifted = worth_of(140, |day| noise(day) + if day < 126 { 0.0 } else { 1.0 });
        assert!(shifted[0] + shifted[1] > 0.55, "{shifted:?}");
    }

    #[test]
    fn weights_are_shares_and_those_of_trust_without_a_past() {
        let trust = [2.0, 2.0, 2.0, 1.0].map(|parts| parts / 7.0);
        assert_eq!(worth_of(6, noise), trust);
        assert_eq!(worth(&[], &[], &Default::default()), trust);
        let worth = worth_of(400, |day| 0.01 * day as f64);
        assert!(worth.iter().all(|worth| *worth >= 0.0));
        assert!((worth.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
