//! What shifts a site offers: the shapes that generation may use, from a day on.

use std::collections::BTreeSet;

use jiff::{SignedDuration, civil};
use serde::{Deserialize, Serialize};

use super::{
    ContractKind, TimeBand,
    generator::{Headcount, ShapePause, ShiftShape},
};
use crate::{
    fault::{Fault, Rule},
    network::{Code, Names},
};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const QUARTER: i64 = 15 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A kind of shift that a site offers, in one length or in several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftTemplate {
    /// Its code, unique in its set.
    pub code: String,
    /// What it is called.
    pub names: Names,
    /// Seconds from start to end: least.
    pub shortest_seconds: i64,
    /// Most, included.
    pub longest_seconds: i64,
    /// From one length to the next.
    pub length_step_seconds: i64,
    /// Local times between which it starts.
    pub starts: TimeBand,
    /// Seconds from one possible start to the next, counted from midnight.
    pub start_step_seconds: i64,
    /// Breaks and meals; a shorter shift has those that can end before it does. `None` = the usual ones of
    /// each length.
    pub pauses: Option<Vec<ShapePause>>,
    /// Kinds of contract that may work it; none = all.
    pub contract_kinds: Vec<ContractKind>,
    /// How many people it wants on each weekday, from Monday on; none = nobody plans it by number.
    #[serde(default)]
    pub headcounts: Vec<u16>,
}

impl ShiftTemplate {
    /// Most breaks and meals of a shift.
    pub const MOST_PAUSES: usize = 5;
    /// Most people that it wants on a day.
    pub const MOST_PEOPLE: u16 = 1000;

    /// A shift of a design: one start, one length, the usual breaks and meals, for all contracts.
    #[must_use]
    pub fn designed(start: civil::Time, length_seconds: i64) -> Self {
        let (hours, minutes) = (length_seconds / HOUR, length_seconds % HOUR / MINUTE);
        let (hour, minute) = (start.hour(), start.minute());
        let names = Names {
            en: format!("{hour:02}:{minute:02}, {hours} h {minutes:02} min"),
            zh: format!("{hour:02}:{minute:02} 起 {hours} 小时 {minutes:02} 分"),
        };
        Self {
            code: format!("D{hour:02}{minute:02}-{hours}h{minutes:02}"),
            names,
            shortest_seconds: length_seconds,
            longest_seconds: length_seconds,
            length_step_seconds: 30 * MINUTE,
            starts: TimeBand { from: start, to: start },
            start_step_seconds: QUARTER,
            pauses: None,
            contract_kinds: Vec::new(),
            headcounts: Vec::new(),
        }
    }

    /// Its lengths in seconds, the shortest first.
    pub fn lengths(&self) -> impl Iterator<Item = i64> {
        let step = usize::try_from(self.length_step_seconds).unwrap_or(0).max(1);
        (self.shortest_seconds..=self.longest_seconds).step_by(step)
    }

    /// Breaks and meals of a shift of so many seconds.
    #[must_use]
    pub fn pauses_of(&self, length_seconds: i64) -> Vec<ShapePause> {
        match &self.pauses {
            None => ShapePause::usual(length_seconds),
            Some(own) => {
                let ends = |pause: &ShapePause| pause.earliest_seconds + pause.length_seconds;
                own.iter().copied().filter(|pause| ends(pause) < length_seconds).collect()
            }
        }
    }

    /// What the generator knows of it: a shape for each of its lengths, on dates `[from, until)`.
    #[must_use]
    pub fn shapes(&self, dates: (Option<civil::Date>, Option<civil::Date>)) -> Vec<ShiftShape> {
        let shape = |length_seconds| ShiftShape {
            length_seconds,
            starts: self.starts,
            start_step_minutes: u16::try_from(self.start_step_seconds / MINUTE).unwrap_or(u16::MAX),
            pauses: self.pauses_of(length_seconds),
            kinds: self.contract_kinds.clone(),
            dates,
            headcount: self.headcount(),
        };
        self.lengths().map(shape).collect()
    }

