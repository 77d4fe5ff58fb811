-- What special days are for those who work on them, and the rest that was given for such work.
alter table app.special_day
    add column kind text not null default 'USUAL',
    add constraint special_day_kind_known check (kind in ('USUAL', 'REST_DAY', 'PUBLIC_HOLIDAY'));
create table app.rest_given (
    tenant_id uuid not null,
    agent_id uuid not null,
    -- The day whose work earned the rest.
    earned_on date not null,
    rest_on date not null,
    given_by uuid,
    given_at timestamptz not null,
    constraint rest_given_pkey primary key (tenant_id, agent_id, earned_on),
    constraint rest_given_day_unique unique (tenant_id, agent_id, rest_on)
);
select app.distribute('app.rest_given');
alter table app.rest_given add constraint rest_given_agent_fkey
    foreign key (tenant_id, agent_id) references app.agent (tenant_id, id);
select app.protect('app.rest_given', 'select, insert, delete');
