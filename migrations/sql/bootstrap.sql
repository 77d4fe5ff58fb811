-- Run once by an administrator of the database server, before the first migration.
-- Makes the three roles and closes what PostgreSQL leaves open to everybody.
-- Idempotent. Passwords are not set here: on a private socket none is needed, elsewhere the
-- operator sets them.
do $$
begin
    if not exists (select from pg_roles where rolname = 'trunkline_owner') then
        create role trunkline_owner login nosuperuser nobypassrls nocreatedb nocreaterole;
    end if;
    if not exists (select from pg_roles where rolname = 'trunkline_app') then
        create role trunkline_app login nosuperuser nobypassrls nocreatedb nocreaterole;
    end if;
    -- The only role that sees across tenants: one small pool, listed call sites (sign-in look-up,
    -- job claiming, tenant administration).
    if not exists (select from pg_roles where rolname = 'trunkline_system') then
        create role trunkline_system login nosuperuser bypassrls nocreatedb nocreaterole;
    end if;
exception
    -- Two databases of one server bootstrapped at once: the other one made the roles.
    when unique_violation or duplicate_object then null;
end
$$;
do $$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect, create on database %I to trunkline_owner', current_database());
    execute format('grant connect on database %I to trunkline_app, trunkline_system', current_database());
end
$$;
create extension if not exists btree_gist;
revoke create on schema public from public;
alter role trunkline_app set statement_timeout = '8s';
alter role trunkline_app set lock_timeout = '2s';
alter role trunkline_app set idle_in_transaction_session_timeout = '10s';
alter role trunkline_system set statement_timeout = '8s';
alter role trunkline_system set lock_timeout = '2s';
alter role trunkline_system set idle_in_transaction_session_timeout = '10s';
