//! Random rosters under random rules, around the days on which clocks change.

use jiff::{ToSpan as _, civil};
use uuid::Uuid;

use super::{dice::Dice, *};
use crate::{
    id::{AvailabilityId, ShiftId},
    schedules::{
        Activity, ActivityCategory, Availability, AvailabilityPattern, NewShift, QueueGate,
        SeatCount, SiteLimits, TrainingPassed, WorkRules,
        sample::{site, skill},
    },
};

const MINUTE: i64 = 60;

/// Zone and first known day, so that the window two weeks later holds what is named.
const PLACES: [(&str, civil::Date); 6] = [
    ("Europe/Berlin", date(2026, 3, 12)), // 23 hours on 29 March, the end of a month
    ("Europe/Berlin", date(2026, 10, 8)), // 25 hours on 25 October, the end of a month
    ("Asia/Shanghai", date(2026, 6, 3)),  // the end of a month
    ("Australia/Lord_Howe", date(2026, 3, 20)), // 24 and a half hours on 5 April
    ("America/Sao_Paulo", date(2018, 10, 18)), // 4 November begins at one o'clock
    ("America/New_York", date(2026, 2, 23)), // 23 hours on 8 March
];

/// A roster with all that a rule asks for, and the rules of a later week.
#[derive(Clone)]
pub(super) struct RandomWorld {
    pub(super) world: World,
    pub(super) later: Vec<(civil::Date, WorkRules)>,
    pub(super) dice: Dice,
    next: u128,
}

impl RandomWorld {
    /// Three agents with so many shifts among them in six weeks, of which the third and fourth are
    /// the window.
    pub(super) fn new(seed: u64, shifts: usize) -> Self {
        let mut dice = Dice::new(seed);
        let (zone, first) = dice.pick(&PLACES);
        let from = first + 14.days();
        let mut world = World::new(zone, from, from + 14.days());
        let at = |days: i64| crate::time::start_of_day(first + days.days(), &world.roster.zone);
        world.roster.known = Span::new(at(0), at(42)).expect("in order");
        world.now = at(dice.below(20));
        world.rules.limits = dice.limits();
        let mut made = Self { world, later: Vec::new(), dice, next: 1 };
        if made.dice.one_in(2) {
            let mut later = made.world.rules.clone();
            later.limits = made.dice.limits();
            let monday = crate::time::monday_of(from + made.dice.below(14).days());
            made.later.push((monday, later));
        }
        for number in 1..=3 {
            made.person(number);
        }
        for _shift in 0..shifts {
            let shift = made.shift();
            if made.world.roster.known.covers(shift.span()) {
                made.world.put(shift);
            }
        }
        made.sites();
        made.requirement();
        made
    }

    fn person(&mut self, number: u128) {
        let dice = &mut self.dice;
        let from =
            crate::time::local_of_instant(self.world.roster.known.start(), &self.world.roster.zone);
        let day = |dice: &mut Dice| from.date() + dice.below(42).days();
        let mut plan = AgentPlan::new(agent(number), site(1), dice.terms());
        if dice.one_in(3) {
            plan.contract_changes.push((day(dice), dice.terms()));
        }
        if dice.one_in(4) {
            let mut own = self.world.rules.clone();
            own.limits = dice.limits();
            // From the first Monday on; the first of them hold before it too.
            plan.rules.push((crate::time::monday_of(from.date()), std::sync::Arc::new(own)));
            if dice.one_in(2) {
                let mut later = self.world.rules.clone();
                later.limits = dice.limits();
                let monday = crate::time::monday_of(day(dice));
                plan.rules.push((monday, std::sync::Arc::new(later)));
                plan.rules.dedup_by_key(|(monday, _)| *monday);
            }
        }
        for known in 1..=2 {
            let grade = 1 + dice.below(4) as u8;
            let valid_until = dice.one_in(2).then(|| day(dice));
            plan.skills.push(SkillHeld { skill: skill(known), grade, valid_until });
        }
        let course = |number: i64| format!("course {number}");
        let queues = (0..dice.below(4)).map(|_| QueueGate {
            skill: dice.maybe(&[skill(1), skill(2)]),
            training: dice.one_in(2).then(|| course(dice.below(2))),
        });
        plan.training.queues = queues.collect();
        plan.training.passed = (0..2)
            .filter(|_| !dice.one_in(3))
            .map(|number| TrainingPassed {
                training: course(number),
                from: from.date(),
                until: None,
            })
            .collect();
        for passed in &mut plan.training.passed {
            passed.from = day(dice);
            passed.until = dice.one_in(3).then(|| day(dice));
        }
        plan.time_off = (0..dice.below(3)).map(|_| self.span(1440)).collect();
        plan.time_off.sort_unstable();
        plan.availability = self.availability();
        self.world.roster.plans.insert(agent(number), plan);
    }

