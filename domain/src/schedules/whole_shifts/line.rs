//! The cheapest legal line of one person, exactly: a programme over days whose state is what may
//! follow the last shift with its run length, the weekends worked, the count of what is scarcest, and
//! the minutes of the period.

use super::rules::Rules;

/// More than any line costs.
const NEVER: f32 = 1e30;
/// No such place.
const NOWHERE: u32 = u32::MAX;
/// The first price of a kind of which there are too many, and how often it doubles.
const FIRST_EXTRA: f32 = 3.0;
const ROUNDS: usize = 20;
/// Places of the table when everything that is limited is counted.
const MOST_PLACES: usize = 20_000_000;

/// Tables of the programme, kept between calls.
#[derive(Debug, Default)]
pub(super) struct Programme {
    table: Vec<f32>,
    /// By shift.
    extra: Vec<f32>,
    /// By day and group: the cheapest shift.
    cheapest: Vec<(f32, u8)>,
    /// By period, group and count: the count when one of the group is added.
    add: Vec<u32>,
    shape: Shape,
}

/// Sizes of the table.
#[derive(Debug, Default, Clone, Copy)]
struct Shape {
    weekends: usize,
    counts: usize,
    width: usize,
    of_phase: usize,
    of_day: usize,
    /// Counts that differ only in what each period counts anew; 1 if none does.
    anew: usize,
}

impl Shape {
    fn place(&self, phase: usize, weekend: usize, count: usize) -> usize {
        phase * self.of_phase + (weekend * self.counts + count) * self.width
    }

    /// The count with which a period begins when the one before ended with `count`.
    fn carried(&self, count: usize) -> usize {
        count - count % self.anew
    }
}

impl Programme {
    /// Fills `line` with the cheapest legal line where shift `x` on a day costs `costs[day][x]`.
    /// Answers whether there is one.
    pub(super) fn run(&mut self, rules: &Rules, costs: &[Vec<f32>], line: &mut Vec<u8>) -> bool {
        if rules.hopeless {
            return false;
        }
        let Some(scarcest) = rules.counters.first() else {
            return self.priced(rules, 0, costs, line);
        };
        // The scarcest is counted only if the line that does not count it has too many.
        if self.priced(rules, 0, costs, line) && rules.holds(scarcest, line) {
            return true;
        }
        if self.priced(rules, 1, costs, line) {
            return true;
        }
        // Prices do not tell whether there is a line at all, where what is scarce is also a must.
        let all = rules.counters.len();
        let counts = rules.counters.iter().map(size).try_fold(1, usize::checked_mul);
        let places = counts.and_then(|counts| counts.checked_mul(Shape::of(rules, 1, 1).of_day));
        if all < 2 || places.is_none_or(|it| it.saturating_mul(rules.days) > MOST_PLACES) {
            return false;
        }
        self.extra.fill(0.0);
        self.solve(rules, all, costs, line)
    }

    /// The first `counting` counters hold exactly, limits of the others are priced until they hold.
    /// The scarcest has no price.
    fn priced(
        &mut self,
        rules: &Rules,
        counting: usize,
        costs: &[Vec<f32>],
        line: &mut Vec<u8>,
    ) -> bool {
        let shifts = costs.first().map_or(0, Vec::len);
        self.extra.clear();
        self.extra.resize(shifts, 0.0);
        for _round in 0..ROUNDS {
            if !self.solve(rules, counting, costs, line) {
                return false;
            }
            let mut holds = true;
            for (at, counter) in rules.counters.iter().enumerate().skip(1) {
                if !rules.holds(counter, line) {
                    holds = false;
                    for shift in rules.counted(at) {
                        let extra = &mut self.extra[shift];
                        *extra = (*extra * 2.0).max(FIRST_EXTRA);
                    }
                }
            }
            if holds {
                return true;
            }
        }
        false
    }

    fn solve(
        &mut self,
        rules: &Rules,
        counting: usize,
        costs: &[Vec<f32>],
        line: &mut Vec<u8>,
    ) -> bool {
        self.find_cheapest(rules, costs);
        self.prepare_counts(rules, counting);
        let shape = self.shape;
        let Shape { weekends, counts, width, of_day, .. } = shape;
        let groups = rules.groups.len();
        self.table.resize(of_day * (rules.days + 1), NEVER);
        let last = &mut self.table[of_day * rules.days..][..of_day];
        for row in last.chunks_exact_mut(width) {
            row.fill(NEVER);
            if let Some(span) = rules.spans.last() {
                row[span.least..=span.most].fill(0.0);
            }
        }
        for day in (0..rules.days).rev() {
            let (low, high) = rules.band[day];
            if low > high {
                return false;
            }
            let (before, after) = self.table.split_at_mut(of_day * (day + 1));
            let after = &after[..of_day];
            let target = &mut before[of_day * day..];
            let add = &self.add[rules.span_of[day] * groups * counts..];
            let cheapest = &self.cheapest[day * groups..];
            // A step from the day before may look just outside the band.
            let below = low.saturating_sub(rules.longest);
            let above = (high + rules.longest).min(width - 1);
            for (phase, steps) in rules.phases.steps.iter().enumerate() {
                let fresh = opens_weekend(rules, day, phase);
                for weekend in 0..weekends.min(rules.begun[day] + 1) {
                    for count in 0..counts {
                        let row = shape.place(phase, weekend, count);
                        target[row + below..=row + above].fill(NEVER);
                        let row = &mut target[row + low..=row + high];
                        for step in steps {
                            let (cost, _shift) = cheapest[step.group];
                            let weekend = weekend + usize::from(fresh && step.group > 0);
                            let count = add[step.group * counts + count];
                            if cost >= NEVER || weekend >= weekends || count == NOWHERE {
                                continue;
                            }
                            let from =
                                shape.place(step.to, weekend, count as usize) + low + step.units;
                            let from = &after[from..from + row.len()];
                            for (value, &next) in row.iter_mut().zip(from) {
                                let worth = next + cost;
                                *value = if worth < *value { worth } else { *value };
                            }
                        }
                    }
                }
            }
            self.join_periods(rules, day);
        }
        self.read(rules, line)
    }

