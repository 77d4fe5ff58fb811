//! No mutation changes anything in silence.

use std::{fs, path::PathBuf, sync::Arc};

use async_graphql::{Context, EmptySubscription, Object, Schema, SimpleObject};
use serde_json::{Value, json};
use trunkline::graphql::{Operation, build_schema};
use trunkline_domain::{
    id::SiteId,
    identity::{Role, Viewer},
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, Origin},
    db::TenantTx,
    params,
};
use trunkline_testkit::Within;

use crate::support::{SILENT, Server, untold};

/// Something to be asked, so that there is a schema.
struct Nothing;

#[Object]
impl Nothing {
    async fn nothing(&self) -> i32 {
        0
    }
}

#[derive(SimpleObject)]
struct Done {
    user_errors: Vec<String>,
}

/// Mutations, of which one is as it must not be.
struct Planted;

#[Object]
impl Planted {
    /// Renames a site and tells nobody.
    async fn site_rename_in_silence(&self, ctx: &Context<'_>, site_id: String) -> Done {
        rename(ctx, &site_id, async |_, _, _| {}).await
    }

    /// Renames a site and says no more than that something was done.
    async fn site_rename_vaguely(&self, ctx: &Context<'_>, site_id: String) -> Done {
        rename(ctx, &site_id, async |tx, ctx, site| {
            let deed = Deed::read("site.update", site, json!({"done": true}));
            record(tx, ctx, deed).await.expect("row");
        })
        .await
    }

    /// Renames a site as it is to be done.
    async fn site_rename(&self, ctx: &Context<'_>, site_id: String) -> Done {
        rename(ctx, &site_id, async |tx, ctx, site| {
            let name = |name: &str| json!({"nameEn": name});
            let deed = Deed::changed("site.update", site, name("GZ"), name("Farside"));
            record(tx, ctx, deed).await.expect("row");
        })
        .await
    }
}

async fn rename(
    ctx: &Context<'_>,
    site: &str,
    tell: impl AsyncFnOnce(&TenantTx, &Ctx, SiteId),
) -> Done {
    let operation = Operation::of(ctx).expect("operation");
    let (write, site) = (operation.write_ctx().await.expect("caller"), site.parse().expect("id"));
    let tx = operation.app.db.begin(&write).await.expect("transaction");
    let sql = "update app.site set name_en = 'Farside' where tenant_id = $1 and id = $2";
    tx.run(sql, params![tx.tenant(), site]).await.expect("statement");
    tell(&tx, &write, site).await;
    tx.commit().await.expect("commit");
    Done { user_errors: Vec::new() }
}

#[tokio::test]
async fn a_planted_mutation_that_keeps_silent_is_found() {
    let server = Server::start().await;
    let site = server.company.db_site("GZ").await;
    let admin = server.user("admin@example.com", Role::TenantAdmin, Within::Tenant).await;
    let caller = server.app.authenticate(admin.credential(), &Origin::default()).await;
    let viewer: Option<Arc<Viewer>> = caller.expect("caller").viewer;
    let schema = Schema::build(Nothing, Planted, EmptySubscription).finish();
    let found = async |field: &str| {
        let document = format!("mutation {{ {field}(siteId: \"{site}\") {{ userErrors }} }}");
        let app = Arc::clone(&server.app);
        let operation = Operation::new(app, viewer.clone(), Arc::from(field), None);
        let request = async_graphql::Request::new(document.as_str()).data(Arc::new(operation));
        let answer = serde_json::to_value(schema.execute(request).await).expect("answer");
        assert_eq!(answer["data"][field]["userErrors"], json!([]), "{answer}");
        untold(&server.company, &document, &Value::Null, field, &answer).await
    };
    assert_eq!(found("siteRenameInSilence").await, ["siteRenameInSilence"]);
    assert_eq!(found("siteRenameVaguely").await, ["siteRenameVaguely"]);
    assert_eq!(found("siteRename").await, Vec::<String>::new());
}

async fn mutations() -> Vec<String> {
    let document = "{ __schema { mutationType { fields { name } } } }";
    let answer = build_schema().execute(document).await;
    let json = serde_json::to_value(answer.data).expect("answer");
    let fields = json["__schema"]["mutationType"]["fields"].as_array().expect("fields").clone();
    fields.iter().map(|field| field["name"].as_str().expect("a name").to_owned()).collect()
}

/// The texts of all journeys. The isolation suite is none: it sends what the schema gives, and does
/// not go by the wire where it is looked whether the audit tells.
fn journeys() -> String {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it")];
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("folder") {
            let path = entry.expect("entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && !["isolation", "support"].contains(&name) {
                folders.push(path);
            } else if name.ends_with(".rs") && name != "trail.rs" {
                text += &fs::read_to_string(&path).expect("source");
            }
        }
    }
    text
}

#[tokio::test]
async fn every_mutation_is_in_a_journey_which_looks_whether_the_audit_tells_of_it() {
    let (mutations, journeys) = (mutations().await, journeys());
    let is_asked = |name: &str| {
        [format!("{name}("), format!("\"{name}\"")].iter().any(|it| journeys.contains(it))
    };
    let missing: Vec<_> = mutations.iter().filter(|name| !is_asked(name)).collect();
    assert!(missing.is_empty(), "no journey sends {missing:?}");
    for (silent, _) in SILENT {
        assert!(mutations.iter().any(|name| name == silent), "{silent} is no mutation");
    }
}
