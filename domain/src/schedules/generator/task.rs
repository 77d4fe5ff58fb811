//! From the roster of a site to a problem, and from a plan back to shifts.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::{ToSpan as _, civil, tz::TimeZone};

use super::{
    Calendar,
    closures::Closures,
    free_time::blocked,
    headcount::Kinds,
    part::{Part, Scope},
    plan::{Placed, Plan},
    problem::{Agent, Carried, Held, Kept, Problem, Slot, Terms, Weights},
    queue_need::QueueNeed,
    queue_set::QueueSet,
    quota::Weeks,
    rooms::Rooms,
    shape::{ShiftShape, is_night, terms_of},
    skill_needs::SkillNeeds,
    start_pattern::StartPattern,
    template::{Pause, Template},
};
use crate::{
    id::{AgentId, QueueId, ShiftId, SiteId},
    schedules::{
        Activity, ActivityCategory, AgentPlan, ContractTerms, IntervalAxis, NewShift, Roster,
        RuleLimits, Severity, Shift, ShiftError, SiteLimits, SkillNeed, WorkRules,
    },
    time::{Span, local_of_instant, next_day},
};

/// What to plan.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// Agents with their history before the window. Shifts that lie in it stay as they are.
    pub roster: &'a Roster,
    /// Rules of agents without their own.
    pub rules: &'a WorkRules,
    /// Borders of the sites, with the seats that are taken as the roster stands.
    pub sites: &'a [SiteLimits],
    /// First local date to plan; best a Monday.
    pub first: civil::Date,
    /// Local days to plan.
    pub days: usize,
    /// Minutes of a slot, a divisor of 60: shifts and pauses start at its multiples.
    pub slot_minutes: u16,
    /// Shifts that the site offers.
    pub shapes: &'a [ShiftShape],
    /// Agents whose shifts start by a pattern; the others start whenever shapes and rules allow.
    pub patterns: &'a [StartPattern],
    /// Intervals of the requirement.
    pub axis: IntervalAxis,
    /// What each queue requires, and of whom.
    pub needs: &'a [QueueNeed],
}

/// A task made ready for the search.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// What the search solves.
    pub problem: Problem,
    /// Its days.
    pub calendar: Calendar,
    /// Who stands behind each agent of the problem, and the site.
    pub agents: Vec<(AgentId, SiteId)>,
    /// The queues of the problem.
    pub queues: Vec<QueueId>,
    /// What each queue asks of those who serve it; none where there are no queues.
    pub(super) skills: Vec<Option<SkillNeed>>,
    /// What of the plan of each agent is solved again; none where all of it is planned.
    pub(super) scopes: Vec<Scope>,
    /// Kinds of shifts that are planned by number.
    pub(super) kinds: Kinds,
    zone: TimeZone,
}

