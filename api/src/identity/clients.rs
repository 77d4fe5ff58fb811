//! API clients and their keys: use cases.

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use trunkline_domain::{
    agents::covered,
    fault::{Fault, FaultCode, Rule},
    id::{ApiClientId, ApiKeyId, Id, SiteId},
    identity::{
        ApiKeyText, ClientRate, Permission, Permissions, Reach, Scope, Subject, check_another_key,
        client_scopes, token_scopes,
    },
};
use trunkline_infra::{
    audit::{Deed, record},
    ctx::{Ctx, Origin},
    db::TenantTx,
    identity::{
        ApiClientView, ApiKeyView, Bearer, Found, NewApiClient, Proof, disable_api_client,
        insert_api_client, insert_api_key, keys_of_clients, list_api_clients, lock_api_client,
        new_secret, revoke_api_key,
    },
};

use super::access::permit_network;
use crate::{
    app::App,
    error::{AppError, Outcome},
};

/// The text of a key of an API client, shown once.
#[must_use]
pub fn api_key<K>(key: Id<K>, secret: &str) -> String {
    ApiKeyText { id: Id::from_uuid(key.uuid()), secret: secret.to_owned() }.to_string()
}

/// An API client with all its keys, revoked ones included.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) client: ApiClientView,
    pub(super) keys: Vec<ApiKeyView>,
}

/// The API clients of the tenant with their keys, by name.
pub(super) async fn clients(tx: &TenantTx) -> Outcome<Vec<Client>> {
    let clients = list_api_clients(tx).await?;
    let ids: Vec<ApiClientId> = clients.iter().map(|client| client.id).collect();
    let keys = keys_of_clients(tx, &ids).await?;
    let of = |id| keys.iter().filter(|key| key.client_id == id).cloned().collect();
    Ok(clients.into_iter().map(|client| Client { keys: of(client.id), client }).collect())
}

async fn find_client(tx: &TenantTx, id: ApiClientId, path: &str) -> Outcome<Client> {
    let found = clients(tx).await?.into_iter().find(|it| it.client.id == id);
    found.ok_or_else(|| Fault::not_found(path).into())
}

/// An API client as a client says it.
#[derive(Debug)]
pub(super) struct SaidClient {
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) sites: Vec<SiteId>,
    pub(super) rate: Option<ClientRate>,
    pub(super) expires_at: Option<Timestamp>,
}

/// Makes an API client with its first key, which is given here and nowhere else again.
pub(super) async fn create_client(
    app: &App,
    ctx: &Ctx,
    said: SaidClient,
) -> Outcome<(Client, String)> {
    permit_network(ctx, Permission::UserWrite)?;
    let SaidClient { name, scopes, sites, rate, expires_at } = said;
    let name = name.trim().to_owned();
    let mut faults = Vec::new();
    if name.is_empty() || name.chars().count() > 100 {
        faults.push(Fault::invalid("name", Rule::Characters(1, 100)));
    }
    faults.extend(check_end(ctx, expires_at).err());
    let scopes = client_scopes(&scopes).map_err(|wrong| faults.extend(wrong));
    let scopes = match scopes {
        Ok(scopes) if faults.is_empty() => scopes,
        _ => return Err(AppError::Faults(faults)),
    };
    permit_scopes(ctx, &scopes, "scopes")?;
    let tx = app.db.begin(ctx).await?;
    let directory = app.directory(&tx, ctx).await?;
    for (at, site) in sites.iter().enumerate() {
        if directory.site(*site).is_none() {
            return Err(Fault::not_found(&format!("siteIds.{at}")).into());
        }
    }
    let client = NewApiClient { id: ctx.new_id(), name, scopes, sites, rate, expires_at };
    insert_api_client(&tx, &client, ctx.now()).await?;
    let rate = client.rate.as_ref();
    let after = json!({"name": client.name, "scopes": client.scopes, "siteIds": client.sites,
                       "rateBurst": rate.map(|rate| rate.burst),
                       "rateRestore": rate.map(|rate| rate.restore),
                       "expiresAt": client.expires_at, "state": "ACTIVE"});
    record(&tx, ctx, Deed::made("api_client.create", client.id, after)).await?;
    let key = add_key(&tx, ctx, client.id, None).await?;
    let made = find_client(&tx, client.id, "apiClientId").await?;
    tx.commit().await?;
    Ok((made, key))
}

/// Nobody gives a program what they could not give to a person.
fn permit_scopes(ctx: &Ctx, scopes: &[Permission], path: &str) -> Outcome<()> {
    let permissions: Permissions = scopes.iter().map(|scope| (*scope, Reach::Network)).collect();
    if ctx.viewer().may_give(&permissions, Scope::Tenant, ctx.now()) {
        Ok(())
    } else {
        Err(Fault::new(FaultCode::Forbidden).at(path).into())
    }
}

fn check_end(ctx: &Ctx, expires_at: Option<Timestamp>) -> Result<(), Fault> {
    match expires_at {
        Some(at) if at <= ctx.now() => Err(Fault::invalid("expiresAt", Rule::LaterThanNow)),
        _ => Ok(()),
    }
}

