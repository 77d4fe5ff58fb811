-- What only the person and the office that hires may read. Sealed: the database alone tells nobody, and
-- who looks over a shoulder sees the end of the number at most.
create table app.agent_private (
    tenant_id uuid not null,
    agent_id uuid not null,
    home_address bytea,
    national_id bytea,
    -- The last four characters, by which a number is recognised.
    national_id_end text,
    emergency_contact bytea,
    updated_at timestamptz not null,
    constraint agent_private_pkey primary key (tenant_id, agent_id),
    constraint agent_private_end check (char_length(national_id_end) <= 4),
    constraint agent_private_end_of_number check ((national_id is null) = (national_id_end is null))
);
select app.distribute('app.agent_private');
alter table app.agent_private add constraint agent_private_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
select app.protect('app.agent_private', 'select, insert, update');
