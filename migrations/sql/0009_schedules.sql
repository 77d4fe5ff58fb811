-- Work rules, schedules, shifts and the record of every change.
create table app.work_rules (
    tenant_id uuid not null,
    id uuid not null,
    -- Null = the whole network.
    site_id uuid,
    number int not null,
    valid_from date not null,
    rules jsonb not null,
    created_by uuid,
    created_at timestamptz not null,
    constraint work_rules_pkey primary key (tenant_id, id),
    constraint work_rules_number_unique unique nulls not distinct (tenant_id, site_id, number)
);
-- A plan of one site over some weeks. Many drafts, one published.
create table app.schedule (
    tenant_id uuid not null,
    id uuid not null,
    site_id uuid not null,
    starts_on date not null,
    -- Last day, inclusive.
    ends_on date not null,
    state text not null,
    version int not null default 1,
    seed bigint,
    -- Forecasts and requirements used, coverage reached, what could not be done and why.
    result jsonb not null default '{}',
    created_by uuid,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    published_at timestamptz,
    constraint schedule_pkey primary key (tenant_id, id),
    constraint schedule_span_order check (ends_on >= starts_on),
    constraint schedule_state_known check (state in ('DRAFT', 'PUBLISHED', 'SUPERSEDED')),
    constraint schedule_one_published exclude using gist
        (tenant_id with =, site_id with =, daterange(starts_on, ends_on, '[]') with &&)
        where (state = 'PUBLISHED')
);
create table app.shift (
    tenant_id uuid not null,
    id uuid not null,
    schedule_id uuid not null,
    site_id uuid not null,
    -- Null while the shift is open.
    agent_id uuid,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- Start date in the site's zone: the date on which the shift counts.
    local_date date not null,
    -- Gap-free activities, four bytes each: category, flags, start in minutes after starts_at.
    activities bytea not null,
    -- [{"skill": id, "grade": n}] that its agent must have.
    needs jsonb not null default '[]',
    state text not null,
    version int not null default 1,
    constraint shift_pkey primary key (tenant_id, id),
    -- The upper bound lets a search by start find every shift that reaches into a window.
    constraint shift_span_order check (ends_at > starts_at and ends_at <= starts_at + interval '48 hours'),
    constraint shift_state_known check (state in ('DRAFT', 'PUBLISHED', 'SUPERSEDED')),
    constraint shift_no_overlap exclude using gist
        (tenant_id with =, agent_id with =, tstzrange(starts_at, ends_at) with &&)
        where (state = 'PUBLISHED') deferrable initially immediate
);
create index shift_agent_idx on app.shift (tenant_id, agent_id, starts_at);
create index shift_site_idx on app.shift (tenant_id, site_id, starts_at);
create index shift_schedule_idx on app.shift (tenant_id, schedule_id);
create table app.schedule_change (
    tenant_id uuid not null,
    id uuid not null,
    schedule_id uuid not null,
    -- Version of the schedule that the change made.
    version int not null,
    cause text not null,
    changed_by uuid,
    changed_at timestamptz not null,
    -- Shifts before and after, violations overridden.
    detail jsonb not null,
    constraint schedule_change_pkey primary key (tenant_id, id)
);
create index schedule_change_schedule_idx on app.schedule_change (tenant_id, schedule_id, version);
select app.distribute('app.work_rules'), app.distribute('app.schedule'), app.distribute('app.shift'),
       app.distribute('app.schedule_change');
alter table app.work_rules add constraint work_rules_site_fkey
    foreign key (tenant_id, site_id) references app.site (tenant_id, id);
alter table app.schedule add constraint schedule_site_fkey
    foreign key (tenant_id, site_id) references app.site (tenant_id, id);
alter table app.shift
    add constraint shift_schedule_fkey foreign key (tenant_id, schedule_id)
        references app.schedule (tenant_id, id) on delete cascade,
    add constraint shift_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id),
    add constraint shift_agent_fkey foreign key (tenant_id, agent_id)
        references app.agent (tenant_id, id);
alter table app.schedule_change add constraint schedule_change_schedule_fkey
    foreign key (tenant_id, schedule_id) references app.schedule (tenant_id, id) on delete cascade;
select app.protect('app.work_rules', 'select, insert'),
       app.protect('app.schedule', 'select, insert, update'),
       app.protect('app.shift', 'select, insert, update, delete'),
       app.protect('app.schedule_change', 'select, insert');
