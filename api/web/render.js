// A board as elements of the page.
import { current, fill, say } from './words.js';

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A button that cannot be tapped again while what it does is under way. */
export function button(word, act, attributes = {}) {
  const made = element('button', { type: 'button', ...attributes }, say(word));
  made.addEventListener('click', async () => {
    made.disabled = true;
    try {
      await act();
    } finally {
      made.disabled = false;
    }
  });
  return made;
}

export const at = (id) => document.getElementById(id);

export const number = (value) => value == null ? '–' : value.toLocaleString(current());
export const percent = (value) => value == null ? '–' : `${Number(value).toFixed(1)} %`;

/** A service level says nothing without the seconds within which a contact was in time. */
function level({ serviceLevelPercent, leastThresholdSeconds: least, greatestThresholdSeconds: greatest }) {
  if (serviceLevelPercent == null) return '–';
  return `${percent(serviceLevelPercent)} / ${least === greatest ? least : `${least}–${greatest}`} s`;
}

export function span(seconds) {
  if (seconds == null) return '–';
  const two = (value) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A level that was counted with fewer seconds than the goal has does not say that the goal is missed. */
const isBelow = (it, goal) => it.serviceLevelPercent != null
  && it.leastThresholdSeconds >= goal.thresholdSeconds
  && Number(it.serviceLevelPercent) < Number(goal.serviceLevelPercent);

// Part of the row, word, value of the part, and whether the value misses the goal of the row. Where
// there is no goal, nothing asks to be looked at.
const FIGURES = [
  ['waiting', 'waiting', (it) => number(it.contacts)],
  ['waiting', 'longest', (it) => span(it.longestWaitSeconds), (it, goal) => it.longestWaitSeconds > goal.thresholdSeconds],
  ['today', 'level', level, isBelow],
  ['today', 'offered', (it) => number(it.offered)],
  ['today', 'answered', (it) => number(it.answered)],
  ['today', 'abandoned', (it) => number(it.abandoned)],
  ['staff', 'staffed', (it) => number(it.staffed)],
  ['staff', 'available', (it) => number(it.available)],
];

const alarm = (told, goal, misses) => told && goal && misses?.(told, goal) ? '' : undefined;

/** Its age, ticking: `tick` writes it. */
const age = (part) => part ? element('small', { class: 'age', 'data-at': part.at, 'aria-live': 'off' }) : null;

export function tiles(row) {
  return FIGURES.map(([part, word, value, misses]) => {
    const told = row?.[part];
    return element('article', { class: `tile ${part}`, 'data-alarm': alarm(told, row?.goal, misses) },
      element('h3', {}, say(word)),
      element('p', { class: 'value' }, told ? value(told) : say('noData')),
      age(told));
  });
}

export function table(rows, place) {
  const head = element('tr', {}, element('th', { scope: 'col' }, say(place)),
    ...FIGURES.map(([, word]) => element('th', { scope: 'col', class: 'figure' }, say(word))),
    element('th', { scope: 'col', class: 'figure' }, say('age')));
  const body = rows.map((row) => {
    const named = row[place];
    const also = place === 'queue' && row.site ? ` · ${row.site.name}` : '';
    const ages = ['waiting', 'today', 'staff'].map((part) => age(row[part])).filter(Boolean);
    return element('tr', {},
      element('th', { scope: 'row' }, named.name + also, named.name === named.code ? null : element('small', {}, named.code)),
      ...FIGURES.map(([part, word, value, misses]) => {
        const told = row[part];
        return element('td', {
          'class': `figure ${part}`, 'data-label': say(word), 'data-at': told?.at,
          'data-alarm': alarm(told, row.goal, misses),
        }, told ? value(told) : '–');
      }),
      element('td', { 'class': 'figure ages', 'data-label': say('age') }, ...(ages.length ? ages : ['–'])));
  });
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...body));
}

const SVG = 'http://www.w3.org/2000/svg';

export function draw(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Ends of grid lines: round figures, at most five above zero, whole ones where contacts or agents are counted. */
export function ticks(most, whole) {
  const step = 10 ** Math.floor(Math.log10(most));
  const found = [step / 5, step / 2, step, step * 2].find((it) => most / it <= 5) ?? step * 5;
  const unit = whole ? Math.max(Math.ceil(found), 1) : found;
  return Array.from({ length: Math.floor(most / unit) + 1 }, (_, place) => place * unit);
}

/** Offered as bars, answered as bars before them, by half hour. */
export function curve(periods) {
  if (!periods.length) return element('p', { class: 'empty' }, say('nothing'));
  const [width, height, left, bottom] = [960, 240, 44, 24];
  const most = Math.max(...periods.map((it) => it.offered), 1);
  const slot = (width - left) / Math.max(periods.length, 12);
  const y = (value) => (height - bottom) * (1 - value / (most * 1.08)) ;
  const lines = ticks(most, true).flatMap((value) => [
    draw('line', { class: 'grid', x1: left, x2: width, y1: y(value), y2: y(value) }),
    draw('text', { 'x': left - 8, 'y': y(value) + 4, 'text-anchor': 'end' }, number(value)),
  ]);
  const time = new Intl.DateTimeFormat(current(), { hour: '2-digit', minute: '2-digit', hour12: false });
  const every = Math.ceil(periods.length / 10);
  const bars = periods.flatMap((it, index) => {
    const x = left + index * slot + slot * 0.12;
    const bar = (name, value) => draw('rect', {
      class: name, x, y: y(value), width: slot * 0.76, height: Math.max(y(0) - y(value), 0), rx: 2,
    });
    const name = draw('title', {}, fill('ofPeriod', {
      time: time.format(new Date(it.startsAt)), offered: number(it.offered), answered: number(it.answered),
    }));
    const group = draw('g', {}, name, bar('offered', it.offered), ...(it.answered == null ? [] : [bar('answered', it.answered)]));
    if (index % every) return [group];
    return [group, draw('text', { 'x': x + slot * 0.38, 'y': height - 6, 'text-anchor': 'middle' }, time.format(new Date(it.startsAt)))];
  });
  return draw('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${say('offered')} / ${say('answered')}` }, ...lines, ...bars);
}
