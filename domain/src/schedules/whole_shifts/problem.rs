//! A roster of whole shifts in its compact form: people, days, kinds of shifts, and how many people
//! each kind wants on each day.
//!
//! A day of a line is a number: 0 is off, `k + 1` is the kind `k`. Sets of what a day may be are bits
//! of these numbers, so bit 0 stands for a day off.

/// Most kinds of shifts: each has a bit beside the day off.
pub const MAX_KINDS: usize = 63;

/// Everything that the search looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// The days to plan, in order.
    pub days: Vec<Day>,
    /// Minutes that each kind of shift counts for.
    pub minutes: Vec<u32>,
    /// Whom to plan.
    pub people: Vec<Person>,
    /// By day and kind: how many people are wanted.
    pub wanted: Vec<Vec<Wanted>>,
}

/// A day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    /// The weekend to which it belongs, counted from 0 in the order of the days; `None` on other
    /// days. A weekend is worked as soon as one of its days is.
    pub weekend: Option<u16>,
}

/// People wanted on one kind of shift on one day, and what it costs to miss that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// How many.
    pub people: u32,
    /// Cost of each who is missing.
    pub under: u32,
    /// Cost of each who is too many.
    pub over: u32,
}

/// What one person may and wants to work. Limits are never exceeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// By day: bits of what it may be. Without bit 0 the person must work on that day.
    pub possible: Vec<u64>,
    /// By kind: bits of the kinds that cannot follow on the next day (bit 0 is never set).
    pub forbidden_next: Vec<u64>,
    /// By kind: most shifts of it over all days.
    pub most_of: Vec<u32>,
    /// Minutes and days of each period: one for all days, or one for each week. They follow each
    /// other without gap, and the last ends with the last day.
    pub periods: Vec<Period>,
    /// Most days in a row with work.
    pub max_run: u32,
    /// Least days in a row with work, but for the first and the last run.
    pub min_run: u32,
    /// Least days off in a row, but for the first and the last of them.
    pub min_off: u32,
    /// Most weekends with work.
    pub max_weekends: u32,
    /// Days worked in a row up to the first day.
    pub run_before: u32,
    /// What the person would rather have.
    pub wishes: Vec<Wish>,
}

/// Minutes and days of work in some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// First day after it.
    pub end: usize,
    /// Least minutes.
    pub min_minutes: u32,
    /// Most minutes.
    pub max_minutes: u32,
    /// Most days with work.
    pub max_days: u32,
}

/// A wish about one day. It costs `weight` when it is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Which day.
    pub day: usize,
    /// Bits of what the day is to be: one kind, all but one, a day off.
    pub any_of: u64,
    /// Its cost.
    pub weight: u32,
}

/// Why something is not a problem that can be solved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemError {
    /// More kinds of shifts than fit, or wanted people for other days and kinds than there are.
    #[error(
        "{kinds} kinds: there must be 1 to {MAX_KINDS}, with wanted people for each on each day"
    )]
    Kinds {
        /// How many there are.
        kinds: usize,
    },
    /// What is told of a person does not fit the days and kinds, or contradicts itself.
    #[error("person {person} does not fit the days and kinds")]
    Person {
        /// Index of the person.
        person: usize,
    },
    /// The limits of some people leave no line at all, or none that can be found in bounded time.
    #[error("people {people:?} have no legal line")]
    NoLine {
        /// Indices of all of them.
        people: Vec<usize>,
    },
}

impl Problem {
    /// Checks that indices and counts fit each other.
    ///
    /// # Errors
    /// [`ProblemError`] names the first part that does not.
    pub fn validate(&self) -> Result<(), ProblemError> {
        let (days, kinds) = (self.days.len(), self.minutes.len());
        let all = self.wanted.len() == days && self.wanted.iter().all(|it| it.len() == kinds);
        if !(1..=MAX_KINDS).contains(&kinds) || !all {
            return Err(ProblemError::Kinds { kinds });
        }
        for (person, of) in self.people.iter().enumerate() {
            let ends: Vec<usize> = of.periods.iter().map(|period| period.end).collect();
            let sound = of.periods.iter().all(|it| it.min_minutes <= it.max_minutes);
            let fits = of.possible.len() == days
                && of.possible.iter().all(|&bits| bits > 0 && bits >> kinds <= 1)
                && of.forbidden_next.len() == kinds
                && of.most_of.len() == kinds
                && ends.is_sorted_by(|a, b| a < b)
                && ends.last() == Some(&days)
                && of.max_run > 0
                && of.wishes.iter().all(|wish| wish.day < days);
            if !fits || !sound {
                return Err(ProblemError::Person { person });
            }
        }
        Ok(())
    }
}
