-- History of intervals with its day sums, demand events, forecasts.
create table app.interval_figure (
    tenant_id uuid not null,
    queue_id uuid not null,
    -- Null = never routed to a site (abandoned while waiting for all).
    site_id uuid,
    starts_at timestamptz not null,
    offered int not null,
    answered int,
    answered_in_threshold int,
    abandoned int,
    abandoned_in_threshold int,
    abandoned_short int,
    -- Sums over the answered contacts of the interval.
    wait_seconds bigint,
    talk_seconds bigint,
    hold_seconds bigint,
    acw_seconds bigint,
    handle_seconds bigint,
    -- Threshold that `answered_in_threshold` was counted with.
    threshold_seconds int,
    -- Bits: 1 = holds a row mapped forward from a local time that does not exist, 2 = from a repeated
    -- one, 4 = several rows of the source summed.
    quality smallint not null default 0,
    source text not null,
    received_at timestamptz not null,
    constraint interval_figure_key unique nulls not distinct (tenant_id, queue_id, starts_at, site_id),
    constraint interval_figure_counts check (offered >= 0 and answered >= 0 and abandoned >= 0)
);
-- Sums of one local day (in the queue's zone), kept as intervals arrive and re-summed on correction.
create table app.queue_day (
    tenant_id uuid not null,
    queue_id uuid not null,
    site_id uuid,
    local_date date not null,
    intervals int not null,
    offered bigint not null,
    answered bigint,
    answered_in_threshold bigint,
    abandoned bigint,
    abandoned_in_threshold bigint,
    abandoned_short bigint,
    wait_seconds bigint,
    talk_seconds bigint,
    hold_seconds bigint,
    acw_seconds bigint,
    handle_seconds bigint,
    -- Equal thresholds of all its intervals; null = mixed, so not comparable.
    threshold_seconds int,
    constraint queue_day_key unique nulls not distinct (tenant_id, local_date, queue_id, site_id)
);
create table app.demand_event (
    tenant_id uuid not null,
    id uuid not null,
    name text not null,
    kind text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    queue_ids uuid[] not null,
    -- 0.8 = +80 %.
    volume_uplift numeric(8, 4) not null,
    handle_time_uplift numeric(8, 4) not null,
    state text not null,
    version int not null default 1,
    created_at timestamptz not null,
    constraint demand_event_pkey primary key (tenant_id, id),
    constraint demand_event_span_order check (ends_at > starts_at),
    constraint demand_event_state_known check (state in ('PROPOSED', 'ACCEPTED', 'REJECTED'))
);
-- A version of a forecast of one queue: what it was made from and why its method was chosen.
create table app.forecast (
    tenant_id uuid not null,
    id uuid not null,
    queue_id uuid not null,
    number int not null,
    state text not null,
    starts_on date not null,
    days int not null,
    grain_minutes int not null,
    method text not null,
    -- History used, rolling-origin errors of the candidates, events applied.
    inputs jsonb not null,
    created_by uuid,
    created_at timestamptz not null,
    constraint forecast_pkey primary key (tenant_id, id),
    constraint forecast_number_unique unique (tenant_id, queue_id, number),
    constraint forecast_state_known check (state in ('OPEN', 'FROZEN'))
);
create table app.forecast_point (
    tenant_id uuid not null,
    forecast_id uuid not null,
    starts_at timestamptz not null,
    volume double precision not null,
    handle_time_seconds double precision not null,
    -- Quantiles .025, .1, .5, .9, .975 of the volume.
    quantiles double precision[] not null,
    constraint forecast_point_pkey primary key (tenant_id, forecast_id, starts_at)
);
select app.distribute('app.interval_figure'), app.distribute('app.queue_day'),
       app.distribute('app.demand_event'), app.distribute('app.forecast'),
       app.distribute('app.forecast_point');
alter table app.interval_figure
    add constraint interval_figure_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id),
    add constraint interval_figure_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id);
alter table app.queue_day
    add constraint queue_day_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id),
    add constraint queue_day_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id);
alter table app.forecast add constraint forecast_queue_fkey
    foreign key (tenant_id, queue_id) references app.queue (tenant_id, id);
alter table app.forecast_point add constraint forecast_point_forecast_fkey
    foreign key (tenant_id, forecast_id) references app.forecast (tenant_id, id) on delete cascade;
select app.protect('app.interval_figure', 'select, insert, update'),
       app.protect('app.queue_day', 'select, insert, update'),
       app.protect('app.demand_event', 'select, insert, update'),
       -- A version stays as it was made: only its state changes, when a published schedule uses it.
       app.protect('app.forecast', 'select, insert, update (state)'),
       app.protect('app.forecast_point', 'select, insert');
