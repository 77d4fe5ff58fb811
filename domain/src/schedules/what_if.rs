//! Planning figures of a site's queues, as they are and as a scenario assumes them.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use jiff::Timestamp;

use super::{
    AgentPlan, Coverage, DemandPoint, DividedStaff, Effect, IntervalAxis, QueueAssumption,
    QueueDemand, SiteShare, StaffGroups, effect,
};
use crate::{
    forecasting::{event::Modifications, model::ForecastPoint},
    id::{QueueId, SiteId, SkillId},
    network::goal_at,
    staffing::{Balance, DecidedBy, Goal, Needed, QueuePlan, Shrinkage, balance},
    time::Span,
};

/// A queue of a site with all that its figures follow from.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueCase {
    /// The queue.
    pub queue: QueueId,
    /// Skill that its contacts ask for; `None` is any agent.
    pub skill: Option<SkillId>,
    /// Its goals and settings.
    pub plan: QueuePlan,
    /// Forecast of all of it, in order; no interval is longer than an hour.
    pub points: Vec<ForecastPoint>,
    /// What the site has of the agents who can take its contacts.
    pub share: SiteShare,
}

impl QueueCase {
    /// What the site owes of agents that the queue needs.
    fn owed(&self, agents: u32) -> u16 {
        self.share.agents(i32::try_from(agents).unwrap_or(i32::MAX))
    }
}

/// Agents that a queue needs of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteNeed {
    /// On the phone.
    pub on_phone: u16,
    /// On the roster.
    pub on_roster: u16,
    /// To be scheduled for the queue: what rosters are made and judged by.
    pub to_schedule: u16,
    /// Those among them who must be seniors: from which grade on, and how many. `None` where the queue
    /// asks for none.
    pub seniors: Option<(u8, u16)>,
    /// What asks for so many; `None` where nobody is needed.
    pub decided_by: Option<DecidedBy>,
}

/// Seniors of a queue at a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeniorFigures {
    /// Grade of the queue's skill from which on an agent is one.
    pub grade: u8,
    /// Those to be scheduled.
    pub to_schedule: u16,
    /// Those on queue at the site, whole and parts, whatever queue of the skill they serve.
    pub staffed: f64,
    /// These against those to be scheduled.
    pub balance: Balance,
}

/// How a queue stands at a site in one interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueueFigures {
    /// The interval.
    pub span: Span,
    /// Calls that the site is to serve.
    pub calls: f64,
    /// Seconds a call takes.
    pub handle_seconds: f64,
    /// What they need; `None` where the queue has no goal, or one that nobody can keep.
    pub need: Option<SiteNeed>,
    /// Agents planned on queue for it: whole and parts, each person counted once over all queues.
    pub staffed: f64,
    /// These against those to be scheduled; `None` without a need.
    pub balance: Option<Balance>,
    /// The same of those who must be seniors; `None` where the queue asks for none.
    pub seniors: Option<SeniorFigures>,
    /// Share of the calls answered in time, 0 to 1, as many staying away as the queue counts with;
    /// `None` without calls or goal.
    pub level: Option<f64>,
}

/// The queues of a site over some time.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteCase {
    /// The site.
    pub site: SiteId,
    /// From when to when.
    pub window: Span,
    /// All its queues: they share its agents.
    pub queues: Vec<QueueCase>,
}

