//! What shifts a site offers: reading, setting, and handing them to generation.

use jiff::{Timestamp, civil};
use serde_json::json;
use trunkline_domain::{
    fault::Fault,
    id::SiteId,
    identity::{Permission, Target},
    plannable::check_ahead,
    schedules::{
        ContractKind, RuleSubject, ShiftTemplate, ShiftTemplates, TemplatesFrom,
        generator::ShiftShape, offered_shapes,
    },
    time::local_of_instant,
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::Ctx,
    db::TenantTx,
    schedules::{
        ShiftTemplateSetView, load_rule_book, lock_site, set_shift_templates, shift_template_sets,
    },
};

use super::ground::site_of;
use crate::{
    app::App,
    error::{AppError, Outcome},
    graphql::Operation,
    identity::permit,
};

/// The shifts of a site from a day on.
#[derive(Debug)]
pub(super) struct TemplateSet {
    /// The day; `None` = before any was set.
    pub(super) valid_from: Option<civil::Date>,
    /// None = the usual ones.
    pub(super) templates: ShiftTemplates,
    pub(super) set_at: Option<Timestamp>,
}

/// Most sets of a site that are listed.
const LISTED: usize = 50;

/// What shifts a site offers, by day, beginning with the usual ones and with at most the latest
/// [`LISTED`] others; nothing where the caller may not see its work rules.
pub(super) async fn sets_seen(
    operation: &Operation,
    site: Option<SiteId>,
) -> Outcome<Vec<TemplateSet>> {
    let reach = operation.require(Permission::WorkRulesRead)?;
    let directory = operation.directory().await?;
    let known = site.filter(|site| directory.site(*site).is_some());
    let Some(site) = known.filter(|site| reach.contains(&Target::site(*site))) else {
        return Ok(Vec::new());
    };
    let tx = operation.read().await?;
    let usual =
        TemplateSet { valid_from: None, templates: ShiftTemplates::default(), set_at: None };
    let mut sets = vec![usual];
    let rows = shift_template_sets(&tx, site).await?;
    let earlier = rows.len().saturating_sub(LISTED);
    for row in rows.into_iter().skip(earlier) {
        let TemplatesFrom { valid_from, templates } = row.known()?;
        let (valid_from, set_at) = (Some(valid_from), Some(row.set_at));
        sets.push(TemplateSet { valid_from, templates, set_at });
    }
    Ok(sets)
}

/// Shifts to set.
#[derive(Debug)]
pub(super) struct SetTemplates {
    pub(super) site: SiteId,
    pub(super) valid_from: civil::Date,
    pub(super) templates: Vec<ShiftTemplate>,
    /// Shifts of a design, which come after them: start and seconds.
    pub(super) designed: Vec<(civil::Time, i64)>,
}

/// Sets what shifts a site offers from a day on, all of which its work rules let somebody work.
pub(super) async fn set_templates(app: &App, ctx: &Ctx, ask: SetTemplates) -> Outcome<TemplateSet> {
    let SetTemplates { site, valid_from, mut templates, designed } = ask;
    let tx = app.db.begin(ctx).await?;
    let view = site_of(app, ctx, &tx, site).await?;
    let (site, today) = (view.id, local_of_instant(ctx.now(), &view.zone()).date());
    let (write, read) = (Permission::WorkRulesWrite, Permission::WorkRulesRead);
    permit(ctx, write, read, &Target::site(site), "siteId")?;
    let given = templates.len();
    let refused = |faults: Vec<Fault>| {
        AppError::Faults(faults.into_iter().map(|fault| placed(fault, given)).collect())
    };
    templates.extend(designed.into_iter().map(|(start, len)| ShiftTemplate::designed(start, len)));
    let templates = ShiftTemplates::parse(templates).map_err(refused)?;
    lock_site(&tx, site).await?;
    let book = load_rule_book(&tx, site, &[]).await?;
    let rules = |kind: Option<ContractKind>| {
        book.effective(&RuleSubject { kind, ..RuleSubject::site(site) }, valid_from).rules
    };
    let faults = templates.check(|kind| rules(kind).limits);
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    let known = shift_template_sets(&tx, site).await?;
    check_ahead((valid_from, today), known.iter().map(|row| row.valid_from), "validFromDate")?;
    let in_force = known.iter().rev().find(|row| row.valid_from <= valid_from);
    let in_force = in_force.map(ShiftTemplateSetView::known).transpose()?;
    let before = json!({ "templates": in_force.map(|set| set.templates).unwrap_or_default() });
    let after = json!({ "templates": templates });
    let set = TemplatesFrom { valid_from, templates };
    set_shift_templates(&tx, ctx, site, &set).await?;
    let deed = Deed::changed("shift_templates.set", site, before, after)
        .judged_by(rules(None).version_names())
        .with(json!({ "validFrom": valid_from }));
    record(&tx, ctx, deed).await?;
    tx.commit().await?;
    let (valid_from, set_at) = (Some(valid_from), Some(ctx.now()));
    Ok(TemplateSet { valid_from, templates: set.templates, set_at })
}

/// A fault of a template where the input has it: those of a design stand in a list of their own.
fn placed(fault: Fault, given: usize) -> Fault {
    let place = match &fault.path[..] {
        [list, place, ..] if list == "templates" => place.parse::<usize>().ok(),
        _ => None,
    };
    match place.and_then(|place| place.checked_sub(given)) {
        Some(place) => fault.at(&format!("designedShifts.{place}")),
        None => fault,
    }
}

/// The shapes that generation may use at a site from `first` to `last`.
pub(super) async fn shapes_of(
    tx: &TenantTx,
    site: SiteId,
    first: civil::Date,
    last: civil::Date,
) -> Outcome<Vec<ShiftShape>> {
    let sets = shift_template_sets(tx, site).await?;
    let sets = sets.iter().map(ShiftTemplateSetView::known).collect::<Result<Vec<_>, _>>()?;
    Ok(offered_shapes(&sets, first, last))
}

#[cfg(test)]
mod tests {
    use trunkline_domain::fault::Rule;

    use super::*;

    #[test]
    fn a_fault_of_a_designed_shift_stands_in_its_own_list() {
        let at = |path: &str| placed(Fault::invalid(path, Rule::EachOnce), 2).path.join(".");
        assert_eq!(at("templates.1.code"), "templates.1.code");
        assert_eq!(at("templates.2.longestSeconds"), "designedShifts.0");
        assert_eq!(at("templates"), "templates");
    }
}
