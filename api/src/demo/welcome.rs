//! What the demo tells when it is ready.

use std::{net::SocketAddr, path::Path};

use trunkline_infra::{
    ctx::Ctx,
    identity::{keys_of_clients, list_api_clients},
    schedules::{ScheduleFilter, list_schedules},
};

use super::{
    company::{BEIFANG, HUAYIN, LOGINS, PARTNER, PARTNER_SECRET, PASSWORD, STRANGER_LOGIN},
    exchange::{self, Exchange},
};
use crate::{app::App, error::Outcome, identity::api_key};

/// The partner's key, as its program would send it.
async fn partner_key(app: &App, ctx: &Ctx) -> Outcome<String> {
    let tx = app.db.begin(ctx).await?;
    let clients = list_api_clients(&tx).await?;
    let client = clients.into_iter().find(|client| client.name == PARTNER);
    let keys = keys_of_clients(&tx, client.map(|client| client.id).as_slice()).await?;
    Ok(keys.first().map_or_else(String::new, |key| api_key(key.id, PARTNER_SECRET)))
}

/// How much of its requirement the running roster of each site covers, and how much the fixed
/// shifts would that the same people could work.
async fn coverage(app: &App, ctx: &Ctx) -> Outcome<Vec<String>> {
    let tx = app.db.begin(ctx).await?;
    let mut lines = Vec::new();
    for site in &app.directory(&tx, ctx).await?.sites {
        let filter = ScheduleFilter { site: site.id, all_states: false };
        let schedule = list_schedules(&tx, &filter, None, 1).await?.pop();
        let Some(report) = schedule.and_then(|it| it.generation()).map(|it| it.report) else {
            continue;
        };
        let (ours, fixed) =
            (report.roster.covered_percent(), report.fixed_shifts.covered_percent());
        if let (Some(ours), Some(fixed)) = (ours, fixed) {
            lines.push(format!("  {:24}  {ours:.1} %  ({fixed:.1} %)", site.name_en));
        }
    }
    Ok(lines)
}

/// Address, logins and queries to try.
///
/// `data_dir` is where the demo keeps its data, `None` in a database that somebody configured; `small`
/// is whether its sites have few agents.
pub(super) async fn text(
    app: &App,
    ctx: &Ctx,
    address: SocketAddr,
    data_dir: Option<&Path>,
    small: bool,
) -> Outcome<String> {
    let url = format!("http://{address}");
    let slug = HUAYIN.slug;
    let mut lines = vec![
        format!("\nTrunkline is running: {url}/"),
        format!("  pages: wallboard {url}/   planning {url}/plan   agents' phones {url}/my"),
        format!("  editor {url}/graphiql/   schema {url}/schema.graphql   API {url}/graphql"),
        format!("\nCompany `{slug}`, password of everybody: {PASSWORD}"),
    ];
    lines.extend(LOGINS.iter().map(|login| format!("  {:24}  {}", login.email, login.what)));
    let key = partner_key(app, ctx).await?;
    lines.push(format!("  partner (key instead of sign-in)\n    {key}"));
    lines.push(format!(
        "Company `{}` on the same server, which sees nothing of it: {STRANGER_LOGIN}, same password",
        BEIFANG.slug
    ));
    lines.push("\nThe rosters cover of what is required (fixed shifts would)".to_owned());
    lines.extend(coverage(app, ctx).await?);
    if small {
        lines.push(
            "  --small: few people for queues that are open day and night, and a short search"
                .to_owned(),
        );
    }
    lines.push(format!(
        "\nSign in, and try the token with these:
  TOKEN=$(curl -s {url}/graphql -H 'content-type: application/json' -d '{{\"query\":\"mutation {{ \
sessionCreate(input: {{tenantSlug: \\\"{slug}\\\", email: \\\"planner@huayin.example\\\", password: \
\\\"{PASSWORD}\\\"}}) {{ session {{ accessToken }} userErrors {{ code message }} }} }}\"}}' | tee /dev/stderr \
| sed -n 's/.*accessToken\":\"\\([^\"]*\\).*/\\1/p')"
    ));
    for query in QUERIES {
        lines.push(format!(
            "  curl -s {url}/graphql -H \"authorization: Bearer $TOKEN\" -H 'content-type: \
             application/json' -d '{{\"query\":\"{query}\"}}'"
        ));
    }
    lines.extend(exchange::find(app, ctx).await?.as_ref().map(swap));
    lines.extend(data_dir.map(other_commands));
    // Without it the same data would go on as those of a hundred agents a site.
    let again = if small { ", with `--small` again," } else { "" };
    lines.push(format!(
        "\nEnd it with Ctrl-C; the next start{again} takes a second. `--fresh` begins anew."
    ));
    Ok(lines.join("\n"))
}

/// How to try a swap in the editor: what each of the two asks.
fn swap(exchange: &Exchange) -> String {
    let Exchange { giver, taker, taker_id, shift, when, back, decided } = exchange;
    let email = |number: &str| format!("{}@{}.example", number.to_lowercase(), HUAYIN.slug);
    let (giver, taker) = (email(giver), email(taker));
    // What the one wants in return the other gives.
    let (windows, returned) = match back {
        Some((id, span)) => (
            format!(
                ", acceptableWindows: [{{startsAt: \"{}\", endsAt: \"{}\"}}]",
                span.start(),
                span.end()
            ),
            format!(", returnShiftId: \"{id}\""),
        ),
        None => (String::new(), String::new()),
    };
    let then = if *decided { "leader@huayin.example decides" } else { "both rosters are changed" };
    format!(
        "\nSwap a shift in the editor: {giver} gives the one of {when}
  mutation Offer {{ shiftSwapPropose(input: {{offeredShiftId: \"{shift}\", audience: {{agentId: \
\"{taker_id}\"}}{windows}}}) {{ shiftSwap {{ id state }} userErrors {{ code message }} }} }}
and {taker} takes it, with the id that came in the place of SWAP; then {then}
  mutation Take {{ shiftSwapAnswer(input: {{shiftSwapId: \"SWAP\", accept: true{returned}}}) \
{{ shiftSwap {{ state }} violations {{ rule message }} userErrors {{ code message }} }} }}"
    )
}

/// How other commands find the demo's data, from whichever directory they are typed in.
fn other_commands(data_dir: &Path) -> String {
    let full = std::path::absolute(data_dir).unwrap_or_else(|_| data_dir.to_owned());
    format!(
        "\nOther commands reach these companies with this option: --data-dir '{}'",
        full.display()
    )
}

/// Three queries that show what there is. Without quotation marks, so that they fit into a shell.
const QUERIES: [&str; 3] = [
    "{ sites { code name teams { code } } }",
    "{ queues { code name sites { code } } }",
    "{ agents(first: 5) { edges { node { number displayName } } } }",
];
