-- Sites, teams, skills and queues: the network of one tenant.
create table app.site (
    tenant_id uuid not null,
    id uuid not null,
    code text not null,
    name_en text not null,
    name_zh text not null,
    time_zone text not null,
    state text not null,
    -- Weekly opening hours and closed days; null = always open.
    opening jsonb,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint site_pkey primary key (tenant_id, id),
    constraint site_code_unique unique (tenant_id, code),
    constraint site_state_known check (state in ('PLANNED', 'OPEN', 'PAUSED', 'CLOSED'))
);
create table app.team (
    tenant_id uuid not null,
    id uuid not null,
    site_id uuid not null,
    code text not null,
    name_en text not null,
    name_zh text not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint team_pkey primary key (tenant_id, id),
    constraint team_code_unique unique (tenant_id, site_id, code)
);
create table app.skill (
    tenant_id uuid not null,
    id uuid not null,
    code text not null,
    name_en text not null,
    name_zh text not null,
    created_at timestamptz not null,
    constraint skill_pkey primary key (tenant_id, id),
    constraint skill_code_unique unique (tenant_id, code)
);
create table app.queue (
    tenant_id uuid not null,
    id uuid not null,
    code text not null,
    name_en text not null,
    name_zh text not null,
    -- Zone in which the queue's local days are counted.
    time_zone text not null,
    -- Native length of its intervals: 5, 15, 30, 60 or 1440 minutes.
    grain_minutes int not null,
    skill_id uuid,
    minimum_staff int not null default 0,
    -- Share of rostered time that is not worked on the queue, 0 to below 1.
    shrinkage numeric(5, 4) not null default 0,
    -- The part of it that no roster shows (sickness, lateness).
    unplanned_shrinkage numeric(5, 4) not null default 0,
    -- Mean patience of a caller; null = unknown (Erlang C instead of A).
    patience_seconds numeric(10, 3),
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint queue_pkey primary key (tenant_id, id),
    constraint queue_code_unique unique (tenant_id, code),
    constraint queue_grain_known check (grain_minutes in (5, 15, 30, 60, 1440)),
    constraint queue_shrinkage_range check (shrinkage >= 0 and shrinkage < 1),
    constraint queue_unplanned_shrinkage_range
        check (unplanned_shrinkage >= 0 and unplanned_shrinkage <= shrinkage)
);
-- Which sites take a queue's contacts; a queue may be shared.
create table app.queue_site (
    tenant_id uuid not null,
    queue_id uuid not null,
    site_id uuid not null,
    constraint queue_site_pkey primary key (tenant_id, queue_id, site_id)
);
-- Service-level goals with the instant from which they hold.
create table app.queue_goal (
    tenant_id uuid not null,
    queue_id uuid not null,
    valid_from timestamptz not null,
    service_level numeric(5, 2) not null,
    threshold_seconds int not null,
    method text not null,
    short_abandon_seconds int not null,
    constraint queue_goal_pkey primary key (tenant_id, queue_id, valid_from),
    constraint queue_goal_service_level_range check (service_level > 0 and service_level <= 100)
);
select app.distribute('app.site'), app.distribute('app.team'), app.distribute('app.skill'),
       app.distribute('app.queue'), app.distribute('app.queue_site'), app.distribute('app.queue_goal');
alter table app.team add constraint team_site_fkey
    foreign key (tenant_id, site_id) references app.site (tenant_id, id);
alter table app.queue add constraint queue_skill_fkey
    foreign key (tenant_id, skill_id) references app.skill (tenant_id, id);
alter table app.queue_site
    add constraint queue_site_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id) on delete cascade,
    add constraint queue_site_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id);
alter table app.queue_goal add constraint queue_goal_queue_fkey
    foreign key (tenant_id, queue_id) references app.queue (tenant_id, id) on delete cascade;
select app.protect('app.site', 'select, insert, update'),
       app.protect('app.team', 'select, insert, update'),
       app.protect('app.skill', 'select, insert, update'),
       app.protect('app.queue', 'select, insert, update'),
       app.protect('app.queue_site', 'select, insert, update, delete'),
       app.protect('app.queue_goal', 'select, insert, update');
