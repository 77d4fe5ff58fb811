//! Agents with several skills, shared among the queues of each slot so that the whole costs least.
//!
//! What a queue costs is convex in its agents, so sharing them is a flow of least cost from groups
//! to queues. It is kept optimal by one shortest path for each agent who comes or goes: the newcomer
//! takes a place, whose holder may move to another queue, and so on, until the queue is reached that
//! gains most (Ahuja, Magnanti & Orlin 1993, chapter 9.7). Moves cost nothing, so a path is found
//! by asking only which queues can be reached.

use super::{
    cover::{Balance, Group, saving, slot_cost},
    problem::Weights,
    queue_set::QueueSet,
};

/// Agents of every slot and the queues that they serve.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    sets: Vec<QueueSet>,
    queues: usize,
    slots: usize,
    weights: Weights,
    cost: i64,
    /// By slot and queue: hundredths wanted, and agents who serve it.
    needs: Vec<u32>,
    serving: Vec<u16>,
    /// By slot, group and queue: agents of the group who serve it.
    shared: Vec<u16>,
    /// By slot and group: queues that the group serves now.
    busy: Vec<QueueSet>,
    /// By slot: agents who are on queue and can serve none.
    idle: Vec<u16>,
    /// By group and slot: what one more agent would save, where the slot is not stale.
    saved: Vec<i32>,
    stale: Vec<bool>,
    /// How a queue was reached: from which queue, by moving an agent of which group.
    from: Vec<(usize, usize)>,
}

impl Pool {
    pub(super) fn new(needs: &[Vec<u32>], sets: Vec<QueueSet>, weights: Weights) -> Self {
        let (queues, groups) = (needs.len(), sets.len());
        let slots = needs.iter().map(Vec::len).max().unwrap_or(0);
        let need = |queue: usize, slot: usize| needs[queue].get(slot).copied().unwrap_or(0);
        let by_slot = (0..slots).flat_map(|slot| (0..queues).map(move |queue| need(queue, slot)));
        let needs: Vec<u32> = by_slot.collect();
        Self {
            cost: needs.iter().map(|&need| slot_cost(&weights, need, 0)).sum(),
            serving: vec![0; needs.len()],
            shared: vec![0; needs.len() * groups],
            busy: vec![QueueSet::NONE; slots * groups],
            idle: vec![0; slots],
            saved: vec![0; slots * groups],
            stale: vec![true; slots],
            from: vec![(0, 0); queues],
            sets,
            queues,
            slots,
            weights,
            needs,
        }
    }

    pub(super) const fn slots(&self) -> usize {
        self.slots
    }

    pub(super) const fn cost(&self) -> i64 {
        self.cost
    }

    pub(super) fn serving(&self, queue: usize, slot: usize) -> u16 {
        self.serving[slot * self.queues + queue]
    }

    /// One more agent of the group on queue.
    pub(super) fn add(&mut self, slot: usize, group: Group) {
        let group = usize::from(group);
        if self.sets[group].is_empty() {
            self.idle[slot] += 1;
            self.cost += i64::from(self.weights.over) * 100;
            return;
        }
        let reached = self.reach(slot, self.sets[group], Way::Forward);
        let gain = |queue: &usize| std::cmp::Reverse(self.gain(slot, *queue));
        let Some(target) = reached.iter().min_by_key(gain) else { return };
        self.cost -= i64::from(self.gain(slot, target));
        self.serving[slot * self.queues + target] += 1;
        let mut queue = target;
        while !self.sets[group].contains(queue) {
            let (before, mover) = self.from[queue];
            self.leave(slot, mover, before);
            self.join(slot, mover, queue);
            queue = before;
        }
        self.join(slot, group, queue);
        self.stale[slot] = true;
    }

    /// One agent of the group less, who was on queue.
    pub(super) fn remove(&mut self, slot: usize, group: Group) {
        let group = usize::from(group);
        if self.sets[group].is_empty() {
            self.idle[slot] -= 1;
            self.cost -= i64::from(self.weights.over) * 100;
            return;
        }
        let own = self.busy[slot * self.sets.len() + group];
        let reached = self.reach(slot, own, Way::Back);
        let loss = |queue: &usize| self.loss(slot, *queue);
        let Some(source) = reached.iter().min_by_key(loss) else { return };
        self.cost += i64::from(self.loss(slot, source));
        self.serving[slot * self.queues + source] -= 1;
        let mut queue = source;
        while !own.contains(queue) {
            let (next, mover) = self.from[queue];
            self.leave(slot, mover, queue);
            self.join(slot, mover, next);
            queue = next;
        }
        self.leave(slot, group, queue);
        self.stale[slot] = true;
    }

