//! Whether a line is legal, quickly: for moves that do not build lines by the programme.

use crate::instance::Instance;

/// Limits of one person.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    minutes: Vec<usize>,
    most_of: Vec<usize>,
    /// `forbidden[shift][next]`
    forbidden: Vec<Vec<bool>>,
    off: Vec<bool>,
    minutes_between: (usize, usize),
    run: (usize, usize),
    min_off: usize,
    max_weekends: usize,
}

impl Limits {
    pub(crate) fn new(instance: &Instance, person: usize) -> Self {
        let of = &instance.people[person];
        let shifts = instance.kinds.len() + 1;
        let mut forbidden = vec![vec![false; shifts]; shifts];
        for (kind, row) in instance.kinds.iter().zip(&mut forbidden[1..]) {
            for next in &kind.not_before {
                if let Some(next) = instance.kind(next) {
                    row[next + 1] = true;
                }
            }
        }
        let mut off = vec![false; instance.days];
        for (_, days) in instance.days_off.iter().filter(|(who, _)| *who == of.name) {
            days.iter().for_each(|&day| off[day] = true);
        }
        let most = |name: &String| of.most_of.get(name).copied().unwrap_or(usize::MAX);
        let kinds = || instance.kinds.iter();
        Self {
            minutes: std::iter::once(0).chain(kinds().map(|kind| kind.minutes)).collect(),
            most_of: std::iter::once(usize::MAX)
                .chain(kinds().map(|kind| most(&kind.name)))
                .collect(),
            forbidden,
            off,
            minutes_between: (of.min_minutes, of.max_minutes),
            run: (of.min_run, of.max_run),
            min_off: of.min_off,
            max_weekends: of.max_weekends,
        }
    }

    pub(crate) fn allow(&self, line: &[u8]) -> bool {
        let mut counts = [0usize; 16];
        let (mut minutes, mut weekends) = (0, 0);
        let (mut length, mut edge) = (0, true);
        let mut last = 0;
        for (day, &shift) in line.iter().enumerate() {
            let at = usize::from(shift);
            counts[at] += 1;
            minutes += self.minutes[at];
            if (at > 0 && self.off[day]) || self.forbidden[last][at] {
                return false;
            }
            if day > 0 && (at > 0) != (last > 0) {
                let least = if last > 0 { self.run.0 } else { self.min_off };
                if !edge && length < least {
                    return false;
                }
                (length, edge) = (0, false);
            }
            length += 1;
            if at > 0 && length > self.run.1 {
                return false;
            }
            weekends += usize::from(day % 7 == 6 && (at > 0 || last > 0));
            last = at;
        }
        let within = self.minutes_between.0 <= minutes && minutes <= self.minutes_between.1;
        within
            && weekends <= self.max_weekends
            && counts.iter().zip(&self.most_of).all(|(count, most)| count <= most)
    }
}
