-- Telephone lines of a queue and what takes them, as the domain writes it: how many, seconds in the voice
-- menu, percent of the handle time with the caller on the line, percent who may meet a busy tone. Null =
-- nobody has said it. Programs of the last version neither read nor write it.
alter table app.queue add column lines jsonb;
