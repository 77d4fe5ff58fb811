-- The three personal files of each agent. Entries are appended, never changed: the application may
-- not update or delete them.
create table app.personal_file (
    tenant_id uuid not null,
    id uuid not null,
    agent_id uuid not null,
    kind text not null,
    created_at timestamptz not null,
    constraint personal_file_pkey primary key (tenant_id, id),
    constraint personal_file_kind_unique unique (tenant_id, agent_id, kind),
    constraint personal_file_kind_known check (kind in ('DEVELOPMENT', 'QUALITY', 'PERFORMANCE'))
);
create table app.file_entry (
    tenant_id uuid not null,
    id uuid not null,
    file_id uuid not null,
    -- Part of the file and kind of entry, as the domain names them.
    part text not null,
    kind text not null,
    effective_on date not null,
    recorded_at timestamptz not null,
    -- User or API client; null = the system.
    recorded_by uuid,
    source text not null,
    payload jsonb not null,
    -- What supports it: [{"kind", "reference", "sha256"}].
    evidence jsonb not null default '[]',
    -- The entry that this one corrects, and why.
    corrects_id uuid,
    correction_reason text,
    constraint file_entry_pkey primary key (tenant_id, id),
    constraint file_entry_corrects_unique unique (tenant_id, corrects_id),
    constraint file_entry_correction_complete check ((corrects_id is null) = (correction_reason is null))
);
create index file_entry_file_idx on app.file_entry (tenant_id, file_id, effective_on, id);
select app.distribute('app.personal_file'), app.distribute('app.file_entry');
alter table app.personal_file add constraint personal_file_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
alter table app.file_entry
    add constraint file_entry_file_fkey foreign key (tenant_id, file_id)
        references app.personal_file (tenant_id, id),
    add constraint file_entry_corrects_fkey foreign key (tenant_id, corrects_id)
        references app.file_entry (tenant_id, id);
select app.protect('app.personal_file', 'select, insert'),
       app.protect('app.file_entry', 'select, insert');
