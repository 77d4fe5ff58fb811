use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use trunkline_domain::{
    fault::Fault,
    id::AgentId,
    identity::Permission,
    schedules::roster_file::{RosterFault, RosterRule},
};

use super::{
    RuleViolation, Schedule,
    effect_types::ScheduleEffect,
    mutation::MOST,
    override_types::{RuleOverrideInput, read_overrides},
    roster_import::{ImportRoster, Imported, RefusedRow},
};
use crate::{
    agents::Agent,
    graphql::{Date, DateTime, Operation, UserError, parse_id},
};

/// What can be wrong with a row of a roster file. New values can be added: show the message of an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "RosterRule")]
pub enum RosterRowRule {
    /// A column is not in the header.
    MissingColumn,
    /// The row has more or fewer fields than the header.
    WrongFieldCount,
    /// The field is not UTF-8.
    NotUtf8,
    /// A field is empty.
    Empty,
    /// No agent that the caller plans has this number.
    UnknownAgent,
    /// Not a whole minute of local time.
    NotATime,
    /// The shift would count on a day that the draft does not have.
    OutsideTheDays,
    /// Not a list of activities with their minutes.
    NotActivities,
    /// Not a list of skills, each once with a grade from 1 to 5.
    NotSkillNeeds,
    /// There is no skill with this code.
    UnknownSkill,
    /// The end is not where the activities end.
    EndsDiffer,
    /// The parts make no shift.
    NotAShift,
    /// The file has more rows than are taken at once.
    TooManyRows,
}

/// Something wrong with a row of a roster file.
#[derive(Debug)]
pub struct RosterRowFault(RosterFault);

/// Something wrong with a row of a roster file.
#[Object]
impl RosterRowFault {
    /// Line of the file on which the row starts; the header is line 1.
    async fn row(&self) -> u64 {
        self.0.row
    }
    /// Column. `null` when it concerns the whole row.
    async fn column(&self) -> Option<&str> {
        (!self.0.column.is_empty()).then_some(self.0.column)
    }
    /// The rule that was broken.
    async fn rule(&self) -> RosterRowRule {
        self.0.rule.into()
    }
    /// What stood there, cut to 80 characters.
    async fn value(&self) -> &str {
        &self.0.value
    }
    /// What would do. `null` where nothing can be named.
    async fn expected(&self) -> Option<&str> {
        (!self.0.expected.is_empty()).then_some(self.0.expected.as_str())
    }
    /// What is wrong and what would mend it, in the caller's language.
    async fn message(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        Ok(self.0.message(Operation::of(ctx)?.language))
    }
}

/// A sound row that the work rules refuse.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct RosterRowRefusal {
    #[graphql(skip)]
    agent_id: AgentId,
    /// Line of the file on which the row starts; the header is line 1.
    pub row: u64,
    /// Start of its shift.
    pub starts_at: DateTime,
    /// Rules that it would break beside the rows that were taken; `BLOCKING` ones refuse it.
    pub violations: Vec<RuleViolation>,
}

