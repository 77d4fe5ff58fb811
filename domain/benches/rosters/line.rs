//! The cheapest legal line of one person, exactly: a programme over days whose state is the last
//! shift with its run length, the weekends worked, the count of the scarcest kind, and the minutes.

use std::collections::BTreeMap;

use super::instance::Instance;

/// More than any line costs.
pub(crate) const NEVER: f32 = 1e9;

/// A shift that the person may work.
#[derive(Debug, Clone, Copy)]
struct Own {
    /// Number in lines: 0 is off.
    shift: u8,
    units: usize,
    counted: bool,
}

/// A step from one phase to another by working (or not) a day.
#[derive(Debug, Clone, Copy)]
struct Step {
    to: usize,
    own: Own,
}

/// What stays the same for a person.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    days: usize,
    steps: Vec<Vec<Step>>,
    works: Vec<bool>,
    max_weekends: usize,
    /// The scarcest limited kind, 0 if there is none, and its most.
    counted: u8,
    counts: usize,
    /// Kinds whose count is limited and not part of the state: number and most.
    priced: Vec<(u8, usize)>,
    min_units: usize,
    max_units: usize,
    width: usize,
    longest: usize,
    /// Units that can have been worked before each day when the line still reaches its least.
    band: Vec<(usize, usize)>,
    /// Days on which no work is possible.
    off: Vec<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Start,
    Off(usize),
    /// Kind, length of the run, whether its least length is waived at the start of the horizon.
    Work(u8, usize, bool),
}

impl Rules {
    /// Rules of a person who works the kinds that are asked for, as far as the person may.
    pub(crate) fn new(instance: &Instance, person: usize, asked: impl Fn(usize) -> bool) -> Self {
        let of = &instance.people[person];
        let most = |kind: usize| {
            of.most_of.get(&instance.kinds[kind].name).copied().unwrap_or(instance.days)
        };
        let kinds: Vec<usize> =
            (0..instance.kinds.len()).filter(|&kind| most(kind) > 0 && asked(kind)).collect();
        let gcd = |mut a: usize, mut b: usize| {
            while b > 0 {
                (a, b) = (b, a % b);
            }
            a
        };
        let unit =
            kinds.iter().fold(0, |unit, &kind| gcd(unit, instance.kinds[kind].minutes)).max(1);
        let mut limited: Vec<usize> = kinds
            .iter()
            .copied()
            .filter(|&kind| {
                most(kind) < instance.days.min(of.max_minutes / instance.kinds[kind].minutes)
            })
            .collect();
        limited.sort_by_key(|&kind| most(kind));
        let counted = limited.first().copied();
        let own = |kind: usize| Own {
            shift: kind as u8 + 1,
            units: instance.kinds[kind].minutes / unit,
            counted: Some(kind) == counted,
        };
        let rest = Own { shift: 0, units: 0, counted: false };
        let mut phases = vec![Phase::Start];
        let mut place_of = BTreeMap::from([(Phase::Start, 0)]);
        let mut steps: Vec<Vec<Step>> = Vec::new();
        let mut at = 0;
        while at < phases.len() {
            let phase = phases[at];
            let mut next: Vec<(Phase, Own)> = Vec::new();
            let off = match phase {
                Phase::Start => Some(Phase::Off(of.min_off)),
                Phase::Off(days) => Some(Phase::Off((days + 1).min(of.min_off))),
                Phase::Work(_, run, waived) => {
                    (run >= of.min_run || waived).then_some(Phase::Off(1.min(of.min_off)))
                }
            };
            next.extend(off.map(|off| (off, rest)));
            for &kind in &kinds {
                let shift = kind as u8 + 1;
                let work = match phase {
                    Phase::Start => Some((1, of.min_run > 1)),
                    Phase::Off(days) => (days >= of.min_off).then_some((1, false)),
                    Phase::Work(last, run, waived) => {
                        let last = &instance.kinds[usize::from(last) - 1];
                        let follows = !last.not_before.contains(&instance.kinds[kind].name);
                        (follows && run < of.max_run)
                            .then_some((run + 1, waived && run + 1 < of.min_run))
                    }
                };
                next.extend(work.map(|(run, waived)| (Phase::Work(shift, run, waived), own(kind))));
            }
            let steps_of = next.into_iter().map(|(phase, own)| {
                let to = *place_of.entry(phase).or_insert_with(|| {
                    phases.push(phase);
                    phases.len() - 1
                });
                Step { to, own }
            });
            let steps_of = steps_of.collect();
            steps.push(steps_of);
            at += 1;
        }
        let max_units = of.max_minutes / unit;
        let longest = kinds.iter().map(|&kind| own(kind).units).max().unwrap_or(0);
        let mut off = vec![false; instance.days];
        for (_, days) in instance.days_off.iter().filter(|(who, _)| *who == of.name) {
            days.iter().for_each(|&day| off[day] = true);
        }
        // Of any n days in a row at most so many can be worked.
        let most_in = |days: usize| {
            let period = of.max_run + of.min_off.max(1);
            days / period * of.max_run + (days % period).min(of.max_run)
        };
        let min_units = of.min_minutes.div_ceil(unit);
        let band = (0..=instance.days).map(|day| {
            let low = min_units.saturating_sub(most_in(instance.days - day) * longest);
            (low, (most_in(day) * longest).min(max_units))
        });
        Self {
            days: instance.days,
            band: band.collect(),
            works: phases.iter().map(|phase| matches!(phase, Phase::Work(..))).collect(),
            steps,
            max_weekends: of.max_weekends,
            counted: counted.map_or(0, |kind| kind as u8 + 1),
            counts: counted.map_or(0, most),
            priced: limited.iter().skip(1).map(|&kind| (kind as u8 + 1, most(kind))).collect(),
            min_units,
            max_units,
            width: max_units + 1 + longest,
            longest,
            off,
        }
    }

