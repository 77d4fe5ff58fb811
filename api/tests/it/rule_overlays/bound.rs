//! What the network binds is a ceiling over the rules of everybody below it.

use serde_json::{Value, json};
use trunkline_domain::identity::Role;
use trunkline_testkit::Within;

use super::set;
use crate::support::Server;

const RULES: &str = "query($site: ID!) { workRules(siteId: $site, date: \"2026-03-02\") {
  rules { rule min binding source { level } } } }";

fn rest(hours: i64) -> Value {
    json!([{"rule": "MIN_REST", "min": hours * 3600}])
}

#[tokio::test]
async fn a_rule_that_the_network_binds_is_weakened_by_nobody_below_it() {
    let server = Server::start().await;
    let company = &server.company;
    let site = company.db_site("GZ").await;
    let team = company.db_team(site, "A").await;
    let planner = server.planner(site).await;
    let office = server.user("office@example.com", Role::HeadOffice, Within::Tenant).await;
    let of_site = json!({"siteId": site.to_string()});
    let of_team = json!({"siteId": site.to_string(), "teamId": team.to_string()});
    let in_force = async || {
        let asked = json!({"site": site.to_string()});
        let rules = planner.ok(RULES, asked).await["workRules"]["rules"].take();
        let all = rules.as_array().expect("list").iter();
        all.filter(|it| it["rule"] == "MIN_REST").cloned().collect::<Vec<_>>()
    };
    let weak = set(&planner, of_site.clone(), rest(9)).await;
    assert_eq!(weak["userErrors"], json!([]), "nothing is bound yet: {weak:#}");
    let bound = set(&office, json!({"bindingRules": ["MIN_REST"]}), rest(11)).await;
    assert_eq!(bound["userErrors"], json!([]), "{bound:#}");
    let network = json!({"rule": "MIN_REST", "min": 39_600, "binding": true,
        "source": {"level": "NETWORK"}});
    assert_eq!(in_force().await, [network], "what was weaker gives way");

    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "rules", "0"]}]);
    for whom in [&of_site, &of_team] {
        let refused = set(&planner, whom.clone(), rest(10)).await;
        assert_eq!((&refused["userErrors"], &refused["workRules"]), (&fault, &Value::Null));
    }
    let stricter = set(&planner, of_site.clone(), rest(12)).await;
    assert_eq!(stricter["userErrors"], json!([]), "{stricter:#}");
    let own = json!({"rule": "MIN_REST", "min": 43_200, "binding": true,
        "source": {"level": "SITE"}});
    assert_eq!(in_force().await, [own]);
    let bindings = json!({"siteId": site.to_string(), "bindingRules": []});
    let refused = set(&planner, bindings, rest(12)).await;
    let fault = json!([{"code": "INVALID_VALUE", "path": ["input", "bindingRules"]}]);
    assert_eq!(refused["userErrors"], fault, "only the network binds");
}