    /// How many people it wants on a day; `None` = it is not planned by number.
    #[must_use]
    pub fn headcount_on(&self, date: civil::Date) -> Option<u16> {
        let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).ok()?;
        self.headcounts.get(weekday).copied()
    }

    /// How many people it wants, for the generator.
    fn headcount(&self) -> Option<Headcount> {
        let weekdays = <[u16; 7]>::try_from(self.headcounts.as_slice()).ok()?;
        Some(Headcount { code: self.code.clone(), weekdays })
    }

    /// Its starts, in seconds of the day on the clock.
    fn starts_on_clock(&self) -> impl Iterator<Item = i64> {
        let step = usize::try_from(self.start_step_seconds).unwrap_or(0).max(1);
        let on_clock =
            |seconds| civil::Time::midnight().wrapping_add(SignedDuration::from_secs(seconds));
        (0..DAY).step_by(step).filter(move |seconds| self.starts.contains(on_clock(*seconds)))
    }

    /// What no shift can be, whatever the rules: paths from inside it.
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        faults.extend(Code::parse("code", &self.code).err());
        let mut within = |path: &str, seconds: i64, least: i64, most: i64| {
            if !(least..=most).contains(&seconds) {
                faults.push(Fault::invalid(path, Rule::Seconds(least, most)));
            } else if seconds % QUARTER != 0 {
                faults.push(Fault::invalid(path, Rule::QuarterHour));
            }
        };
        within("shortestSeconds", self.shortest_seconds, HOUR, DAY);
        within("longestSeconds", self.longest_seconds, HOUR, DAY);
        within("lengthStepSeconds", self.length_step_seconds, QUARTER, DAY);
        within("startStepSeconds", self.start_step_seconds, QUARTER, 4 * HOUR);
        if self.longest_seconds < self.shortest_seconds {
            faults.push(Fault::invalid("longestSeconds", Rule::NotBelow("shortestSeconds")));
        }
        let second = |time: civil::Time| {
            i64::from(time.hour()) * HOUR
                + i64::from(time.minute()) * MINUTE
                + i64::from(time.second())
        };
        for (path, time) in [("earliestStart", self.starts.from), ("latestStart", self.starts.to)] {
            if second(time) % QUARTER != 0 || time.subsec_nanosecond() != 0 {
                faults.push(Fault::invalid(path, Rule::QuarterHour));
            }
        }
        if faults.is_empty() && self.starts_on_clock().next().is_none() {
            let rule = Rule::MultipleOf(self.start_step_seconds);
            faults.push(Fault::invalid("earliestStart", rule));
        }
        let kinds: BTreeSet<ContractKind> = self.contract_kinds.iter().copied().collect();
        if kinds.len() < self.contract_kinds.len() {
            faults.push(Fault::invalid("contractKinds", Rule::EachOnce));
        }
        if faults.is_empty() {
            faults.extend(self.faults_of_headcounts());
        }
        faults.extend(self.faults_of_pauses());
        faults
    }

    /// Times and lengths must be sound: they are counted.
    fn faults_of_headcounts(&self) -> Vec<Fault> {
        if self.headcounts.is_empty() {
            return Vec::new();
        }
        let mut faults = Vec::new();
        if self.headcounts.len() != 7 {
            faults.push(Fault::invalid("headcounts", Rule::HeadcountsOfAWeek));
        }
        if self.lengths().nth(1).is_some() || self.starts_on_clock().nth(1).is_some() {
            faults.push(Fault::invalid("headcounts", Rule::HeadcountsOfOneShift));
        }
        for (at, people) in self.headcounts.iter().enumerate() {
            if *people > Self::MOST_PEOPLE {
                let rule = Rule::Between(0, Self::MOST_PEOPLE.into());
                faults.push(Fault::invalid(&format!("headcounts.{at}"), rule));
            }
        }
        faults
    }

    fn faults_of_pauses(&self) -> Vec<Fault> {
        let pauses = self.pauses.as_deref().unwrap_or_default();
        let mut faults = Vec::new();
        if pauses.len() > Self::MOST_PAUSES {
            faults.push(Fault::invalid("pauses", Rule::ItemsAtMost(Self::MOST_PAUSES)));
        }
        for (at, pause) in pauses.iter().enumerate() {
            let ShapePause { earliest_seconds, latest_seconds, length_seconds, .. } = *pause;
            let last = self.longest_seconds.max(0);
            for (name, seconds, least, most) in [
                ("earliestSeconds", earliest_seconds, QUARTER, last),
                ("latestSeconds", latest_seconds, earliest_seconds, last),
                ("durationSeconds", length_seconds, 5 * MINUTE, 4 * HOUR),
            ] {
                if !(least..=most).contains(&seconds) {
                    let path = format!("pauses.{at}.{name}");
                    faults.push(Fault::invalid(&path, Rule::Seconds(least, most)));
                }
            }
            if earliest_seconds.saturating_add(length_seconds) >= last {
                let path = format!("pauses.{at}.earliestSeconds");
                faults.push(Fault::invalid(&path, Rule::PausesInOrder));
            }
        }
        faults
    }
}

/// The shifts of a site; none of its own = the usual ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShiftTemplates(Vec<ShiftTemplate>);

impl ShiftTemplates {
    /// Most templates of a set.
    pub const MOST: usize = 30;
    /// Most starts and lengths of a set together: generation weighs each of them on each day.
    pub const MOST_CHOICES: usize = 400;