#[ComplexObject]
impl RosterRowRefusal {
    /// Whose shift. `null` when the caller may not see that agent.
    async fn agent(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Agent>> {
        let operation = Operation::of(ctx)?;
        let agent = operation.visible_agent(self.agent_id, Permission::AgentRead).await;
        Ok(agent.map_err(|error| operation.fail(error))?.map(Agent))
    }
}

impl From<RefusedRow> for RosterRowRefusal {
    fn from(refused: RefusedRow) -> Self {
        let RefusedRow { line, shift, violations } = refused;
        Self {
            agent_id: shift.agent(),
            row: line,
            starts_at: DateTime(shift.span().start()),
            violations: violations.into_iter().map(RuleViolation).collect(),
        }
    }
}

/// A roster file to make a draft of.
#[derive(InputObject)]
pub struct ScheduleImportInput {
    /// Where its shifts are worked.
    pub site_id: ID,
    /// First day of the draft.
    pub starts_on: Date,
    /// Last day of it, inclusive; at most 56 days in all.
    pub ends_on: Date,
    /// CSV with a header, one row for each shift: `agent` (number), `starts` (`YYYY-MM-DDTHH:MM` of the site; with an offset where the clocks show it twice), `activities` (such as `ON_QUEUE 240; MEAL 30 unpaid; ON_QUEUE 210`, with minutes), and if wanted `ends` and `needs` (skills that the shift asks for by code, each with its lowest grade, such as `english 3; vip 1`). `Schedule.csv` is such a file.
    pub csv: String,
    /// What to call the draft, 1 to 80 characters. `null` for no name.
    pub name: Option<String>,
    /// Take the rows that are good and pass the rules, and leave out the others. Without it one bad row refuses the file.
    #[graphql(default)]
    pub keep_good_rows: bool,
    /// Rules that its rows may break, each with the reason: what of them would leave one out is let pass and kept on record. For who may override rules at the site.
    #[graphql(default)]
    pub overrides: Vec<RuleOverrideInput>,
    /// Only check: nothing is written, the answer tells what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

impl ScheduleImportInput {
    pub(super) fn parse(self) -> Result<ImportRoster, Fault> {
        let Self { site_id, starts_on, ends_on, csv, name, keep_good_rows, overrides, dry_run } =
            self;
        Ok(ImportRoster {
            site: parse_id(&site_id, "siteId")?,
            first: starts_on.0,
            last: ends_on.0,
            csv,
            name,
            keep_good_rows,
            overrides: read_overrides(overrides)?,
            dry_run,
        })
    }
}

/// Faults and refusals that are listed; all are counted.
const LISTED: usize = 1_000;

/// Outcome of taking a roster file in.
#[derive(Debug, SimpleObject)]
pub struct ScheduleImportPayload {
    /// The draft. `null` when nothing was written.
    pub schedule: Option<Schedule>,
    /// Rows under the header.
    pub rows_read: u64,
    /// Rows that were taken, or would be if those that are not were left out.
    pub rows_taken: usize,
    /// Number of faults of rows.
    pub row_fault_count: usize,
    /// The first 1000 of them, in order of rows.
    pub row_faults: Vec<RosterRowFault>,
    /// Number of sound rows that the rules refuse.
    pub refusal_count: usize,
    /// The first 1000 of them, in order of rows.
    pub refusals: Vec<RosterRowRefusal>,
    /// Rules that the rows that were taken, or would be, together break or would break, heaviest first, at most 200.
    pub violations: Vec<RuleViolation>,
    /// What the rows that were taken, or would be, do to coverage and service level of the days of the draft: `before` is without them, and without what is published for these days; `scheduleDiff` compares the draft with another schedule. `null` where nothing is required, and when it could not be judged.
    pub effect: Option<ScheduleEffect>,
    /// Why it was refused as a whole. Empty means done.
    pub user_errors: Vec<UserError>,
}

impl ScheduleImportPayload {
    pub(super) fn of(operation: &Operation, done: Imported, mut errors: Vec<UserError>) -> Self {
        let Imported {
            schedule,
            rows_read,
            rows_taken,
            row_faults,
            refused,
            violations,
            effect,
            faults,
        } = done;
        errors.extend(faults.into_iter().map(|fault| operation.user_error(fault)));
        Self {
            schedule: schedule.map(|schedule| Schedule(Arc::new(schedule))),
            rows_read,
            rows_taken,
            row_fault_count: row_faults.len(),
            row_faults: row_faults.into_iter().take(LISTED).map(RosterRowFault).collect(),
            refusal_count: refused.len(),
            refusals: refused.into_iter().take(LISTED).map(Into::into).collect(),
            violations: violations.into_iter().take(MOST).map(RuleViolation).collect(),
            effect: effect.map(ScheduleEffect),
            user_errors: errors,
        }
    }
}
