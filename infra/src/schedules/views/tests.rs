use jiff::civil::date;
use serde_json::json;
use trunkline_domain::{
    id::Id,
    schedules::{RuleChange, RuleCode},
};
use uuid::Uuid;

use super::*;

/// A what-if scenario that assumes something.
fn scenario(state: &str, published_at: Option<Timestamp>) -> ScheduleView {
    let rule = RuleChange {
        rule: RuleCode::MinRest,
        severity: None,
        bounds: None,
        start_band: None,
        break_windows: None,
        night: None,
    };
    let assumptions = Assumptions { queues: Vec::new(), rules: vec![rule] };
    ScheduleView {
        id: Id::from_uuid(Uuid::from_u128(1)),
        site_id: Id::from_uuid(Uuid::from_u128(2)),
        starts_on: date(2026, 3, 28),
        ends_on: date(2026, 3, 29),
        state: state.to_owned(),
        version: 1,
        seed: None,
        result: json!({}),
        created_by: None,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        published_at,
        base_id: Some(Id::from_uuid(Uuid::from_u128(3))),
        name: None,
        assumptions: serde_json::to_value(assumptions).expect("assumptions"),
    }
}

#[test]
fn what_was_published_is_no_scenario_any_more() {
    let nothing = Assumptions::default();
    let assumes = |it: &ScheduleView| it.assumptions().expect("sound") != nothing;
    let open = scenario("DRAFT", None);
    assert_eq!((open.laid_over(), open.open_over()), (open.base_id, open.base_id));
    let ended = scenario("SUPERSEDED", None);
    assert_eq!((ended.laid_over(), ended.open_over()), (ended.base_id, None));
    assert!(assumes(&open) && assumes(&ended), "what has ended is kept for the record");
    for state in ["PUBLISHED", "SUPERSEDED"] {
        let published = scenario(state, Some(Timestamp::UNIX_EPOCH));
        assert_eq!((published.laid_over(), published.open_over()), (None, None), "{state}");
        assert!(!assumes(&published), "{state}");
    }
}
