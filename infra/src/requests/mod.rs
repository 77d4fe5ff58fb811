//! What agents ask for, in the database.

mod colleagues;
mod counts;
mod repo;
mod skill;
mod views;

pub use colleagues::{
    ColleagueView, ColleaguesOf, OpenOffer, colleagues, list_colleagues, takers_of,
};
pub use counts::{SwapCount, count_swaps_by_state, count_swaps_of_sites, satisfaction_by_site};
pub use repo::{SwapStep, insert_swap, load_swap_policy, step_swap};
pub use views::{
    SwapEvent, SwapFilter, SwapOrder, SwapReach, SwapView, count_swaps, lapsed_swaps, list_swaps,
    running_swaps_of, swap_by_id, visible_swaps,
};
