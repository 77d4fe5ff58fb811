//! What head office measures its sites against, and what their customers said.

use jiff::{ToSpan as _, civil::Date};
use serde_json::{Value, json};
use trunkline_infra::ctx::Ctx;

use super::{
    company::{CompanyPlan, streams},
    history::{PER_DAY, binomial, days_of, seeded},
    inside::Inside,
};
use crate::error::Outcome;

const TARGET: &str = "mutation($input: KpiTargetSetInput!) {
    kpiTargetSet(input: $input) { userErrors { code message } } }";
const MEASURES: &str = "mutation($input: MeasuresRecordInput!) {
    measuresRecord(input: $input) { userErrors { code message } } }";
/// What one mutation takes.
const AT_ONCE: usize = 500;

/// Sets the targets of a network that has none: they hold from `first` on.
pub(super) async fn set(inside: &Inside, first: Date) -> Outcome<()> {
    let from = first.to_string();
    for target in [
        json!({"kpiCode": "service_level", "targetMin": "80", "criticalMin": "70"}),
        json!({"kpiCode": "abandonment_rate", "targetMax": "3", "criticalMax": "5"}),
        json!({"kpiCode": "csat_top2", "targetMin": "85", "criticalMin": "75"}),
    ] {
        let mut input = target;
        input["validFromDate"] = Value::from(from.as_str());
        inside.ask(TARGET, json!({"input": input})).await?;
    }
    Ok(())
}

/// Records the surveys of the days from `first` to before `today`. The same days again say the same.
pub(super) async fn record_surveys(
    inside: &Inside,
    ctx: &Ctx,
    company: &CompanyPlan,
    seed: u64,
    (first, today): (Date, Date),
) -> Outcome<()> {
    let tx = inside.app.db.begin(ctx).await?;
    let directory = inside.app.directory(&tx, ctx).await?;
    drop(tx);
    let mut measures = Vec::new();
    for (queue, site, stream) in streams(company) {
        let site = directory.sites.iter().find(|it| it.code == site);
        let (Some(queue), Some(site)) = (directory.queue_by_code(&queue), site) else { continue };
        let mut date = first;
        while date < today {
            let answered = (0..PER_DAY).map(|it| stream.figures(seed, date, it).answered).sum();
            let random = &mut seeded(seed, stream.number, days_of(date), 8);
            let sent = binomial(random, answered, 0.3);
            let responses = binomial(random, sent, 0.35);
            let satisfied = binomial(random, responses, 0.86);
            let dissatisfied = binomial(random, responses - satisfied, 0.3);
            for (measure, value) in [
                ("survey_sent", sent),
                ("survey_responses", responses),
                ("survey_top2", satisfied),
                ("survey_bottom2", dissatisfied),
            ] {
                measures.push(json!({
                    "measure": measure, "onDate": date.to_string(), "value": value.to_string(),
                    "queueId": queue.id.to_string(), "siteId": site.id.to_string(),
                }));
            }
            date = date.saturating_add(1.day());
        }
    }
    for part in measures.chunks(AT_ONCE) {
        inside.ask(MEASURES, json!({"input": {"measures": part}})).await?;
    }
    Ok(())
}