impl Task<'_> {
    /// Arranges the task as a problem of slots.
    #[must_use]
    pub fn prepare(&self) -> Prepared {
        self.arrange(None)
    }

    /// Arranges a part of the roster as such a problem; whoever has nothing in it only counts for
    /// coverage.
    #[must_use]
    pub fn prepare_part(&self, part: &Part<'_>) -> Prepared {
        self.arrange(Some(part))
    }

    fn arrange(&self, part: Option<&Part<'_>>) -> Prepared {
        let zone = &self.roster.zone;
        let calendar = Calendar::new(self.first, self.days, self.slot_minutes, zone);
        let days = i64::try_from(self.days).unwrap_or(0);
        let last = self.first.saturating_add((days - 1).days());
        let closures =
            self.sites.iter().map(|site| (site.site, Closures::of(site, &calendar, zone)));
        let closures: BTreeMap<SiteId, Closures> = closures.collect();
        let always = Closures::default();
        let mut known: Vec<(Cow<'_, RuleLimits>, Cow<'_, ContractTerms>, &Closures, usize)> =
            Vec::new();
        let mut terms: Vec<Terms> = Vec::new();
        let (mut agents, mut people, mut scopes) = (Vec::new(), Vec::new(), Vec::new());
        let mut carried = BTreeMap::new();
        let mut rooms = Rooms::of(self.sites, self.rules);
        for plan in self.roster.plans.values() {
            let scope = part.map(|part| part.scope(plan, self.dates()));
            if scope.as_ref().is_some_and(Scope::is_empty) {
                self.carry(plan.shifts.iter(), plan, &calendar, &mut carried);
                continue;
            }
            let limits = plan.strictest(&self.rules.limits);
            let contract = plan.contract_between(self.first, last);
            let closed = closures.get(&plan.site);
            let closed = closed.filter(|_| limits.opening_hours.severity != Severity::Off);
            let closed = closed.unwrap_or(&always);
            let same = known.iter().find(|it| it.0 == limits && it.1 == contract && it.2 == closed);
            let mut index = same.map_or(terms.len(), |it| it.3);
            if same.is_none() {
                let offered = (self.shapes, &closed.steps[..]);
                terms.push(terms_of(&limits, &contract, offered, &calendar));
                known.push((limits.clone(), contract, closed, index));
            }
            let stands =
                |shift: &&Shift| scope.as_ref().is_none_or(|scope| !scope.is_free(shift.id()));
            let standing = plan.shifts.iter().filter(stands);
            let standing = kept(standing, &limits, &calendar, zone, self.first);
            let (mut kept, mut held) = (Vec::new(), Vec::new());
            if !standing.is_empty() {
                let mut own = terms[index].clone();
                for (shift, mut place, template) in standing {
                    place.template = own.templates.len() as u16;
                    own.templates.push(template);
                    match part.filter(|_| scope.as_ref().is_some_and(|it| it.is_held(shift))) {
                        Some(part) => held.push(Held {
                            shift: place,
                            starts: part.keep_starts,
                            paid_time: part.keep_paid_time,
                        }),
                        None => kept.push(place),
                    }
                }
                index = terms.len();
                terms.push(own);
            }
            for shift in scope.iter().flat_map(|scope| scope.planned(plan)) {
                rooms.leave(shift);
            }
            let weeks = Weeks { first: self.first, days: self.days, zone };
            let site = self.sites.iter().find(|limits| limits.site == plan.site);
            let weeks_of = weeks.quotas(plan, &limits);
            let pattern = self.patterns.iter().find(|pattern| pattern.agent == plan.agent);
            let bands = pattern.map(|it| it.bands(weeks_of.len(), self.slot_minutes));
            let days_off = pattern.map(|it| it.days_off(self.dates()));
            agents.push(Agent {
                terms: index,
                room: rooms.of_site(plan.site),
                covers: self.covers(plan),
                weeks: weeks_of,
                blocked: blocked(plan, &limits, site, &calendar, zone),
                closures: closed.slots.clone(),
                bands: bands.unwrap_or_default(),
                days_off: days_off.unwrap_or_default(),
                kept,
                held,
                closed: scope.as_ref().map(|scope| self.closed(scope)).unwrap_or_default(),
                history: weeks.history(plan, &limits, &calendar),
            });
            let before = plan.shifts.iter().filter(|shift| shift.local_date() < self.first);
            self.carry(before, plan, &calendar, &mut carried);
            people.push((plan.agent, plan.site));
            scopes.extend(scope);
        }
        let longest = terms.iter().flat_map(|it| &it.templates).map(|it| it.length).max();
        let slots = calendar.end() + Slot::from(longest.unwrap_or(0));
        let problem = Problem {
            rooms: rooms.rooms(&calendar, slots),
            days: calendar.days.clone(),
            needs: self.slot_needs(&calendar),
            carried: carried
                .into_iter()
                .map(|(covers, agents)| Carried { covers, agents })
                .collect(),
            terms,
            agents,
            weights: Weights::default(),
        };
        let queues = self.needs.iter().map(|need| need.queue).collect();
        let skills = self.needs.iter().map(QueueNeed::asks).collect();
        let kinds = Kinds::of(self.shapes, &calendar);
        let (agents, zone) = (people, zone.clone());
        Prepared { problem, calendar, agents, queues, skills, scopes, kinds, zone }
    }

    fn dates(&self) -> impl Iterator<Item = civil::Date> {
        std::iter::successors(Some(self.first), |date| Some(next_day(*date))).take(self.days)
    }

    /// Days on which no shift may come.
    fn closed(&self, scope: &Scope) -> Vec<usize> {
        let days = self.dates().enumerate();
        days.filter(|(_, date)| !scope.is_open(*date)).map(|(day, _)| day).collect()
    }

    /// For each queue the mean requirement over the intervals that each slot touches, in
    /// hundredths. Where no queue requires anything, one that wants nobody.
    fn slot_needs(&self, calendar: &Calendar) -> Vec<Vec<u32>> {
        if self.needs.is_empty() {
            return vec![vec![0; calendar.end() as usize]];
        }
        let of_queue = |need: &QueueNeed| {
            let slots = (0..calendar.end()).map(|slot| {
                let indices = self.axis.indices(calendar.span(slot, slot + 1));
                let count = indices.len().max(1) as u32;
                let required = |index| need.required.get(index).copied().unwrap_or(0);
                let sum: u32 = indices.map(|index| u32::from(required(index)) * 100).sum();
                sum / count
            });
            slots.collect()
        };
        self.needs.iter().map(of_queue).collect()
    }

    fn covered_on(&self, plan: &AgentPlan, date: civil::Date) -> QueueSet {
        if self.needs.is_empty() {
            return QueueSet::ALL;
        }
        let needs = self.needs.iter().enumerate();
        needs.filter(|(_, need)| need.served_by(plan, date)).map(|(queue, _)| queue).collect()
    }

    /// Queues that the agent can serve on each day, or on all days.
    fn covers(&self, plan: &AgentPlan) -> Vec<QueueSet> {
        let mut covers: Vec<QueueSet> =
            self.dates().map(|date| self.covered_on(plan, date)).collect();
        if covers.iter().all(|set| Some(set) == covers.first()) {
            covers.truncate(1);
        }
        covers
    }

    /// Adds what shifts that are not planned here bring on queue.
    fn carry<'s>(
        &self,
        shifts: impl Iterator<Item = &'s Shift>,
        plan: &AgentPlan,
        calendar: &Calendar,
        carried: &mut BTreeMap<QueueSet, Vec<u16>>,
    ) {
        for shift in shifts {
            let on_queue = shift.activities().iter();
            for activity in on_queue.filter(|it| it.category == ActivityCategory::OnQueue) {
                let from = calendar.offset_of(activity.span.start()).max(0);
                let to = calendar.offset_of(activity.span.end()).clamp(0, calendar.end().into());
                for slot in from..to {
                    let covers = self.covered_on(plan, shift.local_date());
                    let agents =
                        carried.entry(covers).or_insert_with(|| vec![0; calendar.end() as usize]);
                    if let Some(agents) =
                        usize::try_from(slot).ok().and_then(|it| agents.get_mut(it))
                    {
                        *agents += 1;
                    }
                }
            }
        }
    }
}

