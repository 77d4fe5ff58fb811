-- What shifts a site offers, from a local day on, until another row of the site begins. Patterns
-- (shift_pattern) say when somebody's shifts start; these say what shifts there are.
create table app.shift_template_set (
    tenant_id uuid not null,
    site_id uuid not null,
    valid_from date not null,
    -- The templates in order, each with code, names, lengths, starts, breaks and meals, kinds of contract.
    -- None = the usual shifts from then on.
    templates jsonb not null,
    set_by uuid,
    set_at timestamptz not null,
    constraint shift_template_set_pkey primary key (tenant_id, site_id, valid_from)
);
select app.distribute('app.shift_template_set');
alter table app.shift_template_set add constraint shift_template_set_site_fkey
    foreign key (tenant_id, site_id) references app.site (tenant_id, id);
select app.protect('app.shift_template_set', 'select, insert, update');
