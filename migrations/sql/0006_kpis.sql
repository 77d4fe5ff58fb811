-- Targets, and sums of measures by local day. Every KPI is a ratio of such sums.
create table app.kpi_target (
    tenant_id uuid not null,
    id uuid not null,
    kpi_code text not null,
    -- Both null = the whole network.
    site_id uuid,
    queue_id uuid,
    target_min numeric,
    target_max numeric,
    critical_min numeric,
    critical_max numeric,
    valid_from date not null,
    created_at timestamptz not null,
    constraint kpi_target_pkey primary key (tenant_id, id),
    constraint kpi_target_scope_unique unique nulls not distinct
        (tenant_id, kpi_code, site_id, queue_id, valid_from)
);
-- One measure of one local day. Interval measures are re-summed here as intervals arrive; others
-- (survey answers, cost) are recorded directly.
create table app.measure_day (
    tenant_id uuid not null,
    measure text not null,
    local_date date not null,
    -- Null = a contact of a shared queue that was never routed to a site.
    site_id uuid,
    queue_id uuid,
    agent_id uuid,
    value numeric not null,
    recorded_at timestamptz not null,
    constraint measure_day_key unique nulls not distinct
        (tenant_id, measure, local_date, site_id, queue_id, agent_id)
);
create index measure_day_date_idx on app.measure_day (tenant_id, local_date, measure);
select app.distribute('app.kpi_target'), app.distribute('app.measure_day');
alter table app.kpi_target
    add constraint kpi_target_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id),
    add constraint kpi_target_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id);
alter table app.measure_day
    add constraint measure_day_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id),
    add constraint measure_day_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id),
    add constraint measure_day_agent_fkey foreign key (tenant_id, agent_id)
        references app.agent (tenant_id, id);
select app.protect('app.kpi_target', 'select, insert, update'),
       app.protect('app.measure_day', 'select, insert, update, delete');
