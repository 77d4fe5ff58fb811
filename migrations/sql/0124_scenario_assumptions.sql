-- What a what-if scenario assumes beside its shifts: {"queues": [...], "rules": [...]}, as the domain writes it.
-- A constant default, so no row is written anew; programs of the last version do not name the column.
alter table app.schedule add column assumptions jsonb not null default '{}';
