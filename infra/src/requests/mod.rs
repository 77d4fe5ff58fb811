//! What agents ask for, in the database.

mod repo;
mod views;

pub use repo::{SwapStep, insert_swap, load_swap_policy, step_swap};
pub use views::{
    SwapCount, SwapEvent, SwapFilter, SwapOrder, SwapReach, SwapView, colleagues, count_swaps,
    count_swaps_by_state, lapsed_swaps, list_swaps, running_swaps_of, swap_by_id, visible_swaps,
};
