-- Waits of contacts, so that another threshold can be tried later, and the method with which a day's
-- service level was measured, so that another setting leaves the past as it was.
alter table app.interval_figure
    -- 26 counts: answered in the 13 bins of `WaitHistogram`, then abandoned in the same.
    add column waits bigint[],
    add constraint interval_figure_waits_bins check (cardinality(waits) = 26);
alter table app.queue_day
    -- Bin by bin; null unless told for all intervals with contacts.
    add column waits bigint[],
    -- Of the goal in force at the end of the day; of the first one for days before it.
    add column method text not null default 'OFFERED',
    add constraint queue_day_waits_bins check (cardinality(waits) = 26);
