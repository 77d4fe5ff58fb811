//! Which rule takes the hours of a contract: the agent is planned alone, with one rule lifted at a time.

use super::{
    super::{
        block::Bar,
        ground::Ground,
        ledger::Ledger,
        menu::{Choice, Menus},
        plan::Plan,
        problem::{Agent, History, Problem, ProblemError},
        rebuild::{Ask, NEVER, Rebuild},
        search::{KEEP, ledgers},
        seating::Seating,
    },
    Blame,
};
use crate::schedules::{RuleCode, ViolationCause};

/// Lifts a rule for the only agent of a problem; says whether anything was lifted.
type Lift = fn(&mut Problem) -> bool;

/// Rules beside the bars of [`Bar`] that can be lifted, in the order in which they are blamed when they
/// help alike.
const LIFTS: &[(RuleCode, Option<ViolationCause>, Lift)] = &[
    (RuleCode::StartBand, None, |p| {
        let agent = &mut p.agents[0];
        let any = !agent.days_off.is_empty() || agent.bands.iter().any(Option::is_some);
        agent.bands.clear();
        agent.days_off.clear();
        any
    }),
    (RuleCode::Seats, None, |p| p.agents[0].room.take().is_some()),
    (RuleCode::MinRest, Some(ViolationCause::History), |p| {
        let history = &mut p.agents[0].history;
        let without = History { last_end: None, ..*history };
        std::mem::replace(history, without) != without
    }),
    (RuleCode::ConsecutiveDays, Some(ViolationCause::History), |p| {
        std::mem::take(&mut p.agents[0].history) != History::default()
    }),
    (RuleCode::ConsecutiveDays, None, |p| std::mem::replace(&mut p.terms[0].max_run, 28) < 28),
    (RuleCode::WorkDaysWeek, None, |p| {
        let mut any = std::mem::replace(&mut p.terms[0].max_days_week, 7) < 7;
        for week in &mut p.agents[0].weeks {
            any |= std::mem::replace(&mut week.max_days, 7) < 7;
        }
        any
    }),
    (RuleCode::MinRest, None, |p| std::mem::take(&mut p.terms[0].min_rest) > 0),
    (RuleCode::WeeklyRest, None, |p| p.terms[0].weekly_rest.take().is_some()),
    (RuleCode::NightShifts, None, |p| p.terms[0].max_nights_week.take().is_some()),
    (RuleCode::StartVariance, None, |p| p.terms[0].max_start_change.take().is_some()),
    (RuleCode::ConsecutiveWeekends, None, |p| p.terms[0].max_weekends.take().is_some()),
];

/// Takes away what bars the only agent of a problem; says whether anything did.
fn unbar(problem: &mut Problem, bar: Bar) -> bool {
    let agent = &mut problem.agents[0];
    let before = agent.blocked.len() + agent.closures.len();
    agent.blocked.retain(|block| block.bar != bar);
    if bar == Bar::OpeningHours {
        agent.closures.clear();
    }
    agent.blocked.len() + agent.closures.len() < before
}