    /// Additions that the programme makes without counts.
    pub(crate) fn work(&self) -> usize {
        let steps: usize = self.steps.iter().map(Vec::len).sum();
        steps * (self.max_weekends + 1) * self.width * self.days
    }
}

/// Tables of the programme, kept between calls.
#[derive(Debug, Default)]
pub(crate) struct Programme {
    table: Vec<f32>,
    extra: Vec<f32>,
}

impl Programme {
    /// Fills `line` with the cheapest legal line where shift `x` on a day costs `costs[day][x]`.
    /// Answers whether there is one.
    pub(crate) fn run(&mut self, rules: &Rules, costs: &[Vec<f32>], line: &mut Vec<u8>) -> bool {
        // The scarcest kind is counted only if the line that does not count it has too many.
        if rules.counted > 0 {
            if !self.priced(rules, 0, costs, line) {
                return false;
            }
            if line.iter().filter(|&&shift| shift == rules.counted).count() <= rules.counts {
                return true;
            }
        }
        self.priced(rules, rules.counts, costs, line)
    }

    fn priced(
        &mut self,
        rules: &Rules,
        counts: usize,
        costs: &[Vec<f32>],
        line: &mut Vec<u8>,
    ) -> bool {
        let shifts = costs.first().map_or(0, Vec::len);
        self.extra.clear();
        self.extra.resize(shifts, 0.0);
        // Limits that are not part of the state are priced until they hold.
        for _round in 0..12 {
            if !self.solve(rules, counts, costs, line) {
                return false;
            }
            let mut holds = true;
            for &(shift, most) in &rules.priced {
                let count = line.iter().filter(|&&it| it == shift).count();
                if count > most {
                    holds = false;
                    let extra = &mut self.extra[usize::from(shift)];
                    *extra = (*extra * 2.0).max(3.0);
                }
            }
            if holds {
                return true;
            }
        }
        false
    }

