-- Beside the rooms: audit, jobs, idempotency.
-- Who did what; appended in the business transaction. The application may neither change nor delete.
create table app.audit_event (
    tenant_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    -- User or API client; null = the system.
    actor_id uuid,
    action text not null,
    subject text not null,
    request_id text,
    -- Why, in the words of who did it.
    reason text,
    before jsonb,
    after jsonb,
    rule_version text,
    detail jsonb not null,
    -- SHA-256 of all of the above, taken when the row was written.
    digest bytea not null,
    constraint audit_event_pkey primary key (tenant_id, id)
);
create index audit_event_at_idx on app.audit_event (tenant_id, at, id);
create index audit_event_subject_idx on app.audit_event (tenant_id, subject, at);
-- Rows that have no place in the chain yet: a note for the sealer, written with the row.
create table app.audit_unsealed (
    tenant_id uuid not null,
    event_id uuid not null,
    constraint audit_unsealed_pkey primary key (tenant_id, event_id)
);
-- The chain of a tenant's rows: each link is a hash of the one before it and of its row's digest.
create table app.audit_link (
    tenant_id uuid not null,
    position bigint not null,
    event_id uuid not null,
    hash bytea not null,
    constraint audit_link_pkey primary key (tenant_id, position),
    constraint audit_link_event_unique unique (tenant_id, event_id)
);
-- Runs of the chain, signed. Retention takes rows and links out and leaves these.
create table app.audit_segment (
    tenant_id uuid not null,
    number bigint not null,
    first_position bigint not null,
    last_position bigint not null,
    -- The link before the first one, and the last one.
    previous bytea not null,
    root bytea not null,
    -- Latest instant of its rows.
    until_at timestamptz not null,
    sealed_at timestamptz not null,
    key_id text not null,
    signature bytea not null,
    constraint audit_segment_pkey primary key (tenant_id, number)
);
-- Long work. Claimed across tenants by the workers, so it carries no foreign key.
create table app.job (
    tenant_id uuid not null,
    id uuid not null,
    kind text not null,
    state text not null,
    input jsonb not null,
    rows_done bigint not null default 0,
    rows_total bigint,
    result jsonb,
    failure text,
    requested_by uuid,
    -- A claim lapses when it is not renewed: the job of a dead worker runs again.
    claimed_until timestamptz,
    attempts int not null default 0,
    created_at timestamptz not null,
    finished_at timestamptz,
    constraint job_pkey primary key (tenant_id, id),
    constraint job_state_known check (state in ('QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'))
);
create index job_waiting_idx on app.job (tenant_id, created_at) where state in ('QUEUED', 'RUNNING');
-- Answers of mutations by idempotency key, kept for a day. The key itself is not here: a name derived
-- from it is, and the answer is sealed with it.
create table app.idempotency (
    tenant_id uuid not null,
    subject_id uuid not null,
    key_name bytea not null,
    request_hash bytea not null,
    answer bytea not null,
    created_at timestamptz not null,
    constraint idempotency_pkey primary key (tenant_id, subject_id, key_name)
);
create index idempotency_age_idx on app.idempotency (tenant_id, created_at);
select app.distribute('app.audit_event'), app.distribute('app.audit_unsealed'),
       app.distribute('app.audit_link'), app.distribute('app.audit_segment');
select app.distribute('app.job'), app.distribute('app.idempotency');
select app.protect('app.audit_event', 'select, insert'),
       app.protect('app.audit_unsealed', 'select, insert, delete'),
       app.protect('app.audit_link', 'select, insert'),
       app.protect('app.audit_segment', 'select, insert'),
       app.protect('app.job', 'select, insert, update'),
       app.protect('app.idempotency', 'select, insert, update, delete');
grant select, update on app.job to trunkline_system;
