-- A shift that was taken out of its schedule is no part of it any more, also once the schedule itself is
-- superseded: without a state of its own it would then stand among the shifts that were its plan.
alter table app.shift drop constraint shift_state_known;
alter table app.shift add constraint shift_state_known
    check (state in ('DRAFT', 'PUBLISHED', 'SUPERSEDED', 'REMOVED'));

-- Until now they were SUPERSEDED too. Where the schedule is not, its shifts of that state were taken out; of
-- superseded ones the records of the edits tell, by the text of the id: a prefix and 26 characters of Crockford
-- base 32. Of a shift that a merge took out of a schedule that is superseded by now no record tells.
alter table app.shift no force row level security;
alter table app.schedule no force row level security;
alter table app.schedule_change no force row level security;
update app.shift s set state = 'REMOVED'
from app.schedule c
where c.tenant_id = s.tenant_id and c.id = s.schedule_id and s.state = 'SUPERSEDED'
  and (c.state <> 'SUPERSEDED'
       or exists (select from app.schedule_change r
                  where r.tenant_id = s.tenant_id and r.schedule_id = s.schedule_id and r.cause = 'edit'
                    and r.detail ->> 'change' = 'Remove'
                    and r.detail ->> 'shift' = (
                        select 'shf_' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz',
                            1 + substring(B'00' || ('x' || replace(s.id::text, '-', ''))::bit(128)
                                          from 5 * place + 1 for 5)::bit(5)::int, 1), '' order by place)
                        from generate_series(0, 25) place)));
alter table app.shift force row level security;
alter table app.schedule force row level security;
alter table app.schedule_change force row level security;
