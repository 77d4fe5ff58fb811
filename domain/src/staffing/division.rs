//! Agents who can do the work of several, as whole persons: how they are divided among it.

/// Divides agents among lines of work, in this order of the `groups` (positions of the lines that a
/// group can do, and how many it is): each to what its lines still miss of what is `required`, in
/// proportion to that, and what is left over in proportion to what they require, or equally where
/// nothing is required. Nobody counts twice: the sum over the lines is the agents that there are.
///
/// Let the groups of the fewest lines come first, so that those of more help where these miss.
#[must_use]
pub fn divide_agents(groups: &[(&[usize], f64)], required: &[f64]) -> Vec<f64> {
    let mut divided: Vec<f64> = vec![0.0; required.len()];
    let at = |figures: &[f64], line: usize| figures.get(line).copied().unwrap_or(0.0);
    for (lines, own) in groups {
        let own = *own;
        let wanted: Vec<f64> = lines.iter().map(|line| at(required, *line)).collect();
        let missing = lines.iter().map(|line| (at(required, *line) - at(&divided, *line)).max(0.0));
        let missing: Vec<f64> = missing.collect();
        let first = own.min(missing.iter().sum());
        let (first, rest) = if own > 0.0 { (first, own - first) } else { (0.0, own) };
        let parts = shares(&missing).into_iter().zip(shares(&wanted));
        for (line, (of_first, of_rest)) in lines.iter().zip(parts) {
            if let Some(agents) = divided.get_mut(*line) {
                *agents += first * of_first + rest * of_rest;
            }
        }
    }
    divided.into_iter().map(|agents| agents.max(0.0)).collect()
}

/// Shares in proportion to the weights; equal ones where all are nothing.
fn shares(weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    let equal = 1.0 / weights.len().max(1) as f64;
    weights.iter().map(|weight| if sum > 0.0 { weight / sum } else { equal }).collect()
}
