-- Every row is a hole in the wall between tenants. $1 = schema, $2 = the role that serves requests.
with tables as (
    select c.oid, c.relname::text as name, c.relkind as kind, c.relrowsecurity as secured,
           c.relforcerowsecurity as forced, pg_get_userbyid(c.relowner)::text as owner,
           exists (select from pg_attribute a
                   where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) as of_tenant
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm')
),
tenant_tables as (select * from tables where of_tenant and kind in ('r', 'p'))
-- The policy: on, forced, exactly one, on the tenant, without a sub-select.
select 'row-level security is off' as rule, name as object, '' as detail
from tables t
where kind in ('r', 'p') and not secured
  and (of_tenant or (has_any_column_privilege($2, oid, 'select') and name <> 'schema_migration'))
union all
select 'row-level security is not forced', name, '' from tenant_tables where secured and not forced
union all
select 'no policy', name, '' from tables t
where kind in ('r', 'p') and (of_tenant or secured)
  and not exists (select from pg_policy p where p.polrelid = t.oid)
union all
select 'several policies', t.name, string_agg(p.polname, ', ' order by p.polname)
from tables t join pg_policy p on p.polrelid = t.oid
group by t.name having count(*) > 1
union all
-- Word for word: anything added by `or` would be a back door.
select 'policy asks for something else than the tenant', t.name, p.polname::text
from tables t join pg_policy p on p.polrelid = t.oid
cross join lateral (values (format('(%s = app.tid())', case when of_tenant then 'tenant_id' else 'id' end)))
    as wanted (condition)
where kind in ('r', 'p')
  and (coalesce(pg_get_expr(p.polqual, p.polrelid), condition) <> condition
       or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), condition) <> condition)
union all
select 'policy leaves commands out', t.name, p.polname::text
from tables t join pg_policy p on p.polrelid = t.oid and p.polcmd <> '*'
union all
select 'policy is restrictive', t.name, p.polname::text
from tables t join pg_policy p on p.polrelid = t.oid and not p.polpermissive
-- The keys: led by the tenant, so that no row can point or clash across.
union all
select 'tenant_id may be null', t.name, ''
from tenant_tables t
join pg_attribute a on a.attrelid = t.oid and a.attname = 'tenant_id' and not a.attnotnull
union all
select 'key is not led by tenant_id', t.name, k.conname::text
from tenant_tables t join pg_constraint k on k.conrelid = t.oid and k.contype in ('p', 'u', 'x')
join pg_attribute a on a.attrelid = t.oid and a.attnum = k.conkey[1]
where a.attname <> 'tenant_id'
union all
select 'unique index is not led by tenant_id', t.name, i.indexrelid::regclass::text
from tenant_tables t join pg_index i on i.indrelid = t.oid and i.indisunique
left join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
where a.attname is distinct from 'tenant_id'
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
union all
select 'foreign key leaves tenant_id out', t.name, k.conname::text
from tenant_tables t join pg_constraint k on k.conrelid = t.oid and k.contype = 'f'
join tenant_tables target on target.oid = k.confrelid
where not exists (
    select from unnest(k.conkey, k.confkey) as pair (here, there)
    join pg_attribute a on a.attrelid = t.oid and a.attnum = pair.here and a.attname = 'tenant_id'
    join pg_attribute b on b.attrelid = target.oid and b.attnum = pair.there and b.attname = 'tenant_id')
union all
select 'foreign key would set tenant_id to null', t.name, k.conname::text
from tenant_tables t
join pg_constraint k on k.conrelid = t.oid and k.contype = 'f' and k.confdeltype in ('n', 'd')
-- Ways around the policy.
union all
select 'function gives something else than the tenant of the transaction', 'tid', ''
from pg_namespace n
where n.nspname = $1
  and not exists (
      select from pg_proc p
      where p.pronamespace = n.oid and p.proname = 'tid' and p.pronargs = 0
        and pg_get_function_sqlbody(p.oid)
            = 'RETURN (NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::uuid')
union all
select 'view runs with the rights of its owner', t.name, ''
from tables t join pg_class c on c.oid = t.oid
where t.kind = 'v' and coalesce(c.reloptions::text, '') not like '%security_invoker=true%'
union all
select 'materialised view of tenant data', name, '' from tables where kind = 'm'
union all
select 'function runs with the rights of its owner', p.proname::text, ''
from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where n.nspname = $1 and p.prosecdef
union all
-- Rights are on the parent alone: there, its policy stands before all its partitions at once.
select 'the role has rights on a partition', c.relname::text, p.name
from pg_inherits i join pg_class c on c.oid = i.inhrelid join tables p on p.oid = i.inhparent
where has_any_column_privilege($2, c.oid, 'select, insert, update, references')
   or has_table_privilege($2, c.oid, 'delete, truncate, trigger')
-- The role.
union all
select 'the role may ' || v.power, r.rolname::text, ''
from pg_roles r, lateral (values
    ('do everything (superuser)', r.rolsuper), ('bypass row-level security', r.rolbypassrls),
    ('make roles', r.rolcreaterole), ('make databases', r.rolcreatedb), ('replicate', r.rolreplication)
) as v (power, given)
where r.rolname = $2 and v.given
union all
select 'the role is a member of another', member.rolname::text, granted.rolname::text
from pg_auth_members m join pg_roles granted on granted.oid = m.roleid
join pg_roles member on member.oid = m.member
where member.rolname = $2
union all
select 'the role owns it', name, '' from tables where owner = $2
union all
select 'the role may truncate, reference or set triggers', name, ''
from tables where kind in ('r', 'p') and has_table_privilege($2, oid, 'truncate, references, trigger')
union all
select 'the role may make objects in the schema', $1, '' where has_schema_privilege($2, $1, 'create')
union all
select 'the role may make temporary tables', current_database()::text, ''
where has_database_privilege($2, current_database(), 'temp')
order by 1, 2, 3
