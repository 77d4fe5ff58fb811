//! Seats: which shifts still find one while a roster is made.

use super::{
    menu::Choice,
    plan::{Placed, Plan},
    problem::{Held, Problem, Slot},
};

/// Seats of a site for those whom a problem plans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Room {
    /// Seats in each slot that shifts which stay as they are leave; `None` is enough, as there are
    /// after the last slot.
    pub seats: Vec<Option<u16>>,
}

/// Seats that are left, kept up to date as lines come and go.
///
/// A shift that is kept is counted by what the room leaves. Who holds one that may become another has
/// a seat from the beginning, where it stands, and keeps the last one while he is off the roster: so
/// there is always one to come back to.
#[derive(Debug, Clone)]
pub(super) struct Seating {
    /// By room and slot; below nothing where what stands takes more than there are.
    left: Vec<Vec<i32>>,
    /// By agent: the shifts that are held, as they are now.
    held: Vec<Vec<HeldSeat>>,
    /// For the agent who was looked at last: slots without a seat before each slot. Empty where he
    /// has always one.
    full: Vec<u32>,
    /// The agent who was looked at last.
    of: usize,
}

#[derive(Debug, Clone, Copy)]
struct HeldSeat {
    day: usize,
    at: Place,
}

/// Start and template of a shift.
type Place = (Slot, u16);

/// More than anybody takes.
const ENOUGH: i32 = i32::MAX / 2;
const TAKE: i32 = -1;
const LEAVE: i32 = 1;

impl Seating {
    /// Before anybody has a line.
    pub(super) fn new(problem: &Problem) -> Self {
        let seats = |seats: &Option<u16>| seats.map_or(ENOUGH, i32::from);
        let left = problem.rooms.iter().map(|room| room.seats.iter().map(seats).collect());
        let seat = |held: &Held| HeldSeat {
            day: held.shift.day,
            at: (held.shift.start, held.shift.template),
        };
        let held = problem.agents.iter().map(|agent| agent.held.iter().map(seat).collect());
        let mut seating =
            Self { left: left.collect(), held: held.collect(), full: Vec::new(), of: 0 };
        for agent in 0..problem.agents.len() {
            seating.reserve(problem, agent, TAKE);
        }
        seating
    }

    /// With the lines of a plan.
    pub(super) fn of(problem: &Problem, plan: &Plan) -> Self {
        let mut seating = Self::new(problem);
        for (agent, line) in plan.lines.iter().enumerate() {
            seating.take(problem, agent, line);
        }
        seating
    }

    /// The rooms as everybody but one agent leaves them.
    pub(super) fn rooms_without(problem: &Problem, plan: &Plan, agent: usize) -> Vec<Room> {
        let mut seating = Self::of(problem, plan);
        seating.leave(problem, agent, &plan.lines[agent]);
        seating.reserve(problem, agent, LEAVE);
        // More than the number holds is enough.
        let seats = |left: &i32| u16::try_from((*left).max(0)).ok();
        let room = |left: &Vec<i32>| Room { seats: left.iter().map(seats).collect() };
        seating.left.iter().map(room).collect()
    }

    /// An agent who had none gets a line.
    pub(super) fn take(&mut self, problem: &Problem, agent: usize, line: &[Option<Placed>]) {
        self.count(problem, agent, line, TAKE);
    }

    /// The agent has the line no more.
    pub(super) fn leave(&mut self, problem: &Problem, agent: usize, line: &[Option<Placed>]) {
        self.count(problem, agent, line, LEAVE);
    }

    /// Finds the seats that are left for one agent, who has no line.
    pub(super) fn look(&mut self, problem: &Problem, agent: usize) {
        self.of = agent;
        self.full.clear();
        let Some(room) = problem.agents[agent].room else { return };
        self.reserve(problem, agent, LEAVE);
        let mut full = 0;
        self.full.push(full);
        for &left in self.left.get(room).into_iter().flatten() {
            full += u32::from(left <= 0);
            self.full.push(full);
        }
        self.reserve(problem, agent, TAKE);
    }

    /// Whether there is a seat for a choice of the agent who was looked at last. For one that is kept
    /// and for what is held, as it is now, there is.
    pub(super) fn fits(&self, choice: &Choice) -> bool {
        let Some(last) = self.full.len().checked_sub(1) else { return true };
        let before = |slot: Slot| self.full[last.min(slot as usize)];
        let at = (choice.start, choice.template);
        before(choice.start) == before(choice.end)
            || choice.stands
            || self.held[self.of].iter().any(|held| held.at == at)
    }

    /// Whether nobody can sit down beside those who are where the agent would be.
    pub(super) fn is_full(&self, problem: &Problem, agent: usize, slot: Slot) -> bool {
        let room = problem.agents[agent].room.and_then(|room| self.left.get(room));
        room.and_then(|left| left.get(slot as usize)).is_some_and(|left| *left <= 0)
    }

    fn count(&mut self, problem: &Problem, agent: usize, line: &[Option<Placed>], by: i32) {
        let of = &problem.agents[agent];
        if of.room.is_none() {
            return;
        }
        for (day, placed) in line.iter().enumerate() {
            let Some(placed) = placed else { continue };
            if of.kept.iter().any(|kept| kept.day == day) {
                continue;
            }
            let at = (placed.start, placed.template);
            match self.held[agent].iter().position(|held| held.day == day) {
                None => self.add(problem, agent, at, by),
                Some(_) if by == LEAVE => {}
                Some(place) => {
                    let before = std::mem::replace(&mut self.held[agent][place].at, at);
                    self.add(problem, agent, before, LEAVE);
                    self.add(problem, agent, at, TAKE);
                }
            }
        }
    }

    /// Takes or leaves the seats of what an agent holds.
    fn reserve(&mut self, problem: &Problem, agent: usize, by: i32) {
        for place in 0..self.held[agent].len() {
            self.add(problem, agent, self.held[agent][place].at, by);
        }
    }

    fn add(&mut self, problem: &Problem, agent: usize, (start, template): Place, by: i32) {
        let of = &problem.agents[agent];
        let Some(left) = of.room.and_then(|room| self.left.get_mut(room)) else { return };
        let length = problem.terms[of.terms].templates[usize::from(template)].length;
        let last = left.len();
        let end = last.min(start as usize + usize::from(length));
        for left in &mut left[last.min(start as usize)..end] {
            *left += by;
        }
    }
}
