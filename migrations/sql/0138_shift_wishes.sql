-- What agents wish of days: this shift, rather not that one, to work, or the day off. A week is said anew as a
-- whole. What is wished is weighed when a roster is made by headcounts, and binds nobody.
create table app.shift_wish (
    tenant_id uuid not null,
    agent_id uuid not null,
    -- In the zone of the agent's site.
    local_date date not null,
    -- Code of a shift that the site offers then; empty = any: wanted means to work, not wanted the day off.
    template_code text not null,
    is_wanted boolean not null,
    weight smallint not null,
    set_by uuid,
    set_at timestamptz not null,
    constraint shift_wish_pkey primary key (tenant_id, agent_id, local_date, template_code),
    constraint shift_wish_weight_range check (weight between 1 and 5)
);
select app.distribute('app.shift_wish');
alter table app.shift_wish add constraint shift_wish_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
select app.protect('app.shift_wish', 'select, insert, delete');
