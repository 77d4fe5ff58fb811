use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError},
};

use async_graphql::{Context, Request};
use jiff::Timestamp;
use tokio::sync::{Mutex, watch};
use trunkline_domain::{
    fault::{FaultCode, Language},
    id::{AgentId, CustomRoleId, ForecastId},
    identity::{Permission, ReachSet, Subject, Viewer},
};
use trunkline_infra::{
    agents::{AgentSkillView, AgentView, AvailabilityView, agents_by_id, skills_of_agents},
    ctx::{Ctx, Origin},
    db::{TenantTx, Unit},
    forecasting::ForecastView,
    identity::CustomRoleView,
    network::Directory,
};

use super::{
    attempt::Attempt,
    errors::into_graphql,
    loader::Loader,
    roots::permission_of,
    stability::{StabilityLevel, stability_of},
};
use crate::{
    agents::PrivateLoaders,
    app::App,
    archives::AgentFiles,
    error::{AppError, Outcome},
    http::Turns,
    identity::Caller,
    requests::RequestLoaders,
    schedules::PlanningLoaders,
};

/// One operation on its way through the resolvers: who asks, when, and what it has read so far.
///
/// It holds at most one connection: a read transaction, opened by the first resolver that needs one
/// and given back before a mutation opens its own.
#[derive(Debug)]
pub struct Operation {
    /// The server.
    pub app: Arc<App>,
    viewer: Option<Arc<Viewer>>,
    request_id: Arc<str>,
    /// When the operation came in; the `now` of all that it does.
    pub now: Timestamp,
    /// Language of `message` texts.
    pub language: Language,
    /// The transaction of the whole operation, where its answer is to last with its effect.
    unit: OnceLock<Unit>,
    /// The directory as the unit's writes left it, which nobody else may see yet.
    own_directory: Mutex<Option<Arc<Directory>>>,
    /// Where the request came from.
    pub origin: Origin,
    /// The caller as the connection last found them, if it is one that stays open.
    pub(super) standing: Option<watch::Receiver<Arc<Caller>>>,
    /// The mutation field under way.
    attempt: std::sync::Mutex<Option<Attempt>>,
    read: Mutex<Option<Arc<TenantTx>>>,
    agents: Loader<AgentId, Arc<AgentView>>,
    skills: Loader<AgentId, Vec<AgentSkillView>>,
    pub(crate) forecasts: Loader<ForecastId, ForecastView>,
    pub(crate) planning: PlanningLoaders,
    pub(crate) availability: Loader<AgentId, Vec<AvailabilityView>>,
    pub(crate) files: Loader<AgentId, Arc<AgentFiles>>,
    pub(crate) private: PrivateLoaders,
    pub(crate) requests: RequestLoaders,
    pub(crate) custom_roles: Loader<CustomRoleId, CustomRoleView>,
}

impl Operation {
    /// An operation of `viewer`, or of somebody who has not signed in.
    #[must_use]
    pub fn new(
        app: Arc<App>,
        viewer: Option<Arc<Viewer>>,
        request_id: Arc<str>,
        language: Option<Language>,
    ) -> Self {
        let language =
            language.or_else(|| viewer.as_ref().map(|viewer| viewer.language)).unwrap_or_default();
        Self {
            now: app.clock.now(),
            app,
            viewer,
            request_id,
            language,
            unit: OnceLock::new(),
            own_directory: Mutex::new(None),
            origin: Origin::default(),
            standing: None,
            attempt: std::sync::Mutex::default(),
            read: Mutex::new(None),
            agents: Loader::default(),
            skills: Loader::default(),
            forecasts: Loader::default(),
            planning: PlanningLoaders::default(),
            availability: Loader::default(),
            files: Loader::default(),
            private: PrivateLoaders::default(),
            requests: RequestLoaders::default(),
            custom_roles: Loader::default(),
        }
    }

