//! The day as it happens: intervals, agent states, wallboards.
