use jiff::civil::{date, time};

use super::*;
use crate::schedules::ActivityCategory;

/// Six to eight hours from 8 to 10 o'clock.
fn template(code: &str) -> ShiftTemplate {
    ShiftTemplate {
        code: code.to_owned(),
        names: Names { en: "Day".to_owned(), zh: String::new() },
        shortest_seconds: 6 * HOUR,
        longest_seconds: 8 * HOUR,
        length_step_seconds: HOUR,
        starts: TimeBand { from: time(8, 0, 0, 0), to: time(10, 0, 0, 0) },
        start_step_seconds: 30 * MINUTE,
        pauses: None,
        contract_kinds: vec![ContractKind::Regular],
        headcounts: Vec::new(),
    }
}

fn refused(templates: Vec<ShiftTemplate>) -> Vec<String> {
    let faults = ShiftTemplates::parse(templates).err().unwrap_or_default();
    faults.iter().map(|fault| fault.path.join(".")).collect()
}

fn set(valid_from: civil::Date, templates: Vec<ShiftTemplate>) -> TemplatesFrom {
    TemplatesFrom { valid_from, templates: ShiftTemplates::parse(templates).expect("sound") }
}

#[test]
fn a_template_of_three_lengths_is_three_shapes() {
    let templates = ShiftTemplates::parse(vec![template("DAY")]).expect("sound");
    assert_eq!(templates.list()[0].names.zh, "Day", "one name will do for both languages");
    let shapes = templates.shapes((None, None));
    let lengths: Vec<_> = shapes.iter().map(|shape| shape.length_seconds / HOUR).collect();
    assert_eq!(lengths, [6, 7, 8]);
    let pauses: Vec<_> = shapes.iter().map(|shape| shape.pauses.len()).collect();
    assert_eq!(pauses, [1, 3, 3], "the usual breaks and meals of each length");
    assert!(shapes.iter().all(|shape| shape.kinds == [ContractKind::Regular]));
}

#[test]
fn breaks_that_begin_after_the_end_of_a_shorter_shift_are_left_out_of_it() {
    let meal = |hours: i64| ShapePause {
        category: ActivityCategory::Meal,
        earliest_seconds: hours * HOUR,
        latest_seconds: hours * HOUR,
        length_seconds: 30 * MINUTE,
        paid: false,
    };
    let own = ShiftTemplate { pauses: Some(vec![meal(3), meal(6)]), ..template("DAY") };
    let pauses: Vec<_> = own.shapes((None, None)).iter().map(|it| it.pauses.len()).collect();
    assert_eq!(pauses, [1, 2, 2]);
}

#[test]
fn what_no_shift_can_be_is_refused_with_its_place() {
    let odd = |change: fn(&mut ShiftTemplate)| {
        let mut odd = template("ODD");
        change(&mut odd);
        refused(vec![template("DAY"), odd])
    };
    assert_eq!(odd(|_| {}), [""; 0]);
    assert_eq!(odd(|it| it.code = "DAY ".to_owned()), ["templates.1.code"]);
    assert_eq!(odd(|it| it.names.en = " ".to_owned()), ["templates.1.nameEn"]);
    assert_eq!(odd(|it| it.shortest_seconds = 9 * HOUR), ["templates.1.longestSeconds"]);
    assert_eq!(odd(|it| it.longest_seconds += 60), ["templates.1.longestSeconds"]);
    assert_eq!(odd(|it| it.starts.to = time(9, 50, 0, 0)), ["templates.1.latestStart"]);
    let never = |it: &mut ShiftTemplate| {
        it.starts = TimeBand { from: time(8, 15, 0, 0), to: time(8, 15, 0, 0) };
    };
    assert_eq!(odd(never), ["templates.1.earliestStart"], "no half hour lies in it");
    let twice = vec![ContractKind::Intern; 2];
    assert_eq!(
        refused(vec![ShiftTemplate { contract_kinds: twice, ..template("DAY") }]),
        ["templates.0.contractKinds"]
    );
}

#[test]
fn more_starts_and_lengths_than_can_be_weighed_are_refused() {
    let all_day = TimeBand { from: time(0, 0, 0, 0), to: time(23, 45, 0, 0) };
    let wide = ShiftTemplate { starts: all_day, start_step_seconds: QUARTER, ..template("DAY") };
    assert_eq!(refused(vec![wide.clone()]), [""; 0], "96 starts of three lengths");
    let wider = ShiftTemplate { length_step_seconds: QUARTER, ..wide };
    let faults = ShiftTemplates::parse(vec![wider]).expect_err("too many");
    assert_eq!(faults[0].rule, Some(Rule::ChoicesAtMost(400, 96 * 9)));
}

