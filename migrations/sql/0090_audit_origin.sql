-- From where and by what program a thing was done, beside who did it.
alter table app.audit_event add column address text, add column client text;
-- What one person or program did, newest first.
create index audit_event_actor_idx on app.audit_event (tenant_id, actor_id, at);
-- The end of a number was shown to more people than the number, and read without a trace: it is gone.
alter table app.agent_private
    drop constraint agent_private_end_of_number,
    drop constraint agent_private_end,
    drop column national_id_end;
