//! Problem and answer of shift design.

/// Where shifts of one type may lie, in slots of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShiftWindow {
    /// Earliest start.
    pub first_start: u16,
    /// Latest start, included.
    pub last_start: u16,
    /// Shortest length.
    pub shortest: u16,
    /// Longest length, included.
    pub longest: u16,
}

/// What is needed in a typical week, and what shifts there may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesignProblem {
    /// Minutes of a slot.
    pub slot_minutes: u16,
    /// Slots of a day.
    pub slots_per_day: u16,
    /// Agents needed in each slot; whole days. The first day follows the last, so a shift that
    /// passes the end of the week goes on at its beginning.
    pub need: Vec<u16>,
    /// Types of shift; a start and length that lies in two of them is one shift.
    pub windows: Vec<ShiftWindow>,
    /// Cost of a minute in which an agent is missing.
    pub under_weight: u32,
    /// Cost of a minute in which an agent is too many.
    pub over_weight: u32,
    /// Cost of each distinct shift, in the same unit.
    pub shift_cost: u32,
}

/// A shift of the design and how many agents work it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesignedShift {
    /// Slot of the day in which it starts.
    pub start: u16,
    /// Slots it lasts.
    pub length: u16,
    /// Agents by day.
    pub agents: Vec<u16>,
}

/// A set of shifts and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftDesign {
    /// Shifts with at least one agent on some day, by start and length.
    pub shifts: Vec<DesignedShift>,
    /// Agent-minutes missing in the week.
    pub under_minutes: u64,
    /// Agent-minutes too many.
    pub over_minutes: u64,
    /// Weighted sum of both and of the number of distinct shifts.
    pub cost: u64,
    /// Moves tried; with the seed they give the same design again.
    pub moves: u64,
}

/// A problem whose parts do not fit each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// A slot or a day has no length, or a slot is longer than a day.
    #[error("slots of {minutes} minutes, {per_day} a day, are not a day")]
    Day {
        /// Minutes of a slot.
        minutes: u16,
        /// Slots of a day.
        per_day: u16,
    },
    /// The need is empty or ends within a day.
    #[error("{slots} slots are not whole days")]
    Need {
        /// Slots given.
        slots: usize,
    },
    /// A window is empty, starts beyond the day or lasts longer than the week.
    #[error("window {window} holds no shift that can be worked")]
    Window {
        /// Index of the window.
        window: usize,
    },
    /// The windows hold no shift or more than [`DesignProblem::MAX_SHIFTS`].
    #[error("{shifts} possible shifts; between 1 and {max} can be searched", max = DesignProblem::MAX_SHIFTS)]
    Shifts {
        /// Possible shifts.
        shifts: usize,
    },
}

impl DesignProblem {
    /// Most possible shifts: all starts and lengths of a day of quarter hours.
    pub const MAX_SHIFTS: usize = 96 * 96;

    /// Days of the week in question.
    #[must_use]
    pub fn days(&self) -> usize {
        self.need.len() / usize::from(self.slots_per_day).max(1)
    }

    /// All starts and lengths that the windows allow, each once.
    ///
    /// # Errors
    /// [`DesignError`], by the first part that does not fit.
    pub(super) fn possible_shifts(&self) -> Result<Vec<(u16, u16)>, DesignError> {
        let minutes = u32::from(self.slot_minutes) * u32::from(self.slots_per_day);
        if minutes == 0 || minutes > 24 * 60 {
            let (minutes, per_day) = (self.slot_minutes, self.slots_per_day);
            return Err(DesignError::Day { minutes, per_day });
        }
        let slots = self.need.len();
        if slots == 0 || !slots.is_multiple_of(usize::from(self.slots_per_day)) {
            return Err(DesignError::Need { slots });
        }
        let mut shifts = Vec::new();
        for (index, window) in self.windows.iter().enumerate() {
            let fits = window.last_start < self.slots_per_day
                && window.first_start <= window.last_start
                && (1..=window.longest).contains(&window.shortest)
                && usize::from(window.longest) <= slots;
            if !fits {
                return Err(DesignError::Window { window: index });
            }
            shifts.extend((window.first_start..=window.last_start).flat_map(|start| {
                (window.shortest..=window.longest).map(move |length| (start, length))
            }));
        }
        shifts.sort_unstable();
        shifts.dedup();
        if shifts.is_empty() || shifts.len() > Self::MAX_SHIFTS {
            return Err(DesignError::Shifts { shifts: shifts.len() });
        }
        Ok(shifts)
    }
}
