-- The application schema, the tenant of the transaction, and the two functions that every later
-- migration uses to place and protect a table.
create schema if not exists app;
grant usage on schema app to trunkline_app, trunkline_system;

-- The tenant of the running transaction; null (so: no rows) when none is set.
create function app.tid() returns uuid
language sql stable parallel safe
return nullif(current_setting('app.tenant_id', true), '')::uuid;
grant execute on function app.tid() to trunkline_app, trunkline_system;

-- Spreads a table over the workers where Citus is installed; does nothing elsewhere.
create function app.distribute(target regclass) returns void
language plpgsql as $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        execute format('select create_distributed_table(%L, ''tenant_id'')', target);
    end if;
end
$$;

-- Row-level security, forced, with the one policy, and the grants of the application role.
-- `privileges` is what the application may do, e.g. 'select, insert' for an append-only table.
create function app.protect(target regclass, privileges text) returns void
language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format(
        'create policy tenant_isolation on %s for all using (tenant_id = app.tid()) with check (tenant_id = app.tid())',
        target);
    execute format('grant %s on %s to trunkline_app', privileges, target);
end
$$;

revoke execute on function app.distribute(regclass), app.protect(regclass, text) from public;

-- A customer company. Not a tenant table itself: its own id is the tenant.
create table app.tenant (
    id uuid not null,
    slug text not null,
    name_en text not null,
    name_zh text not null,
    time_zone text not null,
    language text not null,
    state text not null,
    settings jsonb not null default '{}',
    created_at timestamptz not null,
    constraint tenant_pkey primary key (id),
    constraint tenant_slug_unique unique (slug),
    constraint tenant_state_known check (state in ('ACTIVE', 'SUSPENDED', 'CLOSED'))
);
alter table app.tenant enable row level security;
alter table app.tenant force row level security;
create policy tenant_isolation on app.tenant for all using (id = app.tid()) with check (id = app.tid());
-- Slug and state belong to the administration of tenants: the slug is the one name that all tenants
-- share, and a suspended tenant must not be able to lift its suspension.
grant select, update (name_en, name_zh, time_zone, language, settings) on app.tenant to trunkline_app;
grant select, insert, update on app.tenant to trunkline_system;
