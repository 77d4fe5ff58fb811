-- What changes of schedules did with single shifts, and which rules they broke by name.
create table app.shift_change (
    tenant_id uuid not null,
    change_id uuid not null,
    shift_id uuid not null,
    -- As it was; null = it was not there.
    agent_before uuid,
    starts_before timestamptz,
    ends_before timestamptz,
    -- As it was then; null = it went.
    agent_after uuid,
    starts_after timestamptz,
    ends_after timestamptz,
    constraint shift_change_pkey primary key (tenant_id, change_id, shift_id),
    constraint shift_change_sides check (
        num_nulls(agent_before, starts_before, ends_before) in (0, 3)
        and num_nulls(agent_after, starts_after, ends_after) in (0, 3)
        and num_nonnulls(agent_before, agent_after) > 0)
);
create index shift_change_shift_idx on app.shift_change (tenant_id, shift_id);
-- A violation that somebody answers for: it stands as long as its schedule does.
create table app.rule_override (
    tenant_id uuid not null,
    change_id uuid not null,
    -- Place among those of its change, from 0.
    number int not null,
    -- Where it stands: after a cut the schedule that has its day.
    schedule_id uuid not null,
    -- Day of the schedule on which it counts: that on which it begins, or the next one that the schedule has.
    local_date date not null,
    rule text not null,
    -- Null = of the roster as a whole.
    agent_id uuid,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- The violation as it was found: weight, measured value and limit, cause.
    violation jsonb not null,
    reason text not null,
    -- Versions of the rules by which it was judged.
    rule_version text,
    constraint rule_override_pkey primary key (tenant_id, change_id, number),
    constraint rule_override_span_order check (ends_at >= starts_at),
    constraint rule_override_reason_length check (length(reason) between 3 and 500)
);
create index rule_override_schedule_idx on app.rule_override (tenant_id, schedule_id);
create index rule_override_agent_idx on app.rule_override (tenant_id, agent_id, starts_at);
select app.distribute('app.shift_change'), app.distribute('app.rule_override');
alter table app.shift_change
    add constraint shift_change_change_fkey foreign key (tenant_id, change_id)
        references app.schedule_change (tenant_id, id) on delete cascade,
    add constraint shift_change_shift_fkey foreign key (tenant_id, shift_id)
        references app.shift (tenant_id, id) on delete cascade;
alter table app.rule_override
    add constraint rule_override_change_fkey foreign key (tenant_id, change_id)
        references app.schedule_change (tenant_id, id) on delete cascade,
    add constraint rule_override_schedule_fkey foreign key (tenant_id, schedule_id)
        references app.schedule (tenant_id, id) on delete cascade,
    add constraint rule_override_agent_fkey foreign key (tenant_id, agent_id)
        references app.agent (tenant_id, id);
select app.protect('app.shift_change', 'select, insert'),
       app.protect('app.rule_override', 'select, insert, update');
