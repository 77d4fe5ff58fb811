-- Agents needed per interval, as computed from one forecast and the queue's goal of that moment.
create table app.requirement (
    tenant_id uuid not null,
    id uuid not null,
    queue_id uuid not null,
    forecast_id uuid not null,
    model text not null,
    -- Goal, patience, minimum and shrinkage used.
    inputs jsonb not null,
    created_by uuid,
    created_at timestamptz not null,
    constraint requirement_pkey primary key (tenant_id, id)
);
create index requirement_queue_idx on app.requirement (tenant_id, queue_id, created_at);
create table app.requirement_point (
    tenant_id uuid not null,
    requirement_id uuid not null,
    starts_at timestamptz not null,
    -- Agents on the phone, and on the roster (after shrinkage).
    on_phone int not null,
    on_roster int not null,
    -- Agents to schedule for the queue, so that `on_phone` remain when some do not come.
    to_schedule int not null,
    -- Predicted with `on_phone` agents: percent answered within the threshold, share occupied.
    service_level double precision not null,
    occupancy double precision not null,
    constraint requirement_point_pkey primary key (tenant_id, requirement_id, starts_at)
);
select app.distribute('app.requirement'), app.distribute('app.requirement_point');
alter table app.requirement
    add constraint requirement_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id),
    add constraint requirement_forecast_fkey foreign key (tenant_id, forecast_id)
        references app.forecast (tenant_id, id);
alter table app.requirement_point add constraint requirement_point_requirement_fkey
    foreign key (tenant_id, requirement_id) references app.requirement (tenant_id, id) on delete cascade;
select app.protect('app.requirement', 'select, insert'),
       app.protect('app.requirement_point', 'select, insert');
