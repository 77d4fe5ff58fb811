//! The shifts that an agent can start on a day, whatever the other days bring.

use std::{collections::BTreeMap, ops::Range};

use super::{
    ledger::Ledger,
    problem::{Agent, Held, Kept, Problem, Slot, Template, Terms},
};

/// A shift that can be started on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) start: Slot,
    pub(super) end: Slot,
    pub(super) step: u16,
    pub(super) template: u16,
    /// What it adds to the ledger.
    pub(super) entry: u16,
    /// Index into [`Menu::tails`].
    pub(super) tail: u16,
    pub(super) night: bool,
    /// Whether it stands already, or is one of those that can take the place of what does: one of
    /// the day must be taken.
    pub(super) kept: bool,
    /// Whether it is the only one of the day and stands already: whoever works it has a seat.
    pub(super) stands: bool,
}

/// What the next days must know of a shift: its end, and its start where starts must be steady.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tail {
    pub(super) end: i32,
    pub(super) step: u16,
}

/// The choices of a day in order of start, and their tails in order of end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Menu {
    pub(super) choices: Vec<Choice>,
    pub(super) tails: Vec<Tail>,
}

/// All menus of a problem; agents with the same terms and the same free day share one.
#[derive(Debug, Clone, Default)]
pub(super) struct Menus {
    pool: Vec<Menu>,
    // of[agent][day]
    of: Vec<Vec<u32>>,
}

/// Terms, day, steps of starts, and what the agent cannot work of the day.
type MenuKey = (usize, usize, Option<(u16, u16)>, Vec<(Slot, Slot)>);

impl Menus {
    pub(super) fn new(problem: &Problem, ledgers: &[Ledger]) -> Self {
        let mut menus = Self::default();
        let mut known: BTreeMap<MenuKey, u32> = BTreeMap::new();
        for agent in &problem.agents {
            let mut week = 0;
            let of_agent = problem.days.iter().enumerate().map(|(day, of)| {
                week += usize::from(day > 0 && of.starts_week);
                let ledger = &ledgers[agent.terms];
                if let Some(kept) = agent.kept.iter().find(|kept| kept.day == day) {
                    menus.pool.push(kept_menu(problem, agent.terms, kept, ledger));
                    return menus.pool.len() as u32 - 1;
                }
                if let Some(held) = agent.held.iter().find(|held| held.shift.day == day) {
                    menus.pool.push(held_menu(problem, agent, held, ledger));
                    return menus.pool.len() as u32 - 1;
                }
                if agent.closed.contains(&day) {
                    menus.pool.push(Menu::default());
                    return menus.pool.len() as u32 - 1;
                }
                let starts = agent.starts.get(week).copied().flatten();
                let reach = reach(problem, &problem.terms[agent.terms], day);
                let blocked: Vec<(Slot, Slot)> = agent
                    .blocked
                    .iter()
                    .filter(|blocked| blocked.start < reach.end && reach.start < blocked.end)
                    .map(|blocked| (blocked.start, blocked.end))
                    .collect();
                *known.entry((agent.terms, day, starts, blocked)).or_insert_with(|| {
                    let limits = (starts, &agent.blocked[..]);
                    menus.pool.push(menu(problem, agent.terms, limits, day, ledger));
                    menus.pool.len() as u32 - 1
                })
            });
            let of_agent = of_agent.collect();
            menus.of.push(of_agent);
        }
        menus
    }

    pub(super) fn of(&self, agent: usize, day: usize) -> &Menu {
        &self.pool[self.of[agent][day] as usize]
    }
}

/// Slots that a shift of the day may touch.
fn reach(problem: &Problem, terms: &Terms, day: usize) -> Range<Slot> {
    let day = &problem.days[day];
    let longest = terms.templates.iter().map(|template| template.length).max().unwrap_or(0);
    let last = day.wall.iter().copied().max().unwrap_or(day.first);
    day.first..last + Slot::from(longest)
}