/// Shifts of the plan's own days that are there already, each with a template of its own.
fn kept<'s>(
    shifts: impl Iterator<Item = &'s Shift>,
    limits: &RuleLimits,
    calendar: &Calendar,
    zone: &TimeZone,
    first: civil::Date,
) -> Vec<(ShiftId, Kept, Template)> {
    let step = i64::from(calendar.slot_seconds);
    let mut kept: Vec<(ShiftId, Kept, Template)> = Vec::new();
    for shift in shifts {
        let Some(span) = shift.presence().filter(|_| shift.local_date() >= first) else { continue };
        let start = calendar.slot_of(span.start());
        let Some(day) = calendar.days.iter().position(|day| day.first <= start && start < day.end)
        else {
            continue;
        };
        let local = local_of_instant(span.start(), zone).time();
        let seconds = i64::from(local.hour()) * 3600 + i64::from(local.minute()) * 60;
        let to_slot = |instant: jiff::Timestamp| {
            let seconds = instant.as_second() - calendar.origin.as_second();
            (seconds + step - 1).div_euclid(step) - i64::from(start)
        };
        let small = |number: i64| u16::try_from(number).unwrap_or(u16::MAX);
        let away = shift
            .activities()
            .iter()
            .filter(|it| it.category != ActivityCategory::OnQueue && span.covers(it.span));
        let mut pauses: Vec<Pause> = Vec::new();
        for activity in away {
            let from = small(to_slot(activity.span.start()));
            let length = small(to_slot(activity.span.end())).saturating_sub(from);
            let (category, paid) = (activity.category, activity.paid);
            let full = pauses.len() == super::MAX_PAUSES;
            match pauses.last_mut() {
                Some(last) if last.earliest + last.length >= from => last.length += length,
                _ if from == 0 || length == 0 || full => {}
                _ => pauses.push(Pause { earliest: from, latest: from, length, category, paid }),
            }
        }
        let whole = small(to_slot(span.end()));
        pauses.retain(|pause| pause.earliest + pause.length < whole);
        let template = Template {
            days: Template::ALWAYS,
            starts: Vec::new(),
            length: whole,
            paid_minutes: small(shift.paid_seconds() / 60),
            pauses,
            max_stretch: u16::MAX,
            night: is_night(seconds, span.seconds(), limits),
            shape: None,
        };
        let place = Kept { day, template: 0, step: small(seconds / step), start };
        kept.push((shift.id(), place, template));
    }
    kept
}

