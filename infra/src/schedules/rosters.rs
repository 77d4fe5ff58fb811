use std::{collections::BTreeSet, sync::Arc};

use jiff::{Timestamp, ToSpan as _, civil};
use trunkline_domain::{
    id::{AgentId, RequirementId, ScheduleId, SiteId},
    network::OpeningHours,
    schedules::{
        CheckContext, Coverage, Roster, RuleLimits, RuleSubject, SiteLimits, StaffGroups,
        Violation, WorkRules, generator::QueueNeed,
    },
    time::{Span, local_of_instant, monday_of, start_of_day},
};

use super::{
    overrides::load_excepted,
    plans::{load_plans, load_staff},
    requirement::load_requirement,
    seats::load_seats,
    work_rules::load_rule_book,
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
    /// Who works when; agents whom rules of less than a site concern have their own.
    pub roster: Roster,
    /// Rules of the site in the first week of the window.
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
    /// What recorded overrides let stand.
    pub excepted: Vec<Violation>,
}

impl Ground {
    /// The versions of rules that hold in the window, as records of decisions name them.
    pub fn rule_versions(&self) -> impl Iterator<Item = String> {
        let own = self.roster.plans.values().flat_map(|plan| &plan.rules);
        let own = own.map(|(_, rules)| &**rules);
        let mut told = BTreeSet::new();
        let names = self.site_rules().chain(own).flat_map(WorkRules::version_names);
        names.filter(move |name| told.insert(name.clone()))
    }

    /// Rules of the site by which all weeks of the window can be planned at once.
    #[must_use]
    pub fn planning_rules(&self) -> WorkRules {
        let mut rules = self.rules.clone();
        for (_, later) in &self.rule_changes {
            rules.limits = rules.limits.keeping_both(&later.limits);
        }
        rules
    }

    /// Changes the rules of everybody, such as to what a scenario assumes.
    pub fn change_rules(&mut self, change: impl Fn(&RuleLimits) -> RuleLimits) {
        let later = self.rule_changes.iter_mut().map(|(_, rules)| rules);
        for rules in std::iter::once(&mut self.rules).chain(later) {
            rules.limits = change(&rules.limits);
        }
        for plan in self.roster.plans.values_mut() {
            for (_, rules) in &mut plan.rules {
                let limits = change(&rules.limits);
                *rules = Arc::new(WorkRules { limits, ..WorkRules::clone(rules) });
            }
        }
    }

    fn site_rules(&self) -> impl Iterator<Item = &WorkRules> {
        let later = self.rule_changes.iter().map(|(_, rules)| rules);
        std::iter::once(&self.rules).chain(later)
    }

    /// The same as the rules take it, asked at `now`.
    #[must_use]
    pub fn context(&self, now: Timestamp) -> CheckContext<'_> {
        CheckContext {
            coverage: self.coverage.as_ref(),
            sites: &self.sites,
            rule_changes: &self.rule_changes,
            excepted: &self.excepted,
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
    let mut plans = load_plans(tx, who, (known, source), (from, to), &zone).await?;
    let ids: Vec<AgentId> = plans.keys().copied().collect();
    let book = load_rule_book(tx, site.id, &ids).await?;
    book.give(site.id, (first, last), plans.values_mut());
    let of_site = RuleSubject::site(site.id);
    let rules = book.effective(&of_site, monday_of(first)).rules;
    let later = book.weeks((first, last), |_| of_site).into_iter().skip(1);
    let rule_changes = later.map(|(monday, it)| (monday, Arc::unwrap_or_clone(it))).collect();
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
    let excepted = load_excepted(tx, site.id, &ids, (window, source)).await?;
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
        excepted,
    })
}

/// The staff of a site over `covered` by the shifts of `source`, by the lines of what is required there:
/// beside a [`Ground`], its intervals with other shifts.
///
/// # Errors
/// What the database says.
pub async fn load_staff_groups(
    tx: &TenantTx,
    site: &SiteView,
    required: &Coverage,
    (covered, source): (Span, Source),
) -> Result<StaffGroups, DbError> {
    let plans = load_staff(tx, Who::Site(site.id), (covered, source), &site.zone()).await?;
    Ok(StaffGroups::of(required, plans.values()))
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
