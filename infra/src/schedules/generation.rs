use serde::{Deserialize, Serialize};
use trunkline_domain::{
    id::{RequirementId, WorkRulesId},
    schedules::generator::Report,
};
use uuid::Uuid;

/// How a schedule was generated, as it is kept with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// Work rules that held.
    pub rules: RulesUsed,
    /// The computations that the requirement was taken from.
    pub requirements: Vec<RequirementId>,
    /// How its search went; `None` for one of the time before that was kept, which did all its rounds.
    #[serde(default)]
    pub search: Option<SearchUsed>,
    /// What it achieves and leaves undone.
    #[serde(flatten)]
    pub report: Report,
}

impl Generation {
    /// Keeps who stopped its search, if its search was stopped: it may have ended before it heard of that.
    pub fn stopped(&mut self, by: Option<Uuid>) {
        if let Some(search) = self.search.as_mut().filter(|it| it.end == SearchEnd::Stopped) {
            search.stopped_by = by;
        }
    }
}

/// A version of the work rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesUsed {
    /// The set; that of the default rules where nothing was set.
    pub id: WorkRulesId,
    /// Its number among those of its site or network.
    pub version: i32,
}

/// How long a search took, and what ended it. The seed, these rounds and those of the report repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchUsed {
    /// Rounds over which it was to cool.
    pub rounds_asked: u64,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// What ended it.
    pub end: SearchEnd,
    /// User or API client who stopped it.
    pub stopped_by: Option<Uuid>,
}

/// What ended a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SearchEnd {
    /// All rounds were done.
    Rounds,
    /// Its time was over.
    Time,
    /// Somebody stopped it.
    Stopped,
}