impl Prepared {
    /// The new shifts of a plan, by agent and start; shifts that were there are not among them.
    /// `next_id` gives each its id.
    ///
    /// # Errors
    /// [`ShiftError`] when the plan is not one of this problem.
    pub fn shifts(
        &self,
        plan: &Plan,
        next_id: &mut impl FnMut() -> ShiftId,
    ) -> Result<Vec<Shift>, ShiftError> {
        let mut shifts = Vec::new();
        let mut needs = SkillNeeds::of(self, plan);
        for (index, line) in plan.lines.iter().enumerate() {
            let (agent, site) = self.agents[index];
            let of = &self.problem.agents[index];
            for (day, placed) in line.iter().enumerate() {
                let Some(placed) = placed else { continue };
                let stays =
                    |held: &Held| held.shift.day == day && held.shift.template == placed.template;
                if of.kept.iter().any(|kept| kept.day == day) || of.held.iter().any(stays) {
                    continue;
                }
                let terms = &self.problem.terms[of.terms];
                let template = &terms.templates[usize::from(placed.template)];
                let end = placed.start + Slot::from(template.length);
                let asked = needs.as_mut().map(|it| it.of_shift((index, day), placed, template));
                let new = NewShift {
                    id: next_id(),
                    agent,
                    site,
                    span: self.calendar.span(placed.start, end),
                    activities: self.activities(placed, template),
                    needs: asked.unwrap_or_default(),
                    version: 1,
                };
                shifts.push(Shift::new(new, &self.zone)?);
            }
        }
        Ok(shifts)
    }

    fn activities(&self, placed: &Placed, template: &Template) -> Vec<Activity> {
        let mut activities = Vec::with_capacity(2 * template.pauses.len() + 1);
        let mut pauses = template.pauses.iter();
        placed.work(template, |from, to| {
            let part = |category, span: Span, paid| Activity { category, span, paid };
            activities.push(part(ActivityCategory::OnQueue, self.calendar.span(from, to), true));
            if let Some(pause) = pauses.next() {
                let span = self.calendar.span(to, to + Slot::from(pause.length));
                activities.push(part(pause.category, span, pause.paid));
            }
        });
        activities
    }
}