    fn availability(&mut self) -> Vec<Availability> {
        let some = if self.dice.one_in(2) { 0 } else { self.dice.below(6) };
        let statements = (0..some).map(|number| {
            let dated = self.dice.one_in(4).then(|| self.span(5 * 1440));
            let dice = &mut self.dice;
            let first = self.world.roster.zone.to_datetime(self.world.roster.known.start()).date();
            let pattern = dated.map_or_else(
                || AvailabilityPattern::Weekly {
                    weekday: dice.below(7) as u8,
                    band: dice.band(),
                    from: dice.one_in(3).then(|| first + dice.below(42).days()),
                    until: dice.one_in(3).then(|| first + dice.below(42).days()),
                },
                AvailabilityPattern::Dated,
            );
            Availability {
                id: AvailabilityId::from_uuid(Uuid::from_u128(number as u128)),
                available: dice.one_in(3),
                pattern,
                label: "class".to_owned(),
            }
        });
        statements.collect()
    }

    fn span(&mut self, longest: i64) -> Span {
        let minutes = self.dice.below(42 * 288) * 5;
        let start = Span::of_seconds(self.world.roster.known.start(), minutes * MINUTE).end();
        Span::of_seconds(start, (5 + self.dice.below(longest / 5) * 5) * MINUTE)
    }

    /// A shift of anybody at any time, often one that touches another.
    pub(super) fn shift(&mut self) -> Shift {
        let number = 1 + self.dice.below(3) as u128;
        let mut start = self.span(5).start();
        let ends = self.world.roster.plans[&agent(number)].shifts.iter();
        let ends: Vec<_> = ends.map(|shift| shift.span().end()).collect();
        if !ends.is_empty() && self.dice.one_in(10) {
            start = self.dice.pick(&ends);
        }
        let dice = &mut self.dice;
        let mut activities: Vec<Activity> = Vec::new();
        for _part in 0..1 + dice.below(5) {
            let category = if dice.one_in(2) {
                ActivityCategory::OnQueue
            } else {
                dice.pick(&ActivityCategory::ALL)
            };
            let length = if category.counts_as_work() { 240 } else { 90 };
            let from = activities.last().map_or(start, |last| last.span.end());
            if activities.last().is_none_or(|last| last.category != category) {
                let span = Span::of_seconds(from, (5 + dice.below(length / 5) * 5) * MINUTE);
                activities.push(Activity { category, span, paid: !dice.one_in(5) });
            }
        }
        let end = activities.last().expect("one").span.end();
        let needs = dice.one_in(3).then(|| crate::schedules::SkillNeed {
            skill: skill(1 + dice.below(3) as u128),
            grade: dice.below(4) as u8,
        });
        self.next += 1;
        let new = NewShift {
            id: ShiftId::from_uuid(Uuid::from_u128(self.next)),
            agent: agent(number),
            site: site(if dice.one_in(6) { 2 } else { 1 }),
            span: Span::new(start, end).expect("in order"),
            activities,
            needs: needs.into_iter().collect(),
            version: 1,
        };
        Shift::new(new, &self.world.roster.zone).expect("sound")
    }

