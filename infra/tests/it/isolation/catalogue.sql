-- One JSON object for each table of the schema `app` whose rows belong to tenants. $1 = the role
-- that serves requests. The tenant itself counts as well: its own id is its tenant.
select jsonb_build_object(
    'name', c.relname,
    'tenant', owned.attname,
    'columns', (
        select jsonb_agg(jsonb_build_object(
                   'name', a.attname, 'kind', format_type(a.atttypid, null), 'nullable', not a.attnotnull,
                   'updatable', has_column_privilege($1, c.oid, a.attnum, 'update')) order by a.attnum)
        from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and a.attgenerated = '' and a.attidentity <> 'a'),
    'conditions', (
        select coalesce(jsonb_agg(condition order by condition), '[]')
        from (select substr(pg_get_constraintdef(k.oid), 7) from pg_constraint k
              where k.conrelid = c.oid and k.contype = 'c'
              union
              -- A row outside a partial key could not collide in it.
              select pg_get_expr(i.indpred, i.indrelid) from pg_index i
              where i.indrelid = c.oid and i.indpred is not null and (i.indisunique or i.indisexclusion)
             ) as conditions (condition)),
    'keys', (
        select coalesce(jsonb_agg(jsonb_build_object(
                   'name', i.indexrelid::regclass::text,
                   'full', i.indisunique and i.indpred is null and i.indexprs is null and k.oid is not null,
                   -- Also those in its expressions and its predicate.
                   'columns', (
                       select jsonb_agg(distinct a.attname)
                       from pg_depend d
                       join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                       where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
                         and ((d.classid = 'pg_class'::regclass and d.objid = i.indexrelid)
                              or (d.classid = 'pg_constraint'::regclass and d.objid = k.oid)))
               ) order by not i.indisprimary, i.indexrelid::regclass::text), '[]')
        from pg_index i left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = c.oid
                                                     and k.contype in ('p', 'u', 'x')
        where i.indrelid = c.oid and (i.indisunique or i.indisexclusion)),
    'references', (
        select coalesce(jsonb_agg(jsonb_build_object(
                   'name', k.conname, 'target', target.relname,
                   'columns', (select jsonb_agg(jsonb_build_array(here.attname, there.attname))
                               from unnest(k.conkey, k.confkey) as pair (here, there)
                               join pg_attribute here on here.attrelid = k.conrelid and here.attnum = pair.here
                               join pg_attribute there on there.attrelid = k.confrelid and there.attnum = pair.there)
               ) order by k.conname), '[]')
        from pg_constraint k join pg_class target on target.oid = k.confrelid
        where k.conrelid = c.oid and k.contype = 'f'),
    'held', exists (select from pg_constraint k
                    where k.confrelid = c.oid and k.contype = 'f' and k.confdeltype <> 'c'),
    'select', has_table_privilege($1, c.oid, 'select'),
    'insert', has_table_privilege($1, c.oid, 'insert'),
    'delete', has_table_privilege($1, c.oid, 'delete')
)::text
from pg_class c
join pg_attribute owned on owned.attrelid = c.oid and not owned.attisdropped
    and owned.attname = case when c.relname = 'tenant' then 'id' else 'tenant_id' end
where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by c.relname
