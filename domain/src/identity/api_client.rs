use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Grant, Permission, Role, Scope, Subject, Viewer, matrix::reach};
use crate::{
    fault::{Fault, FaultCode, Language, Rule},
    id::{ApiClientId, SiteId, TenantId},
};

/// Keys of a client that may be good at the same time: one in use, and the next while it is changed.
pub const LIVE_KEYS: usize = 2;

/// The points that a client may spend by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientRate {
    /// Points at once.
    pub burst: u32,
    /// Points that come back each second.
    pub restore: u32,
}

impl ClientRate {
    /// A rate as somebody says it.
    ///
    /// # Errors
    /// INVALID_VALUE at `rate.burst` or `rate.restorePerSecond` outside of 1 to 1,000,000.
    pub fn parse(burst: i32, restore: i32) -> Result<Self, Fault> {
        let within = |path: &str, value: i32| {
            u32::try_from(value)
                .ok()
                .filter(|value| (1..=1_000_000).contains(value))
                .ok_or_else(|| Fault::invalid(path, Rule::Between(1, 1_000_000)))
        };
        Ok(Self {
            burst: within("rate.burst", burst)?,
            restore: within("rate.restorePerSecond", restore)?,
        })
    }
}

/// A client and the key it came with, as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRights {
    /// Its tenant.
    pub tenant: TenantId,
    /// Which client.
    pub client: ApiClientId,
    /// What it may do at most.
    pub scopes: BTreeSet<Permission>,
    /// Sites it is limited to; empty = all.
    pub sites: Vec<SiteId>,
    /// First instant at which the client or its key is void.
    pub until: Option<Timestamp>,
    /// Points of its own.
    pub rate: Option<ClientRate>,
    /// Language of texts.
    pub language: Language,
}

impl ClientRights {
    /// The client as a caller. A scope that programs cannot have gives nothing, whoever wrote it: a
    /// personal file is closed to every program.
    #[must_use]
    pub fn viewer(self) -> Viewer {
        let Self { tenant, client, scopes, sites, until, rate, language } = self;
        let places = if sites.is_empty() {
            vec![Scope::Tenant]
        } else {
            sites.into_iter().map(Scope::Site).collect()
        };
        let from = Timestamp::UNIX_EPOCH;
        let grant = |scope| Grant { role: Role::PartnerClient, scope, from, until };
        Viewer {
            subject: Subject::Client(client),
            grants: places.into_iter().map(grant).collect(),
            scopes: Some(scopes),
            rate,
            language,
            ..Viewer::system(tenant)
        }
    }
}

/// Reads the scopes of a client: codes of permissions that programs can have at all.
///
/// # Errors
/// INVALID_VALUE at `scopes` without any, at `scopes.N` for each that no program can have.
pub fn client_scopes(codes: &[String]) -> Result<Vec<Permission>, Vec<Fault>> {
    let (mut scopes, mut faults) = (Vec::new(), Vec::new());
    for (at, code) in codes.iter().enumerate() {
        let known = code.parse::<Permission>().ok();
        match known.filter(|scope| reach(Role::PartnerClient, *scope).is_some()) {
            Some(scope) if scopes.contains(&scope) => {}
            Some(scope) => scopes.push(scope),
            None => {
                let rule = Rule::PermissionOfPrograms;
                faults.push(Fault::invalid(&format!("scopes.{at}"), rule));
            }
        }
    }
    if codes.is_empty() {
        faults.push(Fault::invalid("scopes", Rule::NotEmpty));
    }
    if faults.is_empty() { Ok(scopes) } else { Err(faults) }
}

