-- What the switches report while the day runs. Redis only mirrors it.
create table app.agent_state_event (
    tenant_id uuid not null,
    source text not null,
    -- Id of the event in its source; the same one again changes nothing.
    event_id text not null,
    agent_id uuid not null,
    state text not null,
    reason text,
    source_at timestamptz not null,
    sequence bigint not null,
    received_at timestamptz not null,
    constraint agent_state_event_pkey primary key (tenant_id, source, event_id)
);
create index agent_state_event_agent_idx on app.agent_state_event (tenant_id, agent_id, source_at);
-- The newest state of each agent, by source time and sequence.
create table app.agent_state (
    tenant_id uuid not null,
    agent_id uuid not null,
    state text not null,
    reason text,
    -- Since when it holds, however often the source has said so again.
    since timestamptz not null,
    -- Source time of the newest event: the age of what is known of the agent.
    heard_at timestamptz not null,
    constraint agent_state_pkey primary key (tenant_id, agent_id)
);
-- The newest gauges of a queue (at one site, or of contacts not routed yet).
create table app.queue_gauge (
    tenant_id uuid not null,
    queue_id uuid not null,
    site_id uuid,
    waiting int not null,
    longest_wait_seconds int not null,
    source_at timestamptz not null,
    received_at timestamptz not null,
    constraint queue_gauge_key unique nulls not distinct (tenant_id, queue_id, site_id)
);
select app.distribute('app.agent_state_event'), app.distribute('app.agent_state'),
       app.distribute('app.queue_gauge');
alter table app.agent_state_event add constraint agent_state_event_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
alter table app.agent_state add constraint agent_state_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
alter table app.queue_gauge
    add constraint queue_gauge_queue_fkey foreign key (tenant_id, queue_id)
        references app.queue (tenant_id, id),
    add constraint queue_gauge_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id);
select app.protect('app.agent_state_event', 'select, insert'),
       app.protect('app.agent_state', 'select, insert, update'),
       app.protect('app.queue_gauge', 'select, insert, update');
