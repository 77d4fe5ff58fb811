use jiff::{Timestamp, ToSpan as _, civil};
use trunkline_domain::{
    id::{AgentId, RequirementId, ScheduleId, SiteId},
    network::OpeningHours,
    schedules::{
        CheckContext, Coverage, Roster, SiteLimits, StaffGroups, WorkRules, generator::QueueNeed,
    },
    time::{Span, local_of_instant, start_of_day},
};

use super::{
    plans::{load_plans, load_staff},
    requirement::load_requirement,
    seats::load_seats,
    work_rules::load_rule_sets,
};
use crate::{
    db::{DbError, TenantTx, Value},
    network::SiteView,
    params,
};

/// Whose plans are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Who<'a> {
    /// Everybody who works at the site.
    Site(SiteId),
    /// These agents.
    Agents(&'a [AgentId]),
}

/// Which shifts count.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// What is published.
    Published,
    /// A draft, with what is published outside its days.
    Draft {
        /// The draft; `None` while it has no shifts yet.
        schedule: Option<ScheduleId>,
        /// Its site.
        site: SiteId,
        /// Its first day.
        first: civil::Date,
        /// Its last day, inclusive.
        last: civil::Date,
    },
}

/// Which shifts `s` count: `$5` to `$8` are what [`Source::params`] gives.
pub(super) const OF_SOURCE: &str = "((s.schedule_id = $5 and s.state in ('DRAFT', 'PUBLISHED')) \
     or (s.state = 'PUBLISHED' and ($6::uuid is null or s.site_id <> $6 \
                                    or s.local_date < $7 or s.local_date > $8)))";

impl Source {
    /// The draft, and the site and days whose published shifts do not count.
    pub(super) fn params(self) -> Vec<Value> {
        let (draft, site, first, last) = match self {
            Self::Published => (None, None, None, None),
            Self::Draft { schedule, site, first, last } => {
                (schedule, Some(site), Some(first), Some(last))
            }
        };
        params![draft, site, first, last]
    }
}

/// What to load.
#[derive(Debug, Clone, Copy)]
pub struct RosterAsk<'a> {
    /// The site whose rules, hours and requirement hold.
    pub site: &'a SiteView,
    /// Whose plans.
    pub who: Who<'a>,
    /// Days that are judged.
    pub window: Span,
    /// Intervals whose staff and seats are counted, within the window; best no more than a change
    /// touches.
    pub covered: Span,
    /// Which shifts.
    pub source: Source,
}

/// Everything that the rules look at, loaded.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Who works when.
    pub roster: Roster,
    /// Rules of the first week of the window.
    pub rules: WorkRules,
    /// Rules of the site from later Mondays of the window on.
    pub rule_changes: Vec<(civil::Date, WorkRules)>,
    /// Requirement and staff; `None` where nothing is required.
    pub coverage: Option<Coverage>,
    /// The same staff by the lines of `coverage` that it counts for.
    pub staff: StaffGroups,
    /// What each queue requires, on the intervals of `coverage`.
    pub queues: Vec<QueueNeed>,
    /// The computations that the requirement is taken from.
    pub requirements: Vec<RequirementId>,
    /// Borders of the site.
    pub sites: Vec<SiteLimits>,
}

impl Ground {
    /// The versions of rules that hold in the window, as records of decisions name them.
    pub fn rule_versions(&self) -> impl Iterator<Item = String> {
        let later = self.rule_changes.iter().map(|(_, rules)| rules);
        std::iter::once(&self.rules).chain(later).map(WorkRules::version_name)
    }

    /// The same as the rules take it, asked at `now`.
    #[must_use]
    pub fn context(&self, now: Timestamp) -> CheckContext<'_> {
        CheckContext {
            coverage: self.coverage.as_ref(),
            sites: &self.sites,
            rule_changes: &self.rule_changes,
            ..CheckContext::new(&self.roster, &self.rules, now)
        }
    }
}

/// Days before and after the window over which shifts are loaded: a month and a period of four
/// weeks lie in it whole, wherever the window begins.
const AROUND: i64 = 35;

/// Loads rosters with history, rules, hours and requirement: a fixed number of statements, however
/// many people there are.
///
/// # Errors
/// What the database says.
pub async fn load_ground(tx: &TenantTx, ask: RosterAsk<'_>) -> Result<Ground, DbError> {
    let RosterAsk { site, who, window, covered, source } = ask;
    let zone = site.zone();
    let first = local_of_instant(window.start(), &zone).date();
    let last = local_of_instant(window.end(), &zone).date();
    let border = |date: civil::Date| start_of_day(date, &zone);
    let (from, to) = (first.saturating_sub(AROUND.days()), last.saturating_add(AROUND.days()));
    let known = Span::new(border(from), border(to)).unwrap_or(window);
    let (rules, rule_changes) = load_rule_sets(tx, site.id).await?.by_week(first, last)?;
    let plans = load_plans(tx, who, (known, source), (from, to), &zone).await?;
    let required = load_requirement(tx, site.id, covered).await?;
    let (mut coverage, queues, requirements) = match required {
        Some(it) => (Some(it.coverage), it.queues, it.requirements),
        None => (None, Vec::new(), Vec::new()),
    };
    let mut staff = StaffGroups::default();
    if let Some(coverage) = &mut coverage {
        let others = match who {
            Who::Site(_) => None,
            Who::Agents(_) => {
                Some(load_staff(tx, Who::Site(site.id), (covered, source), &zone).await?)
            }
        };
        let all = others.as_ref().unwrap_or(&plans);
        coverage.add(all.values());
        staff = StaffGroups::of(coverage, all.values());
    }
    let open = opening(site, from, to)?;
    let seats = load_seats(tx, site, (covered, source)).await?;
    let sites = vec![SiteLimits { site: site.id, open, seats }];
    Ok(Ground {
        roster: Roster::new(zone, window, known, plans.into_values()),
        rules,
        rule_changes,
        coverage,
        staff,
        queues,
        requirements,
        sites,
    })
}

fn opening(
    site: &SiteView,
    from: civil::Date,
    to: civil::Date,
) -> Result<Option<Vec<Span>>, DbError> {
    let Some(hours) = &site.opening else { return Ok(None) };
    let hours: OpeningHours = serde_json::from_value(hours.clone())
        .map_err(|error| DbError::Internal(format!("opening hours of {}: {error}", site.id)))?;
    Ok(Some(hours.between(from, to, &site.zone())))
}
