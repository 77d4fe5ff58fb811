-- Who can be called in when agents are missing: from a local day on, until another row of the agent begins.
create table app.reserve_agent (
    tenant_id uuid not null,
    agent_id uuid not null,
    valid_from date not null,
    -- Who is called first has the least. Null = in the reserve no more.
    call_order int,
    -- Time from the call to the first contact.
    reach_seconds int,
    set_by uuid,
    set_at timestamptz not null,
    constraint reserve_agent_pkey primary key (tenant_id, agent_id, valid_from),
    constraint reserve_agent_order check (call_order >= 1),
    constraint reserve_agent_reach check (reach_seconds >= 0),
    constraint reserve_agent_together check ((call_order is null) = (reach_seconds is null))
);
select app.distribute('app.reserve_agent');
alter table app.reserve_agent add constraint reserve_agent_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
select app.protect('app.reserve_agent', 'select, insert, update');
