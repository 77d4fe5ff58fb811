//! A site's people and headcounts as a problem of whole shifts.

use super::{
    super::{
        menu::Menus,
        problem::{Agent, Problem, Terms},
        task::Prepared,
    },
    Heads, Numbers,
};
use crate::schedules::whole_shifts;

const OFF: u64 = 1;

/// The problem of whole shifts for weekends that may be worked, by agent and week, and lines with the
/// most hours that each agent can have: nobody is asked for more, so everybody has a line.
pub(super) fn arrange(
    prepared: &Prepared,
    menus: &Menus,
    heads: &Heads,
    (open, reached): (&[Vec<bool>], &[Vec<u8>]),
) -> whole_shifts::Problem {
    let problem = &prepared.problem;
    let minutes = minutes(prepared, &heads.numbers);
    let people = (0..problem.agents.len()).map(|agent| {
        let of = Own {
            problem,
            menus,
            numbers: &heads.numbers,
            minutes: &minutes,
            agent,
            of: &problem.agents[agent],
            terms: &problem.terms[problem.agents[agent].terms],
        };
        let mut wishes = heads.wishes[agent].clone();
        let all = u64::MAX >> (63 - heads.numbers.count().min(63));
        wishes.iter_mut().for_each(|wish| wish.any_of &= all);
        whole_shifts::Person { wishes, ..of.person(&open[agent], &reached[agent]) }
    });
    let people = people.collect();
    whole_shifts::Problem { days: days(problem), minutes, people, wanted: heads.wanted.clone() }
}

/// Frees a person whose limits leave no line of least hours and of the duty to work on some days, so
/// that there is one.
pub(super) fn free(person: &mut whole_shifts::Person) {
    person.periods.iter_mut().for_each(|period| period.min_minutes = 0);
    person.possible.iter_mut().for_each(|possible| *possible |= OFF);
}

fn days(problem: &Problem) -> Vec<whole_shifts::Day> {
    let mut weekends: Vec<usize> = Vec::new();
    let days = problem.days.iter().enumerate().map(|(day, of)| {
        let week = problem.week_of(day);
        if of.weekend && weekends.last() != Some(&week) {
            weekends.push(week);
        }
        let last = weekends.len().checked_sub(1).and_then(|it| u16::try_from(it).ok());
        whole_shifts::Day { weekend: last.filter(|_| of.weekend) }
    });
    days.collect()
}

/// Paid minutes of each number, as most agents have them: rules of some may lengthen its breaks. They
/// are whole slots, as those of the kinds are: one shift of odd minutes would have every week added up
/// by the minute.
fn minutes(prepared: &Prepared, numbers: &Numbers) -> Vec<u32> {
    let problem = &prepared.problem;
    let mut seen: Vec<Vec<u32>> = vec![Vec::new(); numbers.count()];
    for agent in &problem.agents {
        let terms = &problem.terms[agent.terms];
        for (number, _, _, paid) in spans(agent, terms, numbers) {
            seen[usize::from(number) - 1].push(paid.into());
        }
    }
    let slot = prepared.calendar.slot_seconds / 60;
    let usual = seen.into_iter().enumerate().map(|(place, mut seen)| {
        seen.sort_unstable();
        // The one in the middle is that of most, where one is.
        let length = numbers.kinds.list.get(place).map_or(0, |kind| u32::from(kind.length) * slot);
        let minutes = seen.get(seen.len() / 2).copied().unwrap_or(length);
        (minutes + slot / 2) / slot.max(1) * slot
    });
    usual.collect()
}

/// Number, start, length and paid minutes of what an agent may work.
fn spans<'a>(
    agent: &'a Agent,
    terms: &'a Terms,
    numbers: &'a Numbers,
) -> impl Iterator<Item = (u8, u16, u16, u16)> + 'a {
    let offered = terms.templates.iter().flat_map(move |template| {
        template.starts.iter().filter_map(move |&step| {
            let number = numbers.of_shift(template, step)?;
            Some((number, step, template.length, template.paid_minutes))
        })
    });
    let stand = agent.kept.iter().chain(agent.held.iter().map(|held| &held.shift));
    let stand = stand.filter_map(move |kept| {
        let template = &terms.templates[usize::from(kept.template)];
        let number = numbers.of_shift(template, kept.step)?;
        Some((number, kept.step, template.length, template.paid_minutes))
    });
    offered.chain(stand)
}

/// One agent.
struct Own<'a> {
    problem: &'a Problem,
    menus: &'a Menus,
    numbers: &'a Numbers,
    minutes: &'a [u32],
    agent: usize,
    of: &'a Agent,
    terms: &'a Terms,
}

