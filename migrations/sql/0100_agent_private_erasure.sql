-- Private fields of who has left are erased: in time by the worker, and earlier when the office that hires
-- says so.
grant delete on app.agent_private to trunkline_app;
