use super::*;
use crate::fault::Language;

const HEADER: &str =
    "interval_start,tz,queue,interval_minutes,offered,answered,abandoned,aht_seconds\n";

fn file(rows: &str) -> HistoryFile {
    parse(format!("{HEADER}{rows}").as_bytes())
}

fn faults(rows: &str) -> Vec<(u64, &'static str, &'static str)> {
    let found = file(rows).faults;
    found.kept().iter().map(|fault| (fault.row, fault.column, fault.rule.code())).collect()
}

#[test]
fn a_handle_time_becomes_seconds_of_the_answered_calls() {
    let found = file("2026-03-04T10:00,Asia/Shanghai,presale,30,100,96,4,180.26\n");
    let row = &found.series[0].rows()[0];
    assert_eq!(row.handle_seconds, Some(17_305), "96 × 180.26 = 17304.96");
    assert_eq!(row.start.to_string(), "2026-03-04T02:00:00Z");
    assert_eq!((row.answered, row.abandoned), (Some(96), Some(4)));
}

#[test]
fn every_fault_of_a_row_is_named() {
    let found = faults("2026-03-04 10am,Asia/Shanghia,,20,-1,x,1e9,-3\n");
    assert_eq!(
        found,
        [
            (2, "interval_start", "NOT_A_LOCAL_TIME"),
            (2, "tz", "UNKNOWN_ZONE"),
            (2, "queue", "EMPTY"),
            (2, "interval_minutes", "UNSUPPORTED_GRAIN"),
            (2, "offered", "NEGATIVE"),
            (2, "answered", "NOT_A_NUMBER"),
            (2, "abandoned", "NOT_A_NUMBER"),
            (2, "aht_seconds", "NEGATIVE"),
        ]
    );
}

#[test]
fn a_faulty_row_leaves_the_others_alone() {
    let found = file(
        "2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n\
         2026-03-04T10:40,Asia/Shanghai,presale,30,8,,,\n\
         2026-03-04T11:00,Asia/Shanghai,presale,30,9,,,\n",
    );
    assert_eq!((found.rows_read, found.rows_taken), (3, 2));
    assert_eq!(found.series[0].offered(), 16);
    let fault = &found.faults.kept()[0];
    assert_eq!((fault.row, fault.rule), (3, FaultRule::NotOnGrain));
}

#[test]
fn an_interval_given_twice_is_a_fault_that_names_the_first() {
    let found = file(
        "2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n\
         2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n",
    );
    let fault = &found.faults.kept()[0];
    assert_eq!((fault.row, fault.rule), (3, FaultRule::DuplicateInterval));
    assert_eq!(fault.remedy, [("first_row", "2".to_owned())]);
    assert_eq!(found.series[0].offered(), 7);
}

#[test]
fn a_repeated_hour_may_stand_twice_but_not_three_times() {
    let row = "2026-10-25T02:30,Europe/Berlin,presale,30,5,,,\n";
    let found = file(&row.repeat(3));
    assert_eq!((found.rows_taken, found.repeated, found.faults.total()), (2, 2, 1));
    let row = &found.series[0].rows()[0];
    assert_eq!((row.offered, row.source_rows), (10, 2));
    assert_eq!(row.start.to_string(), "2026-10-25T00:30:00Z");
}

#[test]
fn skipped_time_is_summed_into_the_interval_it_maps_to() {
    let found = file(
        "2026-03-29T02:30,Europe/Berlin,presale,30,5,,,\n\
         2026-03-29T03:30,Europe/Berlin,presale,30,6,,,\n",
    );
    assert_eq!((found.mapped_forward, found.faults.total()), (1, 0));
    let row = &found.series[0].rows()[0];
    assert_eq!((row.offered, row.mapped_forward), (11, true));
}

#[test]
fn a_missing_column_is_reported_before_any_row() {
    let found = parse(b"interval_start,tz,queue,offered\n2026-03-04T10:00,Asia/Shanghai,a,1\n");
    assert_eq!(found.faults.total(), 1);
    let fault = &found.faults.kept()[0];
    assert_eq!((fault.row, fault.column), (1, "interval_minutes"));
    assert_eq!(fault.rule, FaultRule::MissingColumn);
    assert!(found.series.is_empty());
}

#[test]
fn what_has_no_header_is_one_fault_and_a_slip_in_a_name_is_shown() {
    for file in
        [&b""[..], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"2026-03-04T10:00,Asia/Shanghai,a,30,1\n"]
    {
        let found = parse(file);
        assert_eq!(found.faults.total(), 1, "{:?}", found.faults);
        let message = found.faults.kept()[0].message(Language::English);
        assert!(message.starts_with("The file does not begin with a header"), "{message}");
    }
    let found = parse(b"intervall_start,TZ,queue,interval_minutes,ofered\n");
    let slips: Vec<_> =
        found.faults.kept().iter().map(|it| (it.column, it.remedy[1].1.as_str())).collect();
    assert_eq!(slips, [("interval_start", "intervall_start"), ("tz", "TZ"), ("offered", "ofered")]);
    let message = found.faults.kept()[2].message(Language::English);
    let meant = "The header has no column offered; did you mean it with ofered? Write offered.";
    assert_eq!(message, meant);
}

