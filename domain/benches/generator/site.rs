//! A made-up site with a day-and-night requirement, in the size that is asked for.

use jiff::{civil, tz::TimeZone};
use trunkline_domain::schedules::{
    ActivityCategory,
    generator::{
        Agent, Calendar, History, Pause, Problem, Quota, Template, Terms, UsualDay, Weights,
    },
};

/// Minutes of a slot.
pub(crate) const SLOT: u16 = 15;

const fn pause(earliest: u16, latest: u16, length: u16, meal: bool) -> Pause {
    let category = if meal { ActivityCategory::Meal } else { ActivityCategory::Break };
    Pause { earliest, latest, length, category, paid: !meal }
}

fn shift(starts: impl Iterator<Item = u16>, length: u16, pauses: Vec<Pause>) -> Template {
    let unpaid: u16 = pauses.iter().filter(|pause| !pause.paid).map(|pause| pause.length).sum();
    Template {
        days: Template::ALWAYS,
        starts: starts.collect(),
        length,
        paid_minutes: (length - unpaid) * SLOT,
        pauses,
        max_stretch: 20,
        night: false,
        shape: None,
    }
}

fn terms(templates: Vec<Template>) -> Terms {
    Terms {
        templates,
        min_rest: 44,
        max_run: 6,
        max_days_week: 6,
        weekly_rest: None,
        max_start_change: None,
        max_nights_week: None,
        max_weekends: Some(3),
        usual: None,
    }
}

/// 28 days of `agents` agents: three in four full time (40 h in shifts of 8 h, meal of 30 minutes
/// unpaid), the others part time (20 h in shifts of 4 to 6 h). The requirement is whole agents per
/// half hour and asks for `load` of what the contracts can bring on queue. With more than one queue
/// agents differ in what they can serve.
pub(crate) fn site(agents: usize, load: f64, queues: usize) -> Problem {
    let zone = TimeZone::UTC;
    let calendar = Calendar::new(civil::date(2026, 3, 2), 28, SLOT, &zone);
    let breaks = || vec![pause(6, 12, 1, false), pause(14, 20, 2, true), pause(22, 28, 1, false)];
    let night = |template: Template| Template { night: true, ..template };
    let full = terms(vec![
        shift((12..76).step_by(2), 34, breaks()),
        night(shift((76..96).step_by(2), 34, breaks())),
    ]);
    let full = Terms { usual: Some(UsualDay { paid_minutes: 480, days: 5 }), ..full };
    let part = terms(
        [16, 20, 24]
            .map(|length| {
                let middle = length / 2;
                shift((24..76).step_by(2), length, vec![pause(middle - 3, middle + 3, 1, false)])
            })
            .to_vec(),
    );
    let people = (0..agents).map(|index| {
        let part_time = index % 4 == 3;
        let minutes = if part_time { 1200 } else { 2400 };
        Agent {
            terms: usize::from(part_time),
            room: None,
            covers: Vec::new(),
            weeks: vec![Quota { min_minutes: minutes, max_minutes: minutes, max_days: 7 }; 4],
            blocked: Vec::new(),
            closures: Vec::new(),
            bands: Vec::new(),
            days_off: Vec::new(),
            kept: Vec::new(),
            held: Vec::new(),
            closed: Vec::new(),
            history: History::default(),
        }
    });
    let people: Vec<Agent> = people.collect();
    let bring: f64 = people.iter().map(|agent| [37.5, 19.0][agent.terms] * 4.0).sum();
    let wanted = |hour: f64, weekend: bool| {
        let hump = |at: f64, wide: f64| (-((hour - at) / wide).powi(2)).exp();
        let day = 0.12 + hump(10.5, 2.6) + 0.85 * hump(15.5, 2.8) + 0.6 * hump(20.0, 1.8);
        if weekend { 0.7 * day } else { day }
    };
    let half_hours = |scale: f64| -> Vec<u32> {
        let days = calendar.days.iter();
        days.flat_map(|day| {
            (0..48).flat_map(move |half| {
                let agents = (wanted(f64::from(half) / 2.0, day.weekend) * scale).ceil() as u32;
                [agents * 100; 2]
            })
        })
        .collect()
    };
    let hours = |need: &[u32]| need.iter().map(|&it| f64::from(it)).sum::<f64>() / 400.0;
    // Rounding up to whole agents is not linear: halve the interval until the load fits.
    let (mut low, mut high) = (0.0, agents as f64);
    for _step in 0..40 {
        let middle = f64::midpoint(low, high);
        if hours(&half_hours(middle)) > load * bring { high = middle } else { low = middle }
    }
    let need = half_hours(low);
    let mut problem = Problem {
        days: calendar.days.clone(),
        needs: vec![need],
        carried: Vec::new(),
        rooms: Vec::new(),
        terms: vec![full, part],
        agents: people,
        weights: Weights::default(),
    };
    if queues > 1 {
        split(&mut problem, queues);
    }
    problem
}