impl SiteCase {
    /// The figures of a queue in each interval of its forecast, when `plans` work their shifts and
    /// `assumed` holds. Nothing where the queue is not among them.
    ///
    /// What is needed is counted anew from the forecast, as a requirement is: by the goal in force
    /// when the interval begins, of all the queue, of which the site owes its share of the agents who
    /// can take its contacts. Agents are divided among the skills by
    /// [`StaffGroups::divided`], and among queues of one skill in proportion to what they need; the
    /// service level is that of all queues of the skill with all its agents.
    #[must_use]
    pub fn figures<'a>(
        &self,
        queue: QueueId,
        plans: impl IntoIterator<Item = &'a AgentPlan>,
        assumed: &[QueueAssumption],
    ) -> Vec<QueueFigures> {
        let cases = self.assumed(assumed);
        let Some(place) = cases.iter().position(|it| it.case.queue == queue) else {
            return Vec::new();
        };
        let Some(coverage) = self.coverage(&cases) else { return Vec::new() };
        let plans: Vec<&AgentPlan> = plans.into_iter().collect();
        let mut groups = StaffGroups::of(&coverage, plans.iter().copied());
        add_staff(&mut groups, &coverage, &cases);
        let staff = groups.divided(&coverage);
        let demands: Vec<QueueDemand> = cases.iter().map(Assumed::demand).collect();
        let own = (&cases[place], &demands[place]);
        let seniors = self.seniors(own.0, coverage.axis, &plans);
        let figures = |at: usize| {
            let figures = figures_at(at, own, &cases, (&coverage, &staff), &demands);
            let asked = figures.need.and_then(|need| need.seniors);
            let seniors = asked.and_then(|(grade, to_schedule)| {
                let staffed = seniors.get(&grade)?.agents(0, figures.span);
                let balance = balance(u32::from(to_schedule), staffed);
                Some(SeniorFigures { grade, to_schedule, staffed, balance })
            });
            QueueFigures { seniors, ..figures }
        };
        (0..own.0.points.len()).map(figures).collect()
    }

    /// Who is on queue at the site with at least a grade of a queue's skill, for each grade that the
    /// queue asks for. Agents who are assumed have none.
    fn seniors(
        &self,
        own: &Assumed<'_>,
        axis: IntervalAxis,
        plans: &[&AgentPlan],
    ) -> BTreeMap<u8, DividedStaff> {
        let grade = |need: &Option<SiteNeed>| Some((*need)?.seniors?.0);
        let grades: BTreeSet<u8> = own.needs.iter().filter_map(grade).collect();
        let staff = |grade: u8| {
            let mut line = Coverage::unrequired(axis, self.site, [own.case.skill]);
            line.lines.iter_mut().for_each(|line| line.min_grade = grade);
            (grade, StaffGroups::of(&line, plans.iter().copied()).divided(&line))
        };
        grades.into_iter().map(staff).collect()
    }

    /// What it is worth that `after` work instead of `before`, both by the lines of `required`, when
    /// `assumed` holds: what these lines require is counted anew as [`Self::figures`] counts it, and
    /// agents who are assumed are there before and after.
    #[must_use]
    pub fn effect(
        &self,
        required: &Coverage,
        [before, after]: [&StaffGroups; 2],
        assumed: &[QueueAssumption],
    ) -> Effect {
        let cases = self.assumed(assumed);
        let mut required = required.clone();
        for line in &mut required.lines {
            line.required.fill(0);
        }
        require(&mut required, &cases);
        let with_assumed = |staff: &StaffGroups| {
            let mut staff = staff.clone();
            add_staff(&mut staff, &required, &cases);
            staff
        };
        let demands: Vec<QueueDemand> = cases.iter().map(Assumed::demand).collect();
        effect(&required, &with_assumed(before), &with_assumed(after), &demands)
    }

    fn assumed<'a>(&'a self, assumed: &'a [QueueAssumption]) -> Vec<Assumed<'a>> {
        self.queues.iter().map(|case| Assumed::of(case, assumed)).collect()
    }

    /// What the queues need, by skill, as rosters are judged by it.
    fn coverage(&self, cases: &[Assumed<'_>]) -> Option<Coverage> {
        let spans = || cases.iter().flat_map(|it| &it.points).map(|point| point.span.seconds());
        let step_seconds = u32::try_from(spans().min()?).ok().filter(|step| *step > 0)?;
        let step = i64::from(step_seconds);
        let len = usize::try_from((self.window.seconds() + step - 1) / step).ok()?;
        let axis = IntervalAxis { start: self.window.start(), step_seconds, len };
        let skills = cases.iter().map(|it| it.case.skill);
        let mut coverage = Coverage::unrequired(axis, self.site, skills);
        require(&mut coverage, cases);
        Some(coverage)
    }
}

