use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp, civil};
use trunkline_domain::{
    id::{AgentId, ApiClientId, Id, QueueId, SiteId, SkillId, TeamId, TenantId, UserId},
    identity::{Permission, Role},
};
use trunkline_infra::{
    ctx::{Ctx, new_id},
    db::{Db, TenantTx, Value},
    identity::{Passwords, new_secret, secret_hash},
    params,
};

/// A tenant of a test, written straight into the database. All names that begin with `db_` bypass
/// the API.
#[derive(Debug, Clone)]
pub struct Company {
    /// The tenant.
    pub tenant: TenantId,
    /// What people sign in with.
    pub slug: String,
    db: Db,
    pub(crate) now: Timestamp,
}

/// The password of everybody in a test.
pub const PASSWORD: &str = "tea at four in spring";

static COUNTER: AtomicU64 = AtomicU64::new(1);

/// Whom a role is given to reach.
#[derive(Debug, Clone, Copy)]
pub enum Within {
    /// All sites.
    Tenant,
    /// One site.
    Site(SiteId),
    /// One team.
    Team(TeamId),
    /// The own agent record.
    Own(AgentId),
}

#[expect(clippy::expect_used, reason = "a test that cannot be prepared has failed")]
impl Company {
    /// A new, empty tenant.
    ///
    /// # Panics
    /// Like all of these, when the database refuses.
    pub async fn db_new(db: &Db, admin: &crate::Database, now: Timestamp) -> Self {
        use sea_orm::sqlx;
        let tenant: TenantId = new_id(now);
        let slug = format!("co-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        sqlx::query(
            "insert into app.tenant (id, slug, name_en, name_zh, time_zone, language, state, created_at)
             values ($1, $2, 'Huayin', '华音', 'Asia/Shanghai', 'en', 'ACTIVE', now())",
        )
        .bind(tenant.uuid())
        .bind(&slug)
        .execute(&mut admin.db_admin().await)
        .await
        .expect("tenant");
        Self { tenant, slug, db: db.clone(), now }
    }

    /// A new id, above all that were made before: what is planned in the order of ids is planned alike
    /// in each run of a test.
    pub(crate) fn next_id<K>(&self) -> Id<K> {
        let made = i64::try_from(COUNTER.fetch_add(1, Ordering::Relaxed)).expect("few ids");
        new_id(self.now + SignedDuration::from_millis(made))
    }

    /// A transaction of the tenant.
    pub async fn db_begin(&self) -> TenantTx {
        self.db.begin(&Ctx::of_system(self.tenant, "test", self.now)).await.expect("transaction")
    }

    /// Runs one statement in the tenant.
    pub async fn db_run(&self, sql: &str, params: Vec<Value>) {
        let tx = self.db_begin().await;
        tx.run(sql, params).await.expect("statement");
        tx.commit().await.expect("commit");
    }

    /// A site in Asia/Shanghai.
    pub async fn db_site(&self, code: &str) -> SiteId {
        let id: SiteId = self.next_id();
        self.db_run(
            "insert into app.site (tenant_id, id, code, name_en, name_zh, time_zone, state, created_at, updated_at)
             values ($1, $2, $3, $3, $3, 'Asia/Shanghai', 'OPEN', $4, $4)",
            params![self.tenant, id, code, self.now],
        )
        .await;
        id
    }

    /// A team of a site.
    pub async fn db_team(&self, site: SiteId, code: &str) -> TeamId {
        let id: TeamId = self.next_id();
        self.db_run(
            "insert into app.team (tenant_id, id, site_id, code, name_en, name_zh, created_at, updated_at)
             values ($1, $2, $3, $4, $4, $4, $5, $5)",
            params![self.tenant, id, site, code, self.now],
        )
        .await;
        id
    }

    /// A skill.
    pub async fn db_skill(&self, code: &str) -> SkillId {
        let id: SkillId = self.next_id();
        self.db_run(
            "insert into app.skill (tenant_id, id, code, name_en, name_zh, created_at)
             values ($1, $2, $3, $3, $3, $4)",
            params![self.tenant, id, code, self.now],
        )
        .await;
        id
    }

