-- A queue may limit more than its service level, and the service level need not be among its limits. The
-- columns of before stay, so programs of the last version read and write on; a goal without service level
-- is written by this version only.
alter table app.queue_goal
    alter column service_level drop not null,
    -- Most seconds of the mean wait; most percent who hang up, and of the agents' time on contacts.
    add column max_asa_seconds int,
    add column max_abandonment numeric(5, 2),
    add column max_occupancy numeric(5, 2),
    add constraint queue_goal_limited
        check (num_nonnulls(service_level, max_asa_seconds, max_abandonment, max_occupancy) > 0),
    add constraint queue_goal_asa_range check (max_asa_seconds > 0),
    add constraint queue_goal_abandonment_range check (max_abandonment > 0 and max_abandonment < 100),
    add constraint queue_goal_occupancy_range check (max_occupancy > 0 and max_occupancy < 100);

-- What differs by weekday and time of day in how a queue is staffed, from a local day on: least staff,
-- shrinkage, seniors. Bands as the domain writes them.
create table app.queue_week (
    tenant_id uuid not null,
    queue_id uuid not null,
    -- First day, in the zone of the queue; it holds until another row of the queue begins.
    valid_from date not null,
    bands jsonb not null,
    set_by uuid,
    set_at timestamptz not null,
    constraint queue_week_pkey primary key (tenant_id, queue_id, valid_from)
);
select app.distribute('app.queue_week');
alter table app.queue_week add constraint queue_week_queue_fkey
    foreign key (tenant_id, queue_id) references app.queue (tenant_id, id) on delete cascade;
select app.protect('app.queue_week', 'select, insert, update');

-- What an interval was computed with, and what decided it. Null in what was computed before.
alter table app.requirement_point
    add column decided_by text,
    add column shrinkage double precision,
    add column unplanned_shrinkage double precision,
    -- Grade from which on an agent is a senior; null = no seniors are asked for.
    add column senior_grade int,
    add column seniors_on_phone int not null default 0,
    add column seniors_to_schedule int not null default 0,
    add constraint requirement_point_decided_by_known check (decided_by in
        ('SERVICE_LEVEL', 'AVERAGE_SPEED_OF_ANSWER', 'ABANDONMENT', 'OCCUPANCY', 'MINIMUM_STAFF',
         'SENIORS'));