#[test]
fn calls_carried_over_from_the_interval_before_are_taken_and_counted() {
    // Eleven left where ten came, as a feed may say it too.
    let found = file(
        "2026-03-04T10:00,Asia/Shanghai,presale,30,12,10,1,\n\
         2026-03-04T10:30,Asia/Shanghai,presale,30,10,8,3,\n",
    );
    assert_eq!((found.faults.total(), found.rows_taken, found.carried_over), (0, 2, 1));
    let row = &found.series[0].rows()[1];
    assert_eq!((row.offered, row.answered, row.abandoned), (10, Some(8), Some(3)));
}

#[test]
fn a_queue_keeps_one_zone() {
    let found = faults(
        "2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n\
         2026-03-04T10:30,Asia/Tokyo,presale,30,7,,,\n",
    );
    assert_eq!(found, [(3, "tz", "ZONE_DIFFERS")]);
}

#[test]
fn days_start_when_their_zone_says() {
    // Cairo skips midnight on 24 April 2026: the day starts at one o'clock.
    let found = file("2026-04-24T00:00,Africa/Cairo,presale,1440,900,,,\n");
    assert_eq!(found.series[0].rows()[0].start.to_string(), "2026-04-23T22:00:00Z");
    assert_eq!(found.mapped_forward, 0);
}

#[test]
fn what_is_still_to_come_is_no_history() {
    let now = "2026-03-04T02:15:00Z".parse().expect("instant");
    let rows = "2026-03-04T10:00,Asia/Shanghai,presale,30,7,,,\n\
                2026-03-04T10:30,Asia/Shanghai,presale,30,7,-9,,\n\
                2026-03-04T10:00,Asia/Tokyo,tokyo,30,7,,,\n";
    let found = parse_for(format!("{HEADER}{rows}").as_bytes(), now, |_| None);
    let faults: Vec<_> =
        found.faults.kept().iter().map(|it| (it.row, it.column, it.rule.code())).collect();
    let negative = (3, "answered", "NEGATIVE");
    let future = (3, "interval_start", "IN_THE_FUTURE");
    assert_eq!(faults, [future, negative], "the interval that runs is told");
    let fault = &found.faults.kept()[0];
    assert_eq!(fault.remedy, [("expected", "2026-03-04T10:15".to_owned())], "by its own clock");
    assert_eq!(found.rows_taken, 2);
}

#[test]
fn fields_may_be_separated_by_semicolons_or_tabs() {
    let rows = "2026-03-04T10:00,Asia/Shanghai,presale,30,100,96,4,180.26\n";
    let text = format!("{HEADER}{rows}");
    let usual = parse(text.as_bytes());
    for separator in [";", "\t"] {
        let found = parse(text.replace(',', separator).as_bytes());
        assert_eq!(found.faults.total(), 0, "{:?}", found.faults);
        assert_eq!(found.series[0].rows(), usual.series[0].rows());
    }
    let decimal = text.replace(',', ";").replace("180.26", "180,26");
    let found = parse(decimal.as_bytes());
    let fault = &found.faults.kept()[0];
    assert_eq!((fault.column, fault.rule), ("aht_seconds", FaultRule::NotANumber));
}

#[test]
fn short_rows_and_bytes_that_are_not_text_are_faults() {
    assert_eq!(faults("2026-03-04T10:00,Asia/Shanghai\n"), [(2, "", "WRONG_FIELD_COUNT")]);
    let mut bytes = HEADER.as_bytes().to_vec();
    bytes.extend_from_slice(b"2026-03-04T10:00,Asia/Shanghai,\xff\xfe,30,7,,,\n");
    let found = parse(&bytes);
    let fault = &found.faults.kept()[0];
    assert_eq!((fault.column, fault.rule), ("queue", FaultRule::NotUtf8));
}

#[test]
fn a_site_keeps_its_own_series() {
    let found = parse(
        b"\xef\xbb\xbfsite,interval_start,tz,queue,interval_minutes,offered\n\
          GZ,2026-03-04T10:00,Asia/Shanghai,presale,30,7\n\
          ,2026-03-04T10:00,Asia/Shanghai,presale,30,1\n",
    );
    let sites: Vec<_> = found.series.iter().map(|series| series.key.site.as_deref()).collect();
    assert_eq!(sites, [None, Some("GZ")]);
}