/// The scopes of a token for a client that may have `held`: those asked for, or all.
///
/// # Errors
/// INVALID_VALUE at `scope` when something is asked for that the client has not.
pub fn token_scopes(held: &[String], asked: Option<&str>) -> Result<Vec<String>, Fault> {
    let Some(asked) = asked else { return Ok(held.to_vec()) };
    let asked: Vec<String> = asked.split_whitespace().map(str::to_owned).collect();
    if asked.is_empty() || asked.iter().any(|scope| !held.contains(scope)) {
        return Err(Fault::invalid("scope", Rule::OneOf(held.join(" "))));
    }
    Ok(asked)
}

/// Whether a client that has `live` good keys may be given one more.
///
/// # Errors
/// LIMIT_EXCEEDED when it has [`LIVE_KEYS`].
pub fn check_another_key(live: usize) -> Result<(), Fault> {
    if live < LIVE_KEYS {
        Ok(())
    } else {
        let limit = LIVE_KEYS.to_string();
        Err(Fault::new(FaultCode::LimitExceeded).at("apiClientId").with("limit", limit))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{id::Id, identity::Target};

    fn rights(scopes: &[Permission]) -> ClientRights {
        let id = Uuid::from_u128(7);
        ClientRights {
            tenant: Id::from_uuid(id),
            client: Id::from_uuid(id),
            scopes: scopes.iter().copied().collect(),
            sites: vec![Id::from_uuid(id)],
            until: None,
            rate: None,
            language: Language::English,
        }
    }

    #[test]
    fn no_scope_opens_a_personal_file_to_a_program() {
        let viewer = rights(Permission::ALL).viewer();
        let now = Timestamp::UNIX_EPOCH;
        use Permission::*;
        for closed in [
            DevelopmentFileRead,
            DevelopmentFileWrite,
            QualityFileRead,
            QualityFileWrite,
            PerformanceFileRead,
            PerformanceFileWrite,
            AgentPrivateRead,
            AgentPrivateWrite,
            UserRead,
            UserWrite,
            IdentityProviderWrite,
            AuditRead,
        ] {
            assert!(!viewer.may_somewhere(closed, now), "{closed}");
        }
        assert!(viewer.sees(HistoryRead, &Target::site(Id::from_uuid(Uuid::from_u128(7))), now));
        assert!(!viewer.sees(HistoryRead, &Target::site(Id::from_uuid(Uuid::from_u128(8))), now));
    }

    #[test]
    fn a_client_may_nothing_from_the_instant_at_which_its_key_ends() {
        let until = Timestamp::from_second(100).expect("instant");
        let viewer = ClientRights { until: Some(until), ..rights(&[Permission::KpiRead]) }.viewer();
        let before = Timestamp::from_second(99).expect("instant");
        assert_eq!(viewer.program_ends_at(), Some(until));
        assert!(viewer.may_somewhere(Permission::KpiRead, before));
        assert!(!viewer.may_somewhere(Permission::KpiRead, until));
    }

    #[test]
    fn a_key_has_no_scope_on_personal_files() {
        let codes = ["history:read", "history:read", "quality_file:read", "nonsense"];
        let faults = client_scopes(&codes.map(String::from)).expect_err("two faults");
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.join(".")).collect();
        assert_eq!(paths, ["scopes.2", "scopes.3"]);
        let scopes = client_scopes(&codes[..2].iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(scopes, Ok(vec![Permission::HistoryRead]));
        assert!(client_scopes(&[]).is_err());
    }

    #[test]
    fn a_token_has_no_scope_that_its_client_has_not() {
        let held = ["history:read", "kpi:read"].map(String::from);
        assert_eq!(token_scopes(&held, None).as_deref(), Ok(&held[..]));
        assert_eq!(token_scopes(&held, Some("kpi:read")).as_deref(), Ok(&held[1..]));
        for asked in ["kpi:write", "kpi:read audit:read", " "] {
            assert!(token_scopes(&held, Some(asked)).is_err(), "{asked}");
        }
    }

    #[test]
    fn two_keys_are_good_at_once_and_not_three() {
        assert_eq!((check_another_key(1), check_another_key(2).is_err()), (Ok(()), true));
    }
}
