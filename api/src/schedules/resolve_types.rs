use async_graphql::{ID, InputObject, SimpleObject};
use trunkline_domain::fault::Fault;

use super::{
    resolve::{Keep, ResolveSchedule},
    searching::Budget,
};
use crate::{
    graphql::{Date, UserError, parse_id, parse_ids},
    jobs::Job,
};

/// A part of a schedule to solve again.
#[derive(Debug, InputObject)]
pub struct ScheduleResolveInput {
    /// Which schedule, a draft or a published one that was not made by headcounts.
    pub schedule_id: ID,
    /// Version of the schedule that the caller has seen.
    pub expected_version: Option<i32>,
    /// First day of the part. `null` for that of the schedule. What is published is solved from tomorrow on at the earliest.
    pub starts_on: Option<Date>,
    /// Last day of the part, inclusive. `null` for that of the schedule.
    pub ends_on: Option<Date>,
    /// Whose shifts: 1 to 1000 agents of the site. `null` for all of them.
    pub agent_ids: Option<Vec<ID>>,
    /// Whether each shift starts when it does now, and nobody works on a day off.
    #[graphql(default)]
    pub keep_starts: bool,
    /// Whether each agent is paid for as much on each day as now, and nobody works on a day off.
    #[graphql(default)]
    pub keep_paid_time: bool,
    /// Whether shifts stand that somebody has added or changed: by hand, by a swap or by merging a scenario.
    #[graphql(default = true)]
    pub keep_edited_shifts: bool,
    /// What to call the proposal, 1 to 80 characters. `null` for no name.
    pub name: Option<String>,
    /// The same seed, schedule, roster, requirement and iterations give the same proposal.
    #[graphql(default = 1)]
    pub seed: i32,
    /// Rounds of improvement, 0 to 20000. 100 are seconds for a site of 100 agents and four weeks, and leave next to nothing of the requirement missing; ten times as many take about five times as long, for fairer weekends and nights and steadier weeks, and for sites where skills, seats or patterns are scarce.
    #[graphql(default = 100)]
    pub iterations: i32,
    /// Ends the search after so many of these rounds. With `seed`, `roundsAsked` as `iterations` and `rounds` of a proposal's `generation` it repeats a search that time or somebody ended. `null` for all of them.
    pub max_rounds: Option<i32>,
    /// Ends the search after so many seconds, 1 to 3600, if its rounds are not done before, with the best roster so far; not before it has a legal one. `null` for however long they take.
    pub max_seconds: Option<i32>,
}

impl ScheduleResolveInput {
    pub(super) fn parse(self) -> Result<ResolveSchedule, Fault> {
        let Self {
            schedule_id,
            expected_version,
            starts_on,
            ends_on,
            agent_ids,
            keep_starts,
            keep_paid_time,
            keep_edited_shifts,
            name,
            seed,
            iterations,
            max_rounds,
            max_seconds,
        } = self;
        Ok(ResolveSchedule {
            schedule: parse_id(&schedule_id, "scheduleId")?,
            expected_version,
            first: starts_on.map(|date| date.0),
            last: ends_on.map(|date| date.0),
            agents: agent_ids.map(|ids| parse_ids(&ids, "agentIds")).transpose()?,
            keep: Keep {
                starts: keep_starts,
                paid_time: keep_paid_time,
                edited: keep_edited_shifts,
            },
            name,
            budget: Budget::parse(seed, iterations, max_rounds, max_seconds)?,
        })
    }
}

/// Outcome of asking for a proposal.
#[derive(Debug, SimpleObject)]
pub struct ScheduleResolvePayload {
    /// The job that makes it. `null` when refused.
    pub job: Option<Job>,
    /// Why it was refused. Empty means asked for.
    pub user_errors: Vec<UserError>,
}
