-- When the months of a site were last counted into the personal files. Data that comes late is found by
-- counting anew for some weeks; a count that finds nothing new writes nothing.
create table app.file_month (
    tenant_id uuid not null,
    site_id uuid not null,
    -- First day of the month.
    month date not null,
    counted_at timestamptz not null,
    constraint file_month_pkey primary key (tenant_id, site_id, month)
);
select app.distribute('app.file_month');
alter table app.file_month add constraint file_month_site_fkey
    foreign key (tenant_id, site_id) references app.site (tenant_id, id);
select app.protect('app.file_month', 'select, insert, update');
