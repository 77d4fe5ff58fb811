// Local days of a site. Dates are `YYYY-MM-DD`, instants are milliseconds.
import { current } from '../words.js';

const DAY = 86_400_000;

const utc = (date) => Date.parse(`${date}T00:00:00Z`);
export const plus = (date, days) => new Date(utc(date) + days * DAY).toISOString().slice(0, 10);
export const today = (zone) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(Date.now());

/** The Monday of the week of a date. */
export const monday = (date) => plus(date, -((new Date(utc(date)).getUTCDay() + 6) % 7));
export const week = (from) => [0, 1, 2, 3, 4, 5, 6].map((day) => plus(from, day));

/** Milliseconds by which the clocks of a zone are ahead of UTC at an instant. */
function ahead(at, zone) {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
    hour: 'numeric', minute: 'numeric', second: 'numeric',
  });
  const read = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(read.year, read.month - 1, read.day, read.hour, read.minute, read.second) - Math.floor(at / 1000) * 1000;
}

/** The instant at which a date begins. */
export function startOf(date, zone) {
  const guess = utc(date) - ahead(utc(date), zone);
  // Once more, for between the two the clocks may have changed.
  return utc(date) - ahead(guess, zone);
}

export const instant = (date, zone) => new Date(startOf(date, zone)).toISOString();

export const clock = (at, zone) => new Intl.DateTimeFormat(current(), {
  timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
}).format(new Date(at));

export const moment = (at, zone) => new Intl.DateTimeFormat(current(), {
  timeZone: zone, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
}).format(new Date(at));

const dated = (date, shape) => new Intl.DateTimeFormat(current(), { timeZone: 'UTC', ...shape }).format(utc(date));
export const weekday = (date) => dated(date, { weekday: 'short' });
export const short = (date) => dated(date, { month: 'short', day: 'numeric' });
export const full = (date) => dated(date, { weekday: 'long', month: 'long', day: 'numeric' });
