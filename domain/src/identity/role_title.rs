//! Names of the built-in roles for people.

use super::Role::{self, *};
use crate::fault::Language;

impl Role {
    /// What the role is called.
    #[must_use]
    pub fn title(self, language: Language) -> &'static str {
        let (english, chinese) = match self {
            Agent => ("agent", "座席"),
            TeamLeader => ("team leader", "班组长"),
            SiteManager => ("site manager", "现场经理"),
            Planner => ("workforce planner", "排班师"),
            HeadOffice => ("head office", "总部"),
            Hr => ("HR", "人力资源"),
            QualityAnalyst => ("quality analyst", "质检员"),
            QualityLead => ("quality lead", "质检主管"),
            Trainer => ("trainer", "培训师"),
            Finance => ("finance", "财务"),
            Auditor => ("auditor", "审计员"),
            MetricsSteward => ("metrics steward", "数字化管理专员"),
            TenantAdmin => ("administrator", "管理员"),
            PartnerClient => ("partner", "合作伙伴"),
        };
        language.pick(english, chinese)
    }
}
