//! Who may what: one table of roles and permissions.
//!
//! Personal files follow the access matrix of the archives, everything else the matrix of planning.
//! How far a right reaches is the role's part; where it starts (which site, team or person) is the
//! part of the role's assignment.

use jiff::Timestamp;

use super::{
    Permission::{self, *},
    Role::{self, *},
};

/// How far a right reaches.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reach {
    /// The own person.
    Own,
    /// The own team: the line below a leader.
    Line,
    /// The own site.
    Site,
    /// All sites of the tenant.
    Network,
}

use Reach::{Line, Network, Own, Site};

/// One line of the matrix: a permission, and who has it how far. Who is not named has it not.
type Row = (Permission, &'static [(Role, Reach)]);

const MATRIX: &[Row] = &[
    (
        NetworkRead,
        &[
            (Agent, Network),
            (TeamLeader, Network),
            (SiteManager, Network),
            (Planner, Network),
            (HeadOffice, Network),
            (Hr, Network),
            (QualityAnalyst, Network),
            (QualityLead, Network),
            (Trainer, Network),
            (Finance, Network),
            (Auditor, Network),
            (MetricsSteward, Network),
            (TenantAdmin, Network),
            (PartnerClient, Network),
        ],
    ),
    (NetworkWrite, &[(SiteManager, Site), (HeadOffice, Network), (TenantAdmin, Network)]),
    (UserRead, &[(Hr, Network), (Auditor, Network), (TenantAdmin, Network)]),
    (UserWrite, &[(TenantAdmin, Network)]),
    (IdentityProviderWrite, &[(TenantAdmin, Network)]),
    (
        AgentRead,
        &[
            (Agent, Own),
            (TeamLeader, Line),
            (SiteManager, Site),
            (Planner, Site),
            (Hr, Network),
            (QualityAnalyst, Network),
            (QualityLead, Network),
            (Trainer, Network),
            (Finance, Network),
            (Auditor, Network),
            (TenantAdmin, Network),
            (PartnerClient, Network),
        ],
    ),
    (AgentWrite, &[(SiteManager, Site), (Hr, Network), (TenantAdmin, Network)]),
    // One office hires and ends employments; a site runs the people it has.
    (AgentHire, &[(Hr, Network), (TenantAdmin, Network)]),
    (AgentPrivateRead, &[(Agent, Own), (Hr, Network)]),
    (AgentPrivateWrite, &[(Hr, Network)]),
    (
        AvailabilityRead,
        &[(Agent, Own), (TeamLeader, Line), (SiteManager, Site), (Planner, Site), (Hr, Network)],
    ),
    (AvailabilityWrite, &[(Agent, Own), (TeamLeader, Line), (SiteManager, Site), (Planner, Site)]),
    (
        DevelopmentFileRead,
        &[(Agent, Own), (TeamLeader, Line), (SiteManager, Site), (Hr, Network), (Auditor, Network)],
    ),
    (DevelopmentFileWrite, &[(Hr, Network)]),
    (
        QualityFileRead,
        &[
            (Agent, Own),
            (TeamLeader, Line),
            (SiteManager, Site),
            (QualityAnalyst, Network),
            (QualityLead, Network),
            (Auditor, Network),
        ],
    ),
    (QualityFileWrite, &[(QualityAnalyst, Network), (QualityLead, Network)]),
    (
        PerformanceFileRead,
        &[(Agent, Own), (TeamLeader, Line), (SiteManager, Site), (Hr, Network), (Auditor, Network)],
    ),
    (PerformanceFileWrite, &[(TeamLeader, Line)]),
    (
        KpiRead,
        &[
            (Agent, Site),
            (TeamLeader, Site),
            (SiteManager, Site),
            (Planner, Site),
            (HeadOffice, Network),
            (Hr, Network),
            (QualityAnalyst, Network),
            (QualityLead, Network),
            (Trainer, Network),
            (Finance, Network),
            (Auditor, Network),
            (MetricsSteward, Network),
            (PartnerClient, Network),
        ],
    ),
    (KpiWrite, &[(MetricsSteward, Network), (PartnerClient, Network)]),
    (
        HistoryRead,
        &[
            (TeamLeader, Site),
            (SiteManager, Site),
            (Planner, Site),
            (HeadOffice, Network),
            (MetricsSteward, Network),
            (Auditor, Network),
            (PartnerClient, Network),
        ],
    ),
    (HistoryWrite, &[(Planner, Site), (MetricsSteward, Network), (PartnerClient, Network)]),
    (
        ForecastRead,
        &[
            (TeamLeader, Site),
            (SiteManager, Site),
            (Planner, Site),
            (HeadOffice, Network),
            (Auditor, Network),
            (PartnerClient, Network),
        ],
    ),
    (ForecastWrite, &[(Planner, Site)]),
    (
        DemandEventWrite,
        &[
            (TeamLeader, Site),
            (SiteManager, Site),
            (Planner, Site),
            (HeadOffice, Network),
            (PartnerClient, Network),
        ],
    ),
    (
        WorkRulesRead,
        &[
            (Agent, Site),
            (TeamLeader, Site),
            (SiteManager, Site),
            (Planner, Site),
            (HeadOffice, Network),
            (Hr, Network),
            (Auditor, Network),
        ],
    ),
    (WorkRulesWrite, &[(Planner, Site), (HeadOffice, Network)]),
    (
        ScheduleRead,
        &[
            (Agent, Own),
            (TeamLeader, Line),
            (SiteManager, Site),
            (Planner, Site),
            (HeadOffice, Network),
            (Hr, Site),
            (Auditor, Network),
            (PartnerClient, Network),
        ],
    ),
    (ScheduleWrite, &[(Planner, Site)]),
    (SchedulePublish, &[(SiteManager, Site), (Planner, Site)]),
    // Who answers for the plan answers for its exceptions. A leader decides what agents ask for, by
    // `ShiftSwapApprove`, and plans nothing.
    (ScheduleOverride, &[(SiteManager, Site), (Planner, Site)]),
    (
        ShiftSwapRead,
        &[
            (Agent, Own),
            (TeamLeader, Line),
            (SiteManager, Site),
            (Planner, Site),
            (Auditor, Network),
        ],
    ),
    (
        ShiftSwapCount,
        &[
            (TeamLeader, Line),
            (SiteManager, Site),
            (Planner, Site),
            (HeadOffice, Network),
            (Auditor, Network),
        ],
    ),
    (ShiftSwapWrite, &[(Agent, Own), (TeamLeader, Line)]),
    (ShiftSwapApprove, &[(TeamLeader, Line), (SiteManager, Site), (Planner, Site)]),
    (
        IntradayRead,
        &[
            (Agent, Own),
            (TeamLeader, Line),
            (SiteManager, Site),
            (Planner, Site),
            (HeadOffice, Network),
            (QualityAnalyst, Network),
            (QualityLead, Network),
            (Auditor, Network),
            (PartnerClient, Network),
        ],
    ),
    (IntradayWrite, &[(PartnerClient, Network)]),
    (
        JobRead,
        &[
            (SiteManager, Site),
            (Planner, Site),
            (HeadOffice, Network),
            (MetricsSteward, Network),
            (TenantAdmin, Network),
            (PartnerClient, Network),
        ],
    ),
    (AuditRead, &[(Auditor, Network), (TenantAdmin, Network)]),
];

/// How far `permission` reaches for `role`; `None` = not at all.
#[must_use]
pub fn reach(role: Role, permission: Permission) -> Option<Reach> {
    let (_, holders) = MATRIX.iter().find(|(row, _)| *row == permission)?;
    holders.iter().find(|(holder, _)| *holder == role).map(|(_, reach)| *reach)
}

/// Built-in roles with which `permission` reaches further than the own person: assigned in the whole
/// tenant it reaches everywhere.
#[must_use]
pub fn roles_beyond_own(permission: Permission) -> Vec<Role> {
    let is_beyond = |role: &Role| reach(*role, permission).is_some_and(|it| it != Own);
    Role::ALL.iter().copied().filter(is_beyond).collect()
}

impl Role {
    /// Whether the role has `permission`, however far it reaches.
    #[must_use]
    pub fn has(self, permission: Permission) -> bool {
        reach(self, permission).is_some()
    }
}

/// Whether something that holds in `[from, until)` holds at `now`.
pub(super) fn in_force(from: Timestamp, until: Option<Timestamp>, now: Timestamp) -> bool {
    from <= now && until.is_none_or(|until| now < until)
}

/// The matrix as text, one line a permission, for a committed snapshot.
#[must_use]
pub fn matrix_text() -> String {
    let line = |permission: &Permission| {
        let holders = Role::ALL
            .iter()
            .filter_map(|role| reach(*role, *permission).map(|reach| format!("{role}={reach:?}")));
        format!("{permission}: {}\n", holders.collect::<Vec<_>>().join(" "))
    };
    Permission::ALL.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_somebodys() {
        for permission in Permission::ALL {
            assert!(
                Role::ALL.iter().any(|role| reach(*role, *permission).is_some()),
                "{permission}"
            );
        }
    }

    #[test]
    fn head_office_reads_schedules_and_writes_none() {
        assert_eq!(reach(HeadOffice, ScheduleRead), Some(Network));
        assert_eq!(reach(HeadOffice, ScheduleWrite), None);
        assert_eq!(reach(HeadOffice, SchedulePublish), None);
    }

    #[test]
    fn rules_are_overridden_by_who_plans_or_publishes_and_by_nobody_else() {
        for role in Role::ALL {
            let plans = role.has(ScheduleWrite) || role.has(SchedulePublish);
            assert_eq!(role.has(ScheduleOverride), plans, "{role}");
        }
        assert_eq!(reach(TeamLeader, ScheduleOverride), None);
    }

    #[test]
    fn head_office_counts_swaps_and_reads_none() {
        assert_eq!(reach(HeadOffice, ShiftSwapCount), Some(Network));
        assert_eq!(reach(HeadOffice, ShiftSwapRead), None);
    }

    #[test]
    fn a_partner_never_reads_a_personal_file() {
        for permission in [DevelopmentFileRead, QualityFileRead, PerformanceFileRead] {
            assert_eq!(reach(PartnerClient, permission), None);
        }
    }

    #[test]
    fn a_site_runs_its_people_and_one_office_hires() {
        assert_eq!(reach(SiteManager, AgentWrite), Some(Site));
        assert_eq!(reach(SiteManager, AgentHire), None);
        assert_eq!(reach(Hr, AgentHire), Some(Network));
    }

    #[test]
    fn address_and_national_id_are_for_the_person_and_for_hr() {
        let readers: Vec<_> = Role::ALL
            .iter()
            .filter_map(|role| reach(*role, AgentPrivateRead).map(|reach| (*role, reach)))
            .collect();
        assert_eq!(readers, [(Agent, Own), (Hr, Network)]);
    }

    #[test]
    fn who_reaches_the_own_person_alone_reaches_nobody_else() {
        assert_eq!(roles_beyond_own(AgentPrivateRead), [Hr]);
        assert_eq!(roles_beyond_own(ShiftSwapWrite), [TeamLeader]);
        assert_eq!(roles_beyond_own(UserWrite), [TenantAdmin]);
    }

    #[test]
    fn only_quality_writes_the_quality_file() {
        let writers: Vec<_> =
            Role::ALL.iter().filter(|role| reach(**role, QualityFileWrite).is_some()).collect();
        assert_eq!(writers, [&QualityAnalyst, &QualityLead]);
    }
}
