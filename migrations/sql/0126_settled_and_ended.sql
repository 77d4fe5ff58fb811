-- What is settled is found by its subject, whosesoever it is, among what is unread; so is what a newer word
-- about the same thing replaces. Without this, both look through all that is unread in the tenant.
create index notification_subject_idx on app.notification (tenant_id, subject, kind)
    where read_at is null;

-- The sealed input of a job goes when the job ends. Until now it stayed, with addresses and links.
alter table app.job no force row level security;
update app.job set input = input - 'sealed'
where state not in ('QUEUED', 'RUNNING') and input ? 'sealed';
alter table app.job force row level security;