async fn add_key(
    tx: &TenantTx,
    ctx: &Ctx,
    client: ApiClientId,
    expires_at: Option<Timestamp>,
) -> Outcome<String> {
    let (id, secret): (ApiKeyId, String) = (ctx.new_id(), new_secret());
    insert_api_key(tx, id, client, &secret, expires_at, ctx.now()).await?;
    let after = json!({"apiKeyId": id, "key": covered(), "expiresAt": expires_at});
    record(tx, ctx, Deed::made("api_client.key_create", client, after)).await?;
    Ok(api_key(id, &secret))
}

/// Gives a client one more key, so that the program can change over before the old one is revoked.
/// Whoever sees the key can do what the client may, so it is given out like the scopes themselves.
pub(super) async fn create_key(
    app: &App,
    ctx: &Ctx,
    client: ApiClientId,
    expires_at: Option<Timestamp>,
) -> Outcome<(Client, String)> {
    permit_network(ctx, Permission::UserWrite)?;
    check_end(ctx, expires_at)?;
    let tx = app.db.begin(ctx).await?;
    lock_api_client(&tx, client).await?;
    let known = find_client(&tx, client, "apiClientId").await?;
    // A scope that is no longer known opens nothing.
    let scopes: Vec<Permission> =
        known.client.scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
    permit_scopes(ctx, &scopes, "apiClientId")?;
    if known.client.state != "ACTIVE" {
        let state = Fault::new(FaultCode::InvalidState).at("apiClientId");
        return Err(state.with("state", known.client.state).into());
    }
    check_another_key(known.keys.iter().filter(|key| key.is_live(ctx.now())).count())?;
    let key = add_key(&tx, ctx, client, expires_at).await?;
    let now = find_client(&tx, client, "apiClientId").await?;
    tx.commit().await?;
    Ok((now, key))
}

/// Revokes a key: it, and tokens that were made for it, are refused.
pub(super) async fn revoke_key(app: &App, ctx: &Ctx, key: ApiKeyId) -> Outcome<Client> {
    permit_network(ctx, Permission::UserWrite)?;
    let tx = app.db.begin(ctx).await?;
    let client = revoke_api_key(&tx, key, ctx.now()).await?;
    let client = client.ok_or_else(|| Fault::not_found("apiKeyId"))?;
    let revoked = |at: Option<Timestamp>| json!({"revokedAt": at});
    let deed =
        Deed::changed("api_client.key_revoke", client, revoked(None), revoked(Some(ctx.now())));
    record(&tx, ctx, deed.with(json!({"apiKeyId": key}))).await?;
    let now = find_client(&tx, client, "apiKeyId").await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(now)
}

/// Switches an API client off.
pub(super) async fn disable_client(app: &App, ctx: &Ctx, id: ApiClientId) -> Outcome<Client> {
    permit_network(ctx, Permission::UserWrite)?;
    let tx = app.db.begin(ctx).await?;
    find_client(&tx, id, "apiClientId").await?;
    if !disable_api_client(&tx, id).await? {
        let state = Fault::new(FaultCode::InvalidState).at("apiClientId").with("state", "DISABLED");
        return Err(state.into());
    }
    let state = |state: &str| json!({"state": state});
    let deed = Deed::changed("api_client.disable", id, state("ACTIVE"), state("DISABLED"));
    record(&tx, ctx, deed).await?;
    let now = find_client(&tx, id, "apiClientId").await?;
    tx.commit().await?;
    app.callers.forget(ctx).await;
    Ok(now)
}

/// A token that was made for a program.
#[derive(Debug)]
pub(super) struct ClientToken {
    pub(super) access_token: String,
    pub(super) expires_at: Timestamp,
    pub(super) now: Timestamp,
    pub(super) scopes: Vec<String>,
}

/// Makes a short token for who shows a key of the client `id`, for all its scopes or those asked for.
///
/// # Errors
/// UNAUTHENTICATED for whatever is wrong with client and key; TENANT_SUSPENDED; INVALID_VALUE at `scope`.
pub(super) async fn client_token(
    app: &App,
    id: &str,
    key: &SecretString,
    asked: Option<&str>,
    origin: &Origin,
) -> Outcome<ClientToken> {
    let refused = |_| AppError::Unauthenticated;
    let client: ApiClientId = id.parse().map_err(|_| AppError::Unauthenticated)?;
    let key: ApiKeyText = key.expose_secret().parse().map_err(refused)?;
    let now = app.clock.now();
    let found = app.program(key.id, Proof::Secret(&key.secret), origin, now).await?;
    let viewer = match found {
        Found::Viewer(viewer) => viewer,
        Found::Suspended => return Err(AppError::TenantSuspended),
        Found::Nobody => return Err(AppError::Unauthenticated),
    };
    let Subject::Client(owner) = viewer.subject else { return Err(AppError::Unauthenticated) };
    let tell = |why: &'static str| {
        app.tell_refused_program((viewer.tenant, owner, key.id), why, origin, now);
    };
    if owner != client {
        // A good key under another name: told of the program whose it is.
        tell("CLIENT");
        return Err(AppError::Unauthenticated);
    }
    let held: Vec<String> =
        viewer.scopes.iter().flatten().map(|scope| scope.as_str().to_owned()).collect();
    let scopes = token_scopes(&held, asked).inspect_err(|_| tell("SCOPE"))?;
    let bearer = Bearer::Client { client, key: key.id, scopes: scopes.clone() };
    let (access_token, expires_at) = app
        .tokens
        .issue(viewer.tenant, bearer, now)
        .map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(ClientToken { access_token, expires_at, now, scopes })
}
