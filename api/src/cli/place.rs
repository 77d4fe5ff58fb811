//! Where the role of a new user holds, as it is typed and as the program knows it.

use trunkline_domain::identity::{Role, Scope};
use trunkline_infra::{
    ctx::Ctx,
    db::TenantTx,
    intraday::{AgentKeys, KnownAgent, find_agents},
    network::load_directory,
};

use super::{arguments::UserArguments, editor::editor};
use crate::{
    boot::{StartFault, config::Config},
    error::AppError,
};

/// Where a role is to hold, by the codes that were typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted<'a> {
    Network,
    Site(&'a str),
    /// Site and team: a code of a team is one of its site.
    Team(&'a str, &'a str),
    /// The agent that the user is.
    Own,
}

impl<'a> Wanted<'a> {
    /// Reads what was typed. A role that usually holds at a site, in a team or for the own person
    /// does not reach further because somebody left an option out, and one that is for the whole
    /// tenant is not cut down to a site, where most of its rights would mean nothing.
    pub(super) fn of(role: Role, typed: &'a UserArguments) -> Result<Self, StartFault> {
        let UserArguments { site, team, agent, .. } = typed;
        let refused = |text: String| -> Result<Self, StartFault> { Err(StartFault::Usage(text)) };
        let limited = |place: &str, options: &str| {
            refused(format!("the role {role} holds {place}: say for which with {options}"))
        };
        match (role, site.as_deref(), team.as_deref()) {
            (Role::Agent, ..) if agent.is_none() => limited("for one agent", "--agent NUMBER"),
            (Role::Agent, None, None) => Ok(Self::Own),
            (Role::Agent, ..) => refused(
                "the role agent holds for the agent alone: leave --site and --team out".to_owned(),
            ),
            (Role::HeadOffice | Role::TenantAdmin, site, team) if site.or(team).is_some() => {
                refused(format!(
                    "the role {role} holds for the whole tenant: leave --site and --team out"
                ))
            }
            (Role::TeamLeader, _, None) => limited("in one team", "--site CODE --team CODE"),
            (Role::SiteManager | Role::Planner, None, None) => {
                limited("at one site", "--site CODE")
            }
            (_, None, Some(team)) => {
                refused(format!("{team} is a team of a site: say of which with --site CODE"))
            }
            (_, Some(site), Some(team)) => Ok(Self::Team(site, team)),
            (_, Some(site), None) => Ok(Self::Site(site)),
            (_, None, None) => Ok(Self::Network),
        }
    }

    /// In words, as the end of a sentence; `agent` is the number of the one that the user is.
    pub(super) fn told(self, agent: Option<&str>) -> String {
        let place = match self {
            Self::Network => "the whole tenant".to_owned(),
            Self::Site(site) => format!("site {site}"),
            Self::Team(site, team) => format!("team {team} of site {site}"),
            Self::Own => return format!("agent {} alone", agent.unwrap_or_default()),
        };
        match agent {
            Some(agent) => format!("{place}; the user is agent {agent}"),
            None => place,
        }
    }

    /// The scope behind the codes; `agent` is the one that the user is.
    pub(super) async fn scope(
        self,
        config: &Config,
        tx: &TenantTx,
        ctx: &Ctx,
        agent: Option<&KnownAgent>,
    ) -> Result<Scope, StartFault> {
        let (site, team) = match (self, agent) {
            (Self::Own, Some(agent)) => return Ok(Scope::Own(agent.id, agent.site_id)),
            (Self::Own, None) => {
                return Err(StartFault::Usage("no agent is given: add --agent NUMBER".to_owned()));
            }
            (Self::Network, _) => return Ok(Scope::Tenant),
            (Self::Site(site), _) => (site, None),
            (Self::Team(site, team), _) => (site, Some(team)),
        };
        let directory = load_directory(tx, ctx.now()).await.map_err(AppError::from)?;
        let Some(site) = directory.sites.iter().find(|it| it.code == site) else {
            let known = directory.sites.iter().map(|it| it.code.as_str());
            return Err(unknown(config, "site", site, known));
        };
        let Some(team) = team else { return Ok(Scope::Site(site.id)) };
        let teams = directory.teams.iter().filter(|it| it.site_id == site.id);
        match teams.clone().find(|it| it.code == team) {
            Some(team) => Ok(Scope::Team(team.id, site.id)),
            None => Err(unknown(config, "team", team, teams.map(|it| it.code.as_str()))),
        }
    }
}

