// The own two weeks, by week and day.
import { problem } from '../api.js';
import { told } from '../changes.js';
import { button, element } from '../render.js';
import { clock, clockChange, dayOf, dayText, duration, hoursOf, instant, mondayOf, moment, plusDays, times } from '../time.js';
import { fill, say } from '../words.js';
import { bar } from './bar.js';
import { changesOf } from './data.js';
import { shiftText } from './ui.js';

const DAYS = 14;

/** What to ask for: whole weeks, so that their paid hours are whole too. */
export function span(now, zone) {
  const first = mondayOf(dayOf(now, zone));
  const last = plusDays(mondayOf(plusDays(dayOf(now, zone), DAYS - 1)), 7);
  return { from: instant(first, zone), to: instant(last, zone) };
}

/** The weeks with their days from today on, and from yesterday on when its shift is not over. */
export function weeks(shifts, now, zone) {
  const today = dayOf(now, zone);
  const running = shifts.filter((it) => Date.parse(it.startsAt) <= now && now < Date.parse(it.endsAt));
  const first = running.map((it) => it.localDate).concat(today).sort()[0];
  const found = new Map();
  for (let day = first; day < plusDays(today, DAYS); day = plusDays(day, 1)) {
    const monday = mondayOf(day);
    if (!found.has(monday)) {
      const own = shifts.filter((it) => mondayOf(it.localDate) === monday);
      found.set(monday, { monday, paidSeconds: own.reduce((sum, it) => sum + it.paidSeconds, 0), days: [] });
    }
    found.get(monday).days.push({ day, isToday: day === today, shifts: shifts.filter((it) => it.localDate === day) });
  }
  return [...found.values()];
}

const badge = (text, kind) => element('span', { class: `badge ${kind}` }, text);

/** A clock change in words, with how long what it falls into is then. */
function change(minutes, length, word) {
  if (!minutes) return null;
  return badge(fill(minutes > 0 ? 'clockForward' : 'clockBack', { what: fill(word, { length }) }), 'clock');
}

/** Most of it lies between ten in the evening and six in the morning. */
function isNight({ startsAt, endsAt, timeZone }) {
  const middle = (Date.parse(startsAt) + Date.parse(endsAt)) / 2;
  const hour = Number(clock(middle, timeZone).slice(0, 2));
  return hour >= 22 || hour < 6;
}

function chance(shift, now, offer) {
  if (Date.parse(shift.startsAt) <= now) return [];
  if (shift.activeSwap) {
    return [element('p', {}, element('a', { href: '#swaps' }, fill('isOffered', { state: say(shift.activeSwap.state) })))];
  }
  const { allowed, reasons } = shift.viewerCanOffer;
  if (!allowed) return reasons.map((it) => element('p', { class: 'soft' }, it.message));
  const until = shift.offerEndsAt
    ? element('p', { class: 'soft' }, fill('offerUntil', { at: moment(shift.offerEndsAt, shift.timeZone) })) : null;
  const label = fill('about', { what: say('offerIt'), which: shiftText(shift) });
  return [element('div', { class: 'chance' }, until, button('offerIt', () => offer(shift), { 'data-offer': shift.id, 'aria-label': label }))];
}

/** A button that asks who changed a shift, and why. */
function history(shift) {
  const place = element('div', { 'role': 'status', 'data-changes': shift.id });
  const show = async () => {
    try {
      place.replaceChildren(...told(await changesOf(shift.id), shift.timeZone, shift.id));
    } catch (error) {
      place.replaceChildren(element('p', { class: 'refusal' }, problem(error)));
    }
  };
  const label = fill('about', { what: say('changes'), which: shiftText(shift) });
  return [button('changes', show, { 'aria-label': label }), place];
}

function card(shift, ground) {
  const { homeSite, now, offer } = ground;
  const [from, to] = [Date.parse(shift.startsAt), Date.parse(shift.endsAt)];
  const elsewhere = shift.site.id !== homeSite ? badge(shift.site.name, 'site') : null;
  return element('article', { class: 'shift' },
    element('p', { class: 'when' }, element('strong', {}, times(shift.startsAt, shift.endsAt, shift.timeZone)),
      element('span', { class: 'soft' }, fill('paid', { time: duration(shift.paidSeconds) }))),
    element('p', { class: 'badges' },
      from <= now && now < to ? badge(say('now'), 'now') : null,
      isNight(shift) ? badge(say('nightShift'), 'night') : null,
      change(clockChange(from, to, shift.timeZone), duration((to - from) / 1000), 'lasts'), elsewhere),
    bar(shift), ...chance(shift, now, offer), ...history(shift));
}

/**
 * The schedule as elements. `ground`: `zone` and id `homeSite` of the site, `now`, `offer`, which is given a
 * shift, and `wish`, which opens the wishes, or `null` for who cannot and where they do not count.
 */
export function schedule(shifts, ground) {
  const { zone, now, wish } = ground;
  const made = weeks(shifts, now, zone).map((week) => element('section', { 'class': 'week', 'data-monday': week.monday },
    element('h3', {}, element('span', {}, fill('week', { day: dayText(week.monday) })),
      element('span', { class: 'hours' }, fill('paid', { time: duration(week.paidSeconds) }))),
    element('ol', { class: 'days' }, ...week.days.map(({ day, isToday, shifts: own }) => {
      const hours = hoursOf(day, zone);
      return element('li', { 'data-day': day, 'aria-current': isToday ? 'date' : undefined },
        element('h4', {}, dayText(day), isToday ? badge(say('isToday'), 'today') : null,
          change(24 - hours, `${hours} h`, 'dayOf')),
        ...(own.length ? own.map((shift) => card(shift, ground)) : [element('p', { class: 'soft' }, say('free'))]));
    }))));
  const none = shifts.length ? [] : [element('p', { class: 'soft' }, say('noShifts'))];
  const wished = wish ? [element('p', {}, button('wishes', wish, { 'data-wishes': '' }))] : [];
  return [element('p', { class: 'soft' }, fill('zone', { zone })), ...wished, ...none, ...made];
}
