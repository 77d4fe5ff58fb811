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

/// Weeks by which the memories are judged.
const JUDGED_WEEKS: usize = 8;
/// Squared error (log) that every memory is granted: 4.5 % of one week is luck, not merit.
const LUCK: f64 = 0.002;

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

/// How much each of the memories is worth, summing to 1: its trust over the squared errors with
/// which it foresaw the levels of the last weeks. After a shift the short ones carry the forecast,
/// on a steady queue all do. `memories` are their [`levels`], which may go on after `usual` ends.
pub(super) fn worth(
    usual: &[usize],
    logs: &[f64],
    memories: &[Vec<f64>; MEMORIES],
) -> [f64; MEMORIES] {
    let mut errors = [LUCK; MEMORIES];
    let newest = usual.last().copied().unwrap_or(0);
    let mut end = usual.len();
    for week in 1..=JUDGED_WEEKS {
        let start = usual.partition_point(|day| day + 7 * week <= newest);
        // Without a week before it, nothing could be foreseen.
        if start < 7 {
            break;
        }
        if start == end {
            continue;
        }
        let actual = logs[start..end].iter().sum::<f64>() / (end - start) as f64;
        for (error, levels) in errors.iter_mut().zip(memories) {
            *error += (levels[start - 1] - actual).powi(2);
        }
        end = start;
    }
    let worth: [f64; MEMORIES] = std::array::from_fn(|memory| TRUST[memory] / errors[memory]);
    let all: f64 = worth.iter().sum();
    worth.map(|worth| worth / all)
}
