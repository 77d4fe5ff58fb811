-- Agents with skills, contracts, assignments and availability.
create table app.agent (
    tenant_id uuid not null,
    id uuid not null,
    number text not null,
    display_name text not null,
    site_id uuid not null,
    team_id uuid,
    post text not null,
    status text not null,
    hired_on date not null,
    left_on date,
    languages text[] not null default '{}',
    -- [{"source": …, "value": …}]: ids of the agent in other systems.
    external_ids jsonb not null default '[]',
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint agent_pkey primary key (tenant_id, id),
    constraint agent_number_unique unique (tenant_id, number),
    constraint agent_status_known check (status in ('ACTIVE', 'ON_LEAVE', 'TERMINATED'))
);
create index agent_name_idx on app.agent (tenant_id, display_name, id);
create index agent_site_idx on app.agent (tenant_id, site_id, display_name, id);
create index agent_updated_idx on app.agent (tenant_id, updated_at, id);
create table app.agent_skill (
    tenant_id uuid not null,
    agent_id uuid not null,
    skill_id uuid not null,
    grade smallint not null,
    valid_until date,
    constraint agent_skill_pkey primary key (tenant_id, agent_id, skill_id),
    constraint agent_skill_grade_range check (grade between 1 and 5)
);
create table app.contract (
    tenant_id uuid not null,
    id uuid not null,
    agent_id uuid not null,
    kind text not null,
    weekly_min_seconds int not null,
    weekly_max_seconds int not null,
    valid_from date not null,
    valid_until date,
    constraint contract_pkey primary key (tenant_id, id),
    constraint contract_weekly_order check (weekly_min_seconds between 0 and weekly_max_seconds),
    constraint contract_no_overlap exclude using gist
        (tenant_id with =, agent_id with =, daterange(valid_from, valid_until) with &&)
);
-- The post an agent holds; exactly one primary one at any instant.
create table app.assignment (
    tenant_id uuid not null,
    id uuid not null,
    agent_id uuid not null,
    post text not null,
    site_id uuid not null,
    team_id uuid,
    superior_user_id uuid,
    reason text not null,
    decision text,
    valid_from timestamptz not null,
    valid_until timestamptz,
    constraint assignment_pkey primary key (tenant_id, id),
    constraint assignment_no_overlap exclude using gist
        (tenant_id with =, agent_id with =, tstzrange(valid_from, valid_until) with &&)
);
-- When an agent can or cannot work: recurring (weekday and local times) or dated (instants).
create table app.availability (
    tenant_id uuid not null,
    id uuid not null,
    agent_id uuid not null,
    available boolean not null,
    label text not null,
    -- Recurring: ISO weekdays 1 to 7, local wall times, between two dates.
    weekdays smallint[],
    local_from time,
    local_until time,
    valid_from date,
    valid_until date,
    -- Dated.
    starts_at timestamptz,
    ends_at timestamptz,
    constraint availability_pkey primary key (tenant_id, id),
    constraint availability_one_kind check (
        (weekdays is not null and local_from is not null and local_until is not null and starts_at is null)
        or (weekdays is null and starts_at is not null and ends_at > starts_at))
);
create index availability_agent_idx on app.availability (tenant_id, agent_id);
select app.distribute('app.agent'), app.distribute('app.agent_skill'), app.distribute('app.contract'),
       app.distribute('app.assignment'), app.distribute('app.availability');
alter table app.agent
    add constraint agent_site_fkey foreign key (tenant_id, site_id) references app.site (tenant_id, id),
    add constraint agent_team_fkey foreign key (tenant_id, team_id) references app.team (tenant_id, id);
alter table app.agent_skill
    add constraint agent_skill_agent_fkey foreign key (tenant_id, agent_id)
        references app.agent (tenant_id, id),
    add constraint agent_skill_skill_fkey foreign key (tenant_id, skill_id)
        references app.skill (tenant_id, id);
alter table app.contract add constraint contract_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
alter table app.assignment
    add constraint assignment_agent_fkey foreign key (tenant_id, agent_id)
        references app.agent (tenant_id, id),
    add constraint assignment_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id),
    add constraint assignment_team_fkey foreign key (tenant_id, team_id)
        references app.team (tenant_id, id),
    add constraint assignment_superior_fkey foreign key (tenant_id, superior_user_id)
        references app.app_user (tenant_id, id);
alter table app.availability add constraint availability_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
alter table app.app_user add constraint app_user_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
select app.protect('app.agent', 'select, insert, update'),
       app.protect('app.agent_skill', 'select, insert, update, delete'),
       app.protect('app.contract', 'select, insert, update'),
       app.protect('app.assignment', 'select, insert, update'),
       app.protect('app.availability', 'select, insert, update, delete');
