//! `CROSS_SITE`: work at a site that is not the agent's own.

use super::{
    super::{Quantity, ViolationParam},
    AgentView, Finding,
};

pub(super) fn find(view: &AgentView<'_>) -> Vec<Finding> {
    let away = view.work_in_window().filter(|work| work.shift.site() != view.plan.site);
    let findings = away.map(|work| {
        let site = |site: crate::id::SiteId| Quantity::Label(site.to_string());
        let (measured, limit) = (site(work.shift.site()), site(view.plan.site));
        Finding::new(work.span, measured, limit, work.span.seconds())
            .with(ViolationParam::Shift(work.shift.id()))
            .with(ViolationParam::Site(work.shift.site()))
    });
    findings.collect()
}

#[cfg(test)]
mod tests {
    use crate::schedules::{
        RuleCode,
        sample::{World, site},
    };

    #[test]
    fn work_at_another_site_needs_approval() {
        let mut world = World::march().only(RuleCode::CrossSite);
        world.works(1, "2026-03-04T08:00", 8.0);
        world.plan(1).site = site(2);
        let found = world.judge();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].severity.as_str(), "NEEDS_APPROVAL");
    }
}
