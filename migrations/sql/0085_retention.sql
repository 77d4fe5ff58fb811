-- What the worker forgets when its time is over, in batches: states of agents by the setting of the tenant,
-- sessions some weeks after their end. Answers by idempotency key and notifications could go already.
grant delete on app.agent_state_event, app.session to trunkline_app;
create index session_end_idx on app.session (tenant_id, expires_at);
