-- A job that searches says where it stands, and can be asked to end with what it has.
alter table app.job
    -- From its first legal roster on: rounds, cost of the best one, work needed and missing there.
    add column standing jsonb,
    add column stop_asked_at timestamptz,
    -- User or API client.
    add column stop_asked_by uuid;
