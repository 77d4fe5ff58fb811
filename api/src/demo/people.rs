//! The agents of a site: teams, contracts, skills, days of hire.

use jiff::{
    civil::{Date, date},
    tz::TimeZone,
};
use rand::RngExt as _;
use rand_xoshiro::Xoshiro256PlusPlus;
use trunkline_domain::{
    agents::{Agent, AgentStatus, Contract, Grade, HeldSkill},
    archives::EntrySource,
    id::{SiteId, SkillId, TeamId, UserId},
    schedules::ContractKind,
    time::instant_of_local,
};
use trunkline_infra::{
    agents::{ExternalId, Hire},
    ctx::Ctx,
};

use super::{
    company::{PARTNER, SitePlan},
    names::full_name,
};

/// Code of the post above that of an agent.
pub(super) const SENIOR: &str = "senior_agent";

/// A team with its leader's user.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) site: SiteId,
    pub(super) team: TeamId,
    pub(super) leader: UserId,
}

/// Skills of a company: every agent has the first, two in five the second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Skills {
    pub(super) service: SkillId,
    pub(super) presale: SkillId,
}

/// Number of teams of a site: 10 to 15 agents each where there are so many.
pub(super) fn teams_of(site: &SitePlan) -> usize {
    (site.agents / 12).max(1)
}

/// Code of a team of a site; the first is number 1.
pub(super) fn team_code(site: &SitePlan, number: usize) -> String {
    format!("{}-{number}", site.code)
}

/// Code of the team of the printed logins at its site.
pub(super) fn first_team(site: &SitePlan) -> String {
    team_code(site, 1)
}

/// The agents of a site, spread evenly over its teams. The first of each team is its senior.
pub(super) fn hires(
    ctx: &Ctx,
    site: &SitePlan,
    places: &[Place],
    skills: Skills,
    zone: &TimeZone,
    random: &mut Xoshiro256PlusPlus,
) -> Vec<Hire> {
    (0..site.agents)
        .map(|index| {
            let place = places[index % places.len()];
            let number = format!("{}{:03}", site.code, index + 1);
            let senior = index < places.len();
            hire(ctx, number, place, senior, skills, zone, random)
        })
        .collect()
}

fn hire(
    ctx: &Ctx,
    number: String,
    place: Place,
    senior: bool,
    skills: Skills,
    zone: &TimeZone,
    random: &mut Xoshiro256PlusPlus,
) -> Hire {
    let hired_on = hire_date(random);
    let part_time = !senior && random.random_bool(0.25);
    let mut held = vec![skill(skills.service, if senior { 5 } else { random.random_range(2..=5) })];
    if random.random_bool(0.4) {
        held.push(skill(skills.presale, random.random_range(2..=4)));
    }
    Hire {
        external_ids: vec![ExternalId { source: PARTNER.to_owned(), value: number.clone() }],
        agent: Agent {
            id: ctx.new_id(),
            number,
            display_name: full_name(random),
            site: place.site,
            team: Some(place.team),
            post: if senior { SENIOR } else { "agent" }.to_owned(),
            status: AgentStatus::Active,
            hired_on,
            left_on: None,
            languages: vec!["zh".to_owned()],
        },
        from: instant_of_local(hired_on.to_datetime(jiff::civil::Time::midnight()), zone).0,
        contract: contract(ctx, hired_on, part_time),
        skills: held,
        superior: Some(place.leader),
        decision: None,
        source: EntrySource::Import,
    }
}

fn contract(ctx: &Ctx, from: Date, part_time: bool) -> Contract {
    const HOUR: i64 = 3600;
    let (kind, least, most) = if part_time {
        (ContractKind::PartTime, 16 * HOUR, 24 * HOUR)
    } else {
        (ContractKind::Regular, 32 * HOUR, 40 * HOUR)
    };
    Contract {
        id: ctx.new_id(),
        kind,
        weekly_min_seconds: least,
        weekly_max_seconds: most,
        from,
        until: None,
    }
}

fn skill(skill: SkillId, grade: u8) -> HeldSkill {
    // Grades are drawn from 2 to 5, all of which there are.
    let grade = Grade::try_from(grade).unwrap_or_else(|_| unreachable!("grade {grade}"));
    HeldSkill { skill, grade, valid_until: None }
}

/// Most people came in the last years.
fn hire_date(random: &mut Xoshiro256PlusPlus) -> Date {
    let years = 7.0 * random.random::<f64>().powi(2);
    let days = (years * 365.0) as i32;
    date(2026, 8, 31).saturating_sub(jiff::Span::new().days(days))
}
