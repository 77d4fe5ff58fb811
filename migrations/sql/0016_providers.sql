-- Signing in by a tenant's own identity provider (OpenID Connect).
create table app.identity_provider (
    tenant_id uuid not null,
    -- Address of the provider, as its tokens name it.
    issuer text not null,
    client_id text not null,
    -- AES-256-GCM under the configured key, bound to the tenant.
    sealed_secret bytea not null,
    -- Domains of the e-mail addresses that it may vouch for, lower case.
    email_domains text[] not null,
    -- Whether somebody whom nobody has invited becomes a user.
    creates_users boolean not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint identity_provider_pkey primary key (tenant_id),
    constraint identity_provider_some_domain check (cardinality(email_domains) > 0)
);
-- A sign-in under way: from the way there to the way back.
create table app.provider_sign_in (
    tenant_id uuid not null,
    id uuid not null,
    -- SHA-256 of what the browser keeps, and of what comes back with it.
    browser_hash bytea not null,
    state_hash bytea not null,
    -- Nonce and verifier, under a key that only the browser can make.
    sealed bytea not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    constraint provider_sign_in_pkey primary key (tenant_id, id)
);
create index provider_sign_in_expires_idx on app.provider_sign_in (tenant_id, expires_at);
-- By which subject a provider knows a user.
create table app.user_identity (
    tenant_id uuid not null,
    issuer text not null,
    subject text not null,
    user_id uuid not null,
    created_at timestamptz not null,
    constraint user_identity_pkey primary key (tenant_id, issuer, subject),
    constraint user_identity_user_unique unique (tenant_id, issuer, user_id)
);
create index user_identity_user_idx on app.user_identity (tenant_id, user_id);
select app.distribute('app.identity_provider'), app.distribute('app.provider_sign_in'),
       app.distribute('app.user_identity');
alter table app.user_identity add constraint user_identity_user_fkey
    foreign key (tenant_id, user_id) references app.app_user (tenant_id, id) on delete cascade;
select app.protect('app.identity_provider', 'select, insert, update, delete'),
       app.protect('app.provider_sign_in', 'select, insert, delete'),
       app.protect('app.user_identity', 'select, insert, delete');
