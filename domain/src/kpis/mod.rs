//! Indicators as ratios of sums, their targets and their status.
