-- What-if: a draft that was copied from a published schedule, and of which of its shifts each one is
-- a copy, so that what was changed in it can be told from what changed beneath it.
alter table app.schedule
    add column base_id uuid,
    add column name text,
    add constraint schedule_name_length check (char_length(name) between 1 and 80);
alter table app.shift
    add column copied_from uuid,
    add column copied_version int,
    add constraint shift_copied_together check ((copied_from is null) = (copied_version is null));
alter table app.schedule add constraint schedule_base_fkey
    foreign key (tenant_id, base_id) references app.schedule (tenant_id, id);
