//! Small rosters for tests.

use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};
use uuid::Uuid;

use super::{
    Activity, ActivityCategory, AgentPlan, Bounds, Change, CheckContext, ContractTerms, Coverage,
    CoverageLine, IntervalAxis, NewShift, Roster, RuleCode, Severity, Shift, SiteLimits, SkillHeld,
    Violation, WorkRules, check, generator::QueueNeed,
};
use crate::{
    id::{AgentId, Id, Kind, ShiftId, SiteId, SkillId},
    time::{Span, instant_of_local},
};

pub(crate) const HOUR: i64 = 3600;

fn id<K: Kind>(number: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn agent(number: u128) -> AgentId {
    id(number)
}

pub(crate) fn site(number: u128) -> SiteId {
    id(number)
}

pub(crate) fn skill(number: u128) -> SkillId {
    id(number)
}

/// A queue that anybody can serve.
pub(crate) fn queue_need(number: u128, required: Vec<u16>) -> QueueNeed {
    QueueNeed { queue: id(number), skill: None, min_grade: 1, required }
}

/// A roster with everything `check` asks for.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) roster: Roster,
    pub(crate) rules: WorkRules,
    pub(crate) coverage: Option<Coverage>,
    pub(crate) sites: Vec<SiteLimits>,
    pub(crate) now: Timestamp,
    next_shift: u128,
}

impl World {
    /// Whole local days from `from` to before `to`, with five weeks before and one after known;
    /// default rules; `now` is the start of the window.
    pub(crate) fn new(zone: &str, from: civil::Date, to: civil::Date) -> Self {
        let zone = TimeZone::get(zone).expect("zone");
        let at = |date: civil::Date| crate::time::start_of_day(date, &zone);
        let window = Span::new(at(from), at(to)).expect("in order");
        let known = Span::new(at(from.saturating_sub(35.days())), at(to.saturating_add(7.days())));
        Self {
            roster: Roster::new(zone.clone(), window, known.expect("in order"), []),
            rules: WorkRules::default_of(id(1)),
            coverage: None,
            sites: Vec::new(),
            now: window.start(),
            next_shift: 1,
        }
    }

    /// March 2026 in Shanghai, from Monday 2 to Sunday 29.
    pub(crate) fn march() -> Self {
        Self::new("Asia/Shanghai", civil::date(2026, 3, 2), civil::date(2026, 3, 30))
    }

    /// The same where only one rule is asked.
    pub(crate) fn only(mut self, rule: RuleCode) -> Self {
        for &other in RuleCode::ALL {
            if other != rule {
                self.rules.limits.set_severity(other, Severity::Off);
            }
        }
        self
    }

    pub(crate) fn at(&self, local: &str) -> Timestamp {
        let local: civil::DateTime = local.parse().expect("local time");
        instant_of_local(local, &self.roster.zone).0
    }

    pub(crate) fn span(&self, from: &str, to: &str) -> Span {
        Span::new(self.at(from), self.at(to)).expect("in order")
    }

    /// The plan of an agent; a new one has no weekly hours to keep.
    pub(crate) fn plan(&mut self, number: u128) -> &mut AgentPlan {
        self.roster.plans.entry(agent(number)).or_insert_with(|| {
            let contract =
                ContractTerms { weekly_seconds: Bounds::default(), ..ContractTerms::full_time() };
            AgentPlan::new(agent(number), site(1), contract)
        })
    }

    pub(crate) fn held(&mut self, number: u128, skill: SkillId, grade: u8) {
        let held = SkillHeld { skill, grade, valid_until: None };
        self.plan(number).skills.push(held);
    }

