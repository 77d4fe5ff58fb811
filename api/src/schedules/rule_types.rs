//! Where work rules come from, and the parameters that single rules have beside their borders.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use trunkline_domain::{
    identity::Permission,
    schedules::{
        BreakWindow as Window, NightHours as Night, RuleAttachment, RuleOrigin,
        StartBand as DomainBand, TimeBand as Times,
    },
};

use super::template_types::ShiftPauseKind;

use crate::{
    agents::{Agent, ContractKind},
    error::Outcome,
    graphql::{Date, LocalTime, Operation, show_id},
    network::{Site, Team},
};

/// What work rules are set for, from wide to narrow. New values can be added: treat an unknown one as
/// `AGENT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum WorkRulesLevel {
    /// Nobody has set anything.
    Default,
    /// The whole network.
    Network,
    /// A site.
    Site,
    /// Contracts of a kind, in the network or at a site.
    ContractKind,
    /// A team.
    Team,
    /// One agent.
    Agent,
}

/// A set of work rules that others come from.
#[derive(Debug, Clone, Copy)]
pub struct WorkRulesSource(pub(super) RuleOrigin);

/// A set of work rules that others come from.
#[Object]
impl WorkRulesSource {
    /// Global id, prefix `wrk_`.
    async fn id(&self) -> ID {
        show_id(self.0.id)
    }
    /// What it is set for.
    async fn level(&self) -> WorkRulesLevel {
        match self.0.attachment {
            None => WorkRulesLevel::Default,
            Some(RuleAttachment::Network) => WorkRulesLevel::Network,
            Some(RuleAttachment::Site(_)) => WorkRulesLevel::Site,
            Some(RuleAttachment::ContractKind { .. }) => WorkRulesLevel::ContractKind,
            Some(RuleAttachment::Team(_)) => WorkRulesLevel::Team,
            Some(RuleAttachment::Agent(_)) => WorkRulesLevel::Agent,
        }
    }
    /// The site, of rules of a site or of contracts at one. `null` for others, and when the caller may not see it.
    async fn site(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Site>> {
        let operation = Operation::of(ctx)?;
        site_of(operation, self.0.attachment).await.map_err(|error| operation.fail(error))
    }
    /// The kind of contract. `null` for others.
    async fn contract_kind(&self) -> Option<ContractKind> {
        match self.0.attachment {
            Some(RuleAttachment::ContractKind { kind, .. }) => Some(kind.into()),
            _ => None,
        }
    }
    /// The team. `null` for others.
    async fn team(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Team>> {
        let operation = Operation::of(ctx)?;
        let Some(RuleAttachment::Team(team)) = self.0.attachment else { return Ok(None) };
        let directory = operation.directory().await.map_err(|error| operation.fail(error))?;
        Ok(directory.team(team).cloned().map(Team))
    }
    /// The agent. `null` for others, and when the caller may not see the agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let Some(RuleAttachment::Agent(agent)) = self.0.attachment else { return Ok(None) };
        let agent = operation.visible_agent(agent, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
    /// First day on which it holds. `null` for the default rules.
    async fn valid_from_date(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }
    /// Number of the set among those of whom it is for; every decision records it.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// The site of an attachment, if the caller may see it.
pub(super) async fn site_of(
    operation: &Operation,
    attachment: Option<RuleAttachment>,
) -> Outcome<Option<Site>> {
    let site = match attachment {
        Some(RuleAttachment::Site(site)) => Some(site),
        Some(RuleAttachment::ContractKind { site, .. }) => site,
        _ => None,
    };
    let Some(site) = site else { return Ok(None) };
    Site::visible(operation, site).await
}

/// Local times from one to another, both still allowed; over midnight when the end is before the start.
#[derive(Debug, Clone, SimpleObject, InputObject)]
#[graphql(input_name = "TimeBandInput")]
pub struct TimeBand {
    /// Earliest.
    pub from: LocalTime,
    /// Latest.
    pub until: LocalTime,
}

impl From<Times> for TimeBand {
    fn from(band: Times) -> Self {
        Self { from: LocalTime(band.from), until: LocalTime(band.to) }
    }
}

impl From<TimeBand> for Times {
    fn from(band: TimeBand) -> Self {
        Self { from: band.from.0, to: band.until.0 }
    }
}

/// Where shifts start and end.
#[derive(Debug, Clone, SimpleObject, InputObject)]
#[graphql(input_name = "StartBandInput")]
pub struct StartBand {
    /// Local times between which a shift starts. `null` = any.
    pub starts: Option<TimeBand>,
    /// Local times between which a shift ends. `null` = any.
    pub ends: Option<TimeBand>,
}

impl From<DomainBand> for StartBand {
    fn from(band: DomainBand) -> Self {
        Self { starts: band.start.map(Into::into), ends: band.end.map(Into::into) }
    }
}

impl From<StartBand> for DomainBand {
    fn from(band: StartBand) -> Self {
        Self { start: band.starts.map(Into::into), end: band.ends.map(Into::into) }
    }
}

/// A break or meal that shifts from some length on must have.
#[derive(Debug, Clone, SimpleObject, InputObject)]
#[graphql(input_name = "BreakWindowInput")]
pub struct BreakWindow {
    /// Which of both.
    pub kind: ShiftPauseKind,
    /// Length of the shortest shift that must have it: at least `earliestSeconds` and `minSeconds` together, at most 86400.
    pub from_shift_seconds: i64,
    /// Least length of it, 60 to 14400.
    pub min_seconds: i64,
    /// Earliest start, from the start of the shift.
    pub earliest_seconds: i64,
    /// Latest start, from the start of the shift.
    pub latest_seconds: i64,
}

impl From<Window> for BreakWindow {
    fn from(window: Window) -> Self {
        let Window { category, from_shift_seconds, min_seconds, earliest_seconds, latest_seconds } =
            window;
        let kind = category.into();
        Self { kind, from_shift_seconds, min_seconds, earliest_seconds, latest_seconds }
    }
}

impl From<BreakWindow> for Window {
    fn from(window: BreakWindow) -> Self {
        let BreakWindow { kind, from_shift_seconds, min_seconds, earliest_seconds, latest_seconds } =
            window;
        let category = kind.into();
        Self { category, from_shift_seconds, min_seconds, earliest_seconds, latest_seconds }
    }
}

/// What counts as a night shift. The same night is paid as `NIGHT`.
#[derive(Debug, Clone, SimpleObject, InputObject)]
#[graphql(input_name = "NightHoursInput")]
pub struct NightHours {
    /// Local time at which the night begins.
    pub from: LocalTime,
    /// Local time at which it ends: the next day, unless it is after the beginning.
    pub until: LocalTime,
    /// Seconds in the night from which on a shift is a night shift; 1 to the length of the night.
    pub min_seconds: i64,
}

impl From<Night> for NightHours {
    fn from(hours: Night) -> Self {
        let Night { night, from_seconds } = hours;
        let (from, until) = (LocalTime(night.from), LocalTime(night.to));
        Self { from, until, min_seconds: from_seconds }
    }
}

impl From<NightHours> for Night {
    fn from(hours: NightHours) -> Self {
        let NightHours { from, until, min_seconds } = hours;
        Self { night: Times { from: from.0, to: until.0 }, from_seconds: min_seconds }
    }
}
