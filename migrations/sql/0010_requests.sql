-- Shift swaps with their decision records.
create table app.shift_swap (
    tenant_id uuid not null,
    id uuid not null,
    state text not null,
    site_id uuid not null,
    proposer_id uuid not null,
    offered_shift_id uuid not null,
    -- Version of the offered shift that the proposer saw.
    offered_version int not null,
    -- One colleague; null = a group.
    audience_agent_id uuid,
    -- Else everyone of these teams; empty = everyone of the site.
    audience_team_ids uuid[] not null default '{}',
    -- [{"start": instant, "end": instant}]; empty = one-way.
    acceptable_windows jsonb not null default '[]',
    counterpart_id uuid,
    return_shift_id uuid,
    note text,
    expires_at timestamptz not null,
    -- Violations found and the decision record.
    violations jsonb not null default '[]',
    decision jsonb,
    -- [{"state", "at", "agent", "user", "comment"}], oldest first.
    history jsonb not null,
    version int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint shift_swap_pkey primary key (tenant_id, id),
    constraint shift_swap_state_known check
        (state in ('OPEN', 'MATCHED', 'APPROVED', 'DENIED', 'CANCELLED', 'EXPIRED'))
);
-- A shift is part of at most one running swap, on either side.
create unique index shift_swap_offered_running_unique on app.shift_swap (tenant_id, offered_shift_id)
    where state in ('OPEN', 'MATCHED');
create unique index shift_swap_return_running_unique on app.shift_swap (tenant_id, return_shift_id)
    where state in ('OPEN', 'MATCHED');
create index shift_swap_proposer_idx on app.shift_swap (tenant_id, proposer_id, created_at);
create index shift_swap_counterpart_idx on app.shift_swap (tenant_id, counterpart_id, created_at);
create index shift_swap_site_idx on app.shift_swap (tenant_id, site_id, created_at);
select app.distribute('app.shift_swap');
alter table app.shift_swap
    add constraint shift_swap_proposer_fkey foreign key (tenant_id, proposer_id)
        references app.agent (tenant_id, id),
    add constraint shift_swap_counterpart_fkey foreign key (tenant_id, counterpart_id)
        references app.agent (tenant_id, id),
    add constraint shift_swap_audience_fkey foreign key (tenant_id, audience_agent_id)
        references app.agent (tenant_id, id),
    add constraint shift_swap_site_fkey foreign key (tenant_id, site_id)
        references app.site (tenant_id, id),
    add constraint shift_swap_offered_fkey foreign key (tenant_id, offered_shift_id)
        references app.shift (tenant_id, id),
    add constraint shift_swap_return_fkey foreign key (tenant_id, return_shift_id)
        references app.shift (tenant_id, id);
select app.protect('app.shift_swap', 'select, insert, update');
