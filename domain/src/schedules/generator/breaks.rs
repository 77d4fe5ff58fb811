//! Where breaks and meals go: the cheapest places that keep every stretch of work short enough.

use super::{
    cover::Cover,
    plan::{Placed, Plan},
    problem::{MAX_PAUSES, Problem},
    template::Template,
};

/// The layout of a template that costs least, and that cost, when a pause over the slots
/// `[a, b)` after the start of the shift costs `sums[b] - sums[a]`. `None` when no layout is legal.
///
/// Exact: a programme over pauses, each of whose places looks back at those of the one before.
pub(super) fn cheapest(template: &Template, sums: &[i32]) -> Option<(i32, [u16; MAX_PAUSES])> {
    const NEVER: i32 = i32::MAX;
    if template.pauses.is_empty() {
        return (template.length <= template.max_stretch).then_some((0, [0; MAX_PAUSES]));
    }
    if template.pauses.len() > MAX_PAUSES {
        return None;
    }
    if let Some(apart) = cheapest_apart(template, sums) {
        return Some(apart);
    }
    // best[place - earliest]: least cost up to the pause that starts there.
    let mut best: [[i32; 64]; MAX_PAUSES] = [[NEVER; 64]; MAX_PAUSES];
    for (index, pause) in template.pauses.iter().enumerate() {
        for place in pause.earliest..=pause.latest.min(pause.earliest + 63) {
            let end = place + pause.length;
            if end >= template.length {
                break;
            }
            let before = match index.checked_sub(1) {
                None if place > 0 && place <= template.max_stretch => 0,
                None => NEVER,
                Some(last) => {
                    let earlier = &template.pauses[last];
                    let fits = |from: u16| {
                        let rested = from + earlier.length;
                        rested < place && place - rested <= template.max_stretch
                    };
                    (earlier.earliest..=earlier.latest.min(earlier.earliest + 63))
                        .filter(|&from| fits(from))
                        .map(|from| best[last][usize::from(from - earlier.earliest)])
                        .min()
                        .unwrap_or(NEVER)
                }
            };
            if before != NEVER {
                best[index][usize::from(place - pause.earliest)] =
                    before + sums[usize::from(end)] - sums[usize::from(place)];
            }
        }
    }
    trace_back(template, sums, &best)
}

/// Each pause at its own cheapest place: best of all when the stretches between them happen to be
/// legal, which is the usual case and far quicker.
fn cheapest_apart(template: &Template, sums: &[i32]) -> Option<(i32, [u16; MAX_PAUSES])> {
    let mut places = [0; MAX_PAUSES];
    let mut total = 0;
    let mut from = 0;
    for (index, pause) in template.pauses.iter().enumerate() {
        let latest = pause.latest.min(template.length.saturating_sub(pause.length + 1));
        let (cost, place) = (pause.earliest..=latest)
            .map(|place| {
                (sums[usize::from(place + pause.length)] - sums[usize::from(place)], place)
            })
            .min()?;
        if place <= from || place - from > template.max_stretch {
            return None;
        }
        total += cost;
        places[index] = place;
        from = place + pause.length;
    }
    (template.length - from <= template.max_stretch).then_some((total, places))
}

fn trace_back(
    template: &Template,
    sums: &[i32],
    best: &[[i32; 64]; MAX_PAUSES],
) -> Option<(i32, [u16; MAX_PAUSES])> {
    let mut places = [0; MAX_PAUSES];
    let mut total = None;
    let mut wanted = None;
    let mut next = template.length;
    for (index, pause) in template.pauses.iter().enumerate().rev() {
        let place = (pause.earliest..=pause.latest.min(pause.earliest + 63))
            .filter(|place| {
                let end = place + pause.length;
                end < next && next - end <= template.max_stretch
            })
            .map(|place| (best[index][usize::from(place - pause.earliest)], place))
            .filter(|&(cost, _)| cost != i32::MAX && wanted.is_none_or(|wanted| cost == wanted))
            .min()?;
        let (cost, place) = place;
        total.get_or_insert(cost);
        wanted = Some(cost - sums[usize::from(place + pause.length)] + sums[usize::from(place)]);
        places[index] = place;
        next = place;
    }
    total.map(|total| (total, places))
}

/// Some legal layout of a template.
pub(super) fn any_layout(template: &Template) -> Option<[u16; MAX_PAUSES]> {
    let sums = vec![0; usize::from(template.length) + 1];
    cheapest(template, &sums).map(|(_, places)| places)
}

/// Moves the pauses of each shift to their best places, again and again, until no single shift
/// can be improved. Never raises the cost. Returns how many shifts changed.
pub(super) fn settle(problem: &Problem, plan: &mut Plan, cover: &mut Cover) -> usize {
    let mut moved = 0;
    let mut sums = Vec::new();
    for _round in 0..8 {
        let mut changed = 0;
        for (agent, line) in plan.lines.iter_mut().enumerate() {
            let terms = &problem.terms[problem.agents[agent].terms];
            for (day, placed) in line.iter_mut().enumerate() {
                let Some(placed) = placed else { continue };
                let group = cover.group(agent, day);
                let template = &terms.templates[usize::from(placed.template)];
                if template.pauses.is_empty() {
                    continue;
                }
                cover.remove(group, placed, template);
                cover.savings_within(group, placed.start, usize::from(template.length), &mut sums);
                if let Some((cost, pauses)) = cheapest(template, &sums)
                    && cost < cost_of(template, placed, &sums)
                {
                    placed.pauses = pauses;
                    changed += 1;
                }
                cover.add(group, placed, template);
            }
        }
        moved += changed;
        if changed == 0 {
            break;
        }
    }
    moved
}

fn cost_of(template: &Template, placed: &Placed, sums: &[i32]) -> i32 {
    let pauses = template.pauses.iter().zip(&placed.pauses);
    pauses
        .map(|(pause, &place)| sums[usize::from(place + pause.length)] - sums[usize::from(place)])
        .sum()
}
