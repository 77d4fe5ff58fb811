//! The shifts that an agent can start on a day, whatever the other days bring.

use std::{collections::BTreeMap, ops::Range};

use super::{
    block::{Bar, merged},
    ledger::Ledger,
    problem::{Agent, Held, Kept, Problem, Slot, Terms},
    start_pattern::WeekBand,
    template::Template,
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

/// Terms, day, the pattern of the week, what the agent cannot work of the day, and when the site closes
/// within it.
type MenuKey = (usize, usize, Option<WeekBand>, Vec<(Slot, Slot)>, Vec<(Slot, Slot)>);

/// When the agent is not free, and the site not open.
#[derive(Debug, Clone, Copy)]
struct Shut<'a> {
    blocked: &'a [Range<Slot>],
    closures: &'a [Range<Slot>],
}

impl Shut<'_> {
    /// Whether the shift that starts in a slot touches nothing of it but with a meal.
    fn lets(&self, start: Slot, template: &Template) -> bool {
        let end = start + Slot::from(template.length);
        let apart = |shut: &Range<Slot>| end <= shut.start || shut.end <= start;
        self.blocked.iter().all(apart)
            && self.closures.iter().all(|it| apart(it) || template.rests_over(start, it))
    }
}

impl Menus {
    pub(super) fn new(problem: &Problem, ledgers: &[Ledger]) -> Self {
        let mut menus = Self::default();
        let mut known: BTreeMap<MenuKey, u32> = BTreeMap::new();
        for agent in &problem.agents {
            let mut week = 0;
            let blocked = merged(agent.blocked.iter());
            let shut = Shut { blocked: &blocked, closures: &agent.closures };
            let of_agent = problem.days.iter().enumerate().map(|(day, of)| {
                week += usize::from(day > 0 && of.starts_week);
                let ledger = &ledgers[agent.terms];
                if let Some(kept) = agent.kept.iter().find(|kept| kept.day == day) {
                    menus.pool.push(kept_menu(problem, agent.terms, kept, ledger));
                    return menus.pool.len() as u32 - 1;
                }
                if let Some(held) = agent.held.iter().find(|held| held.shift.day == day) {
                    menus.pool.push(held_menu(problem, (agent, shut), held, ledger));
                    return menus.pool.len() as u32 - 1;
                }
                if agent.closed.contains(&day) || agent.days_off.contains(&day) {
                    menus.pool.push(Menu::default());
                    return menus.pool.len() as u32 - 1;
                }
                let band = agent.bands.get(week).copied().flatten();
                let reach = reach(problem, &problem.terms[agent.terms], day);
                let touched = (within(&blocked, &reach), within(&agent.closures, &reach));
                let key = (agent.terms, day, band, touched.0, touched.1);
                *known.entry(key).or_insert_with(|| {
                    menus.pool.push(menu(problem, agent.terms, (band, shut), day, ledger));
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

/// Those of some slots that a shift of a day may touch.
fn within(slots: &[Range<Slot>], reach: &Range<Slot>) -> Vec<(Slot, Slot)> {
    let touched = slots.iter().filter(|it| it.start < reach.end && reach.start < it.end);
    touched.map(|it| (it.start, it.end)).collect()
}

/// Slots that a shift of the day may touch.
fn reach(problem: &Problem, terms: &Terms, day: usize) -> Range<Slot> {
    let day = &problem.days[day];
    let longest = terms.templates.iter().map(|template| template.length).max().unwrap_or(0);
    let last = day.wall.iter().copied().max().unwrap_or(day.first);
    day.first..last + Slot::from(longest)
}

/// What of a day's limits is lifted, to see whether they stand in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lifted {
    /// All slots that are barred by this, and times for which the site closes if it is that.
    Bar(Bar),
    /// All barred slots.
    Bars,
    /// The pattern.
    Pattern,
    /// Both.
    All,
}

/// Whether a shift that starts on a day could hold a slot with some of the day's limits lifted.
pub(super) fn could_hold(
    problem: &Problem,
    agent: usize,
    (day, slot): (usize, Slot),
    lifted: Lifted,
) -> bool {
    let of = &problem.agents[agent];
    let bars = matches!(lifted, Lifted::Bars | Lifted::All);
    let stays = |bar: Bar| !bars && lifted != Lifted::Bar(bar);
    let blocked = merged(of.blocked.iter().filter(|block| stays(block.bar)));
    let closures: &[Range<Slot>] = if stays(Bar::OpeningHours) { &of.closures } else { &[] };
    let shut = Shut { blocked: &blocked, closures };
    let free = matches!(lifted, Lifted::Pattern | Lifted::All);
    if !free && of.days_off.contains(&day) {
        return false;
    }
    let band = of.bands.get(problem.week_of(day)).copied().flatten().filter(|_| !free);
    let wall = &problem.days[day].wall;
    let templates = problem.terms[of.terms].templates.iter();
    templates.filter(|template| template.days.contains(&day)).any(|template| {
        template.starts.iter().any(|&step| {
            let start = wall[usize::from(step)];
            (start..start + Slot::from(template.length)).contains(&slot)
                && band.is_none_or(|band| band.holds(step, template.length))
                && shut.lets(start, template)
        })
    })
}

fn menu(
    problem: &Problem,
    terms: usize,
    (band, shut): (Option<WeekBand>, Shut<'_>),
    day: usize,
    ledger: &Ledger,
) -> Menu {
    let in_band =
        |step: u16, template: &Template| band.is_none_or(|band| band.holds(step, template.length));
    let terms = &problem.terms[terms];
    collect(choices((problem, day), terms, shut, ledger, in_band), terms)
}

/// Every shift that fits, in no order.
fn choices(
    (problem, day): (&Problem, usize),
    terms: &Terms,
    shut: Shut<'_>,
    ledger: &Ledger,
    fits: impl Fn(u16, &Template) -> bool,
) -> Vec<Choice> {
    let wall = &problem.days[day].wall;
    let mut choices = Vec::new();
    let templates = terms.templates.iter().enumerate();
    for (index, template) in templates.filter(|(_, template)| template.days.contains(&day)) {
        for &step in &template.starts {
            let start = wall[usize::from(step)];
            if shut.lets(start, template) && fits(step, template) {
                let (template_index, entry) = (index as u16, ledger.step_of[index]);
                choices.push(Choice {
                    start,
                    end: start + Slot::from(template.length),
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
fn held_menu(
    problem: &Problem,
    (agent, shut): (&Agent, Shut<'_>),
    held: &Held,
    ledger: &Ledger,
) -> Menu {
    let terms = &problem.terms[agent.terms];
    let paid = terms.templates[usize::from(held.shift.template)].paid_minutes;
    let alike = |step: u16, template: &Template| {
        (!held.starts || step == held.shift.step)
            && (!held.paid_time || template.paid_minutes == paid)
    };
    let of_day = (problem, held.shift.day);
    let mut choices = choices(of_day, terms, shut, ledger, alike);
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
