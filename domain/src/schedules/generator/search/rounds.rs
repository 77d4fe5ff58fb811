//! One round of the search: who is taken off the roster and gets another line.

use super::{Burden, Line, Search};

/// Agents who got another line, with the line and the burden that they had.
pub(super) type Before = Vec<(usize, Line, Burden)>;

/// Noise of one who makes room: several times what a shift saves, so that any place is as good as the
/// best.
const SQUEEZE: i32 = 200_000;

impl Search<'_> {
    /// Takes a few agents off and gives each the best line that is left.
    pub(super) fn renew(&mut self, heat: f64, before: &mut Before) {
        let agents = self.problem.agents.len();
        let many = match self.draw(8) {
            0..=3 => 1,
            4..=5 => 2,
            6 => 3,
            _ => 4,
        };
        for _agent in 0..many.min(agents) {
            let agent = self.draw(agents);
            if before.iter().all(|(taken, ..)| *taken != agent) {
                before.push((agent, self.lines[agent].clone(), self.burden(agent)));
                self.take_off(agent);
            }
        }
        let noise = if before.len() > 1 || self.draw(4) == 0 { heat as i32 } else { 0 };
        for (agent, _, burden) in before.iter() {
            self.put_on(*agent, *burden, noise);
        }
    }

    /// Lets one agent move anywhere, and then another, who lacks hours, take what that leaves. Needed
    /// where seats are few: what covers best may leave no seat for a second shift of the day, and no
    /// price of cover tells. Done now and then; returns whether it was.
    pub(super) fn make_room(&mut self, before: &mut Before) -> bool {
        if self.problem.rooms.is_empty() || self.draw(4) > 0 {
            return false;
        }
        let agents = self.problem.agents.len();
        let (mover, from) = (self.draw(agents), self.draw(agents));
        let room = self.problem.agents[mover].room;
        let others = (0..agents).map(|step| (from + step) % agents);
        let mut others = others.filter(|&other| {
            other != mover && self.problem.agents[other].room == room && self.lacks_hours(other)
        });
        let Some(short) = others.next() else { return false };
        for (agent, noise) in [(mover, SQUEEZE), (short, 0)] {
            let burden = self.burden(agent);
            before.push((agent, self.lines[agent].clone(), burden));
            self.take_off(agent);
            self.put_on(agent, burden, noise);
        }
        true
    }

    fn lacks_hours(&self, agent: usize) -> bool {
        let minutes = self.problem.week_minutes(agent, &self.lines[agent]);
        let mut weeks = self.problem.agents[agent].weeks.iter().zip(minutes);
        weeks.any(|(quota, minutes)| minutes < u32::from(quota.min_minutes))
    }
}
