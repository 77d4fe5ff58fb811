//! Breaks, and the hours that count as night, are settings like every other rule.

use serde_json::{Value, json};

use super::{Early, set};

#[tokio::test]
async fn breaks_and_the_night_are_set_for_a_team_unless_they_cannot_be_meant() {
    let it = Early::new().await;
    let planner = it.server.planner(it.site).await;
    let team = json!({"teamId": it.team.to_string()});
    let meal = json!({"kind": "MEAL", "fromShiftSeconds": 21_600, "minSeconds": 2_700,
                      "earliestSeconds": 7_200, "latestSeconds": 14_400});
    let night = json!({"from": "23:00:00", "until": "05:00:00", "minSeconds": 3_600});
    let rules = json!([{"rule": "BREAK_WINDOW", "breakWindows": [meal]},
                       {"rule": "NIGHT_SHIFTS", "night": night}]);
    let done = set(&planner, team.clone(), rules).await;
    assert_eq!(done["userErrors"], json!([]), "{done:#}");
    // What a later version does not name stays.
    let fewer = json!([{"rule": "NIGHT_SHIFTS", "max": 3}]);
    assert_eq!(set(&planner, team.clone(), fewer).await["userErrors"], json!([]));
    let read = "query($id: ID!) { agent(id: $id) { workRules { rules { rule max
      breakWindows { kind fromShiftSeconds minSeconds earliestSeconds latestSeconds }
      night { from until minSeconds } source { level } } } } }";
    let leader = it.server.leader(it.team).await;
    let found = leader.ok(read, json!({"id": it.members[0].to_string()})).await;
    let found = found["agent"]["workRules"]["rules"].as_array().expect("rules").clone();
    let of = |rule: &str| found.iter().find(|it| it["rule"] == rule).cloned().expect("a rule");
    let source = json!({"level": "TEAM"});
    assert_eq!(
        of("BREAK_WINDOW"),
        json!({"rule": "BREAK_WINDOW", "max": null, "breakWindows": [meal], "night": null,
               "source": source})
    );
    assert_eq!(
        of("NIGHT_SHIFTS"),
        json!({"rule": "NIGHT_SHIFTS", "max": 3, "breakWindows": [], "night": night,
               "source": source})
    );

    let refused = async |rules: Value| {
        let refused = set(&planner, team.clone(), rules).await;
        assert_eq!(refused["workRules"], Value::Null, "{refused:#}");
        refused
    };
    let mut backwards = meal.clone();
    backwards["latestSeconds"] = json!(3_600);
    let wrong = [
        (
            json!({"rule": "BREAK_WINDOW", "breakWindows": [meal, backwards]}),
            json!(["input", "rules", "0", "breakWindows", "1", "latestSeconds"]),
        ),
        (
            json!({"rule": "MIN_REST", "breakWindows": []}),
            json!(["input", "rules", "0", "breakWindows"]),
        ),
        (
            json!({"rule": "NIGHT_SHIFTS",
                "night": {"from": "23:00:00", "until": "05:00:00", "minSeconds": 21_601}}),
            json!(["input", "rules", "0", "night", "minSeconds"]),
        ),
    ];
    for (rule, path) in wrong {
        let told = refused(json!([rule])).await["userErrors"].take();
        assert_eq!(told, json!([{"code": "INVALID_VALUE", "path": path}]));
    }
    let bands = json!({"starts": {"from": "07:00:00", "until": "08:00:00"},
                       "ends": {"from": "22:00:00", "until": "23:00:00"}});
    let told = refused(json!([{"rule": "START_BAND", "startBand": bands}])).await;
    let expected = json!({"rules": ["START_BAND", "SHIFT_LENGTH"], "mendingRule": "START_BAND",
        "mendingValue": "09:00", "team": {"code": "EARLY"}, "contractKind": null});
    assert_eq!(told["contradictions"][0], expected, "{told:#}");
}