    /// Solves with the scarcest kind counted up to `counts`, or not at all if that is 0.
    fn solve(
        &mut self,
        rules: &Rules,
        counts: usize,
        costs: &[Vec<f32>],
        line: &mut Vec<u8>,
    ) -> bool {
        let counting = counts > 0;
        let (weekends, counts, width) = (rules.max_weekends + 1, counts + 1, rules.width);
        let of_phase = weekends * counts * width;
        let of_day = rules.steps.len() * of_phase;
        self.table.resize(of_day * (rules.days + 1), NEVER);
        let place = |phase: usize, weekend: usize, count: usize| {
            phase * of_phase + (weekend * counts + count) * width
        };
        let (_, last) = self.table.split_at_mut(of_day * rules.days);
        for row in last.chunks_exact_mut(width) {
            row.fill(NEVER);
            row[rules.min_units.min(width)..=rules.max_units].fill(0.0);
        }
        for day in (0..rules.days).rev() {
            let (before, after) = self.table.split_at_mut(of_day * (day + 1));
            let after = &after[..of_day];
            let target = &mut before[of_day * day..];
            let sunday = day % 7 == 6;
            let (low, high) = rules.band[day];
            if low > high {
                return false;
            }
            for (phase, steps) in rules.steps.iter().enumerate() {
                for weekend in 0..weekends.min(day / 7 + 1) {
                    for count in 0..counts {
                        let row = place(phase, weekend, count);
                        // A step from the day before may look just outside the band.
                        let below = low.saturating_sub(rules.longest);
                        let above = (high + rules.longest).min(width - 1);
                        target[row + below..=row + above].fill(NEVER);
                        let row = &mut target[row + low..=row + high];
                        for step in steps {
                            let works = step.own.shift > 0;
                            if works && rules.off[day] {
                                continue;
                            }
                            let counts_weekend = sunday && (works || rules.works[phase]);
                            let weekend = weekend + usize::from(counts_weekend);
                            let count = count + usize::from(step.own.counted && counting);
                            if weekend >= weekends || count >= counts {
                                continue;
                            }
                            let shift = usize::from(step.own.shift);
                            let cost = costs[day][shift] + self.extra[shift];
                            let from = place(step.to, weekend, count) + low + step.own.units;
                            let from = &after[from..from + row.len()];
                            for (value, &next) in row.iter_mut().zip(from) {
                                let worth = next + cost;
                                *value = if worth < *value { worth } else { *value };
                            }
                        }
                    }
                }
            }
        }
        self.read(rules, rules.counts * usize::from(counting), costs, line, &place, of_day)
    }

    fn read(
        &self,
        rules: &Rules,
        counts: usize,
        costs: &[Vec<f32>],
        line: &mut Vec<u8>,
        place: &dyn Fn(usize, usize, usize) -> usize,
        of_day: usize,
    ) -> bool {
        line.clear();
        let counting = counts > 0;
        let (mut phase, mut weekend, mut count, mut units) = (0, 0, 0, 0);
        for (day, costs) in costs.iter().enumerate() {
            let after = &self.table[of_day * (day + 1)..of_day * (day + 2)];
            let mut best = None;
            let mut least = NEVER / 2.0;
            for step in &rules.steps[phase] {
                let works = step.own.shift > 0;
                let counts_weekend = day % 7 == 6 && (works || rules.works[phase]);
                let next = (
                    step.to,
                    weekend + usize::from(counts_weekend),
                    count + usize::from(step.own.counted && counting),
                    units + step.own.units,
                );
                if works && rules.off[day]
                    || next.1 > rules.max_weekends
                    || next.2 > counts
                    || next.3 > rules.max_units
                {
                    continue;
                }
                let shift = usize::from(step.own.shift);
                let cost = after[place(next.0, next.1, next.2) + next.3];
                let cost = cost + costs[shift] + self.extra[shift];
                if cost < least {
                    (least, best) = (cost, Some((next, step.own.shift)));
                }
            }
            let Some((next, shift)) = best else { return false };
            (phase, weekend, count, units) = next;
            line.push(shift);
        }
        true
    }
}