    /// The cheapest shift of each group on each day.
    fn find_cheapest(&mut self, rules: &Rules, costs: &[Vec<f32>]) {
        self.cheapest.clear();
        for (costs, possible) in costs.iter().zip(&rules.possible) {
            let extra = &self.extra;
            self.cheapest.extend(rules.groups.iter().map(|group| {
                let there = group.shifts.iter().filter(|&&shift| possible >> shift & 1 == 1);
                there.fold((NEVER, 0), |best, &shift| {
                    let cost = costs[usize::from(shift)] + extra[usize::from(shift)];
                    if cost < best.0 { (cost, shift) } else { best }
                })
            }));
        }
    }

    /// Numbers what the first `counting` counters can have counted, and what each group adds.
    fn prepare_counts(&mut self, rules: &Rules, counting: usize) {
        let counters = &rules.counters[..counting];
        let counts = counters.iter().map(size).product::<usize>();
        let anew = counters.iter().filter(|it| it.anew).map(size).product();
        self.shape = Shape::of(rules, counts, anew);
        self.add.clear();
        for period in 0..rules.spans.len() {
            for group in &rules.groups {
                self.add.extend((0..counts).map(|count| {
                    let (mut stride, mut sum) = (1, count);
                    for (at, counter) in counters.iter().enumerate() {
                        if group.counted >> at & 1 == 1 {
                            if count / stride % size(counter) >= counter.most[period] {
                                return NOWHERE;
                            }
                            sum += stride;
                        }
                        stride *= size(counter);
                    }
                    sum as u32
                }));
            }
        }
    }

    /// Where a period begins, the day before sees one value for all units within its own limits.
    fn join_periods(&mut self, rules: &Rules, day: usize) {
        let Some(span) = rules.ends(day) else { return };
        let Shape { weekends, counts, width, of_day, .. } = self.shape;
        let table = &mut self.table[of_day * day..][..of_day];
        for phase in 0..rules.phases.steps.len() {
            for weekend in 0..weekends.min(rules.begun[day] + 1) {
                // A count is carried over to a lower one or itself, which is still to be changed.
                for count in (0..counts).rev() {
                    let carried = self.shape.carried(count);
                    let value = table[self.shape.place(phase, weekend, carried)];
                    let row = &mut table[self.shape.place(phase, weekend, count)..][..width];
                    row.fill(NEVER);
                    row[span.least..=span.most].fill(value);
                }
            }
        }
    }

    /// Follows the values from the first day on.
    fn read(&self, rules: &Rules, line: &mut Vec<u8>) -> bool {
        line.clear();
        let Shape { weekends, counts, of_day, .. } = self.shape;
        let groups = rules.groups.len();
        let (mut phase, mut weekend, mut count, mut units) = (0, 0, 0, 0);
        for day in 0..rules.days {
            if rules.ends(day).is_some() {
                (count, units) = (self.shape.carried(count), 0);
            }
            let span = rules.span_of[day];
            let after = &self.table[of_day * (day + 1)..of_day * (day + 2)];
            let fresh = opens_weekend(rules, day, phase);
            let mut best = None;
            let mut least = NEVER / 2.0;
            for step in &rules.phases.steps[phase] {
                let (cost, shift) = self.cheapest[day * groups + step.group];
                let add = self.add[(span * groups + step.group) * counts + count];
                let weekend = weekend + usize::from(fresh && step.group > 0);
                let units = units + step.units;
                if cost >= NEVER
                    || weekend >= weekends
                    || add == NOWHERE
                    || units > rules.spans[span].most
                {
                    continue;
                }
                let cost = cost + after[self.shape.place(step.to, weekend, add as usize) + units];
                if cost < least {
                    (least, best) = (cost, Some((step.to, weekend, add as usize, units, shift)));
                }
            }
            let Some((to, opened, added, sum, shift)) = best else { return false };
            (phase, weekend, count, units) = (to, opened, added, sum);
            line.push(shift);
        }
        true
    }
}

impl Shape {
    fn of(rules: &Rules, counts: usize, anew: usize) -> Self {
        let (weekends, width) = (rules.max_weekends + 1, rules.width);
        let of_phase = weekends * counts * width;
        let of_day = rules.phases.steps.len() * of_phase;
        Self { weekends, counts, width, of_phase, of_day, anew }
    }
}

/// How many counts a counter can have.
fn size(counter: &super::rules::Counter) -> usize {
    counter.most.iter().max().map_or(1, |most| most + 1)
}

/// Whether work on the day makes its weekend one with work, after the phase.
fn opens_weekend(rules: &Rules, day: usize, phase: usize) -> bool {
    rules.in_weekend[day].is_some_and(|before| rules.phases.rest[phase] >= before)
}
