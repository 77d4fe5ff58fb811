use std::{collections::HashMap, sync::Arc};

use jiff::{Timestamp, civil};
use trunkline_domain::{
    id::{AgentId, ScheduleChangeId, ShiftId, SiteId},
    schedules::{EffectiveRules, ShiftWish},
};
use trunkline_infra::{
    agents::{AgentView, agents_by_id},
    schedules::{
        OverrideView, ScheduleChangeView, ShiftChangeView, ShiftStates, ShiftView, SiteSeatsView,
        changes_by_id, changes_of_shifts, load_rule_book, overrides_of_changes, rule_subjects_of,
        seats_of_sites, shift_wishes_of_agents, shifts_by_id, shifts_of_agents, shifts_of_changes,
    },
};

use crate::{
    error::{AppError, Outcome},
    graphql::{Loader, Operation},
};

/// Window and states of a batch of shifts by agent.
type Window = (AgentId, Timestamp, Timestamp, bool);

/// First and last day of a batch of wishes by agent.
type Days = (AgentId, civil::Date, civil::Date);

/// Look-ups of planning that sibling resolvers share.
#[derive(Debug, Default)]
pub struct PlanningLoaders {
    shifts: Loader<ShiftId, Arc<ShiftView>>,
    of_agents: Loader<Window, Vec<Arc<ShiftView>>>,
    seats: Loader<SiteId, Vec<SiteSeatsView>>,
    rules: Loader<(AgentId, civil::Date), Arc<EffectiveRules>>,
    changes: Loader<ScheduleChangeId, Arc<ScheduleChangeView>>,
    changes_of_shifts: Loader<ShiftId, Vec<ScheduleChangeId>>,
    shifts_of_changes: Loader<ScheduleChangeId, Vec<ShiftChangeView>>,
    overrides: Loader<ScheduleChangeId, Vec<OverrideView>>,
    wishes: Loader<Days, Vec<ShiftWish>>,
}

/// Most changes of a shift that are told.
const MOST_CHANGES: i64 = 50;
/// Most shifts, and most overrides, of a change that are told.
const MOST_OF_CHANGE: i32 = 200;