/// The rule whose lifting gives an agent most of the minutes that a week misses.
pub(super) fn why_short(
    problem: &Problem,
    plan: &Plan,
    (agent, week): (usize, usize),
    missing: u32,
) -> Result<Blame, ProblemError> {
    let rooms = Seating::rooms_without(problem, plan, agent);
    // What is still missing when the agent is planned alone; `None` where nothing was lifted.
    let alone = |lift: &dyn Fn(&mut Problem) -> bool| -> Result<Option<u32>, ProblemError> {
        let of = Agent { terms: 0, ..problem.agents[agent].clone() };
        let mut alone = Problem {
            days: problem.days.clone(),
            needs: vec![Vec::new()],
            carried: Vec::new(),
            rooms: rooms.clone(),
            terms: vec![problem.terms[problem.agents[agent].terms].clone()],
            agents: vec![of],
            weights: problem.weights,
        };
        if !lift(&mut alone) {
            return Ok(None);
        }
        let quota = alone.agents[0].weeks[week].min_minutes;
        let minutes = fullest(&alone, week)?;
        Ok(Some(u32::from(quota).saturating_sub(minutes)))
    };
    // What could have been worked without lifting anything is nobody's fault.
    let missing = alone(&|_| true)?.map_or(missing, |left| left.min(missing));
    let mut best: (u32, Option<Blame>) = (missing, None);
    let mut weigh = |left: Option<u32>, blame: Blame| {
        if let Some(left) = left.filter(|left| *left < best.0) {
            best = (left, Some(blame));
        }
    };
    for bar in Bar::ALL {
        weigh(alone(&|problem| unbar(problem, bar))?, bar.rule());
    }
    for &(rule, cause, lift) in LIFTS {
        weigh(alone(&lift)?, (rule, cause));
    }
    if let Some(blame) = best.1 {
        return Ok(blame);
    }
    // No rule is to blame alone. Perhaps several bars are together: then the one that bars most.
    let all = |problem: &mut Problem| {
        let lifted = Bar::ALL.into_iter().filter(|bar| unbar(problem, *bar));
        lifted.count() > 0
    };
    if alone(&all)?.is_some_and(|left| left < missing) {
        let blocks = || problem.agents[agent].blocked.iter();
        let slots = |bar: Bar| -> u32 {
            blocks().filter(|it| it.bar == bar).map(|it| it.slots.len() as u32).sum()
        };
        let most = Bar::ALL.into_iter().rev().max_by_key(|bar| slots(*bar));
        return Ok(most.map_or((RuleCode::ContractHours, None), Bar::rule));
    }
    // Perhaps no shifts add up to the hours at all.
    let terms = problem.agents[agent].terms;
    let quota = problem.agents[agent].weeks[week];
    let ledger = Ledger::new(&problem.terms[terms], terms, quota.max_minutes)?;
    let reachable = ledger.sums.iter().any(|sum| sum.minutes >= quota.min_minutes);
    Ok((if reachable { RuleCode::ContractHours } else { RuleCode::ShiftLength }, None))
}

/// Minutes of a week when the only agent of a problem works in it as much as the rules allow.
fn fullest(problem: &Problem, of_week: usize) -> Result<u32, ProblemError> {
    let ledgers = ledgers(problem)?;
    let menus = Menus::new(problem, &ledgers);
    let ground = Ground::new(problem, &menus, &ledgers[0], 0);
    let mut seating = Seating::new(problem);
    seating.look(problem, 0);
    let keep = |choice: &Choice| match () {
        () if !seating.fits(choice) => NEVER,
        () if choice.kept => KEEP,
        () => 0,
    };
    let values =
        (0..problem.days.len()).map(|day| menus.of(0, day).choices.iter().map(keep).collect());
    let ask = Ask {
        problem,
        ledger: &ledgers[0],
        menus: &menus,
        values: &values.collect::<Vec<_>>(),
        weekends: &open_weekends(problem, of_week),
        extra_day: 0,
        lone_day_off: 0,
    };
    let mut taken = Vec::new();
    Rebuild::default().run(&ask, &ground, &mut taken);
    let mut minutes = 0;
    for (day, taken) in taken.iter().enumerate() {
        if let Some(taken) = taken.filter(|_| problem.week_of(day) == of_week) {
            let choice = menus.of(0, day).choices[taken as usize];
            let template = &problem.terms[0].templates[usize::from(choice.template)];
            minutes += u32::from(template.paid_minutes);
        }
    }
    Ok(minutes)
}

/// Weekends on which the only agent of a problem may work so that as much as possible of one week can
/// be worked: its own, unless those before it that are worked anyway are too many in a row.
fn open_weekends(problem: &Problem, of_week: usize) -> Vec<bool> {
    let Some(most) = problem.terms[0].max_weekends else { return vec![true; problem.weeks()] };
    let agent = &problem.agents[0];
    let mut open = vec![false; problem.weeks()];
    for kept in agent.kept.iter().chain(agent.held.iter().map(|held| &held.shift)) {
        open[problem.week_of(kept.day)] |= problem.days[kept.day].weekend;
    }
    let before = open[..of_week].iter().rev().take_while(|works| **works).count();
    let history = if before == of_week { usize::from(agent.history.weekends_in_row) } else { 0 };
    open[of_week] |= before + history < usize::from(most);
    open
}
