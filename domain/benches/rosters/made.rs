//! A made-up instance of any size, for what no published one here is large enough.

use rand::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::instance::{Cover, Instance, Kind, Person, Wish};

/// So many people over whole weeks. Kinds of shifts start one after the other over the day; none may
/// follow a later one. Each person works four to five days a week on average, has two fifths of the
/// weekends free and some days off; the cover wanted is nine tenths of what all can bring.
pub(crate) fn made(people: usize, weeks: usize, kinds: usize, seed: u64) -> Instance {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut draw = |below: usize| (rng.next_u64() % below as u64) as usize;
    let days = 7 * weeks;
    let name = |kind: usize| format!("k{kind}");
    let of_day = (0..kinds).map(|kind| Kind {
        name: name(kind),
        minutes: 480,
        not_before: (0..kind).map(name).collect(),
    });
    let mut instance = Instance { days, kinds: of_day.collect(), ..Instance::default() };
    let most = 5 * weeks;
    for person in 0..people {
        let who = format!("p{person}");
        let most_of = (0..kinds).map(|kind| {
            let most = [days, days, days, weeks, 0][draw(5)];
            (name(kind), if kind == person % kinds { days } else { most })
        });
        instance.people.push(Person {
            name: who.clone(),
            most_of: most_of.collect(),
            max_minutes: 480 * most,
            min_minutes: 480 * (most - weeks),
            max_run: 5 + draw(2),
            min_run: 2,
            min_off: 2,
            max_weekends: weeks * 3 / 5,
        });
        let off = (0..weeks / 4 + 1).map(|_| draw(days)).collect();
        instance.days_off.push((who.clone(), off));
        for _wish in 0..weeks {
            let wish = Wish {
                person: who.clone(),
                day: draw(days),
                kind: name(draw(kinds)),
                weight: 1 + draw(3) as i64,
            };
            let list = if draw(2) == 0 { &mut instance.on } else { &mut instance.off };
            list.push(wish);
        }
    }
    for day in 0..days {
        for kind in 0..kinds {
            let part = if day % 7 < 5 { 10 } else { 7 };
            let wanted = people * part * 9 / (140 * kinds) + draw(3);
            instance.cover.push(Cover { day, kind: name(kind), wanted, under: 100, over: 1 });
        }
    }
    instance
}
