use async_graphql::{ID, InputObject, OneofObject};
use trunkline_domain::{
    fault::{Fault, Rule},
    schedules::{PlacedActivity, Reshape, ShiftPart},
};

use super::{
    generate::GenerateSchedule,
    headcount_types::ScheduleGenerateBy,
    need_types::{ShiftNeedInput, read_needs},
    override_types::{RuleOverrideInput, read_overrides},
    searching::Budget,
    service::PublishSchedule,
    shift_edit::{AddShift, EditShift, ShiftChange},
    types::ActivityCategory,
};
use crate::graphql::{Date, DateTime, parse_id};

/// What to generate.
#[derive(Debug, InputObject)]
pub struct ScheduleGenerateInput {
    /// For which site.
    pub site_id: ID,
    /// First day, a Monday.
    pub starts_on: Date,
    /// Weeks to plan, 1 to 8.
    #[graphql(default = 1)]
    pub weeks: i32,
    /// The same seed, roster, requirement and iterations give the same schedule.
    #[graphql(default = 1)]
    pub seed: i32,
    /// What says how many people are wanted when. `HEADCOUNTS` is for sites whose shift templates have `headcounts`.
    #[graphql(default_with = "ScheduleGenerateBy::Requirement")]
    pub by: ScheduleGenerateBy,
    /// Rounds of improvement, 0 to 20000. 100 are seconds for a site of 100 agents and four weeks, and leave next to nothing of the requirement missing; ten times as many take about five times as long, for fairer weekends and nights and steadier weeks, and for sites where skills, seats or patterns are scarce.
    #[graphql(default = 100)]
    pub iterations: i32,
    /// Ends the search after so many of these rounds. With `seed`, `roundsAsked` as `iterations` and `rounds` of a schedule's `generation` it repeats a search that time or somebody ended. `null` for all of them.
    pub max_rounds: Option<i32>,
    /// Ends the search after so many seconds, 1 to 3600, if its rounds are not done before, with the best roster so far; not before it has a legal one. `null` for however long they take.
    pub max_seconds: Option<i32>,
}

impl ScheduleGenerateInput {
    pub(super) fn parse(self) -> Result<GenerateSchedule, Fault> {
        let Self { site_id, starts_on, weeks, seed, by, iterations, max_rounds, max_seconds } =
            self;
        Ok(GenerateSchedule {
            site: parse_id(&site_id, "siteId")?,
            starts_on: starts_on.0,
            weeks: u8::try_from(weeks).unwrap_or(0),
            by: by.into(),
            budget: Budget::parse(seed, iterations, max_rounds, max_seconds)?,
        })
    }
}

