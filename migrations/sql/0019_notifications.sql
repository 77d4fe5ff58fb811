-- What people are told: written in the transaction of what happened.
-- One box for each person who was ever told something or chose how to be.
create table app.notification_box (
    tenant_id uuid not null,
    user_id uuid not null,
    -- Number of the newest notification. The row is locked until what is told lasts, so numbers are
    -- seen in their order: whoever has seen one has missed none before it.
    last_number bigint not null default 0,
    -- Kinds that are sent by e-mail too.
    mail_kinds text[] not null default '{}',
    constraint notification_box_pkey primary key (tenant_id, user_id)
);
create table app.notification (
    tenant_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    -- Grows by one for each user.
    number bigint not null,
    kind text not null,
    -- Global id of the thing it is about.
    subject text not null,
    -- Values by kind; other people by id only.
    params jsonb not null,
    created_at timestamptz not null,
    read_at timestamptz,
    constraint notification_pkey primary key (tenant_id, id),
    constraint notification_number_unique unique (tenant_id, user_id, number)
);
create index notification_unread_idx on app.notification (tenant_id, user_id, number)
    where read_at is null;
create index notification_age_idx on app.notification (tenant_id, created_at);
select app.distribute('app.notification_box'), app.distribute('app.notification');
alter table app.notification_box add constraint notification_box_user_fkey
    foreign key (tenant_id, user_id) references app.app_user (tenant_id, id) on delete cascade;
alter table app.notification add constraint notification_user_fkey
    foreign key (tenant_id, user_id) references app.app_user (tenant_id, id) on delete cascade;
select app.protect('app.notification_box', 'select, insert, update'),
       app.protect('app.notification', 'select, insert, update, delete');
