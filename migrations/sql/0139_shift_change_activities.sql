-- What filled a shift before and after a change, packed as in `shift`, so that a break that moved within it is
-- seen. Null = the shift was not there on that side, or the record is older than this step or written by a
-- program of the last version.
alter table app.shift_change
    add column activities_before bytea,
    add column activities_after bytea;
alter table app.shift_change add constraint shift_change_activities check (
    (activities_before is null or agent_before is not null)
    and (activities_after is null or agent_after is not null));
