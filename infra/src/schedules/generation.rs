use serde::{Deserialize, Serialize};
use trunkline_domain::{
    id::{RequirementId, WorkRulesId},
    schedules::generator::Report,
};

/// How a schedule was generated, as it is kept with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// Work rules that held.
    pub rules: RulesUsed,
    /// The computations that the requirement was taken from.
    pub requirements: Vec<RequirementId>,
    /// What it achieves and leaves undone.
    #[serde(flatten)]
    pub report: Report,
}

/// A version of the work rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesUsed {
    /// The set; that of the default rules where nothing was set.
    pub id: WorkRulesId,
    /// Its number among those of its site or network.
    pub version: i32,
}
