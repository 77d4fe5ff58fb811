//! An instance as the problem that the product solves.

use trunkline_domain::schedules::whole_shifts::{Day, Period, Person, Problem, Wanted, Wish};

use super::instance::Instance;

impl Instance {
    /// The problem; `None` when a name is of nobody or nothing.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let kinds = self.kinds.len();
        let all = (2_u64 << kinds) - 1;
        let day = |day| Day { weekend: (day % 7 >= 5).then_some((day / 7) as u16) };
        let mut wanted = vec![vec![Wanted::default(); kinds]; self.days];
        for cover in &self.cover {
            wanted[cover.day][self.kind(&cover.kind)?] = Wanted {
                people: cover.wanted as u32,
                under: cover.under as u32,
                over: cover.over as u32,
            };
        }
        let bits_of = |names: &[String]| {
            let mut kinds = names.iter().map(|name| self.kind(name));
            kinds.try_fold(0, |bits, kind| Some(bits | 2_u64 << kind?))
        };
        let forbidden_next =
            self.kinds.iter().map(|kind| bits_of(&kind.not_before)).collect::<Option<Vec<_>>>()?;
        let people = self.people.iter().map(|of| {
            let mut possible = vec![all; self.days];
            for (_, days) in self.days_off.iter().filter(|(who, _)| *who == of.name) {
                days.iter().for_each(|&day| possible[day] = 1);
            }
            let most = |name: &String| of.most_of.get(name).map_or(u32::MAX, |&most| most as u32);
            Person {
                possible,
                forbidden_next: forbidden_next.clone(),
                most_of: self.kinds.iter().map(|kind| most(&kind.name)).collect(),
                periods: vec![Period {
                    end: self.days,
                    min_minutes: of.min_minutes as u32,
                    max_minutes: of.max_minutes as u32,
                    max_days: self.days as u32,
                }],
                max_run: of.max_run as u32,
                min_run: of.min_run as u32,
                min_off: of.min_off as u32,
                max_weekends: of.max_weekends as u32,
                run_before: 0,
                wishes: Vec::new(),
            }
        });
        let mut people: Vec<Person> = people.collect();
        for (list, on) in [(&self.on, true), (&self.off, false)] {
            for wish in list {
                let kind = 2 << self.kind(&wish.kind)?;
                people[self.person(&wish.person)?].wishes.push(Wish {
                    day: wish.day,
                    any_of: if on { kind } else { all & !kind },
                    weight: wish.weight as u32,
                });
            }
        }
        Some(Problem {
            days: (0..self.days).map(day).collect(),
            minutes: self.kinds.iter().map(|kind| kind.minutes as u32).collect(),
            people,
            wanted,
        })
    }
}
