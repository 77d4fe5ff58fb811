// Instants and days by the clock of a site. Days are texts such as `2026-03-29`, instants are milliseconds or,
// where they are shown, what the API gives.
import { current, fill } from './words.js';

const MINUTE = 60_000;
const DAY = 86_400_000;
const known = new Map();

/** Formats are dear to make, and few are needed. */
function format(language, options) {
  const name = language + JSON.stringify(options);
  return known.get(name) ?? known.set(name, new Intl.DateTimeFormat(language, options)).get(name);
}

/** The wall clock of `zone` at an instant, as if it were one of UTC, in milliseconds. */
function wall(at, zone) {
  const options = {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit',
    hour: '2-digit', minute: '2-digit', second: '2-digit',
  };
  const part = Object.fromEntries(format('en', options).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
}

/** Minutes by which the clock of `zone` is ahead of UTC. */
const offset = (at, zone) => Math.round((wall(at, zone) - Math.floor(at / 1000) * 1000) / MINUTE);

export const dayOf = (at, zone) => new Date(wall(at, zone)).toISOString().slice(0, 10);
export const today = (zone) => dayOf(Date.now(), zone);
export const plusDays = (day, days) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

/** Weeks begin on Monday. */
export const mondayOf = (day) => plusDays(day, -((new Date(day).getUTCDay() + 6) % 7));
export const weekFrom = (monday) => [0, 1, 2, 3, 4, 5, 6].map((days) => plusDays(monday, days));

/** The first instant of a day: where clocks skip midnight, that of the change. */
export function startOf(day, zone) {
  const midnight = Date.parse(day);
  const offsets = [midnight - DAY, midnight + DAY].map((at) => offset(at, zone));
  const found = offsets.map((minutes) => midnight - minutes * MINUTE).filter((at) => dayOf(at, zone) === day);
  return found.length ? Math.min(...found) : midnight - Math.min(...offsets) * MINUTE;
}

/** The first instant of a day as the API takes it. */
export const instant = (day, zone) => new Date(startOf(day, zone)).toISOString();

/** Hours of a day: 24, but where clocks change. */
export const hoursOf = (day, zone) => (startOf(plusDays(day, 1), zone) - startOf(day, zone)) / (60 * MINUTE);

/** Whether the clock changes between two instants; minutes by which it goes forward, or back (< 0). */
export const clockChange = (from, to, zone) => offset(to, zone) - offset(from, zone);

/** `08:30`. */
export const clock = (at, zone) => format('en-GB', { timeZone: zone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' }).format(new Date(at));

/** `UTC+02:00`, for hours that a changing clock shows twice. */
function utc(at, zone) {
  const minutes = offset(at, zone);
  const two = (value) => String(Math.floor(value)).padStart(2, '0');
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

const dated = (day, shape) => format(current() === 'zh' ? 'zh-CN' : 'en-GB', { timeZone: 'UTC', ...shape }).format(Date.parse(day));
/** `Mon`. */
export const weekday = (day) => dated(day, { weekday: 'short' });
/** `30 Nov`. */
export const short = (day) => dated(day, { day: 'numeric', month: 'short' });
/** `Mon, 30 Nov`. */
export const dayText = (day) => dated(day, { weekday: 'short', day: 'numeric', month: 'short' });
/** `Monday 30 November`. */
export const full = (day) => dated(day, { weekday: 'long', day: 'numeric', month: 'long' });

/** `Mon, 30 Nov 08:30`. */
export const moment = (at, zone) => `${dayText(dayOf(new Date(at), zone))} ${clock(at, zone)}`;

/** `08:30–17:00`, `22:00–06:30 next day`; with the offsets where the clock changes meanwhile. */
export function times(startsAt, endsAt, zone) {
  const [from, to] = [Date.parse(startsAt), Date.parse(endsAt)];
  const changes = clockChange(from, to, zone) !== 0;
  const named = (at) => clock(at, zone) + (changes ? ` (${utc(at, zone)})` : '');
  // What ends at midnight ends with its day.
  const over = dayOf(to - 1, zone) !== dayOf(from, zone);
  return fill(over ? 'overnight' : 'between', { from: named(from), to: named(to) });
}

/** `7 h 30 min`: symbols of units are the same in every language. */
export function duration(seconds) {
  const whole = Math.round(seconds / 60);
  const [hours, minutes] = [Math.floor(whole / 60), whole % 60];
  return [hours ? `${hours} h` : '', minutes ? `${minutes} min` : ''].filter(Boolean).join(' ') || '0 h';
}