impl Operation {
    /// A shift by id, whoever may see it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn shift(&self, id: ShiftId) -> Outcome<Option<Arc<ShiftView>>> {
        self.planning
            .shifts
            .load(id, async |ids| {
                let tx = self.read().await?;
                let shifts = shifts_by_id(&tx, &ids).await?;
                Ok(shifts.into_iter().map(|shift| (shift.id, Arc::new(shift))).collect())
            })
            .await
    }

    /// Shifts of an agent that overlap `[from, to)`, by start. All agents of a page travel in one
    /// query as long as they ask for the same window.
    ///
    /// # Errors
    /// What the database says.
    pub async fn shifts_of(
        &self,
        agent: AgentId,
        (from, to): (Timestamp, Timestamp),
        drafts: bool,
    ) -> Outcome<Vec<Arc<ShiftView>>> {
        let key = (agent, from, to, drafts);
        let shifts = self.planning.of_agents.load(key, async |keys| self.batch(&keys).await);
        Ok(shifts.await?.unwrap_or_default())
    }

    /// What was ever set of the seats of a site, by day.
    ///
    /// # Errors
    /// What the database says.
    pub async fn seats_of(&self, site: SiteId) -> Outcome<Vec<SiteSeatsView>> {
        let seats = self.planning.seats.load(site, async |sites| {
            let tx = self.read().await?;
            let mut found: HashMap<SiteId, Vec<SiteSeatsView>> = HashMap::new();
            for row in seats_of_sites(&tx, &sites).await? {
                found.entry(row.site_id).or_default().push(row);
            }
            Ok::<_, AppError>(found)
        });
        Ok(seats.await?.unwrap_or_default())
    }

    /// The work rules that hold for an agent on a day, whoever may read them. All agents of a page
    /// travel together: a few statements for each of their sites and days.
    ///
    /// # Errors
    /// What the database says.
    pub async fn rules_of(
        &self,
        agent: AgentId,
        on: civil::Date,
    ) -> Outcome<Option<Arc<EffectiveRules>>> {
        let rules = self.planning.rules.load((agent, on), async |keys| {
            let tx = self.read().await?;
            let mut days: HashMap<civil::Date, Vec<AgentId>> = HashMap::new();
            for (agent, day) in keys {
                days.entry(day).or_default().push(agent);
            }
            let mut found = HashMap::new();
            for (day, agents) in days {
                let mut sites: HashMap<SiteId, Vec<AgentView>> = HashMap::new();
                for agent in agents_by_id(&tx, &agents).await? {
                    sites.entry(agent.site_id).or_default().push(agent);
                }
                for (site, agents) in sites {
                    let ids: Vec<AgentId> = agents.iter().map(|agent| agent.id).collect();
                    let book = load_rule_book(&tx, site, &ids).await?;
                    let subjects = rule_subjects_of(&tx, &agents, day).await?;
                    let rules = subjects.iter().map(|it| Arc::new(book.effective(it, day)));
                    found.extend(ids.into_iter().map(|id| (id, day)).zip(rules));
                }
            }
            Ok::<_, AppError>(found)
        });
        rules.await
    }

    /// A change of a schedule by id, whoever may see it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn schedule_change(
        &self,
        id: ScheduleChangeId,
    ) -> Outcome<Option<Arc<ScheduleChangeView>>> {
        self.planning
            .changes
            .load(id, async |ids| {
                let tx = self.read().await?;
                let changes = changes_by_id(&tx, &ids).await?;
                Ok(changes.into_iter().map(|change| (change.id, Arc::new(change))).collect())
            })
            .await
    }

    /// The latest changes of a shift, latest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn changes_of_shift(&self, shift: ShiftId) -> Outcome<Vec<ScheduleChangeId>> {
        let changes = self.planning.changes_of_shifts.load(shift, async |shifts| {
            let tx = self.read().await?;
            let mut found: HashMap<ShiftId, Vec<ScheduleChangeId>> = HashMap::new();
            for row in changes_of_shifts(&tx, &shifts, MOST_CHANGES).await? {
                found.entry(row.shift_id).or_default().push(row.change_id);
            }
            Ok::<_, AppError>(found)
        });
        Ok(changes.await?.unwrap_or_default())
    }

    /// What a change did with single shifts, by their ids.
    ///
    /// # Errors
    /// What the database says.
    pub async fn shifts_of_change(
        &self,
        change: ScheduleChangeId,
    ) -> Outcome<Vec<ShiftChangeView>> {
        let shifts = self.planning.shifts_of_changes.load(change, async |changes| {
            let tx = self.read().await?;
            let mut found: HashMap<ScheduleChangeId, Vec<ShiftChangeView>> = HashMap::new();
            for row in shifts_of_changes(&tx, &changes, MOST_OF_CHANGE.into()).await? {
                found.entry(row.change_id).or_default().push(row);
            }
            Ok::<_, AppError>(found)
        });
        Ok(shifts.await?.unwrap_or_default())
    }

    /// What a change let pass, heaviest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn overrides_of_change(
        &self,
        change: ScheduleChangeId,
    ) -> Outcome<Vec<OverrideView>> {
        let overrides = self.planning.overrides.load(change, async |changes| {
            let tx = self.read().await?;
            let mut found: HashMap<ScheduleChangeId, Vec<OverrideView>> = HashMap::new();
            for row in overrides_of_changes(&tx, &changes, MOST_OF_CHANGE).await? {
                found.entry(row.change_id).or_default().push(row);
            }
            Ok::<_, AppError>(found)
        });
        Ok(overrides.await?.unwrap_or_default())
    }

    /// What an agent wishes of the days from `first` to `last`, whoever may see it. All agents of a page
    /// travel in one query as long as they ask for the same days.
    ///
    /// # Errors
    /// What the database says.
    pub async fn wishes_of(
        &self,
        agent: AgentId,
        (first, last): (civil::Date, civil::Date),
    ) -> Outcome<Vec<ShiftWish>> {
        let wishes = self.planning.wishes.load((agent, first, last), async |keys| {
            let tx = self.read().await?;
            let mut days: HashMap<_, Vec<AgentId>> = HashMap::new();
            for (agent, first, last) in keys {
                days.entry((first, last)).or_default().push(agent);
            }
            let mut found: HashMap<Days, Vec<ShiftWish>> = HashMap::new();
            for ((first, last), agents) in days {
                for wish in shift_wishes_of_agents(&tx, &agents, first, last).await? {
                    found.entry((wish.agent, first, last)).or_default().push(wish);
                }
            }
            Ok::<_, AppError>(found)
        });
        Ok(wishes.await?.unwrap_or_default())
    }

    async fn batch(
        &self,
        keys: &[Window],
    ) -> Result<HashMap<Window, Vec<Arc<ShiftView>>>, AppError> {
        let tx = self.read().await?;
        let mut windows: HashMap<_, Vec<AgentId>> = HashMap::new();
        for &(agent, from, to, drafts) in keys {
            windows.entry((from, to, drafts)).or_default().push(agent);
        }
        let mut found: HashMap<Window, Vec<Arc<ShiftView>>> = HashMap::new();
        for ((from, to, drafts), agents) in windows {
            let states =
                if drafts { ShiftStates::PublishedAndDraft } else { ShiftStates::Published };
            for shift in shifts_of_agents(&tx, &agents, from, to, states).await? {
                let Some(agent) = shift.agent_id else { continue };
                found.entry((agent, from, to, drafts)).or_default().push(Arc::new(shift));
            }
        }
        Ok(found)
    }
}