#[test]
fn each_set_is_offered_on_its_days_and_the_usual_shifts_where_there_is_none() {
    let sets = [
        set(date(2026, 3, 2), vec![template("DAY")]),
        set(date(2026, 3, 16), Vec::new()),
        set(date(2026, 5, 4), vec![template("LATE")]),
    ];
    let offered = |first, last| -> Vec<_> {
        let shapes = offered_shapes(&sets, first, last).into_iter();
        shapes.map(|it| (it.length_seconds / MINUTE, it.dates)).collect()
    };
    let (own, usual) = ([360, 420, 480], [510, 360, 240]);
    let (from, until) = (None, Some(date(2026, 3, 2)));
    let before = offered(date(2026, 2, 2), date(2026, 3, 1));
    assert_eq!(before, usual.map(|length| (length, (None, None))));
    let across = offered(date(2026, 2, 23), date(2026, 3, 22));
    let first = usual.map(|length| (length, (from, until)));
    let second = own.map(|length| (length, (until, Some(date(2026, 3, 16)))));
    let third = usual.map(|length| (length, (Some(date(2026, 3, 16)), None)));
    assert_eq!(across, [first, second, third].concat());
    let within = offered(date(2026, 3, 9), date(2026, 3, 15));
    assert_eq!(within, own.map(|length| (length, (None, None))));
    assert_eq!(offered_shapes(&[], date(2026, 3, 2), date(2026, 3, 8)), ShiftShape::usual());
}

#[test]
fn a_shift_of_a_design_becomes_a_template_that_is_sound() {
    let designed = ShiftTemplate::designed(time(8, 30, 0, 0), 8 * HOUR + 30 * MINUTE);
    assert_eq!(designed.code, "D0830-8h30");
    assert_eq!(refused(vec![designed.clone()]), [""; 0]);
    let [shape] = &designed.shapes((None, None))[..] else { panic!("one length") };
    assert_eq!(shape.pauses, ShiftShape::usual()[0].pauses);
    assert_eq!(shape.starts.from, shape.starts.to);
}

#[test]
fn a_template_of_one_start_and_one_length_says_how_many_people_it_wants_by_weekday() {
    let start = TimeBand { from: time(8, 0, 0, 0), to: time(8, 0, 0, 0) };
    let counted = ShiftTemplate {
        shortest_seconds: 8 * HOUR,
        starts: start,
        headcounts: vec![4, 4, 4, 4, 5, 2, 0],
        ..template("DAY")
    };
    assert_eq!(refused(vec![counted.clone()]), [""; 0]);
    assert_eq!(counted.headcount_on(date(2026, 3, 13)), Some(5), "a Friday");
    assert_eq!(counted.headcount_on(date(2026, 3, 15)), Some(0), "a Sunday");
    assert_eq!(template("DAY").headcount_on(date(2026, 3, 13)), None);
    let odd = |change: fn(&mut ShiftTemplate)| {
        let mut odd = counted.clone();
        change(&mut odd);
        let faults = ShiftTemplates::parse(vec![odd]).expect_err("odd");
        faults.into_iter().map(|it| (it.path.join("."), it.rule)).collect::<Vec<_>>()
    };
    let at = |path: &str, rule| vec![(format!("templates.0.{path}"), Some(rule))];
    assert_eq!(odd(|it| it.headcounts.truncate(5)), at("headcounts", Rule::HeadcountsOfAWeek));
    assert_eq!(odd(|it| it.headcounts[2] = 1001), at("headcounts.2", Rule::Between(0, 1000)));
    let one_shift = || at("headcounts", Rule::HeadcountsOfOneShift);
    assert_eq!(odd(|it| it.shortest_seconds -= HOUR), one_shift());
    assert_eq!(odd(|it| it.starts.to = time(9, 0, 0, 0)), one_shift());
    let old = serde_json::json!({"code": "DAY", "names": {"en": "Day", "zh": "日班"},
        "shortest_seconds": 28800, "longest_seconds": 28800, "length_step_seconds": 1800,
        "starts": {"from": "08:00:00", "to": "08:00:00"}, "start_step_seconds": 1800,
        "pauses": null, "contract_kinds": []});
    let old: ShiftTemplate = serde_json::from_value(old).expect("as it was stored before");
    assert!(old.headcounts.is_empty());
}

#[test]
fn on_each_day_those_templates_are_offered_that_hold_then() {
    let sets = [set(date(2026, 3, 2), vec![template("DAY")]), set(date(2026, 3, 16), Vec::new())];
    let codes = |on| -> Vec<String> {
        let offered = offered_templates(&sets, on);
        offered.list().iter().map(|template| template.code.clone()).collect()
    };
    assert_eq!(codes(date(2026, 3, 1)), ["FULL", "SIX", "FOUR"]);
    assert_eq!(codes(date(2026, 3, 2)), ["DAY"]);
    assert_eq!(codes(date(2026, 3, 15)), ["DAY"]);
    assert_eq!(codes(date(2026, 3, 16)), ["FULL", "SIX", "FOUR"]);
}