    /// Reads the shifts of a site. A name that is empty is taken from the other language.
    ///
    /// # Errors
    /// INVALID_VALUE at `templates` or below `templates.N` for what no shift can be, whatever the
    /// rules: times and lengths that are no whole quarters of an hour, a code given twice, more starts
    /// and lengths than can be weighed.
    pub fn parse(mut templates: Vec<ShiftTemplate>) -> Result<Self, Vec<Fault>> {
        if templates.len() > Self::MOST {
            return Err(vec![Fault::invalid("templates", Rule::ItemsAtMost(Self::MOST))]);
        }
        let mut faults = Vec::new();
        let mut codes = BTreeSet::new();
        for (at, template) in templates.iter_mut().enumerate() {
            let mut own = template.faults();
            match Names::parse(&template.names.en, &template.names.zh) {
                Ok(names) => template.names = names,
                Err(fault) => own.push(fault),
            }
            template.code = template.code.trim().to_owned();
            if !codes.insert(template.code.clone()) {
                own.push(Fault::invalid("code", Rule::EachOnce));
            }
            let place = |fault: Fault| {
                let path = format!("templates.{at}.{}", fault.path.join("."));
                fault.at(&path)
            };
            faults.extend(own.into_iter().map(place));
        }
        if faults.is_empty() {
            let of_one = |it: &ShiftTemplate| it.lengths().count() * it.starts_on_clock().count();
            let choices: usize = templates.iter().map(of_one).sum();
            if choices > Self::MOST_CHOICES {
                let rule = Rule::ChoicesAtMost(Self::MOST_CHOICES, choices);
                faults.push(Fault::invalid("templates", rule));
            }
        }
        if faults.is_empty() { Ok(Self(templates)) } else { Err(faults) }
    }

    /// What a site offers that has set nothing else: eight paid hours with an unpaid meal and two paid
    /// breaks, and short shifts of six and four hours with one break.
    #[must_use]
    pub fn usual() -> Self {
        let time = |hour| civil::time(hour, 0, 0, 0);
        let template = |code: &str, en: &str, zh: &str, minutes: i64| ShiftTemplate {
            code: code.to_owned(),
            names: Names { en: en.to_owned(), zh: zh.to_owned() },
            shortest_seconds: minutes * MINUTE,
            longest_seconds: minutes * MINUTE,
            length_step_seconds: 30 * MINUTE,
            starts: TimeBand { from: time(0), to: time(23) },
            start_step_seconds: 30 * MINUTE,
            pauses: None,
            contract_kinds: Vec::new(),
            headcounts: Vec::new(),
        };
        Self(vec![
            template("FULL", "Full day", "全天班", 510),
            template("SIX", "Six hours", "六小时班", 360),
            template("FOUR", "Four hours", "四小时班", 240),
        ])
    }

    /// The templates, in order; none = the usual ones.
    #[must_use]
    pub fn list(&self) -> &[ShiftTemplate] {
        &self.0
    }

    /// The set itself, or the usual one where it has none.
    #[must_use]
    pub fn or_usual(self) -> Self {
        if self.0.is_empty() { Self::usual() } else { self }
    }

    /// What the generator knows of them, on dates `[from, until)`.
    #[must_use]
    pub fn shapes(&self, dates: (Option<civil::Date>, Option<civil::Date>)) -> Vec<ShiftShape> {
        self.0.iter().flat_map(|template| template.shapes(dates)).collect()
    }
}

/// The shifts of a site from a day on, until the next day for which others are set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplatesFrom {
    /// The day, in the site's zone.
    pub valid_from: civil::Date,
    /// The shifts.
    pub templates: ShiftTemplates,
}

/// The shapes that generation may use from `first` to `last`: those of each set on the days on which it
/// holds, the usual ones before the first. Sets are in order of day.
#[must_use]
pub fn offered_shapes(
    sets: &[TemplatesFrom],
    first: civil::Date,
    last: civil::Date,
) -> Vec<ShiftShape> {
    let begun = sets.partition_point(|set| set.valid_from <= first);
    let mut shapes = Vec::new();
    let mut from = None;
    let mut held = begun.checked_sub(1).map(|at| &sets[at].templates);
    let coming = sets[begun..].iter().take_while(|set| set.valid_from <= last);
    for next in coming.map(Some).chain([None]) {
        let templates = held.cloned().unwrap_or_default().or_usual();
        shapes.extend(templates.shapes((from, next.map(|set| set.valid_from))));
        from = next.map(|set| set.valid_from);
        held = next.map(|set| &set.templates);
    }
    shapes
}

/// What a site offers on a day: the set that holds then, the usual shifts before the first. Sets are in
/// order of day.
#[must_use]
pub fn offered_templates(sets: &[TemplatesFrom], on: civil::Date) -> ShiftTemplates {
    let begun = sets.partition_point(|set| set.valid_from <= on);
    let held = begun.checked_sub(1).map(|at| sets[at].templates.clone());
    held.unwrap_or_default().or_usual()
}

#[cfg(test)]
mod tests;
