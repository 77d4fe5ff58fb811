-- The calendars of sites: days that are not usual there, such as public holidays.
create table app.special_day (
    tenant_id uuid not null,
    site_id uuid not null,
    local_date date not null,
    -- Days of one name are taken to be alike.
    name text not null,
    -- The site stays closed, whatever its opening hours say.
    closed boolean not null,
    constraint special_day_pkey primary key (tenant_id, site_id, local_date)
);
select app.distribute('app.special_day');
alter table app.special_day add constraint special_day_site_fkey
    foreign key (tenant_id, site_id) references app.site (tenant_id, id);
select app.protect('app.special_day', 'select, insert, update, delete');
-- What a correction sets instead of the forecast: calls of each interval, seconds per call.
alter table app.demand_event
    add column volume numeric(12, 4),
    add column handle_time_seconds numeric(9, 4);