/// Shares the need among queues, each with a peak of its own, and lets a third of the agents serve
/// one queue, a third two and a third all.
fn split(problem: &mut Problem, queues: usize) {
    let need = std::mem::take(&mut problem.needs[0]);
    problem.needs = vec![vec![0; need.len()]; queues];
    for (slot, &wanted) in need.iter().enumerate() {
        let mut left = wanted / 100;
        for queue in (1..queues).rev() {
            // The share goes up and down over the day, at another hour for each queue.
            let turn = (slot % 96) as f64 / 96.0 + queue as f64 / queues as f64;
            let share = (1.0 + 0.5 * (std::f64::consts::TAU * turn).sin()) / (queue + 1) as f64;
            let agents = (f64::from(left) * share.min(1.0)).round() as u32;
            problem.needs[queue][slot] = agents * 100;
            left -= agents;
        }
        problem.needs[0][slot] = left * 100;
    }
    for (index, agent) in problem.agents.iter_mut().enumerate() {
        let many = [1, 2, queues][index / 4 % 3].min(queues);
        let served = (0..many).map(|step| (index / 12 + step) % queues);
        agent.covers = vec![served.collect()];
    }
}

/// 28 days of a site as the demo has it: three in four owe 32 to 40 h, the others 16 to 24 h; the site
/// offers shifts of eight, six and four hours at any half hour. One queue day and night, one from 8 to
/// 22, which two in five can serve, too.
pub(crate) fn demo(agents: usize) -> Problem {
    const WEEKDAYS: [f64; 7] = [1.28, 1.13, 1.07, 1.04, 1.06, 0.78, 0.64];
    let calendar = Calendar::new(civil::date(2026, 3, 2), 28, SLOT, &TimeZone::UTC);
    let shapes = |longest: u16| {
        let breaks = |at: &[(u16, u16)]| at.iter().map(|it| pause(it.0, it.1, 1, false)).collect();
        let long = vec![pause(6, 10, 1, false), pause(12, 20, 2, true), pause(24, 28, 1, false)];
        let all = [(34, long), (24, breaks(&[(8, 16)])), (16, breaks(&[(6, 10)]))];
        let all = all.into_iter().filter(move |it| it.0 <= longest);
        all.flat_map(|(length, pauses)| {
            let night = move |start: &u16| start + length >= 96 || *start < 16;
            let (nights, days): (Vec<u16>, Vec<u16>) = (0..93).step_by(2).partition(night);
            let by_night =
                Template { night: true, ..shift(nights.into_iter(), length, pauses.clone()) };
            [shift(days.into_iter(), length, pauses), by_night]
        })
        .collect::<Vec<_>>()
    };
    let rules = |longest, usual| Terms {
        weekly_rest: Some(96),
        max_nights_week: Some(5),
        usual,
        ..terms(shapes(longest))
    };
    let full = rules(34, Some(UsualDay { paid_minutes: 480, days: 5 }));
    let part = rules(24, None);
    let people = (0..agents).map(|index| {
        let part_time = index % 4 == 3;
        let (least, most) = if part_time { (960, 1440) } else { (1920, 2400) };
        Agent {
            terms: usize::from(part_time),
            room: None,
            covers: vec![(0..if index % 5 < 2 { 2 } else { 1 }).collect()],
            weeks: vec![Quota { min_minutes: least, max_minutes: most, max_days: 6 }; 4],
            blocked: Vec::new(),
            closures: Vec::new(),
            bands: Vec::new(),
            days_off: Vec::new(),
            kept: Vec::new(),
            held: Vec::new(),
            closed: Vec::new(),
            history: History::default(),
        }
    });
    let shape = |hour: f64| {
        let hump = |at: f64, wide: f64| (-((hour - at) / wide).powi(2)).exp();
        0.05 + hump(10.5, 2.2) + 0.82 * hump(15.5, 2.4) + 0.35 * hump(20.0, 1.6)
    };
    let need = |weekly: f64, handle: f64, open: (usize, usize)| -> Vec<u32> {
        let hours = |half: usize| half as f64 / 2.0 + 0.25;
        let day: f64 = (open.0..open.1).map(|half| shape(hours(half))).sum();
        let days = WEEKDAYS.iter().cycle().take(28);
        days.flat_map(|weekday| {
            (0..48).flat_map(move |half| {
                let calls = weekly / 7.0 * weekday * shape(hours(half)) / day;
                let load = calls * handle / 1800.0;
                let agents =
                    if (open.0..open.1).contains(&half) { load + load.sqrt() } else { 0.0 };
                [agents.ceil() as u32 * 100; 2]
            })
        })
        .collect()
    };
    let size = agents as f64 / 100.0;
    Problem {
        days: calendar.days,
        needs: vec![need(20_000.0 * size, 240.0, (0, 48)), need(4_200.0 * size, 310.0, (16, 44))],
        carried: Vec::new(),
        rooms: Vec::new(),
        terms: vec![full, part],
        agents: people.collect(),
        weights: Weights::default(),
    }
}
