use async_graphql::{ID, InputObject, SimpleObject};
use trunkline_domain::{fault::Fault, schedules::ShiftWish as Known};
use trunkline_infra::agents::AgentView;

use super::wishes::{SaidWish, SetWishes, wishes_seen};
use crate::{
    error::Outcome,
    graphql::{Date, Operation, UserError, parse_id},
};

/// What an agent wishes of a day. It is weighed when a schedule is made by headcounts, and binds nobody.
#[derive(Debug, SimpleObject)]
pub struct ShiftWish {
    /// The day, in the zone of the agent's site.
    pub local_date: Date,
    /// Code of the shift of `shiftTemplates` that it is about. `null` = any: wanted means to work, not wanted the day off.
    pub template_code: Option<String>,
    /// Whether it is wanted; otherwise rather not.
    pub is_wanted: bool,
    /// How much it matters, 1 to 5.
    pub weight: u8,
}

impl From<Known> for ShiftWish {
    fn from(wish: Known) -> Self {
        let Known { agent: _, date, template, is_wanted, weight } = wish;
        Self { local_date: Date(date), template_code: template, is_wanted, weight }
    }
}

impl ShiftWish {
    /// What an agent wishes of the days from `from` to before `to`, as far as the caller may see it.
    pub(crate) async fn of_agent(
        operation: &Operation,
        agent: &AgentView,
        (from, to): (Date, Date),
    ) -> Outcome<Vec<Self>> {
        let wishes = wishes_seen(operation, agent, (from.0, to.0)).await?;
        Ok(wishes.into_iter().map(Self::from).collect())
    }
}

/// A wish to utter.
#[derive(Debug, InputObject)]
pub struct ShiftWishInput {
    /// The day: one of the week, in the zone of the agent's site.
    pub local_date: Date,
    /// Code of a shift that the site offers on that day, as `shiftTemplates` has it. Absent = any: wanted means to work, not wanted the day off.
    pub template_code: Option<String>,
    /// Whether it is wanted; otherwise rather not.
    #[graphql(default = true)]
    pub is_wanted: bool,
    /// How much it matters, 1 to 5.
    #[graphql(default = 3)]
    pub weight: i32,
}

impl ShiftWishInput {
    fn said(self) -> SaidWish {
        let Self { local_date, template_code, is_wanted, weight } = self;
        // What is no weight becomes one that the check refuses.
        let weight = u8::try_from(weight).unwrap_or(u8::MAX);
        SaidWish { date: local_date.0, template: template_code, is_wanted, weight }
    }
}

/// What an agent wishes of a week.
#[derive(Debug, InputObject)]
pub struct ShiftWishesSetInput {
    /// Whose. Absent = the caller, who must be an agent.
    pub agent_id: Option<ID>,
    /// Monday of the week.
    pub week_starts_on: Date,
    /// All that is wished of that week, at most 21: each day and shift once, and of a day one thing that is wanted. Empty takes all back.
    pub wishes: Vec<ShiftWishInput>,
}

impl ShiftWishesSetInput {
    pub(super) fn parse(self) -> Result<SetWishes, Fault> {
        let Self { agent_id, week_starts_on, wishes } = self;
        Ok(SetWishes {
            agent: agent_id.map(|id| parse_id(&id, "agentId")).transpose()?,
            monday: week_starts_on.0,
            wishes: wishes.into_iter().map(ShiftWishInput::said).collect(),
        })
    }
}

/// Outcome of setting wishes.
#[derive(Debug, SimpleObject)]
pub struct ShiftWishesSetPayload {
    /// All that the agent wishes of the week now, by day. Empty when refused.
    pub shift_wishes: Vec<ShiftWish>,
    /// Why it was refused. Empty means done.
    pub user_errors: Vec<UserError>,
}
