use std::collections::BTreeSet;

use async_graphql::{Enum, ID, InputObject, MaybeUndefined};
use jiff::Timestamp;
use trunkline_domain::{
    fault::{Fault, Rule},
    id::{QueueId, SiteId, SkillId},
    kpis::ServiceLevelMethod as Method,
    network::{
        GoalCaps, OpeningHours, QueueStaffing, QueueStaffingChange, RawQueue, RawSite, ServiceGoal,
        SiteState as DomainState,
    },
};

use super::{
    service::{NewQueue, NewTeam, SiteChange},
    staffing::StaffingChange,
};
use crate::graphql::{Date, DateTime, Decimal, LocalTime, TimeZone, parse_id, parse_ids};

/// Where a site stands. New values can be added: treat an unknown one as `OPEN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "DomainState")]
pub enum SiteState {
    /// Being set up.
    Planned,
    /// Works.
    Open,
    /// Does not work for now.
    Paused,
    /// Will not work again.
    Closed,
}

/// What contacts answered in time are divided by. New values can be added: treat an unknown one as
/// `OFFERED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Method")]
pub enum ServiceLevelMethod {
    /// All offered contacts.
    Offered,
    /// Answered contacts only.
    AnsweredOnly,
    /// Offered contacts without those abandoned within the threshold.
    AbandonIgnored,
    /// Offered contacts; those abandoned within the threshold count as in time.
    AbandonPositive,
    /// Offered contacts without short abandons.
    ShortExcluded,
}

/// One opening of a site on one weekday, local wall time.
#[derive(Debug, InputObject)]
pub struct OpeningInput {
    /// ISO weekday: 1 is Monday, 7 is Sunday.
    pub weekday: i32,
    /// Opens.
    pub opens: LocalTime,
    /// Closes; not after `opens` = on the next day, equal = open for 24 hours.
    pub closes: LocalTime,
}

/// When a site is open.
#[derive(Debug, InputObject)]
pub struct OpeningHoursInput {
    /// Openings of the week; a weekday that is not named stays closed. At most 28.
    pub week: Vec<OpeningInput>,
    /// Local dates on which nothing opens; at most 400.
    #[graphql(default)]
    pub closed_on: Vec<Date>,
}

impl OpeningHoursInput {
    fn parse(self) -> Result<OpeningHours, Fault> {
        let Self { week, closed_on } = self;
        if week.len() > 28 || closed_on.len() > 400 {
            return Err(Fault::invalid("opening", Rule::Openings));
        }
        let closed_on: BTreeSet<_> = closed_on.into_iter().map(|date| date.0).collect();
        let mut hours = OpeningHours { closed_on, ..OpeningHours::default() };
        for (at, opening) in week.into_iter().enumerate() {
            let OpeningInput { weekday, opens, closes } = opening;
            let day = usize::try_from(weekday - 1).ok().and_then(|day| hours.week.get_mut(day));
            let Some(day) = day else {
                let path = format!("opening.week.{at}.weekday");
                return Err(Fault::invalid(&path, Rule::Weekday));
            };
            day.push((opens.0, closes.0));
        }
        Ok(hours)
    }
}

/// A new site.
#[derive(Debug, InputObject)]
pub struct SiteCreateInput {
    /// Short code, unique in the tenant: 1 to 40 letters, digits, `_`, `-` and `.`.
    pub code: String,
    /// Name in English; empty = as in Chinese.
    #[graphql(default)]
    pub name_en: String,
    /// Name in Chinese; empty = as in English.
    #[graphql(default)]
    pub name_zh: String,
    /// Zone in which its local dates and times are read.
    pub time_zone: TimeZone,
    /// When it is open; absent = always.
    pub opening: Option<OpeningHoursInput>,
    /// Where it stands.
    #[graphql(default_with = "SiteState::Open")]
    pub state: SiteState,
}

impl SiteCreateInput {
    pub(super) fn parse(self) -> Result<RawSite, Fault> {
        let Self { code, name_en, name_zh, time_zone, opening, state } = self;
        let opening = opening.map(OpeningHoursInput::parse).transpose()?;
        Ok(RawSite { code, name_en, name_zh, time_zone: time_zone.0, opening, state: state.into() })
    }
}

/// Change of a site; a field left out stays.
#[derive(Debug, InputObject)]
pub struct SiteUpdateInput {
    /// The site.
    pub site_id: ID,
    /// Version the caller has seen.
    pub expected_version: Option<i32>,
    /// New code.
    pub code: Option<String>,
    /// New name in English.
    pub name_en: Option<String>,
    /// New name in Chinese.
    pub name_zh: Option<String>,
    /// New zone.
    pub time_zone: Option<TimeZone>,
    /// New opening hours; `null` = always open.
    pub opening: MaybeUndefined<OpeningHoursInput>,
    /// New state; a closed site stays closed.
    pub state: Option<SiteState>,
}