    /// A paid shift of real hours; from 7 h on with a meal of half an hour in its middle.
    pub(crate) fn shift(&mut self, number: u128, start: &str, hours: f64) -> Shift {
        let minutes = (hours * 60.0) as i64;
        let parts = if minutes >= 7 * 60 {
            let half = minutes / 2;
            vec![
                (ActivityCategory::OnQueue, half),
                (ActivityCategory::Meal, 30),
                (ActivityCategory::OnQueue, minutes - half - 30),
            ]
        } else {
            vec![(ActivityCategory::OnQueue, minutes)]
        };
        self.shift_of(number, start, &parts)
    }

    /// A paid shift of these activities, each with its minutes.
    pub(crate) fn shift_of(
        &mut self,
        number: u128,
        start: &str,
        parts: &[(ActivityCategory, i64)],
    ) -> Shift {
        let start = self.at(start);
        let mut end = start;
        let mut activities = Vec::new();
        for &(category, minutes) in parts {
            let span = Span::of_seconds(end, minutes * 60);
            end = span.end();
            activities.push(Activity { category, span, paid: true });
        }
        let id: ShiftId = id(self.next_shift);
        self.next_shift += 1;
        let new = NewShift {
            id,
            agent: agent(number),
            site: site(1),
            span: Span::new(start, end).expect("in order"),
            activities,
            needs: Vec::new(),
            version: 1,
        };
        Shift::new(new, &self.roster.zone).expect("sound")
    }

    /// Puts a shift into the roster.
    pub(crate) fn put(&mut self, shift: Shift) -> ShiftId {
        let id = shift.id();
        let number = shift.agent().uuid().as_u128();
        let plan = self.plan(number);
        plan.shifts.push(shift);
        plan.shifts.sort_by_key(|shift| (shift.span(), shift.id()));
        id
    }

    /// Makes a shift and puts it into the roster.
    pub(crate) fn works(&mut self, number: u128, start: &str, hours: f64) -> ShiftId {
        let shift = self.shift(number, start, hours);
        self.put(shift)
    }

    /// Requires agents from `from` to `to` in intervals of 30 minutes, and sums the roster.
    pub(crate) fn requires(
        &mut self,
        span: Span,
        required: u16,
        skill: Option<SkillId>,
        min_grade: u8,
    ) {
        let axis = IntervalAxis {
            start: self.roster.window.start(),
            step_seconds: 1800,
            len: usize::try_from(self.roster.window.seconds() / 1800).expect("length"),
        };
        let within = |index| if axis.interval(index).overlaps(span) { required } else { 0 };
        let mut line = Coverage {
            axis,
            lines: vec![CoverageLine {
                site: None,
                skill,
                min_grade,
                required: (0..axis.len).map(within).collect(),
                on_queue_seconds: vec![0; axis.len],
            }],
        };
        line.add(self.roster.plans.values());
        match &mut self.coverage {
            Some(coverage) => coverage.lines.append(&mut line.lines),
            None => self.coverage = Some(line),
        }
    }

    pub(crate) fn context(&self) -> CheckContext<'_> {
        CheckContext {
            coverage: self.coverage.as_ref(),
            sites: &self.sites,
            ..CheckContext::new(&self.roster, &self.rules, self.now)
        }
    }

    pub(crate) fn check(&self, change: &Change) -> Vec<Violation> {
        check(&self.context(), change)
    }

    /// Judges the roster as it stands.
    pub(crate) fn judge(&self) -> Vec<Violation> {
        self.check(&Change::default())
    }

    /// Judges the roster as it stands, in words.
    pub(crate) fn judged(&self) -> Vec<String> {
        said(&self.judge())
    }
}

/// `MIN_REST BLOCKING EDIT 9 h / 11 h` for each.
pub(crate) fn said(violations: &[Violation]) -> Vec<String> {
    let each = violations.iter().map(|it| {
        let (rule, severity, cause) = (it.rule, it.severity.as_str(), it.cause.as_str());
        let standing = if it.standing { " standing" } else { "" };
        format!("{rule} {severity} {cause} {} / {}{standing}", it.measured, it.limit)
    });
    each.collect()
}
