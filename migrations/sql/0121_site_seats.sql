-- How many people can sit at a site, from which local day on.
create table app.site_seats (
    tenant_id uuid not null,
    site_id uuid not null,
    valid_from date not null,
    -- Null = enough from then on.
    seats int,
    set_by uuid,
    set_at timestamptz not null,
    constraint site_seats_pkey primary key (tenant_id, site_id, valid_from),
    constraint site_seats_range check (seats >= 0)
);
select app.distribute('app.site_seats');
alter table app.site_seats add constraint site_seats_site_fkey
    foreign key (tenant_id, site_id) references app.site (tenant_id, id);
select app.protect('app.site_seats', 'select, insert, update');