/// The agent with this number, which a person typed.
pub(super) async fn agent_of(tx: &TenantTx, number: &str) -> Result<KnownAgent, StartFault> {
    let keys = AgentKeys { numbers: vec![number.trim().to_owned()], ..AgentKeys::default() };
    let found = find_agents(tx, &keys).await.map_err(AppError::from)?.pop();
    let text = || format!("no agent has the number {number}: correct --agent");
    found.ok_or_else(|| StartFault::Usage(text()))
}

fn unknown<'a>(
    config: &Config,
    what: &str,
    code: &str,
    known: impl Iterator<Item = &'a str>,
) -> StartFault {
    let known: Vec<&str> = known.collect();
    StartFault::Usage(if known.is_empty() {
        format!(
            "no {what} has the code {code}, and there is none yet: make one as a tenant_admin with the \
             mutation `{what}Create`, e.g. in {}",
            editor(config)
        )
    } else {
        format!("no {what} has the code {code}: there are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(site: Option<&str>, team: Option<&str>, agent: Option<&str>) -> UserArguments {
        UserArguments {
            tenant: "huayin".to_owned(),
            email: "li.na@huayin.example".to_owned(),
            name: "Li Na".to_owned(),
            role: String::new(),
            site: site.map(str::to_owned),
            team: team.map(str::to_owned),
            agent: agent.map(str::to_owned),
        }
    }

    #[test]
    fn a_role_holds_where_its_options_say() {
        let (site, team, agent) = (Some("GZ"), Some("GZ-1"), Some("GZ009"));
        for (role, typed, wanted) in [
            (Role::HeadOffice, typed(None, None, None), Wanted::Network),
            (Role::Planner, typed(site, None, None), Wanted::Site("GZ")),
            (Role::TeamLeader, typed(site, team, agent), Wanted::Team("GZ", "GZ-1")),
            (Role::Agent, typed(None, None, agent), Wanted::Own),
        ] {
            assert_eq!(Wanted::of(role, &typed).expect("a place"), wanted, "{role}");
        }
    }

    #[test]
    fn the_place_of_a_role_is_told() {
        for (wanted, agent, told) in [
            (Wanted::Network, None, "the whole tenant"),
            (Wanted::Site("GZ"), None, "site GZ"),
            (
                Wanted::Team("GZ", "GZ-1"),
                Some("GZ009"),
                "team GZ-1 of site GZ; the user is agent GZ009",
            ),
            (Wanted::Own, Some("GZ009"), "agent GZ009 alone"),
        ] {
            assert_eq!(wanted.told(agent), told);
        }
    }

    #[test]
    fn a_role_without_its_limit_or_with_one_too_many_is_refused_with_the_option() {
        let (site, team, agent) = (Some("GZ"), Some("GZ-1"), Some("GZ009"));
        for (role, typed, option) in [
            (Role::Agent, typed(None, None, None), "--agent NUMBER"),
            (Role::Agent, typed(site, None, agent), "leave --site and --team out"),
            (Role::TeamLeader, typed(site, None, None), "--site CODE --team CODE"),
            (Role::SiteManager, typed(None, None, None), "--site CODE"),
            (Role::Planner, typed(None, None, agent), "--site CODE"),
            (Role::TeamLeader, typed(None, team, None), "--site CODE"),
            (Role::HeadOffice, typed(site, None, None), "leave --site and --team out"),
            (Role::HeadOffice, typed(None, team, None), "leave --site and --team out"),
            (Role::TenantAdmin, typed(site, team, None), "leave --site and --team out"),
        ] {
            let text = Wanted::of(role, &typed).expect_err("refused").to_string();
            assert!(text.contains(option) && text.lines().count() == 1, "{role}: {text}");
        }
    }
}
