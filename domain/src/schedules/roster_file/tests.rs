use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::schedules::{
    SkillNeed,
    sample::{World, agent, site, skill},
};

fn numbers() -> BTreeMap<String, AgentId> {
    [("GZ-1", 1), ("GZ,2", 2)].map(|(number, id)| (number.to_owned(), agent(id))).into()
}

fn codes() -> BTreeMap<String, SkillId> {
    [("english", 1), ("vip", 2)].map(|(code, id)| (code.to_owned(), skill(id))).into()
}

/// Reads a file for a site in Berlin in the autumn of 2026, when a night has two times 02:30.
fn read(rows: &str) -> RosterFile {
    read_under("agent,starts,ends,activities", rows)
}

fn read_under(header: &str, rows: &str) -> RosterFile {
    let zone = TimeZone::get("Europe/Berlin").expect("zone");
    let (agents, skills) = (numbers(), codes());
    let ask = RosterAsk {
        site: site(1),
        zone: &zone,
        agents: &agents,
        skills: &skills,
        first: date(2026, 10, 19),
        last: date(2026, 11, 1),
    };
    let mut next = 100;
    read_roster(format!("{header}\n{rows}").as_bytes(), &ask, || {
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
    let (agents, skills) = (numbers(), codes());
    let (first, last) = (date(2026, 10, 19), date(2026, 11, 1));
    let (zone, agents, skills) = (&zone, &agents, &skills);
    let ask = RosterAsk { site: site(1), zone, agents, skills, first, last };
    let found = read_roster(b"agent,start\nGZ-1,x\n", &ask, || panic!("no shift"));
    let missing: Vec<_> = found.faults.iter().map(|fault| fault.column).collect();
    assert_eq!(missing, ["starts", "activities"]);
    assert_eq!(read_roster(b"", &ask, || panic!("no shift")).faults.len(), 3);
}

#[test]
fn skills_that_a_shift_asks_for_are_read_by_code_and_may_be_left_out() {
    let header = "agent,starts,activities,needs";
    let rows = "GZ-1,2026-10-20T09:00,ON_QUEUE 480,english 3; vip\n\
                GZ-1,2026-10-21T09:00,ON_QUEUE 480, \n\
                GZ-1,2026-10-22T09:00,ON_QUEUE 480,french 2; vip 1\n\
                GZ-1,2026-10-23T09:00,ON_QUEUE 480,english 9\n\
                GZ-9,2026-10-24T09:00,ON_QUEUE 480,vip 1; vip 2\n";
    let found = read_under(header, rows);
    let asked: Vec<_> = found.shifts.iter().map(|(_, shift)| shift.needs().to_vec()).collect();
    let need = |id, grade| SkillNeed { skill: skill(id), grade };
    assert_eq!(asked, [vec![need(1, 3), need(2, 1)], Vec::new()]);
    let faults: Vec<_> = found
        .faults
        .iter()
        .map(|it| (it.row, it.column, it.rule, it.value.as_str(), it.expected.as_str()))
        .collect();
    let example = "english 3; vip 1";
    let expected = [
        (4, "needs", RosterRule::UnknownSkill, "french", "english, vip"),
        (5, "needs", RosterRule::NotSkillNeeds, "english 9", example),
        (6, "agent", RosterRule::UnknownAgent, "GZ-9", ""),
        (6, "needs", RosterRule::NotSkillNeeds, "vip 1; vip 2", example),
    ];
    assert_eq!(faults, expected);
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
        shifts in prop::collection::vec(
            (1u128..3, 0i64..12 * 96, 1i64..40, any::<bool>(), prop::option::of(1u8..6)),
            0..20,
        ),
    ) {
        let mut world = World::new("Europe/Berlin", date(2026, 10, 19), date(2026, 11, 2));
        let start = world.roster.window.start();
        let mut written = Vec::new();
        for (number, quarter, quarters, meal, grade) in shifts {
            let start = Span::of_seconds(start, quarter * 900).end();
            let local = local_of_instant(start, &world.roster.zone).to_string();
            let mut parts = vec![(ActivityCategory::OnQueue, quarters * 15)];
            if meal {
                parts.push((ActivityCategory::Meal, 30));
            }
            let needs = grade.map(|grade| SkillNeed { skill: skill(number), grade });
            let shift = world.shift_of(number, &local, &parts);
            written.push(shift.needing(needs.into_iter().collect()));
        }
        let names = numbers().into_iter().map(|(number, agent)| (agent, number)).collect();
        let known = codes().into_iter().map(|(code, skill)| (skill, code)).collect();
        let text = write_roster(&written, &names, &known, &world.roster.zone);
        let (header, rows) = text.split_once('\n').unwrap_or_default();
        let found = read_under(header, rows);
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