    /// What one more agent of the group would save in each slot.
    pub(super) fn savings(&mut self, group: Group) -> &[i32] {
        for slot in 0..self.slots {
            if self.stale[slot] {
                self.refresh(slot);
            }
        }
        &self.saved[usize::from(group) * self.slots..][..self.slots]
    }

    /// What one more agent of the group would save in a slot; nothing after the last.
    pub(super) fn saving(&mut self, group: Group, slot: usize) -> i32 {
        if slot >= self.slots {
            return 0;
        }
        if self.stale[slot] {
            self.refresh(slot);
        }
        self.saved[usize::from(group) * self.slots + slot]
    }

    /// All queues, and those who serve none.
    pub(super) fn balance(&self) -> Balance {
        let mut balance = Balance::default();
        for (&need, &agents) in self.needs.iter().zip(&self.serving) {
            balance.count(need, agents);
        }
        balance.surplus += self.idle.iter().map(|&agents| u64::from(agents) * 100).sum::<u64>();
        balance
    }

    /// Each queue by itself.
    pub(super) fn by_queue(&self) -> Vec<Balance> {
        let mut balances = vec![Balance::default(); self.queues];
        let slots = self.needs.iter().zip(&self.serving);
        for (index, (&need, &agents)) in slots.enumerate() {
            balances[index % self.queues].count(need, agents);
        }
        balances
    }

    fn refresh(&mut self, slot: usize) {
        self.stale[slot] = false;
        for group in 0..self.sets.len() {
            self.saved[group * self.slots + slot] = self.saving_of(self.sets[group], slot);
        }
    }

    /// What one more agent who can serve these queues would save in a slot.
    pub(super) fn saving_of(&self, queues: QueueSet, slot: usize) -> i32 {
        let groups = self.sets.len();
        let busy = &self.busy[slot * groups..][..groups];
        let reached = closure(&self.sets, busy, queues);
        let gains = reached.iter().map(|queue| self.gain(slot, queue));
        gains.max().unwrap_or(-100 * self.weights.over)
    }

    /// What one more agent in the queue saves.
    fn gain(&self, slot: usize, queue: usize) -> i32 {
        let place = slot * self.queues + queue;
        saving(&self.weights, self.needs[place], self.serving[place])
    }

    /// What one agent less in the queue costs.
    fn loss(&self, slot: usize, queue: usize) -> i32 {
        let place = slot * self.queues + queue;
        saving(&self.weights, self.needs[place], self.serving[place].saturating_sub(1))
    }

    fn join(&mut self, slot: usize, group: usize, queue: usize) {
        let place = slot * self.sets.len() + group;
        self.shared[place * self.queues + queue] += 1;
        self.busy[place].insert(queue);
    }

    fn leave(&mut self, slot: usize, group: usize, queue: usize) {
        let place = slot * self.sets.len() + group;
        let agents = &mut self.shared[place * self.queues + queue];
        *agents -= 1;
        if *agents == 0 {
            self.busy[place].remove(queue);
        }
    }

