//! What agents ask for: swaps, bids, leave.
