//! What worked time is worth, without money: pay classes with their factors, and the rest that is owed
//! to those who worked when others rest.

mod ledger;
mod month;
mod overtime;
mod split;
mod terms;

pub use ledger::{RestCause, RestEntry, RestState, give_rest};
pub use month::{OverriddenRest, PayAsk, PayDay, PayMonth, RestDays, pay_month};
pub use split::PaySplit;
pub use terms::{PayClass, PayTerms, PayTermsChange};