    /// Queues that can be reached from `roots` by moving agents, breadth first; fills `from` for
    /// those that are no roots.
    fn reach(&mut self, slot: usize, roots: QueueSet, way: Way) -> QueueSet {
        let groups = self.sets.len();
        let busy = &self.busy[slot * groups..][..groups];
        let (mut reached, mut fresh) = (roots, roots);
        while !fresh.is_empty() {
            let mut next = QueueSet::NONE;
            for (group, (&out, &into)) in busy.iter().zip(&self.sets).enumerate() {
                // Somebody of the group leaves one of `out` for any of `into`.
                let (near, far) = if way == Way::Forward { (out, into) } else { (into, out) };
                let Some(last) = near.and(fresh).first() else { continue };
                let more = far.without(reached);
                more.iter().for_each(|queue| self.from[queue] = (last, group));
                reached = reached.or(more);
                next = next.or(more);
            }
            fresh = next;
        }
        reached
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Along the moves: who comes pushes others on.
    Forward,
    /// Against them: who goes is replaced.
    Back,
}

/// Queues that newcomers to `roots` can reach by moving others.
fn closure(sets: &[QueueSet], busy: &[QueueSet], roots: QueueSet) -> QueueSet {
    let mut reached = roots;
    loop {
        let before = reached;
        for (set, busy) in sets.iter().zip(busy) {
            if !busy.and(reached).is_empty() {
                reached = reached.or(*set);
            }
        }
        if reached == before {
            return reached;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The least cost of a slot over every way to share agents, by trying them all.
    fn least(needs: &[u32], sets: &[QueueSet], agents: &[u16], weights: &Weights) -> i64 {
        fn share(
            (sets, agents): (&[QueueSet], &[u16]),
            serving: &mut Vec<u16>,
            cost: &dyn Fn(&[u16]) -> i64,
        ) -> i64 {
            let Some((first, others)) = agents.split_first() else { return cost(serving) };
            let set = sets[0];
            if *first == 0 || set.is_empty() {
                return share((&sets[1..], others), serving, cost);
            }
            let mut left = agents.to_vec();
            left[0] -= 1;
            let costs = set.iter().map(|queue| {
                serving[queue] += 1;
                let cost = share((sets, &left), serving, cost);
                serving[queue] -= 1;
                cost
            });
            costs.min().expect("a queue")
        }
        let cost = |serving: &[u16]| {
            needs.iter().zip(serving).map(|(&need, &there)| slot_cost(weights, need, there)).sum()
        };
        let idle = sets.iter().zip(agents).filter(|it| it.0.is_empty()).map(|it| it.1);
        let idle: i64 = idle.map(|&agents| i64::from(agents) * 100 * i64::from(weights.over)).sum();
        share((sets, agents), &mut vec![0; needs.len()], &cost) + idle
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn agents_are_shared_at_least_cost_however_they_come_and_go(
            needs in prop::collection::vec(0u32..5, 1..4),
            sets in prop::collection::vec(prop::collection::vec(0usize..3, 0..3), 1..4),
            steps in prop::collection::vec((0usize..3, prop::bool::weighted(0.65)), 1..14),
        ) {
            let weights = Weights::default();
            let needs: Vec<u32> = needs.into_iter().map(|need| need * 70).collect();
            let of = |set: Vec<usize>| set.into_iter().map(|queue| queue % needs.len()).collect();
            let sets: Vec<QueueSet> = sets.into_iter().map(of).collect();
            let by_slot: Vec<Vec<u32>> = needs.iter().map(|&need| vec![0, need]).collect();
            let mut pool = Pool::new(&by_slot, sets.clone(), weights);
            let empty = pool.cost() - least(&needs, &sets, &vec![0; sets.len()], &weights);
            let mut agents = vec![0_u16; sets.len()];
            for (group, comes) in steps {
                let group = group % sets.len();
                let saved = pool.saving(group as Group, 1);
                let before = pool.cost();
                if comes {
                    pool.add(1, group as Group);
                    agents[group] += 1;
                    prop_assert_eq!(before - pool.cost(), i64::from(saved));
                } else if agents[group] > 0 {
                    pool.remove(1, group as Group);
                    agents[group] -= 1;
                }
                prop_assert_eq!(pool.cost() - empty, least(&needs, &sets, &agents, &weights));
                let able = sets.iter().zip(&agents).filter(|it| !it.0.is_empty()).map(|it| it.1);
                let serving: u16 = (0..needs.len()).map(|queue| pool.serving(queue, 1)).sum();
                prop_assert_eq!(serving, able.sum::<u16>());
            }
        }
    }

    #[test]
    fn who_can_do_both_makes_room_for_who_can_do_one() {
        let of = |queues: &[usize]| queues.iter().copied().collect::<QueueSet>();
        let sets = vec![of(&[0, 1]), of(&[0])];
        let mut pool = Pool::new(&[vec![100], vec![100]], sets, Weights::default());
        pool.add(0, 0);
        assert_eq!((pool.serving(0, 0), pool.serving(1, 0)), (1, 0));
        // Only the first queue is open to the second agent: the first one moves on.
        pool.add(0, 1);
        assert_eq!((pool.serving(0, 0), pool.serving(1, 0)), (1, 1));
        assert_eq!(pool.balance().missing, 0);
        pool.remove(0, 1);
        assert_eq!(pool.balance().missing, 100);
    }
}
