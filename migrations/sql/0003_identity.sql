-- Who may sign in and what they may do.
create table app.app_user (
    tenant_id uuid not null,
    id uuid not null,
    -- Lower case; what a person types to sign in.
    email text not null,
    display_name text not null,
    -- PHC string of argon2id; null = invited, no password yet.
    password_hash text,
    state text not null,
    language text,
    -- The person's own agent record, if any.
    agent_id uuid,
    -- Grows when all tokens of the user become void.
    epoch int not null default 1,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint app_user_pkey primary key (tenant_id, id),
    constraint app_user_email_unique unique (tenant_id, email),
    constraint app_user_agent_unique unique (tenant_id, agent_id),
    constraint app_user_state_known check (state in ('ACTIVE', 'DISABLED'))
);
-- A role that a tenant made for itself.
create table app.custom_role (
    tenant_id uuid not null,
    id uuid not null,
    name text not null,
    -- How far each permission reaches: {"schedule:read": "SITE", ...}.
    permissions jsonb not null,
    state text not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint custom_role_pkey primary key (tenant_id, id),
    constraint custom_role_name_unique unique (tenant_id, name),
    constraint custom_role_state_known check (state in ('ACTIVE', 'ARCHIVED'))
);
create table app.role_assignment (
    tenant_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    -- A built-in role or one of the tenant's own.
    role text,
    custom_role_id uuid,
    -- TENANT, SITE, TEAM, OWN or POST, with what it needs. POST: where the person holds this post.
    scope text not null,
    site_id uuid,
    team_id uuid,
    post text,
    valid_from timestamptz not null,
    valid_until timestamptz,
    created_at timestamptz not null,
    constraint role_assignment_pkey primary key (tenant_id, id),
    constraint role_assignment_some_role check (role is not null or custom_role_id is not null),
    constraint role_assignment_scope_complete check (
        (scope in ('TENANT', 'OWN') and site_id is null and team_id is null)
        or (scope = 'SITE' and site_id is not null and team_id is null)
        or (scope = 'TEAM' and team_id is not null)
        or (scope = 'POST' and site_id is null and team_id is null)),
    constraint role_assignment_post_complete check ((scope = 'POST') = (post is not null))
);
create index role_assignment_user_idx on app.role_assignment (tenant_id, user_id);
-- A sign-in on one device: a family of refresh tokens of which one is current.
create table app.session (
    tenant_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    -- SHA-256 of the current and of the last refresh token.
    refresh_hash bytea not null,
    previous_hash bytea,
    -- The current token, sealed under the one before it, which may ask for it again for some seconds.
    successor bytea,
    -- Where it was opened, shown to its owner.
    address text,
    user_agent text,
    rotated_at timestamptz not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoke_reason text,
    constraint session_pkey primary key (tenant_id, id)
);
create index session_user_idx on app.session (tenant_id, user_id);
-- The second factor of a user, RFC 6238.
create table app.user_totp (
    tenant_id uuid not null,
    user_id uuid not null,
    -- AES-256-GCM under the configured key, bound to the user.
    sealed_secret bytea not null,
    -- Null = set up and not confirmed: not asked for yet.
    confirmed_at timestamptz,
    -- Step of the last code that was taken: none is good twice.
    last_step bigint not null default 0,
    created_at timestamptz not null,
    constraint user_totp_pkey primary key (tenant_id, user_id)
);
-- Codes for whoever has lost the authenticator, each good once.
create table app.recovery_code (
    tenant_id uuid not null,
    user_id uuid not null,
    -- SHA-256 of 80 random bits.
    code_hash bytea not null,
    created_at timestamptz not null,
    used_at timestamptz,
    constraint recovery_code_pkey primary key (tenant_id, user_id, code_hash)
);
-- Links of mails: invitations and password resets, each good once.
create table app.user_link (
    tenant_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    kind text not null,
    -- SHA-256 of the secret part of its token.
    secret_hash bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    -- Used or void.
    used_at timestamptz,
    constraint user_link_pkey primary key (tenant_id, id),
    constraint user_link_kind_known check (kind in ('INVITATION', 'PASSWORD_RESET'))
);
create index user_link_user_idx on app.user_link (tenant_id, user_id);
create table app.api_client (
    tenant_id uuid not null,
    id uuid not null,
    name text not null,
    scopes text[] not null,
    -- Sites it is limited to; empty = all.
    site_ids uuid[] not null default '{}',
    -- Points of its own: at once, and back each second. Null = those that everybody has.
    rate_burst int,
    rate_restore int,
    state text not null,
    expires_at timestamptz,
    created_at timestamptz not null,
    constraint api_client_pkey primary key (tenant_id, id),
    constraint api_client_name_unique unique (tenant_id, name),
    constraint api_client_state_known check (state in ('ACTIVE', 'DISABLED')),
    constraint api_client_rate_complete check ((rate_burst is null) = (rate_restore is null)),
    constraint api_client_rate_positive check (rate_burst > 0 and rate_restore > 0)
);
create table app.api_key (
    tenant_id uuid not null,
    id uuid not null,
    client_id uuid not null,
    -- SHA-256 of the secret part: 256 random bits need no slow hash.
    key_hash bytea not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    -- Written at most once a minute.
    last_used_at timestamptz,
    created_at timestamptz not null,
    constraint api_key_pkey primary key (tenant_id, id)
);
create index api_key_client_idx on app.api_key (tenant_id, client_id);
select app.distribute('app.app_user'), app.distribute('app.custom_role'),
       app.distribute('app.role_assignment'), app.distribute('app.session'),
       app.distribute('app.api_client'), app.distribute('app.api_key');
select app.distribute('app.user_totp'), app.distribute('app.recovery_code'),
       app.distribute('app.user_link');
alter table app.role_assignment
    add constraint role_assignment_user_fkey foreign key (tenant_id, user_id)
        references app.app_user (tenant_id, id) on delete cascade,
    add constraint role_assignment_custom_role_fkey foreign key (tenant_id, custom_role_id)
        references app.custom_role (tenant_id, id),
    add constraint role_assignment_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id),
    add constraint role_assignment_team_fkey foreign key (tenant_id, team_id)
        references app.team (tenant_id, id);
alter table app.api_key add constraint api_key_client_fkey
    foreign key (tenant_id, client_id) references app.api_client (tenant_id, id) on delete cascade;
alter table app.session add constraint session_user_fkey
    foreign key (tenant_id, user_id) references app.app_user (tenant_id, id) on delete cascade;
alter table app.user_totp add constraint user_totp_user_fkey
    foreign key (tenant_id, user_id) references app.app_user (tenant_id, id) on delete cascade;
alter table app.recovery_code add constraint recovery_code_user_fkey
    foreign key (tenant_id, user_id) references app.app_user (tenant_id, id) on delete cascade;
alter table app.user_link add constraint user_link_user_fkey
    foreign key (tenant_id, user_id) references app.app_user (tenant_id, id) on delete cascade;
select app.protect('app.user_totp', 'select, insert, update, delete'),
       app.protect('app.recovery_code', 'select, insert, update, delete'),
       app.protect('app.user_link', 'select, insert, update');
select app.protect('app.app_user', 'select, insert, update'),
       app.protect('app.role_assignment', 'select, insert, update'),
       app.protect('app.session', 'select, insert, update'),
       app.protect('app.custom_role', 'select, insert, update'),
       app.protect('app.api_client', 'select, insert, update'),
       app.protect('app.api_key', 'select, insert, update');
-- Sign-in knows only a slug and an e-mail address or a key, so it looks across tenants.
grant select on app.app_user, app.role_assignment, app.api_client, app.api_key to trunkline_system;
