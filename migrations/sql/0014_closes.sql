-- The nightly close: finished local days become history, and forecasts are told what they were worth.
-- Null while the day's figures have changed since its last close, or it was never closed.
alter table app.queue_day add column closed_at timestamptz;
create index queue_day_open_idx on app.queue_day (tenant_id, queue_id, local_date) where closed_at is null;
-- A closed local day of a queue, all its sites together. Figures that change close it anew.
create table app.queue_close (
    tenant_id uuid not null,
    queue_id uuid not null,
    local_date date not null,
    closed_at timestamptz not null,
    -- How often it was closed: more than once after late corrections.
    closes int not null default 1,
    intervals int not null,
    -- Hold more than their own local interval.
    flagged_intervals int not null,
    -- Habit of the weekday says that they should be there.
    missing_intervals int not null,
    -- Nothing came in though the weekday usually is there.
    is_missing boolean not null,
    -- The frozen version that the day was planned with; null = none, and no comparison.
    forecast_id uuid,
    compared_intervals int not null,
    forecast double precision not null,
    actual double precision not null,
    absolute_error double precision not null,
    constraint queue_close_pkey primary key (tenant_id, queue_id, local_date)
);
create index queue_close_date_idx on app.queue_close (tenant_id, local_date);
-- An interval of a frozen forecast beside what came, as its day was closed.
create table app.forecast_actual (
    tenant_id uuid not null,
    queue_id uuid not null,
    starts_at timestamptz not null,
    local_date date not null,
    forecast_id uuid not null,
    forecast double precision not null,
    actual double precision not null,
    constraint forecast_actual_pkey primary key (tenant_id, queue_id, starts_at)
);
select app.distribute('app.queue_close'), app.distribute('app.forecast_actual');
alter table app.queue_close
    add constraint queue_close_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id),
    add constraint queue_close_forecast_fkey foreign key (tenant_id, forecast_id)
        references app.forecast (tenant_id, id);
alter table app.forecast_actual
    add constraint forecast_actual_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id),
    add constraint forecast_actual_forecast_fkey foreign key (tenant_id, forecast_id)
        references app.forecast (tenant_id, id);
select app.protect('app.queue_close', 'select, insert, update'),
       app.protect('app.forecast_actual', 'select, insert, update, delete');
