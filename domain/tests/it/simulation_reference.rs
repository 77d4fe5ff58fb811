//! The simulator against the published figures of another one.

use serde_json::Value;
use trunkline_domain::staffing::{
    Shrinkage,
    simulation::{Centre, Estimate, Group, Level, Queue, QueuePeriod, SimulatedDay, Spread},
};

use crate::shared_data;

/// Days of the published runs.
const DAYS: u32 = 1000;

#[test]
fn the_published_means_are_reproduced_within_their_intervals() {
    let Some(path) = shared_data::path("multiskill_sim/reference.json") else { return };
    let text = std::fs::read_to_string(path).expect("readable file");
    let reference: Value = serde_json::from_str(&text).expect("JSON");
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in reference["cases"].as_array().expect("cases") {
        let name = case["name"].as_str().expect("name");
        let day = centre(case).simulate(DAYS, 2026);
        for (figure, estimate, expected) in figures(case, &day) {
            compared += 1;
            let line = format!("{name} {figure}: {estimate:?}, published {expected:?}");
            eprintln!("{line}");
            if !(expected[0]..=expected[1]).contains(&estimate.value) {
                wrong.push(line);
            }
        }
    }
    assert_eq!(compared, 4 + 6 + 4 + 9);
    assert_eq!(wrong, Vec::<String>::new());
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("list").iter().map(number).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("number")
}

fn whole(value: &Value) -> u32 {
    u32::try_from(value.as_u64().expect("whole number")).expect("small")
}

/// The case as a centre. Its times are in minutes.
fn centre(case: &Value) -> Centre {
    if case["types"] == 1 {
        let minutes = number(&case["day_min"]);
        let queue = Queue {
            periods: vec![QueuePeriod {
                calls: number(&case["lambda"]) * minutes,
                handle_seconds: 60.0 / number(&case["mu"]),
                patience_seconds: case["patience_rate"].as_f64().map(|rate| 60.0 / rate),
            }],
            handle_spread: Spread::Exponential,
            routes: vec![0],
            threshold_seconds: Some(20.0),
        };
        let agents = whole(&case["agents"]);
        let absent = Shrinkage::NONE;
        let group = Group { agents: vec![agents], agents_after: agents, absent };
        return Centre::new(minutes * 60.0, &[queue], vec![group], None).expect("centre");
    }
    let minutes = number(&case["period_min"]);
    let (mu, nu) = (numbers(&case["mu"]), numbers(&case["nu"]));
    let routes = case["routing"]["new_call_tries_groups_in_order"].as_array().expect("routes");
    let queues: Vec<Queue> = case["lambda"]
        .as_array()
        .expect("rates")
        .iter()
        .zip(routes)
        .map(|(rates, routes)| Queue {
            periods: numbers(rates)
                .iter()
                .zip(mu.iter().zip(&nu))
                .map(|(rate, (mu, nu))| QueuePeriod {
                    calls: rate * minutes,
                    handle_seconds: 60.0 / mu,
                    patience_seconds: Some(60.0 / nu),
                })
                .collect(),
            handle_spread: Spread::Exponential,
            routes: routes
                .as_array()
                .expect("groups")
                .iter()
                .map(|group| whole(group) as usize)
                .collect(),
            threshold_seconds: Some(20.0),
        })
        .collect();
    let after = case["agents_after"].as_array().expect("agents");
    let groups = case["agents"]
        .as_array()
        .expect("agents")
        .iter()
        .zip(after)
        .map(|(agents, after)| Group {
            agents: agents.as_array().expect("agents").iter().map(whole).collect(),
            agents_after: whole(after),
            absent: Shrinkage::NONE,
        })
        .collect();
    let busyness = number(&case["busyness_gamma_shape"]);
    Centre::new(minutes * 60.0, &queues, groups, Some(busyness)).expect("centre")
}

/// The figures that the case gives, ours beside the published interval.
fn figures(case: &Value, day: &SimulatedDay) -> Vec<(String, Estimate, [f64; 2])> {
    let mean = |figure: fn(&Level) -> f64| day.mean(None, None, figure).expect("mean");
    let mut result = Vec::new();
    for (name, expected) in case["expect"].as_object().expect("figures") {
        let estimate = match name.as_str() {
            "good" => mean(|level| level.answered_in_time as f64),
            "served" => mean(|level| level.answered as f64),
            "abandoned" => mean(|level| level.abandoned as f64),
            // The two one-group cases take the calls that were answered as the whole and give the
            // level with late abandonments beside it.
            "sl" if case["types"] == 1 => day
                .ratio(
                    None,
                    None,
                    |level| level.answered_in_time as f64,
                    |level| level.answered as f64,
                )
                .expect("level"),
            "sl" | "sl_with_abandonment" => day.service_level(None, None).expect("level"),
            "asa_min" => {
                let wait = day.mean_wait_seconds(None, None).expect("wait");
                Estimate { value: wait.value / 60.0, half_width: wait.half_width / 60.0 }
            }
            "occupancy" => day.occupancy(0, None).expect("occupancy"),
            // The run with several groups goes on until the last call has left.
            "occupancy_group0" => day.occupancy_to_the_last_call(0).expect("occupancy"),
            "good_by_type_period" => {
                for (queue, periods) in expected.as_array().expect("queues").iter().enumerate() {
                    for (period, pair) in periods.as_array().expect("periods").iter().enumerate() {
                        let good = day
                            .mean(Some(queue), Some(period), |level| level.answered_in_time as f64)
                            .expect("mean");
                        result.push((format!("good {queue} {period}"), good, interval(pair)));
                    }
                }
                continue;
            }
            other => panic!("unknown figure {other}"),
        };
        result.push((name.clone(), estimate, interval(expected)));
    }
    result
}

fn interval(pair: &Value) -> [f64; 2] {
    numbers(pair).try_into().expect("two numbers")
}