impl Own<'_> {
    fn person(&self, open: &[bool], reached: &[u8]) -> whole_shifts::Person {
        let days = self.problem.days.len();
        let weeks = u32::try_from(self.problem.weeks()).unwrap_or(u32::MAX);
        let max_run = u32::from(self.terms.max_run.max(1));
        whole_shifts::Person {
            possible: (0..days).map(|day| self.possible(day, open)).collect(),
            forbidden_next: self.forbidden_next(),
            most_of: self.most_of(weeks),
            periods: self.periods(reached),
            max_run,
            min_run: 1,
            min_off: 1,
            max_weekends: weeks,
            run_before: u32::from(self.of.history.run).min(max_run),
            wishes: Vec::new(),
        }
    }

    /// What a day may be. Rules that look back before the first day are kept here.
    fn possible(&self, day: usize, open: &[bool]) -> u64 {
        let (mut bits, mut stands) = (0, false);
        for choice in &self.menus.of(self.agent, day).choices {
            let history = &self.of.history;
            let rest = i32::try_from(self.terms.min_rest).unwrap_or(i32::MAX);
            let start = i32::try_from(choice.start).unwrap_or(i32::MAX);
            let rests = history.last_end.is_none_or(|end| start.saturating_sub(end) >= rest);
            let near = day > 0 || history.run == 0 || self.is_near(history.last_start, choice.step);
            let number = self.numbers.of_choice(self.terms, choice);
            if let Some(number) = number.filter(|_| choice.kept || (rests && near)) {
                bits |= 1 << number;
                stands |= choice.kept;
            }
        }
        let shut = self.problem.days[day].weekend && !open[self.problem.week_of(day)];
        match stands {
            true => bits,
            false if shut => OFF,
            false => bits | OFF,
        }
    }

    fn is_near(&self, one: u16, other: u16) -> bool {
        let apart = u32::from(one.abs_diff(other));
        self.terms.max_start_change.is_none_or(|most| apart <= most)
    }

    /// What cannot follow on the next day, by the clock: a day of another length is left to the line
    /// programme.
    fn forbidden_next(&self) -> Vec<u64> {
        let steps = self.problem.days.iter().map(|day| day.wall.len()).max().unwrap_or(0);
        let steps = i64::try_from(steps).unwrap_or(0);
        let spans: Vec<_> = spans(self.of, self.terms, self.numbers).collect();
        let follows = |last: u16, length: u16, next: u16| {
            let rest = steps + i64::from(next) - i64::from(last) - i64::from(length);
            rest >= i64::from(self.terms.min_rest) && self.is_near(last, next)
        };
        // Where closed hours lengthen one of several shifts of a kind, the shorter decides.
        let mut allowed = vec![0_u64; self.numbers.count()];
        for &(number, step, length, _) in &spans {
            for &(next, next_step, ..) in &spans {
                if follows(step, length, next_step) {
                    allowed[usize::from(number) - 1] |= 1 << next;
                }
            }
        }
        let all = spans.iter().fold(0_u64, |bits, (number, ..)| bits | (1 << number));
        allowed.into_iter().map(|allowed| all & !allowed).collect()
    }

    /// Night shifts are bounded by the week, which over all days is at most this.
    fn most_of(&self, weeks: u32) -> Vec<u32> {
        let mut most = vec![u32::MAX; self.numbers.count()];
        let Some(nights) = self.terms.max_nights_week else { return most };
        for template in self.terms.templates.iter().filter(|template| template.night) {
            for &step in &template.starts {
                let number = self.numbers.of_shift(template, step);
                if let Some(place) = number.and_then(|it| usize::from(it).checked_sub(1)) {
                    most[place] = u32::from(nights) * weeks;
                }
            }
        }
        most
    }

    /// The quotas of weeks, with least minutes that the agent can reach.
    fn periods(&self, reached: &[u8]) -> Vec<whole_shifts::Period> {
        let mut periods = Vec::new();
        let (mut first, last) = (0, self.problem.days.len());
        for quota in &self.of.weeks {
            let next = (first + 1..last).find(|&day| self.problem.days[day].starts_week);
            let end = next.unwrap_or(last);
            let minutes = |number: &u8| {
                usize::from(*number).checked_sub(1).map_or(0, |place| self.minutes[place])
            };
            let most: u32 = reached[first..end].iter().map(minutes).sum();
            periods.push(whole_shifts::Period {
                end,
                min_minutes: u32::from(quota.min_minutes).min(most),
                max_minutes: u32::from(quota.max_minutes).max(most),
                max_days: u32::from(quota.max_days.min(self.terms.max_days_week)),
            });
            first = end;
        }
        periods
    }
}
