//! Published shift-scheduling instances: reader and verifier. A day has one shift or none.

use std::collections::BTreeMap;

/// A kind of shift.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kind {
    pub(crate) name: String,
    pub(crate) minutes: usize,
    /// Names of kinds that cannot follow on the next day.
    pub(crate) not_before: Vec<String>,
}

/// A person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) most_of: BTreeMap<String, usize>,
    pub(crate) max_minutes: usize,
    pub(crate) min_minutes: usize,
    pub(crate) max_run: usize,
    pub(crate) min_run: usize,
    pub(crate) min_off: usize,
    pub(crate) max_weekends: usize,
}

/// A wish about one day and kind.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) person: String,
    pub(crate) day: usize,
    pub(crate) kind: String,
    pub(crate) weight: i64,
}

/// Wanted people of one kind on one day.
#[derive(Debug, Clone)]
pub(crate) struct Cover {
    pub(crate) day: usize,
    pub(crate) kind: String,
    pub(crate) wanted: usize,
    pub(crate) under: i64,
    pub(crate) over: i64,
}

/// A whole instance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Instance {
    pub(crate) days: usize,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) people: Vec<Person>,
    pub(crate) days_off: Vec<(String, Vec<usize>)>,
    pub(crate) on: Vec<Wish>,
    pub(crate) off: Vec<Wish>,
    pub(crate) cover: Vec<Cover>,
}

impl Instance {
    /// Reads the text of an instance; `None` when a line is not as documented.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut instance = Self::default();
        let mut section = "";
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(name) = line.strip_prefix("SECTION_") {
                section = name;
                continue;
            }
            let part: Vec<&str> = line.split(',').collect();
            let number = |at: usize| part.get(at)?.trim().parse::<usize>().ok();
            let word = |at: usize| Some((*part.get(at)?).to_owned());
            let list = |at: usize| -> Option<Vec<String>> {
                let words = part.get(at)?.split('|').filter(|word| !word.is_empty());
                Some(words.map(str::to_owned).collect())
            };
            match section {
                "HORIZON" => instance.days = number(0)?,
                "SHIFTS" => instance.kinds.push(Kind {
                    name: word(0)?,
                    minutes: number(1)?,
                    not_before: list(2)?,
                }),
                "STAFF" => {
                    let most = list(1)?.into_iter().map(|pair| {
                        let (kind, most) = pair.split_once('=')?;
                        Some((kind.to_owned(), most.parse().ok()?))
                    });
                    instance.people.push(Person {
                        name: word(0)?,
                        most_of: most.collect::<Option<_>>()?,
                        max_minutes: number(2)?,
                        min_minutes: number(3)?,
                        max_run: number(4)?,
                        min_run: number(5)?,
                        min_off: number(6)?,
                        max_weekends: number(7)?,
                    });
                }
                "DAYS_OFF" => {
                    let days = (1..part.len()).map(number).collect::<Option<_>>()?;
                    instance.days_off.push((word(0)?, days));
                }
                "SHIFT_ON_REQUESTS" | "SHIFT_OFF_REQUESTS" => {
                    let wish = Wish {
                        person: word(0)?,
                        day: number(1)?,
                        kind: word(2)?,
                        weight: number(3)? as i64,
                    };
                    if section == "SHIFT_ON_REQUESTS" {
                        instance.on.push(wish);
                    } else {
                        instance.off.push(wish);
                    }
                }
                "COVER" => instance.cover.push(Cover {
                    day: number(0)?,
                    kind: word(1)?,
                    wanted: number(2)?,
                    under: number(3)? as i64,
                    over: number(4)? as i64,
                }),
                _ => return None,
            }
        }
        Some(instance)
    }

    pub(crate) fn kind(&self, name: &str) -> Option<usize> {
        self.kinds.iter().position(|kind| kind.name == name)
    }

    pub(crate) fn person(&self, name: &str) -> Option<usize> {
        self.people.iter().position(|person| person.name == name)
    }

    /// Cost of a roster (`lines[person][day]`, 0 is off, `k + 1` is kind `k`) and the hard rules
    /// that it breaks. Reads the instance afresh and shares nothing with the solver.
    pub(crate) fn verify(&self, lines: &[Vec<u8>]) -> (i64, Vec<String>) {
        let mut broken = Vec::new();
        let name = |shift: u8| match shift {
            0 => "",
            shift => self.kinds[usize::from(shift) - 1].name.as_str(),
        };
        for (person, line) in self.people.iter().zip(lines) {
            let mut say =
                |rule: &str, day: usize| broken.push(format!("{} {rule} {day}", person.name));
            let works: Vec<bool> = line.iter().map(|&shift| shift > 0).collect();
            for (_, days) in self.days_off.iter().filter(|(who, _)| *who == person.name) {
                days.iter().filter(|&&day| works[day]).for_each(|&day| say("day off", day));
            }
            for (day, pair) in line.windows(2).enumerate() {
                let kind = self.kinds.iter().find(|kind| kind.name == name(pair[0]));
                if kind.is_some_and(|kind| kind.not_before.iter().any(|it| it == name(pair[1]))) {
                    say("follows", day);
                }
            }
            for (kind, most) in &person.most_of {
                if line.iter().filter(|&&shift| name(shift) == kind).count() > *most {
                    say(kind, 0);
                }
            }
            let worked = line.iter().filter(|&&shift| shift > 0);
            let minutes: usize = worked.map(|&it| self.kinds[usize::from(it) - 1].minutes).sum();
            if minutes > person.max_minutes || minutes < person.min_minutes {
                say("minutes", minutes);
            }
            let mut start = 0;
            for run in works.chunk_by(|a, b| a == b) {
                let edge = start == 0 || start + run.len() == self.days;
                match run[0] {
                    true if run.len() > person.max_run => say("long run", start),
                    true if run.len() < person.min_run && !edge => say("short run", start),
                    false if run.len() < person.min_off && !edge => say("short off", start),
                    _ => {}
                }
                start += run.len();
            }
            let weekends = works.chunks_exact(7).filter(|week| week[5] || week[6]).count();
            if weekends > person.max_weekends {
                say("weekends", weekends);
            }
        }
        let at = |person: &str, day: usize| {
            self.person(person).map_or("", |person| name(lines[person][day]))
        };
        let on = self.on.iter().filter(|it| at(&it.person, it.day) != it.kind);
        let off = self.off.iter().filter(|it| at(&it.person, it.day) == it.kind);
        let cover = self.cover.iter().map(|cover| {
            let there = lines.iter().filter(|line| name(line[cover.day]) == cover.kind).count();
            cover.under * cover.wanted.saturating_sub(there) as i64
                + cover.over * there.saturating_sub(cover.wanted) as i64
        });
        let wishes = on.chain(off).map(|wish| wish.weight);
        (wishes.sum::<i64>() + cover.sum::<i64>(), broken)
    }
}
