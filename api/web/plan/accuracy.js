// How good the forecasts were, week by week, as far as weeks are closed.
import { draw, element, percent } from '../render.js';
import { short } from '../time.js';
import { fill, say } from '../words.js';
import { grid, rounded } from './parts.js';

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [480, 180, 44, 24];

function lines(rows) {
  const values = rows.flatMap(({ figures: it }) => [100 * it.wape, it.biasPercent]);
  const [least, most] = [Math.min(0, ...values), Math.max(10, ...values)];
  const y = (value) => 10 + (HEIGHT - BOTTOM - 20) * (most - value) / (most - least);
  const x = (place) => LEFT + 20 + place * (WIDTH - LEFT - 60) / Math.max(rows.length - 1, 1);
  const marks = [...new Set([least, 0, most])].flatMap((value) => [
    draw('line', { class: 'grid', x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
    draw('text', { 'x': LEFT - 6, 'y': y(value) + 4, 'text-anchor': 'end' }, `${rounded(value, 0)} %`),
  ]);
  const line = (name, of) => [
    draw('polyline', { class: name, points: rows.map((it, place) => `${x(place)},${y(of(it))}`).join(' ') }),
    ...rows.map((it, place) => draw('circle', { class: name, cx: x(place), cy: y(of(it)), r: 3 })),
  ];
  const every = Math.ceil(rows.length / 6);
  const weeks = rows.flatMap((it, place) => place % every ? []
    : [draw('text', { 'x': x(place), 'y': HEIGHT - 6, 'text-anchor': 'middle' }, short(it.startsOn))]);
  return draw('svg', { 'viewBox': `0 0 ${WIDTH} ${HEIGHT}`, 'role': 'img', 'aria-label': `${say('wape')}, ${say('bias')}` },
    ...marks, ...line('wape', (it) => 100 * it.figures.wape), ...line('bias', (it) => it.figures.biasPercent), ...weeks);
}

/** A small chart and a table for each queue. A week in which nobody called has no ratio. */
export function accuracyOf(found) {
  const queues = new Map();
  for (const row of found) {
    if (row.figures.wape == null || !row.queue) continue;
    queues.set(row.queue.id, [...queues.get(row.queue.id) ?? [], row]);
  }
  if (!queues.size) return [element('p', { class: 'empty' }, say('noAccuracy'))];
  const columns = [[say('week')], [say('wape'), true], [say('bias'), true], [say('forecast'), true], [say('actual'), true]];
  return [...queues.values()].map((rows) => {
    const table = rows.map(({ startsOn, figures: it }) =>
      [short(startsOn), percent(100 * it.wape), percent(it.biasPercent), rounded(it.forecast, 0), rounded(it.actual, 0)]);
    return element('article', {}, element('h3', {}, rows[0].queue.name),
      element('p', { class: 'key' }, ...['wape', 'bias'].map((name) =>
        element('span', {}, element('i', { 'class': name, 'aria-hidden': 'true' }), say(name)))),
      lines(rows),
      element('details', {}, element('summary', {}, say('asTable')), grid(fill('about', { what: rows[0].queue.name, which: say('accuracy') }), columns, table)));
  });
}
