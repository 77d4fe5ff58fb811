//! The two companies of the demo, as plain data.

use trunkline_domain::identity::Role;

use super::history::Stream;

/// A site.
pub(super) struct SitePlan {
    pub(super) code: &'static str,
    pub(super) name_en: &'static str,
    pub(super) name_zh: &'static str,
    pub(super) agents: usize,
    /// Contacts of its own queue in an ordinary week.
    pub(super) weekly: f64,
    /// Its part of the shared queue.
    pub(super) shared_weekly: f64,
}

/// A company.
pub(super) struct CompanyPlan {
    pub(super) slug: &'static str,
    pub(super) name_en: &'static str,
    pub(super) name_zh: &'static str,
    pub(super) sites: &'static [SitePlan],
    /// Rounds in which the generator improves the roster of each site.
    pub(super) rounds: u32,
}

const fn site(
    code: &'static str,
    name_en: &'static str,
    name_zh: &'static str,
    agents: usize,
    weekly: f64,
    shared_weekly: f64,
) -> SitePlan {
    SitePlan { code, name_en, name_zh, agents, weekly, shared_weekly }
}

/// The network of three centres.
pub(super) const HUAYIN: CompanyPlan = CompanyPlan {
    slug: "huayin",
    name_en: "Huayin",
    name_zh: "华音",
    sites: &[
        site("GZ", "Guangzhou", "广州", 100, 20_000.0, 4_200.0),
        site("CD", "Chengdu", "成都", 100, 18_500.0, 3_800.0),
        site("SY", "Shenyang", "沈阳", 100, 17_000.0, 3_500.0),
    ],
    // Good rosters within seconds: half of the start goes into them.
    rounds: 100,
};

/// A stranger on the same server, who must never see anything of the first and is never seen.
pub(super) const BEIFANG: CompanyPlan = CompanyPlan {
    slug: "beifang",
    name_en: "Beifang",
    name_zh: "北方",
    sites: &[site("HB", "Harbin", "哈尔滨", 8, 1_500.0, 300.0)],
    rounds: 100,
};

/// The same network with fewer people and contacts, for slow machines and for who is in a hurry. The
/// printed logins are there.
const SMALL_HUAYIN: CompanyPlan = CompanyPlan {
    sites: &[
        site("GZ", "Guangzhou", "广州", 18, 3_600.0, 760.0),
        site("CD", "Chengdu", "成都", 18, 3_300.0, 680.0),
        site("SY", "Shenyang", "沈阳", 18, 3_100.0, 630.0),
    ],
    rounds: 5,
    ..HUAYIN
};
const SMALL_BEIFANG: CompanyPlan = CompanyPlan { rounds: 5, ..BEIFANG };

/// The network and the stranger.
pub(super) const fn companies(small: bool) -> [&'static CompanyPlan; 2] {
    if small { [&SMALL_HUAYIN, &SMALL_BEIFANG] } else { [&HUAYIN, &BEIFANG] }
}

/// Code of the queue that all sites share.
pub(super) const SHARED_QUEUE: &str = "presale";
/// Zone of all sites.
pub(super) const ZONE: &str = "Asia/Shanghai";
/// Seconds within which contacts of a queue are to be answered. Chengdu promises less on its own
/// queue, so that head office compares what was not measured alike.
pub(super) fn threshold(queue: &str) -> u32 {
    if queue == "service-cd" { 40 } else { 20 }
}

/// What everybody in the demo signs in with.
pub(super) const PASSWORD: &str = "tea at four in spring";
/// Secret part of the partner's key. Known to all, like the password: a demo is no secret.
pub(super) const PARTNER_SECRET: &str = "DemoPartnerSecretNotForProduction0123456789";
/// Name of the partner's program.
pub(super) const PARTNER: &str = "switch";

/// Code of a site's own queue.
pub(super) fn own_queue(site: &SitePlan) -> String {
    format!("service-{}", site.code.to_lowercase())
}

/// The streams of a company: own queue of each site, and each site's part of the shared one.
pub(super) fn streams(company: &CompanyPlan) -> Vec<(String, &'static str, Stream)> {
    let mut streams = Vec::new();
    for (number, site) in (0..).zip(company.sites) {
        let own = Stream {
            number: 2 * number,
            weekly: site.weekly,
            handle_seconds: 240.0,
            open: (0, 24),
        };
        let shared = Stream {
            number: 2 * number + 1,
            weekly: site.shared_weekly,
            handle_seconds: 310.0,
            open: (8, 22),
        };
        streams.push((own_queue(site), site.code, own));
        streams.push((SHARED_QUEUE.to_owned(), site.code, shared));
    }
    streams
}

/// A login that the demo prints.
pub(super) struct Login {
    pub(super) email: &'static str,
    pub(super) role: Role,
    pub(super) what: &'static str,
}

const fn login(email: &'static str, role: Role, what: &'static str) -> Login {
    Login { email, role, what }
}

/// Number of the agent whose login is printed.
pub(super) const PRINTED_AGENT: &str = "GZ009";
/// A login of the stranger, who sees the own company alone.
pub(super) const STRANGER_LOGIN: &str = "leader.hb-1@beifang.example";

/// One person a role. Site manager, leader and agent belong to the first site and its first team.
pub(super) const LOGINS: &[Login] = &[
    login("office@huayin.example", Role::HeadOffice, "head office: all sites against targets"),
    login("manager@huayin.example", Role::SiteManager, "site manager of Guangzhou"),
    login("planner@huayin.example", Role::Planner, "planner: forecasts, schedules, work rules"),
    login(
        "leader@huayin.example",
        Role::TeamLeader,
        "leader of team GZ-1: decides swaps, reads its files, writes their monthly cards",
    ),
    login("gz009@huayin.example", Role::Agent, "agent of team GZ-1: own shifts, swaps, own files"),
    login("quality@huayin.example", Role::QualityAnalyst, "quality analyst: evaluates contacts"),
    login("hr@huayin.example", Role::Hr, "HR: hires, moves, rewards, private data"),
    login("admin@huayin.example", Role::TenantAdmin, "administrator: sites, users, keys"),
];