/// A draft to publish.
#[derive(Debug, InputObject)]
pub struct SchedulePublishInput {
    /// Which one.
    pub schedule_id: ID,
    /// Version that the caller has seen.
    pub expected_version: Option<i32>,
    /// Rules that may be broken by this, each with the reason: what of them would refuse it is let pass and kept on record. For who may override rules at the site.
    #[graphql(default)]
    pub overrides: Vec<RuleOverrideInput>,
    /// Only check: nothing is written, `violations` and `userErrors` tell what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

impl SchedulePublishInput {
    pub(super) fn parse(self) -> Result<PublishSchedule, Fault> {
        let Self { schedule_id, expected_version, overrides, dry_run } = self;
        let schedule = parse_id(&schedule_id, "scheduleId")?;
        let overrides = read_overrides(overrides)?;
        Ok(PublishSchedule { schedule, expected_version, overrides, dry_run })
    }
}

/// When an activity of a shift shall be.
#[derive(Debug, InputObject)]
pub struct ShiftActivityTimeInput {
    /// What is done: `BREAK`, `MEAL`, `MEETING`, `TRAINING` or `OFF_QUEUE_WORK`.
    pub category: ActivityCategory,
    /// Start, a whole minute within the shift.
    pub starts_at: DateTime,
    /// End, a whole minute within the shift.
    pub ends_at: DateTime,
    /// Whether the time is paid.
    pub paid: bool,
}

/// How a shift shall be; at least one of the three. What is left out stays at the time at which it is.
#[derive(Debug, InputObject)]
pub struct ShiftReshapeInput {
    /// New start, a whole minute, on a day of the schedule.
    pub starts_at: Option<DateTime>,
    /// New end, a whole minute, at most 48 hours after the start.
    pub ends_at: Option<DateTime>,
    /// All that is done in it beside taking contacts, at most 40, in any order and without overlap; what is not among them goes. The rest of the shift is on queue, paid as its first time on queue is now. Of `TIME_OFF` and `UNAVAILABLE` nothing is said here: they stay.
    pub activities: Option<Vec<ShiftActivityTimeInput>>,
}

impl From<ShiftReshapeInput> for Reshape {
    fn from(input: ShiftReshapeInput) -> Self {
        let ShiftReshapeInput { starts_at, ends_at, activities } = input;
        let placed = |it: ShiftActivityTimeInput| {
            let ShiftActivityTimeInput { category, starts_at, ends_at, paid } = it;
            PlacedActivity { category: category.into(), start: starts_at.0, end: ends_at.0, paid }
        };
        Self {
            start: starts_at.map(|at| at.0),
            end: ends_at.map(|at| at.0),
            activities: activities.map(|all| all.into_iter().map(placed).collect()),
        }
    }
}

/// Exactly one of the four.
#[derive(Debug, OneofObject)]
pub enum ShiftChangeInput {
    /// New start; the shift keeps its length and its activities their places in it.
    StartsAt(DateTime),
    /// Another length, or other times of what is done in it.
    Reshape(ShiftReshapeInput),
    /// Who shall work it.
    AgentId(ID),
    /// Whether it goes; only `true` means something.
    Remove(bool),
}

/// A change of one shift.
#[derive(Debug, InputObject)]
pub struct ShiftEditInput {
    /// Which shift.
    pub shift_id: ID,
    /// Version of the shift that the caller has seen.
    pub expected_version: Option<i32>,
    /// What with it.
    pub change: ShiftChangeInput,
    /// Rules that may be broken by this, each with the reason: what of them would refuse it is let pass and kept on record. For who may override rules at the site.
    #[graphql(default)]
    pub overrides: Vec<RuleOverrideInput>,
    /// Only check: nothing is written, `violations` and `userErrors` tell what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

impl ShiftEditInput {
    pub(super) fn parse(self) -> Result<EditShift, Fault> {
        let Self { shift_id, expected_version, change, overrides, dry_run } = self;
        let change = match change {
            ShiftChangeInput::StartsAt(at) => ShiftChange::Start(at.0),
            ShiftChangeInput::Reshape(reshape) => ShiftChange::Reshape(reshape.into()),
            ShiftChangeInput::AgentId(id) => ShiftChange::Agent(parse_id(&id, "change.agentId")?),
            ShiftChangeInput::Remove(true) => ShiftChange::Remove,
            ShiftChangeInput::Remove(false) => {
                return Err(Fault::invalid("change.remove", Rule::TrueOrAnother));
            }
        };
        Ok(EditShift {
            shift: parse_id(&shift_id, "shiftId")?,
            expected_version,
            change,
            overrides: read_overrides(overrides)?,
            dry_run,
        })
    }
}

/// A part of a shift to add.
#[derive(Debug, InputObject)]
pub struct ShiftActivityInput {
    /// What is done.
    pub category: ActivityCategory,
    /// How long, in seconds: whole minutes.
    pub duration_seconds: i32,
    /// Whether the time is paid.
    pub paid: bool,
}

/// A shift to add.
#[derive(Debug, InputObject)]
pub struct ShiftAddInput {
    /// To which schedule, a draft or a published one.
    pub schedule_id: ID,
    /// Who shall work it.
    pub agent_id: ID,
    /// Start, a whole minute on a day of the schedule.
    pub starts_at: DateTime,
    /// What fills it, in order and without gap: 1 to 40 parts, together at most 48 hours.
    pub activities: Vec<ShiftActivityInput>,
    /// Skills that it asks of whoever works it, each once, at most 20. The rule `SKILL` judges by them, now and in every swap.
    #[graphql(default)]
    pub needs: Vec<ShiftNeedInput>,
    /// Rules that may be broken by this, each with the reason: what of them would refuse it is let pass and kept on record. For who may override rules at the site.
    #[graphql(default)]
    pub overrides: Vec<RuleOverrideInput>,
    /// Only check: nothing is written, `violations` and `userErrors` tell what would happen.
    #[graphql(default)]
    pub dry_run: bool,
}

impl ShiftAddInput {
    pub(super) fn parse(self) -> Result<AddShift, Fault> {
        let Self { schedule_id, agent_id, starts_at, activities, needs, overrides, dry_run } = self;
        let part = |it: ShiftActivityInput| {
            let ShiftActivityInput { category, duration_seconds, paid } = it;
            ShiftPart { category: category.into(), seconds: duration_seconds.into(), paid }
        };
        Ok(AddShift {
            schedule: parse_id(&schedule_id, "scheduleId")?,
            agent: parse_id(&agent_id, "agentId")?,
            start: starts_at.0,
            parts: activities.into_iter().map(part).collect(),
            needs: read_needs(&needs)?,
            overrides: read_overrides(overrides)?,
            dry_run,
        })
    }
}