/// The menu of a day if the agent were free all day.
pub(super) fn menu_without_blocks(
    problem: &Problem,
    agent: usize,
    day: usize,
    ledger: &Ledger,
) -> Menu {
    menu(problem, problem.agents[agent].terms, (None, &[]), day, ledger)
}

fn menu(
    problem: &Problem,
    terms: usize,
    (starts, blocked): (Option<(u16, u16)>, &[Range<Slot>]),
    day: usize,
    ledger: &Ledger,
) -> Menu {
    let in_band = |step: u16, _: &Template| {
        starts.is_none_or(|(from, to)| match from <= to {
            true => from <= step && step <= to,
            false => from <= step || step <= to,
        })
    };
    let terms = &problem.terms[terms];
    collect(choices(&problem.days[day].wall, terms, blocked, ledger, in_band), terms)
}

/// Every shift that fits, in no order.
fn choices(
    wall: &[Slot],
    terms: &Terms,
    blocked: &[Range<Slot>],
    ledger: &Ledger,
    fits: impl Fn(u16, &Template) -> bool,
) -> Vec<Choice> {
    let mut choices = Vec::new();
    for (index, template) in terms.templates.iter().enumerate() {
        for &step in &template.starts {
            let start = wall[usize::from(step)];
            let end = start + Slot::from(template.length);
            let free = blocked.iter().all(|blocked| end <= blocked.start || blocked.end <= start);
            if free && fits(step, template) {
                let (template_index, entry) = (index as u16, ledger.step_of[index]);
                choices.push(Choice {
                    start,
                    end,
                    step,
                    template: template_index,
                    entry,
                    tail: 0,
                    night: template.night,
                    kept: false,
                    stands: false,
                });
            }
        }
    }
    choices
}

/// The choices of a day whose shift may become another like it: that one, and those.
fn held_menu(problem: &Problem, agent: &Agent, held: &Held, ledger: &Ledger) -> Menu {
    let terms = &problem.terms[agent.terms];
    let paid = terms.templates[usize::from(held.shift.template)].paid_minutes;
    let alike = |step: u16, template: &Template| {
        (!held.starts || step == held.shift.step)
            && (!held.paid_time || template.paid_minutes == paid)
    };
    let wall = &problem.days[held.shift.day].wall;
    let mut choices = choices(wall, terms, &agent.blocked, ledger, alike);
    choices.iter_mut().for_each(|choice| choice.kept = true);
    choices.push(standing(terms, &held.shift, ledger));
    collect(choices, terms)
}

/// The only choice of a day whose shift stays as it is.
fn kept_menu(problem: &Problem, terms: usize, kept: &Kept, ledger: &Ledger) -> Menu {
    let terms = &problem.terms[terms];
    collect(vec![Choice { stands: true, ..standing(terms, kept, ledger) }], terms)
}

/// A shift as it stands.
fn standing(terms: &Terms, kept: &Kept, ledger: &Ledger) -> Choice {
    let template = &terms.templates[usize::from(kept.template)];
    Choice {
        start: kept.start,
        end: kept.start + Slot::from(template.length),
        step: kept.step,
        template: kept.template,
        entry: ledger.step_of[usize::from(kept.template)],
        tail: 0,
        night: template.night,
        kept: true,
        stands: false,
    }
}

fn collect(mut choices: Vec<Choice>, terms: &Terms) -> Menu {
    choices.sort_by_key(|choice| (choice.start, choice.end, choice.template, choice.step));
    // Two wall-clock steps meet in one slot when the clocks skip an hour.
    choices.dedup_by_key(|choice| (choice.start, choice.end, choice.template));
    let steady = terms.max_start_change.is_some();
    let tail_of = |choice: &Choice| Tail {
        end: choice.end as i32,
        step: if steady { choice.step } else { 0 },
    };
    let mut tails: Vec<Tail> = choices.iter().map(tail_of).collect();
    tails.sort_unstable();
    tails.dedup();
    for choice in &mut choices {
        choice.tail = tails.binary_search(&tail_of(choice)).unwrap_or(0) as u16;
    }
    Menu { choices, tails }
}
