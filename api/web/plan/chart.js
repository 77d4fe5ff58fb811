// A queue on one day: what is forecast above, whom it takes and who is there below.
import { draw, element, number, percent, ticks } from '../render.js';
import { clock, full } from '../time.js';
import { fill, say } from '../words.js';
import { grid, rounded } from './parts.js';

const WIDTH = 960;
const LEFT = 48;
/** Upper and lower edge of both panels. */
const VOLUME = [14, 128];
const STAFF = [160, 330];
const HEIGHT = 356;

const scale = ([top, bottom], most) => (value) => bottom - (bottom - top) * Math.min(value / (most * 1.06), 1);

function axis(panel, most, y, title, whole) {
  const lines = ticks(most, whole).flatMap((value) => [
    draw('line', { class: 'grid', x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
    draw('text', { 'x': LEFT - 8, 'y': y(value) + 4, 'text-anchor': 'end' }, rounded(value, 2)),
  ]);
  return [...lines, draw('text', { class: 'title', x: LEFT, y: panel[0] - 4 }, title)];
}

/** The way along the middles of the intervals, and back along `low` where that is given. */
function way(points, x, high, low) {
  const ahead = points.map((it) => `${x(it)},${high(it)}`);
  const back = low ? [...points].reverse().map((it) => `${x(it)},${low(it)}`) : [];
  return [...ahead, ...back].join(' ');
}

function volumes({ intervals, shared }, x) {
  const told = intervals.filter((it) => it.forecast);
  const quantile = (it, name) => it.forecast.quantiles[name];
  const most = Math.max(...told.map((it) => Math.max(quantile(it, 'p975'), it.forecast.volume)),
    ...intervals.map((it) => it.contacts), 1);
  const y = scale(VOLUME, most);
  const middle = (it) => x((it.start + it.end) / 2);
  const band = (name, low, high) => draw('polygon', {
    class: name, points: way(told, middle, (it) => y(quantile(it, high)), (it) => y(quantile(it, low))),
  });
  const line = (name, of, value) => draw('polyline', { class: name, points: way(of, middle, (it) => y(value(it))) });
  const drawn = told.length
    ? [band('band95', 'p025', 'p975'), band('band80', 'p10', 'p90'), line('volume', told, (it) => it.forecast.volume)]
    : [];
  if (shared || !told.length) drawn.push(line('here', intervals, (it) => it.contacts));
  return [...axis(VOLUME, most, y, say('contacts'), false), ...drawn];
}

function staffing({ queue, intervals }, x) {
  const most = Math.max(...intervals.map((it) => Math.max(it.staffedAgents, (it.toSchedule ?? 0) + (it.surplus ?? 0))), 1);
  const y = scale(STAFF, most);
  const hatch = `under-${queue.id}`;
  const pattern = draw('pattern', { id: hatch, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    draw('rect', { class: 'hatchGround', width: 6, height: 6 }), draw('rect', { class: 'hatchLine', width: 2.4, height: 6 }));
  const bar = (it, name, from, to, fill) => draw('rect', {
    class: name, x: x(it.start) + 0.5, width: Math.max(x(it.end) - x(it.start) - 1, 0.5),
    y: y(to), height: Math.max(y(from) - y(to), 0), ...(fill && { fill }),
  });
  const bars = intervals.flatMap((it) => {
    if (it.toSchedule == null) return [bar(it, 'staff', 0, it.staffedAgents)];
    const there = it.toSchedule - it.gap;
    return [
      bar(it, 'staff', 0, there),
      ...(it.gap > 0 ? [bar(it, 'gap', there, it.toSchedule, `url(#${hatch})`)] : []),
      ...(it.surplus > 0 ? [bar(it, 'surplus', it.toSchedule, it.toSchedule + it.surplus)] : []),
    ];
  });
  const steps = intervals.filter((it) => it.toSchedule != null)
    .map((it, place) => `${place ? 'L' : 'M'}${x(it.start)},${y(it.toSchedule)}H${x(it.end)}`);
  return [draw('defs', {}, pattern), ...axis(STAFF, most, y, say('agents'), true), ...bars,
    draw('path', { class: 'required', d: steps.join('') })];
}

function balance(it) {
  if (it.gap >= 0.05) return fill('missing', { n: rounded(it.gap) });
  return it.surplus >= 0.05 ? fill('over', { n: rounded(it.surplus) }) : say('even');
}

const reading = (it, shared, zone) => fill(shared ? 'readingShared' : 'reading', {
  time: `${clock(it.start, zone)}–${clock(it.end, zone)}`,
  volume: rounded(it.forecast?.volume ?? it.contacts), here: rounded(it.contacts),
  low: rounded(it.forecast?.quantiles.p10), high: rounded(it.forecast?.quantiles.p90),
  required: number(it.toSchedule), staff: rounded(it.staffedAgents), balance: balance(it),
  why: it.decidedBy ? say(it.decidedBy) : '',
  seniors: it.seniors ? fill('seniors', {
    grade: it.seniors.grade, required: number(it.seniors.toSchedule), staff: rounded(it.seniors.staffedAgents),
  }) : '',
});

/** Lets an interval be read by pointing at it and, the chart having the focus, by the arrow keys. */
function readable(svg, { intervals, shared }, x, zone, told) {
  const mark = draw('rect', { class: 'mark', y: VOLUME[0], height: STAFF[1] - VOLUME[0], x: 0, width: 0 });
  svg.append(mark);
  let place = -1;
  const read = (next) => {
    place = Math.min(Math.max(next, 0), intervals.length - 1);
    const it = intervals[place];
    mark.setAttribute('x', x(it.start));
    mark.setAttribute('width', x(it.end) - x(it.start));
    told.textContent = reading(it, shared, zone);
    svg.setAttribute('aria-valuenow', place + 1);
    svg.setAttribute('aria-valuetext', told.textContent);
  };
  const point = ({ clientX }) => {
    const { left, width } = svg.getBoundingClientRect();
    const wanted = (clientX - left) / width * WIDTH;
    const found = intervals.findIndex((it) => wanted >= x(it.start) && wanted < x(it.end));
    if (found >= 0) read(found);
  };
  svg.addEventListener('pointermove', point);
  svg.addEventListener('pointerdown', point);
  svg.addEventListener('focus', () => place < 0 && read(intervals.findIndex((it) => it.toSchedule > 0)));
  svg.addEventListener('keydown', (event) => {
    const steps = { ArrowRight: place + 1, ArrowUp: place + 1, ArrowLeft: place - 1, ArrowDown: place - 1, Home: 0, End: intervals.length };
    if (!(event.key in steps)) return;
    event.preventDefault();
    read(steps[event.key]);
  });
}

function figuresTable({ queue, intervals }, date, zone) {
  const columns = [[say('interval')], [say('forecast'), true], [say('likely80'), true], [say('contactsHere'), true],
    [say('required'), true], [say('staff'), true], [say('gap'), true], [say('surplus'), true], [say('expected'), true]];
  const rows = intervals.map((it) => [
    `${clock(it.start, zone)}–${clock(it.end, zone)}`, rounded(it.forecast?.volume),
    it.forecast ? `${rounded(it.forecast.quantiles.p10)}–${rounded(it.forecast.quantiles.p90)}` : '–', rounded(it.contacts),
    number(it.toSchedule), rounded(it.staffedAgents), rounded(it.gap), rounded(it.surplus), percent(it.serviceLevelPercent),
  ]);
  return element('details', {}, element('summary', {}, say('asTable')), grid(`${queue.name}, ${full(date)}`, columns, rows));
}

const KEY = [['volume', 'forecast'], ['band80', 'likely80'], ['band95', 'likely95'], ['required', 'required'],
  ['staff', 'staff'], ['gap', 'gap'], ['surplus', 'surplus']];

/** What the lines and colours mean; of a queue with more sites also the part of this one. */
function key({ shared, intervals }) {
  const named = intervals.some((it) => it.forecast) ? KEY : KEY.slice(3);
  const all = [...named, ...(shared || named !== KEY ? [['here', 'contactsHere']] : [])];
  return element('p', { class: 'key' }, ...all.map(([name, word]) => element('span', {},
    element('i', { 'class': name, 'aria-hidden': 'true' }), say(shared && word === 'forecast' ? 'wholeQueue' : word))));
}

/** The chart of a queue's day with a line to read and its table. `from` and `to` are its ends. */
export function chart(day, { date, from, to, zone }) {
  const intervals = day.intervals.filter((it) => it.start >= from && it.start < to);
  const title = element('h3', {}, day.queue.name);
  if (!intervals.length) return element('article', { class: 'queue' }, title, element('p', { class: 'empty' }, say('noFigures')));
  const those = { ...day, intervals };
  const x = (instant) => LEFT + (instant - from) / (to - from) * (WIDTH - LEFT);
  const times = intervals.filter((it) => (it.start - from) % 7_200_000 === 0)
    .map((it) => draw('text', { x: x(it.start), y: HEIGHT - 8 }, clock(it.start, zone)));
  const svg = draw('svg', {
    'viewBox': `0 0 ${WIDTH} ${HEIGHT}`, 'role': 'slider', 'tabindex': 0, 'aria-valuemin': 1, 'aria-valuemax': intervals.length,
    'aria-valuenow': 1, 'aria-label': `${day.queue.name}, ${full(date)}`, 'aria-valuetext': say('chartHint'),
  }, ...volumes(those, x), ...staffing(those, x), ...times);
  const told = element('p', { class: 'reading' }, say('chartHint'));
  readable(svg, those, x, zone, told);
  return element('article', { class: 'queue' }, title, key(those), svg, told, figuresTable(those, date, zone));
}
