-- When shifts of agents start, week after week: fixed, flexible, or in rotation.
create table app.shift_pattern (
    tenant_id uuid not null,
    id uuid not null,
    site_id uuid not null,
    name text not null,
    -- The ordered weeks of the rotation: [{"from": time, "to": time}], local times between which shifts start.
    weeks jsonb not null,
    created_by uuid,
    created_at timestamptz not null,
    constraint shift_pattern_pkey primary key (tenant_id, id),
    constraint shift_pattern_name_unique unique (tenant_id, site_id, name)
);
-- From a Monday on, until another row of the agent begins.
create table app.pattern_assignment (
    tenant_id uuid not null,
    agent_id uuid not null,
    starts_on date not null,
    -- Null = no pattern from then on.
    pattern_id uuid,
    -- Week of the rotation in which it begins, from 0.
    first_week int not null,
    assigned_by uuid,
    assigned_at timestamptz not null,
    constraint pattern_assignment_pkey primary key (tenant_id, agent_id, starts_on),
    constraint pattern_assignment_week check (first_week >= 0)
);
select app.distribute('app.shift_pattern'), app.distribute('app.pattern_assignment');
alter table app.shift_pattern add constraint shift_pattern_site_fkey
    foreign key (tenant_id, site_id) references app.site (tenant_id, id);
alter table app.pattern_assignment
    add constraint pattern_assignment_agent_fkey foreign key (tenant_id, agent_id)
        references app.agent (tenant_id, id),
    add constraint pattern_assignment_pattern_fkey foreign key (tenant_id, pattern_id)
        references app.shift_pattern (tenant_id, id);
select app.protect('app.shift_pattern', 'select, insert'),
       app.protect('app.pattern_assignment', 'select, insert, update');
