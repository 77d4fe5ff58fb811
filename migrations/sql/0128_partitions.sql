-- Audit and interval figures lie in a partition for each year. The events of agents' states do not:
-- the README says why.
--
-- Every instant has its partition, without a default one: the first reaches back for ever and the last,
-- `_late`, forward for ever, so no row is refused, whatever it is of. The application has rights on the
-- parent alone; it can neither read a partition past it nor make one.

-- Makes the partition `<parent>_<label>`: behind the policy, without a grant, its keys and indexes named
-- after those of the parent, since errors are known by the beginning of such a name. A bound is an SQL
-- literal or `maxvalue`.
create function app.add_partition(parent regclass, label text, lower_bound text, upper_bound text)
returns void
language plpgsql as $$
declare
    part_name text := (select relname from pg_class where oid = parent) || '_' || label;
    part regclass;
    index_name record;
begin
    execute format('create table app.%I partition of %s for values from (%s) to (%s)',
                   part_name, parent, lower_bound, upper_bound);
    part := format('app.%I', part_name);
    execute format('alter table %s enable row level security', part);
    execute format('alter table %s force row level security', part);
    execute format(
        'create policy tenant_isolation on %s for all using (tenant_id = app.tid()) with check (tenant_id = app.tid())',
        part);
    for index_name in
        select own.relname as given, above.relname as of_parent
        from pg_index i
        join pg_class own on own.oid = i.indexrelid
        join pg_inherits h on h.inhrelid = own.oid
        join pg_class above on above.oid = h.inhparent
        where i.indrelid = part
    loop
        execute format('alter index app.%I rename to %I', index_name.given, index_name.of_parent || '_' || label);
    end loop;
end
$$;

-- Moves the rows that meet a condition from one table into another one like it, those of all tenants:
-- the owner is bound by the policies too, and would find none.
create function app.move_rows(source regclass, target regclass, condition text) returns void
language plpgsql as $$
begin
    execute format('alter table %s no force row level security', source);
    execute format('alter table %s no force row level security', target);
    execute format('with moved as (delete from %s where %s returning *) insert into %s select * from moved',
                   source, condition, target);
    execute format('alter table %s force row level security', target);
    execute format('alter table %s force row level security', source);
end
$$;

-- Where a year begins in UTC, as a literal of the kind of the parent's key: an instant, or the least
-- UUID of version 7 of that millisecond.
create function app.start_of_year(parent regclass, year int) returns text
language sql stable
return (
    select case
        when a.atttypid = 'uuid'::regtype then quote_literal(
            (lpad(to_hex((extract(epoch from make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC')) * 1000)::bigint),
                  12, '0') || repeat('0', 20))::uuid)
        else quote_literal(year || '-01-01 00:00:00+00')
    end
    from pg_partitioned_table p
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
    where p.partrelid = parent);

-- Cuts a year off the partition that reaches forward for ever, with the rows of that year which it has.
-- Years are added one after the other, by the owner of the schema.
create function app.add_year(parent regclass, year int) returns void
language plpgsql as $$
declare
    parent_name text := (select relname from pg_class where oid = parent);
    part text := format('app.%I', parent_name || '_' || year);
    late text := format('app.%I', parent_name || '_late');
    key_name text := (select a.attname from pg_partitioned_table p
                      join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
                      where p.partrelid = parent);
    starts text := app.start_of_year(parent, year);
    ends text := app.start_of_year(parent, year + 1);
begin
    execute format('alter table %s detach partition %s', parent, late);
    perform app.add_partition(parent, year::text, starts, ends);
    perform app.move_rows(late, part, format('%1$I >= %2$s and %1$I < %3$s', key_name, starts, ends));
    execute format('alter table %s attach partition %s for values from (%s) to (maxvalue)', parent, late, ends);
end
$$;

revoke execute on function app.add_partition(regclass, text, text, text),
    app.move_rows(regclass, regclass, text), app.start_of_year(regclass, int),
    app.add_year(regclass, int) from public;

-- The tables as they are become the first partitions, so nothing is copied: they keep all up to the end
-- of 2026, imported history among it.

-- The id of an audit row is a UUID of version 7 and begins with its instant. Partitioned by it, the
-- primary key stays as it was: an id is there once over all years, and a look-up by id needs one
-- partition.
alter table app.audit_event rename to audit_event_until_2026;
alter index app.audit_event_pkey rename to audit_event_pkey_until_2026;
alter index app.audit_event_at_idx rename to audit_event_at_idx_until_2026;
alter index app.audit_event_subject_idx rename to audit_event_subject_idx_until_2026;
alter index app.audit_event_actor_idx rename to audit_event_actor_idx_until_2026;
create table app.audit_event (like app.audit_event_until_2026 including defaults including constraints)
    partition by range (id);
alter table app.audit_event add constraint audit_event_pkey primary key (tenant_id, id);
create index audit_event_at_idx on app.audit_event (tenant_id, at, id);
create index audit_event_subject_idx on app.audit_event (tenant_id, subject, at);
create index audit_event_actor_idx on app.audit_event (tenant_id, actor_id, at);

alter table app.interval_figure rename to interval_figure_until_2026;
alter index app.interval_figure_key rename to interval_figure_key_until_2026;
create table app.interval_figure (like app.interval_figure_until_2026 including defaults including constraints)
    partition by range (starts_at);
alter table app.interval_figure add constraint interval_figure_key
    unique nulls not distinct (tenant_id, queue_id, starts_at, site_id);

select app.distribute('app.audit_event'), app.distribute('app.interval_figure');

alter table app.interval_figure
    add constraint interval_figure_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id),
    add constraint interval_figure_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id);

do $$
declare
    parent regclass;
    key_name text;
    ends text;
begin
    for parent, key_name in
        values ('app.audit_event'::regclass, 'id'), ('app.interval_figure'::regclass, 'starts_at')
    loop
        ends := app.start_of_year(parent, 2027);
        perform app.add_partition(parent, 'late', ends, 'maxvalue');
        perform app.move_rows((parent || '_until_2026')::regclass, (parent || '_late')::regclass,
                              format('%I >= %s', key_name, ends));
        execute format('alter table %1$s attach partition %1$s_until_2026 for values from (minvalue) to (%2$s)',
                       parent, ends);
        for year in 2027..2036 loop
            perform app.add_year(parent, year);
        end loop;
    end loop;
end
$$;

select app.protect('app.audit_event', 'select, insert'),
       app.protect('app.interval_figure', 'select, insert, update');
revoke all on app.audit_event_until_2026, app.interval_figure_until_2026 from trunkline_app;
