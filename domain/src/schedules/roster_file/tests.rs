use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::schedules::sample::{World, agent, site};

fn numbers() -> BTreeMap<String, AgentId> {
    [("GZ-1", 1), ("GZ,2", 2)].map(|(number, id)| (number.to_owned(), agent(id))).into()
}

/// Reads a file for a site in Berlin in the autumn of 2026, when a night has two times 02:30.
fn read(rows: &str) -> RosterFile {
    let zone = TimeZone::get("Europe/Berlin").expect("zone");
    let agents = numbers();
    let ask = RosterAsk {
        site: site(1),
        zone: &zone,
        agents: &agents,
        first: date(2026, 10, 19),
        last: date(2026, 11, 1),
    };
    let mut next = 100;
    read_roster(format!("agent,starts,ends,activities\n{rows}").as_bytes(), &ask, || {
        next += 1;
        ShiftId::from_uuid(Uuid::from_u128(next))
    })
}

fn faults(rows: &str) -> Vec<(u64, &'static str, RosterRule)> {
    read(rows).faults.iter().map(|fault| (fault.row, fault.column, fault.rule)).collect()
}

#[test]
fn a_shift_is_read_with_its_parts() {
    let found = read("GZ-1,2026-10-20T09:00,,ON_QUEUE 240; MEAL 30 unpaid; ON_QUEUE 210\n");
    assert_eq!(found.faults, []);
    let [(line, shift)] = &found.shifts[..] else { panic!("one shift") };
    assert_eq!((*line, shift.agent(), shift.site()), (2, agent(1), site(1)));
    assert_eq!(shift.paid_seconds(), 450 * 60);
    assert_eq!(shift.span().start().to_string(), "2026-10-20T07:00:00Z");
    assert_eq!(shift.activities()[1].category, ActivityCategory::Meal);
}

#[test]
fn everything_wrong_with_a_row_is_told_and_the_others_are_read() {
    let rows = "GZ-9,2026-10-20 9 am,,ON_QUEUE none\n\
                GZ-1,2026-10-20T09:00,2026-10-20T16:00,ON_QUEUE 480\n\
                ,2026-12-20T09:00,,ON_QUEUE 480 unpaid maybe\n\
                GZ-1,2026-10-20T09:00\n\
                GZ-1,2026-10-21T09:00,2026-10-21T17:00,ON_QUEUE 480\n";
    let expected = [
        (2, "agent", RosterRule::UnknownAgent),
        (2, "starts", RosterRule::NotATime),
        (2, "activities", RosterRule::NotActivities),
        (3, "ends", RosterRule::EndsDiffer),
        (4, "agent", RosterRule::Empty),
        (4, "starts", RosterRule::OutsideTheDays),
        (4, "activities", RosterRule::NotActivities),
        (5, "", RosterRule::WrongFieldCount),
    ];
    assert_eq!(faults(rows), expected);
    let found = read(rows);
    assert_eq!((found.rows_read, found.shifts.len()), (5, 1));
    assert_eq!(found.faults[3].expected, "2026-10-20T17:00");
}

#[test]
fn a_file_without_its_columns_is_read_no_further() {
    let zone = TimeZone::UTC;
    let agents = numbers();
    let (first, last) = (date(2026, 10, 19), date(2026, 11, 1));
    let ask = RosterAsk { site: site(1), zone: &zone, agents: &agents, first, last };
    let found = read_roster(b"agent,start\nGZ-1,x\n", &ask, || panic!("no shift"));
    let missing: Vec<_> = found.faults.iter().map(|fault| fault.column).collect();
    assert_eq!(missing, ["starts", "activities"]);
    assert_eq!(read_roster(b"", &ask, || panic!("no shift")).faults.len(), 3);
}

#[test]
fn a_time_that_the_clocks_show_twice_is_written_with_its_offset() {
    let zone = TimeZone::get("Europe/Berlin").expect("zone");
    let at = |text: &str| text.parse::<Timestamp>().expect("instant");
    assert_eq!(show_time(at("2026-10-25T00:30:00Z"), &zone), "2026-10-25T02:30");
    assert_eq!(show_time(at("2026-10-25T01:30:00Z"), &zone), "2026-10-25T02:30+01:00");
    assert_eq!(read_time("2026-10-25T02:30+01:00", &zone), Some(at("2026-10-25T01:30:00Z")));
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        shifts in prop::collection::vec((1u128..3, 0i64..12 * 96, 1i64..40, any::<bool>()), 0..20),
    ) {
        let mut world = World::new("Europe/Berlin", date(2026, 10, 19), date(2026, 11, 2));
        let start = world.roster.window.start();
        let mut written = Vec::new();
        for (number, quarter, quarters, meal) in shifts {
            let start = Span::of_seconds(start, quarter * 900).end();
            let local = local_of_instant(start, &world.roster.zone).to_string();
            let mut parts = vec![(ActivityCategory::OnQueue, quarters * 15)];
            if meal {
                parts.push((ActivityCategory::Meal, 30));
            }
            written.push(world.shift_of(number, &local, &parts));
        }
        let names = numbers().into_iter().map(|(number, agent)| (agent, number)).collect();
        let text = write_roster(&written, &names, &world.roster.zone);
        let rows = text.split_once('\n').map_or("", |(_, rows)| rows);
        let found = read(rows);
        prop_assert_eq!(&found.faults, &[]);
        let mut sorted: Vec<&Shift> = written.iter().collect();
        sorted.sort_by_key(|shift| (shift.span(), shift.agent()));
        prop_assert_eq!(found.shifts.len(), sorted.len());
        for ((_, read), wrote) in found.shifts.iter().zip(sorted) {
            prop_assert!(read.is_like(wrote), "{read:?}\n{wrote:?}");
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
        let found = read(&String::from_utf8_lossy(&bytes));
        prop_assert!(found.shifts.len() as u64 <= found.rows_read);
    }
}