    fn sites(&mut self) {
        let window = self.world.roster.window;
        let open = self.dice.one_in(2).then(|| {
            let mut open = Vec::new();
            let mut at = window.start();
            while at < window.end() {
                let hours = Span::of_seconds(at, (6 + self.dice.below(30)) * HOUR);
                at = Span::of_seconds(hours.end(), (1 + self.dice.below(10)) * HOUR).end();
                open.push(hours);
            }
            open
        });
        let axis = IntervalAxis {
            start: window.start(),
            step_seconds: SeatCount::STEP_SECONDS,
            len: usize::try_from(window.seconds() / 300).expect("length"),
        };
        let seats = [Some(0), Some(1), Some(2), None];
        let half = self.dice.below(axis.len as i64) as usize;
        let (early, late) = (self.dice.pick(&seats), self.dice.pick(&seats));
        let each = (0..axis.len).map(|index| if index < half { early } else { late });
        let mut seats = SeatCount { axis, seats: each.collect(), taken: vec![0; axis.len] };
        let all = self.world.roster.plans.values().flat_map(|plan| &plan.shifts);
        seats.add(site(1), all);
        self.world.sites = vec![SiteLimits { site: site(1), open, seats: Some(seats) }];
    }

    fn requirement(&mut self) {
        for _line in 0..self.dice.below(3) {
            let wanted = self.dice.maybe(&[skill(1), skill(2)]);
            let (span, agents) = (self.span(10 * 1440), 1 + self.dice.below(3) as u16);
            self.world.requires(span, agents, wanted, 1 + self.dice.below(3) as u8);
        }
        if self.dice.one_in(2)
            && let Some(line) = self.world.coverage.as_mut().and_then(|it| it.lines.first_mut())
        {
            line.site = Some(site(1));
            line.on_queue_seconds.fill(0);
            let mut coverage = self.world.coverage.take().expect("there");
            coverage.lines.iter_mut().for_each(|line| line.on_queue_seconds.fill(0));
            coverage.add(self.world.roster.plans.values());
            self.world.coverage = Some(coverage);
        }
    }

    /// A change of one to three steps; about agents who are not there now and then.
    pub(super) fn change(&mut self) -> Change {
        let edits = (0..1 + self.dice.below(3)).filter_map(|_| self.edit()).collect();
        Change::request(edits)
    }

    fn edit(&mut self) -> Option<Edit> {
        let who = agent(1 + self.dice.below(3) as u128);
        let many = if self.dice.one_in(20) { 4 } else { 3 };
        let other = agent(1 + self.dice.below(many) as u128);
        let shifts = self.world.roster.plans[&who].shifts.clone();
        let theirs = (!shifts.is_empty()).then(|| self.dice.pick(&shifts));
        Some(match self.dice.below(9) {
            0..=2 => {
                let shift = self.shift();
                Edit::Add(shift)
            }
            3 => Edit::Remove { agent: who, shift: theirs?.id() },
            4..=6 => Edit::Move { shift: theirs?.id(), from: who, to: other },
            7 => Edit::GrantTimeOff { agent: who, span: self.span(1440) },
            _ => Edit::SetAvailability { agent: who, availability: self.availability() },
        })
    }

    pub(super) fn context(&self) -> CheckContext<'_> {
        CheckContext { rule_changes: &self.later, ..self.world.context() }
    }

    /// Carries out a change.
    pub(super) fn apply(&mut self, change: &Change) {
        if let Some(mut coverage) = self.world.coverage.take() {
            coverage.apply(&self.world.roster, change);
            self.world.coverage = Some(coverage);
        }
        for site in &mut self.world.sites {
            site.apply(&self.world.roster, change);
        }
        self.world.roster.apply(change);
    }

    /// The same where a rule is off.
    pub(super) fn without(&self, rule: RuleCode) -> Self {
        self.where_off(|it| it == rule)
    }

    /// The same where only one rule can be broken.
    pub(super) fn only(&self, rule: RuleCode) -> Self {
        self.where_off(|it| it != rule)
    }

    fn where_off(&self, off: impl Fn(RuleCode) -> bool) -> Self {
        let mut other = self.clone();
        let turn_off = |rules: &mut WorkRules| {
            for &rule in RuleCode::ALL.iter().filter(|rule| off(**rule)) {
                rules.limits.set_severity(rule, Severity::Off);
            }
        };
        turn_off(&mut other.world.rules);
        other.later.iter_mut().for_each(|(_, rules)| turn_off(rules));
        let plans = other.world.roster.plans.values_mut();
        for (_, own) in plans.flat_map(|plan| plan.rules.iter_mut()) {
            turn_off(std::sync::Arc::make_mut(own));
        }
        other
    }
}