    /// A queue with the goal 80 % in 20 s, served by `sites`, in Asia/Shanghai.
    pub async fn db_queue(
        &self,
        code: &str,
        grain_minutes: i32,
        sites: &[SiteId],
        skill: Option<SkillId>,
    ) -> QueueId {
        let id: QueueId = self.next_id();
        self.db_run(
            "insert into app.queue (tenant_id, id, code, name_en, name_zh, time_zone, grain_minutes, skill_id,
                                    shrinkage, created_at, updated_at)
             values ($1, $2, $3, $3, $3, 'Asia/Shanghai', $4, $5, 0.3, $6, $6)",
            params![self.tenant, id, code, grain_minutes, skill, self.now],
        )
        .await;
        self.db_run(
            "insert into app.queue_site (tenant_id, queue_id, site_id)
             select $1, $2, site from unnest($3::uuid[]) as site",
            params![self.tenant, id, sites],
        )
        .await;
        self.db_run(
            "insert into app.queue_goal (tenant_id, queue_id, valid_from, service_level, threshold_seconds,
                                         method, short_abandon_seconds)
             values ($1, $2, 'epoch', 80, 20, 'OFFERED', 5)",
            params![self.tenant, id],
        )
        .await;
        id
    }

    /// An agent with a full-time contract (40 h a week), active since 2025-01-01, with its files.
    pub async fn db_agent(
        &self,
        number: &str,
        name: &str,
        site: SiteId,
        team: Option<TeamId>,
        skills: &[(SkillId, i16)],
    ) -> AgentId {
        let id: AgentId = self.next_id();
        let hired = civil::date(2025, 1, 1);
        let tx = self.db_begin().await;
        tx.run(
            "insert into app.agent (tenant_id, id, number, display_name, site_id, team_id, post, status,
                                    hired_on, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, 'agent', 'ACTIVE', $7, $8, $8)",
            params![self.tenant, id, number, name, site, team, hired, self.now],
        )
        .await
        .expect("agent");
        tx.run(
            "insert into app.contract (tenant_id, id, agent_id, kind, weekly_min_seconds, weekly_max_seconds,
                                       valid_from)
             values ($1, $2, $3, 'REGULAR', 0, 144000, $4)",
            params![self.tenant, self.next_id::<()>(), id, hired],
        )
        .await
        .expect("contract");
        tx.run(
            "insert into app.assignment (tenant_id, id, agent_id, post, site_id, team_id, reason, valid_from)
             values ($1, $2, $3, 'agent', $4, $5, 'HIRE', '2024-12-31T16:00:00Z')",
            params![self.tenant, self.next_id::<()>(), id, site, team],
        )
        .await
        .expect("assignment");
        for (skill, grade) in skills {
            tx.run(
                "insert into app.agent_skill (tenant_id, agent_id, skill_id, grade) values ($1, $2, $3, $4)",
                params![self.tenant, id, *skill, *grade],
            )
            .await
            .expect("skill");
        }
        for kind in ["DEVELOPMENT", "QUALITY", "PERFORMANCE"] {
            tx.run(
                "insert into app.personal_file (tenant_id, id, agent_id, kind, created_at)
                 values ($1, $2, $3, $4, $5)",
                params![self.tenant, self.next_id::<()>(), id, kind, self.now],
            )
            .await
            .expect("file");
        }
        tx.commit().await.expect("commit");
        id
    }

    /// So many such agents without team and skills, whose numbers and names count from 1.
    pub async fn db_agents(&self, site: SiteId, count: u32) -> Vec<AgentId> {
        let mut agents = Vec::new();
        for number in 1..=count {
            let number = number.to_string();
            agents.push(self.db_agent(&number, &number, site, None, &[]).await);
        }
        agents
    }

    /// A user with one role. Signs in with `email` and [`PASSWORD`].
    pub async fn db_user(
        &self,
        passwords: &Passwords,
        email: &str,
        role: Role,
        within: Within,
    ) -> UserId {
        let id: UserId = self.next_id();
        let hash = passwords.hash(PASSWORD.into()).await.expect("hash");
        let (scope, site, team, agent) = match within {
            Within::Tenant => ("TENANT", None, None, None),
            Within::Site(site) => ("SITE", Some(site), None, None),
            Within::Team(team) => ("TEAM", None, Some(team), None),
            Within::Own(agent) => ("OWN", None, None, Some(agent)),
        };
        self.db_run(
            "insert into app.app_user (tenant_id, id, email, display_name, password_hash, state, agent_id,
                                       created_at, updated_at)
             values ($1, $2, $3, $3, $4, 'ACTIVE', $5, $6, $6)",
            params![self.tenant, id, email, hash, agent, self.now],
        )
        .await;
        self.db_run(
            "insert into app.role_assignment (tenant_id, id, user_id, role, scope, site_id, team_id, valid_from,
                                              created_at)
             values ($1, $2, $3, $4, $5, $6, $7, 'epoch', $8)",
            params![
                self.tenant,
                self.next_id::<()>(),
                id,
                role.as_str(),
                scope,
                site,
                team,
                self.now
            ],
        )
        .await;
        id
    }

    /// An API client with these scopes, at these sites (none = all), and a key that has its id. Gives
    /// id and secret.
    pub async fn db_client(
        &self,
        name: &str,
        scopes: &[Permission],
        sites: &[SiteId],
    ) -> (ApiClientId, String) {
        let (id, secret) = (self.next_id(), new_secret());
        let scopes: Vec<String> = scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        self.db_run(
            "insert into app.api_client (tenant_id, id, name, scopes, site_ids, state, created_at)
             values ($1, $2, $3, $4, $5, 'ACTIVE', $6)",
            params![self.tenant, id, name, scopes, sites, self.now],
        )
        .await;
        self.db_run(
            "insert into app.api_key (tenant_id, id, client_id, key_hash, created_at)
             values ($1, $2, $2, $3, $4)",
            params![self.tenant, id, secret_hash(&secret), self.now],
        )
        .await;
        (id, secret)
    }
}
