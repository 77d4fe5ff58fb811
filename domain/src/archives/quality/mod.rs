//! The quality file: evaluations and what follows from them, kept by the quality team.

mod evaluation;
mod form;
mod forms;
mod score;

pub use evaluation::{Evaluation, EvaluationState, NewEvaluation, QualityMonth};
pub use form::{EvaluationForm, FormItem, ItemKind, VetoPolicy};
pub use score::{Answer, CriticalError, FormScore};
