-- Beside the rooms: audit, jobs, idempotency.
-- Who did what; appended in the business transaction.
create table app.audit_event (
    tenant_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    -- User or API client; null = the system.
    actor_id uuid,
    action text not null,
    subject text not null,
    request_id text,
    detail jsonb not null,
    constraint audit_event_pkey primary key (tenant_id, id)
);
create index audit_event_at_idx on app.audit_event (tenant_id, at, id);
create index audit_event_subject_idx on app.audit_event (tenant_id, subject, at);
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
select app.distribute('app.audit_event'), app.distribute('app.job'), app.distribute('app.idempotency');
select app.protect('app.audit_event', 'select, insert'),
       app.protect('app.job', 'select, insert, update'),
       app.protect('app.idempotency', 'select, insert, update, delete');
grant select, update on app.job to trunkline_system;
