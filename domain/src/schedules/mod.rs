//! Activities, shifts, work rules and what makes a roster.