/// Adds what the queues need to the lines of their skills.
fn require(coverage: &mut Coverage, cases: &[Assumed<'_>]) {
    for it in cases {
        for (point, need) in it.points.iter().zip(&it.needs) {
            let agents = need.map_or(0, |need| need.to_schedule);
            coverage.require(it.case.skill, point.span, agents);
        }
    }
}

/// Adds the agents who are assumed to those who work.
fn add_staff(staff: &mut StaffGroups, coverage: &Coverage, cases: &[Assumed<'_>]) {
    for it in cases {
        let Some(line) = coverage.line_of(it.case.skill) else { continue };
        for assumed in &it.assumed {
            let agents = assumed.added_agents.unwrap_or(0);
            staff.add(coverage, line, assumed.span(), agents);
        }
    }
}

/// A queue as it is assumed.
struct Assumed<'a> {
    case: &'a QueueCase,
    /// What is assumed of it, in order.
    assumed: Vec<&'a QueueAssumption>,
    /// Its forecast, changed.
    points: Vec<ForecastPoint>,
    /// What the site owes in each interval.
    needs: Vec<Option<SiteNeed>>,
}

impl<'a> Assumed<'a> {
    fn of(case: &'a QueueCase, assumed: &'a [QueueAssumption]) -> Self {
        let assumed: Vec<_> = assumed.iter().filter(|it| it.queue == case.queue).collect();
        let mut modifications = Modifications::default();
        for it in &assumed {
            modifications.push(it.demand());
        }
        // They work on every queue that they are laid over, and this is the one.
        let points = modifications.apply("", &case.points);
        let mut found = Self { case, assumed, points, needs: Vec::new() };
        found.needs = found.points.iter().map(|point| found.need(point)).collect();
        found
    }

    /// Goals and settings of the interval that starts at an instant.
    fn plan_at(&self, at: Timestamp) -> Cow<'a, QueuePlan> {
        let mut plan = Cow::Borrowed(&self.case.plan);
        for it in self.assumed.iter().filter(|it| it.span().contains(at)) {
            let known = goal_at(&plan.goals, at);
            let goal = it.goal(known);
            if goal.as_ref() != known {
                plan.to_mut().goals = goal.into_iter().collect();
            }
            if let Some(patience) = it.patience() {
                plan.to_mut().patience_seconds = Some(patience);
            }
        }
        plan
    }

    fn need(&self, point: &ForecastPoint) -> Option<SiteNeed> {
        let plan = self.plan_at(point.span.start());
        let needed = plan.requirement(std::slice::from_ref(point)).ok()?;
        let Needed { on_phone, on_roster, to_schedule, seniors, decided_by, .. } =
            *needed.first()?;
        Some(SiteNeed {
            on_phone: self.case.owed(on_phone),
            on_roster: self.case.owed(on_roster),
            to_schedule: self.case.owed(to_schedule),
            seniors: seniors.map(|it| (it.grade, self.case.owed(it.to_schedule))),
            decided_by,
        })
    }

    /// Agents to be scheduled over a span, on average.
    fn needed_over(&self, span: Span) -> f64 {
        let mut seconds = 0.0;
        for (point, need) in self.points.iter().zip(&self.needs) {
            let shared = point.span.intersection(span).map_or(0, Span::seconds);
            seconds += shared as f64 * need.map_or(0.0, |need| f64::from(need.to_schedule));
        }
        seconds / span.seconds().max(1) as f64
    }

    /// What is for the site to serve.
    fn demand(&self) -> QueueDemand {
        let point = |it: &ForecastPoint| {
            let plan = self.plan_at(it.span.start());
            let goal = goal_at(&plan.goals, it.span.start());
            DemandPoint {
                span: it.span,
                calls: self.case.share.contacts(it.volume),
                handle_seconds: it.handle_time_seconds,
                goal: goal.and_then(Goal::or_threshold),
                patience_seconds: plan.patience_seconds,
                // One that means nothing was never let in.
                unplanned: Shrinkage::new(plan.terms_at(it.span.start()).unplanned_shrinkage)
                    .unwrap_or(Shrinkage::NONE),
            }
        };
        QueueDemand {
            queue: self.case.queue,
            skill: self.case.skill,
            points: self.points.iter().map(point).collect(),
        }
    }
}

/// The figures of a queue in the interval at a place.
fn figures_at(
    place: usize,
    (own, demand): (&Assumed<'_>, &QueueDemand),
    cases: &[Assumed<'_>],
    (coverage, staff): (&Coverage, &DividedStaff),
    demands: &[QueueDemand],
) -> QueueFigures {
    let (point, need) = (&demand.points[place], own.needs[place]);
    let (span, skill) = (point.span, own.case.skill);
    let agents = coverage.line_of(skill).map_or(0.0, |line| staff.agents(line, span));
    let of_skill = || cases.iter().filter(|it| it.case.skill == skill);
    let all: f64 = of_skill().map(|it| it.needed_over(span)).sum();
    let share = if all > 0.0 {
        own.needed_over(span) / all
    } else {
        1.0 / of_skill().count().max(1) as f64
    };
    let staffed = agents * share;
    let streams = demands.iter().filter(|it| it.skill == skill);
    let on_phone = point.unplanned.remaining(agents);
    let level = point.level(on_phone, streams.map(|it| it.points.as_slice()));
    QueueFigures {
        span,
        calls: point.calls,
        handle_seconds: point.handle_seconds,
        need,
        staffed,
        balance: need.map(|need| balance(u32::from(need.to_schedule), staffed)),
        seniors: None,
        level: level.filter(|_| point.calls > 0.0),
    }
}

#[cfg(test)]
mod tests;