    /// The same operation with where it came from.
    #[must_use]
    pub fn from(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The same operation on a connection that looks again and again who calls.
    #[must_use]
    pub fn standing(self, standing: Option<watch::Receiver<Arc<Caller>>>) -> Self {
        Self { standing, ..self }
    }

    /// The operation that a resolver belongs to.
    ///
    /// # Errors
    /// Only when the server forgot to attach it.
    pub fn of<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Self> {
        ctx.data::<Arc<Self>>().map(AsRef::as_ref)
    }

    /// The operation that was attached to a request.
    #[must_use]
    pub fn attached(request: &Request) -> Option<&Arc<Self>> {
        request.data.get(&TypeId::of::<Arc<Self>>())?.downcast_ref()
    }

    /// Has the operation read and write within `unit`. Only the first call counts.
    pub fn join(&self, unit: Unit) {
        self.unit.get_or_init(|| unit);
    }

    /// The operation, for a root field: the caller must have the field's permission somewhere.
    ///
    /// # Errors
    /// UNAUTHENTICATED without a caller, FORBIDDEN without the permission, DEADLINE_EXCEEDED for a field of
    /// a mutation whose time is up.
    pub fn root<'a>(ctx: &Context<'a>) -> async_graphql::Result<&'a Self> {
        let operation = Self::of(ctx)?;
        if !Turns::has(ctx) {
            return Err(operation.fail(AppError::Deadline));
        }
        if let Some(attempt) = Attempt::of(ctx) {
            *operation.attempt.lock().unwrap_or_else(PoisonError::into_inner) = Some(attempt);
        }
        operation.admit(ctx.field().name()).map_err(|error| operation.fail(error))?;
        Ok(operation)
    }

    fn admit(&self, field: &str) -> Outcome<()> {
        let Some(permission) = permission_of(field) else {
            return Err(AppError::Internal(format!("root field {field} is not in the matrix")));
        };
        if stability_of(field) == Some(StabilityLevel::Experimental)
            && self.viewer.as_ref().is_some_and(|it| matches!(it.subject, Subject::Client(_)))
        {
            return Err(AppError::Experimental);
        }
        match permission {
            super::roots::Needs::Nobody => Ok(()),
            super::roots::Needs::Caller => self.viewer().map(|_| ()),
            super::roots::Needs::Permission(permission) => self.require(permission).map(|_| ()),
        }
    }

    /// The mutation field under way, once.
    pub(super) fn take_attempt(&self) -> Option<Attempt> {
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The caller.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody signed in.
    pub fn viewer(&self) -> Outcome<&Arc<Viewer>> {
        self.viewer.as_ref().ok_or(AppError::Unauthenticated)
    }

    /// What the caller's `permission` reaches now.
    ///
    /// # Errors
    /// UNAUTHENTICATED without a caller, FORBIDDEN when it reaches nothing.
    pub fn require(&self, permission: Permission) -> Outcome<ReachSet> {
        let reach = self.viewer()?.reach(permission, self.now);
        if reach.is_empty() { Err(AppError::Forbidden(permission.as_str())) } else { Ok(reach) }
    }

    /// What the caller's `permission` reaches now; nothing for somebody not signed in.
    #[must_use]
    pub fn reach(&self, permission: Permission) -> ReachSet {
        self.viewer
            .as_ref()
            .map_or_else(ReachSet::default, |viewer| viewer.reach(permission, self.now))
    }

    /// The context for use cases.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody signed in.
    pub fn ctx(&self) -> Outcome<Ctx> {
        let viewer = Arc::clone(self.viewer()?);
        let ctx = Ctx::of_caller(viewer, Arc::clone(&self.request_id), self.now);
        Ok(ctx.from(&self.origin))
    }

    /// The context for what is done within the unit, if there is one.
    fn ctx_of_unit(&self) -> Outcome<Ctx> {
        let ctx = self.ctx()?;
        Ok(match self.unit.get() {
            Some(unit) => ctx.within(unit.clone()),
            None => ctx,
        })
    }

    /// The operation's read transaction, opened on first use.
    ///
    /// # Errors
    /// What the database says.
    pub async fn read(&self) -> Outcome<Arc<TenantTx>> {
        let mut slot = self.read.lock().await;
        if let Some(tx) = slot.as_ref() {
            return Ok(Arc::clone(tx));
        }
        let tx = Arc::new(self.app.db.begin(&self.ctx_of_unit()?).await?);
        *slot = Some(Arc::clone(&tx));
        Ok(tx)
    }

    /// Gives the read transaction back, so that a mutation can have the connection. Every mutation
    /// resolver takes its context from here.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody signed in.
    pub async fn write_ctx(&self) -> Outcome<Ctx> {
        self.read.lock().await.take();
        self.own_directory.lock().await.take();
        self.ctx_of_unit()
    }

    /// Sites, teams, skills and queues of the tenant.
    ///
    /// # Errors
    /// What the database says.
    pub async fn directory(&self) -> Outcome<Arc<Directory>> {
        let ctx = self.ctx()?;
        if self.unit.get().is_none() {
            if let Some(known) = self.app.known_directory(ctx.tenant()) {
                return Ok(known);
            }
            return self.app.directory(&*self.read().await?, &ctx).await;
        }
        let mut own = self.own_directory.lock().await;
        if let Some(known) = own.as_ref() {
            return Ok(Arc::clone(known));
        }
        let read = self.app.directory(&*self.read().await?, &ctx).await?;
        *own = Some(Arc::clone(&read));
        Ok(read)
    }

    /// An agent by id, whoever may see it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn agent(&self, id: AgentId) -> Outcome<Option<Arc<AgentView>>> {
        self.agents
            .load(id, async |ids| {
                let tx = self.read().await?;
                let agents = agents_by_id(&tx, &ids).await?;
                Ok(agents.into_iter().map(|agent| (agent.id, Arc::new(agent))).collect())
            })
            .await
    }

    /// An agent by id if the caller may see it by `permission`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn visible_agent(
        &self,
        id: AgentId,
        permission: Permission,
    ) -> Outcome<Option<Arc<AgentView>>> {
        let agent = self.agent(id).await?;
        Ok(agent.filter(|agent| self.reach(permission).contains(&agent.target())))
    }

    /// Skills of an agent, best grade first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn skills_of(&self, id: AgentId) -> Outcome<Vec<AgentSkillView>> {
        let skills = self
            .skills
            .load(id, async |ids| {
                let tx = self.read().await?;
                let mut by_agent: HashMap<AgentId, Vec<AgentSkillView>> = HashMap::new();
                for skill in skills_of_agents(&tx, &ids).await? {
                    by_agent.entry(skill.agent_id).or_default().push(skill);
                }
                Ok::<_, AppError>(by_agent)
            })
            .await?;
        Ok(skills.unwrap_or_default())
    }

    /// The error as the executor reports it. Internals go to the log, with the request's id; a
    /// mutation that is not permitted goes to the audit.
    #[must_use]
    pub fn fail(&self, error: AppError) -> async_graphql::Error {
        match &error {
            AppError::Forbidden(permission) => {
                tracing::info!(request_id = %self.request_id, permission, "not permitted");
                self.tell_forbidden(&[], Some(permission));
            }
            AppError::Faults(faults) => {
                let forbidden = faults.iter().find(|fault| fault.code == FaultCode::Forbidden);
                if let Some(fault) = forbidden {
                    self.tell_forbidden(&fault.path, None);
                }
            }
            _ => {}
        }
        if let AppError::Internal(detail) = &error {
            tracing::error!(request_id = %self.request_id, %detail, "internal error");
        }
        into_graphql(error, self.language)
    }

    /// The text of the pair that is in the caller's language.
    #[must_use]
    pub fn say<'a>(&self, english: &'a str, chinese: &'a str) -> &'a str {
        self.language.pick(english, chinese)
    }
}