impl SiteUpdateInput {
    pub(super) fn parse(self) -> Result<(SiteId, SiteChange), Fault> {
        let Self { site_id, expected_version, code, name_en, name_zh, time_zone, opening, state } =
            self;
        let opening = match opening {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(hours) => Some(Some(hours.parse()?)),
        };
        let time_zone = time_zone.map(|zone| zone.0);
        let state = state.map(Into::into);
        let change =
            SiteChange { expected_version, code, name_en, name_zh, time_zone, opening, state };
        Ok((parse_id(&site_id, "siteId")?, change))
    }
}

/// A new team.
#[derive(Debug, InputObject)]
pub struct TeamCreateInput {
    /// Its site.
    pub site_id: ID,
    /// Short code, unique at the site.
    pub code: String,
    /// Name in English; empty = as in Chinese.
    #[graphql(default)]
    pub name_en: String,
    /// Name in Chinese; empty = as in English.
    #[graphql(default)]
    pub name_zh: String,
}

impl TeamCreateInput {
    pub(super) fn parse(self) -> Result<NewTeam, Fault> {
        let Self { site_id, code, name_en, name_zh } = self;
        Ok(NewTeam { site: parse_id(&site_id, "siteId")?, code, name_en, name_zh })
    }
}

/// A new skill.
#[derive(Debug, InputObject)]
pub struct SkillCreateInput {
    /// Short code, unique in the tenant.
    pub code: String,
    /// Name in English; empty = as in Chinese.
    #[graphql(default)]
    pub name_en: String,
    /// Name in Chinese; empty = as in English.
    #[graphql(default)]
    pub name_zh: String,
}

/// A goal: a service level, other limits, or both. A queue is staffed so that all of them are kept.
#[derive(Debug, InputObject)]
pub struct ServiceGoalInput {
    /// Percent of contacts to be answered within the threshold, above 0 and below 100; absent = only what else is limited.
    pub service_level_percent: Option<Decimal>,
    /// Most seconds of the mean wait of all offered contacts (ASA), 1 to 86400; absent = no limit.
    pub max_average_speed_of_answer_seconds: Option<i32>,
    /// Most percent of callers who hang up, above 0 and below 100; absent = no limit. Only for a queue whose `patienceSeconds` is known.
    pub max_abandonment_percent: Option<Decimal>,
    /// Most percent of the agents' time spent on contacts, above 0 and below 100; absent = no limit.
    pub max_occupancy_percent: Option<Decimal>,
    /// Seconds within which a contact is to be answered.
    pub threshold_seconds: i32,
    /// What contacts in time are divided by.
    #[graphql(default_with = "ServiceLevelMethod::Offered")]
    pub method: ServiceLevelMethod,
    /// Seconds within which giving up is a short abandon.
    #[graphql(default = 5)]
    pub short_abandon_seconds: i32,
}

impl ServiceGoalInput {
    fn parse(self, from: Timestamp) -> Result<ServiceGoal, Fault> {
        let Self {
            service_level_percent,
            max_average_speed_of_answer_seconds,
            max_abandonment_percent,
            max_occupancy_percent,
            threshold_seconds,
            method,
            short_abandon_seconds,
        } = self;
        let max_asa = max_average_speed_of_answer_seconds;
        let seconds = |path: &str, seconds: i32| {
            let fits = u32::try_from(seconds).ok().filter(|seconds| *seconds <= 86_400);
            fits.ok_or_else(|| Fault::invalid(path, Rule::Seconds(0, 86_400)))
        };
        Ok(ServiceGoal {
            from,
            service_level: service_level_percent.map(|it| it.0),
            caps: GoalCaps {
                max_asa_seconds: max_asa
                    .map(|it| seconds("goal.maxAverageSpeedOfAnswerSeconds", it))
                    .transpose()?,
                max_abandonment: max_abandonment_percent.map(|it| it.0),
                max_occupancy: max_occupancy_percent.map(|it| it.0),
            },
            threshold_seconds: seconds("goal.thresholdSeconds", threshold_seconds)?,
            method: method.into(),
            short_abandon_seconds: seconds("goal.shortAbandonSeconds", short_abandon_seconds)?,
        })
    }
}

/// A new queue.
#[derive(Debug, InputObject)]
pub struct QueueCreateInput {
    /// Short code, unique in the tenant.
    pub code: String,
    /// Name in English; empty = as in Chinese.
    #[graphql(default)]
    pub name_en: String,
    /// Name in Chinese; empty = as in English.
    #[graphql(default)]
    pub name_zh: String,
    /// Zone in which its local days are counted.
    pub time_zone: TimeZone,
    /// Length of its intervals: 300, 900, 1800, 3600 or 86400 seconds.
    #[graphql(default = 900)]
    pub interval_seconds: i32,
    /// Sites that take its contacts; several = a shared queue.
    pub site_ids: Vec<ID>,
    /// Skill that an agent must have to take its contacts; absent = any agent.
    pub skill_id: Option<ID>,
    /// First goal; it holds for all time before a later one.
    pub goal: ServiceGoalInput,
    /// Least number of agents on the phone while it is open.
    #[graphql(default = 0)]
    pub minimum_staff: i32,
    /// Share of rostered time not worked on the queue, 0 to below 1; absent = 0.
    pub shrinkage: Option<Decimal>,
    /// The part of it that no roster shows because nobody knows it beforehand (sickness, lateness): rosters
    /// are made with so many agents more. Breaks, leave and training stand on the roster and are not in it.
    /// 0 to at most `shrinkage`; absent = 0.
    pub unplanned_shrinkage: Option<Decimal>,
    /// Mean patience of callers in seconds; absent = unknown.
    pub patience_seconds: Option<Decimal>,
}

impl QueueCreateInput {
    pub(super) fn parse(self) -> Result<NewQueue, Fault> {
        let Self {
            code,
            name_en,
            name_zh,
            time_zone,
            interval_seconds,
            site_ids,
            skill_id,
            goal,
            minimum_staff,
            shrinkage,
            unplanned_shrinkage,
            patience_seconds,
        } = self;
        let sites = parse_ids::<trunkline_domain::id::Site>(&site_ids, "siteIds")?;
        let skill: Option<SkillId> = skill_id.map(|id| parse_id(&id, "skillId")).transpose()?;
        let minimum_staff = staff(minimum_staff)?;
        let minutes = (interval_seconds % 60 == 0).then_some(interval_seconds / 60);
        let raw = RawQueue {
            code,
            name_en,
            name_zh,
            time_zone: time_zone.0,
            grain_minutes: minutes.and_then(|it| u32::try_from(it).ok()).unwrap_or_default(),
            sites,
            skill,
            goal: goal.parse(Timestamp::UNIX_EPOCH)?,
        };
        let staffing = QueueStaffing {
            minimum_staff,
            shrinkage: shrinkage.map(|it| it.0).unwrap_or_default(),
            unplanned_shrinkage: unplanned_shrinkage.map(|it| it.0).unwrap_or_default(),
            patience_seconds: patience_seconds.map(|it| it.0),
        };
        Ok(NewQueue { raw, staffing })
    }
}

/// How a queue is staffed from now on; a field left out stays. Requirements that are computed already keep
/// what they were computed with.
#[derive(Debug, InputObject)]
pub struct QueueStaffingSetInput {
    /// The queue.
    pub queue_id: ID,
    /// Version the caller has seen.
    pub expected_version: Option<i32>,
    /// Least number of agents on the phone while it is open.
    pub minimum_staff: Option<i32>,
    /// Share of rostered time not worked on the queue, 0 to below 1.
    pub shrinkage: Option<Decimal>,
    /// The part of it that no roster shows (sickness, lateness), 0 to at most `shrinkage`.
    pub unplanned_shrinkage: Option<Decimal>,
    /// Mean patience of callers in seconds; `null` = unknown.
    pub patience_seconds: MaybeUndefined<Decimal>,
}

impl QueueStaffingSetInput {
    pub(super) fn parse(self) -> Result<(QueueId, StaffingChange), Fault> {
        let Self {
            queue_id,
            expected_version,
            minimum_staff,
            shrinkage,
            unplanned_shrinkage,
            patience_seconds,
        } = self;
        let change = QueueStaffingChange {
            minimum_staff: minimum_staff.map(staff).transpose()?,
            shrinkage: shrinkage.map(|it| it.0),
            unplanned_shrinkage: unplanned_shrinkage.map(|it| it.0),
            patience_seconds: match patience_seconds {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(None),
                MaybeUndefined::Value(seconds) => Some(Some(seconds.0)),
            },
        };
        Ok((parse_id(&queue_id, "queueId")?, StaffingChange { expected_version, change }))
    }
}

fn staff(agents: i32) -> Result<u16, Fault> {
    u16::try_from(agents).map_err(|_| Fault::invalid("minimumStaff", Rule::Between(0, 65_535)))
}

/// A new goal of a queue; the past keeps the one it had.
#[derive(Debug, InputObject)]
pub struct QueueGoalSetInput {
    /// The queue.
    pub queue_id: ID,
    /// First instant at which it holds, not before now; absent = now.
    pub effective_at: Option<DateTime>,
    /// The goal.
    pub goal: ServiceGoalInput,
}

impl QueueGoalSetInput {
    pub(super) fn parse(self, now: Timestamp) -> Result<(QueueId, ServiceGoal), Fault> {
        let Self { queue_id, effective_at, goal } = self;
        let from = effective_at.map_or(now, |at| at.0);
        Ok((parse_id(&queue_id, "queueId")?, goal.parse(from)?))
    }
}
