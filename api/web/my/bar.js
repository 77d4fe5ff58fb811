// A shift as a small bar: what fills it, and the hours by the clock of the site.
import { draw, element } from '../render.js';
import { clock, times } from '../time.js';
import { say } from '../words.js';

/** Class and word of each kind of activity; an unknown one is shown as work. */
const KINDS = {
  ON_QUEUE: ['work', 'work'], BREAK: ['break', 'break'], MEAL: ['meal', 'meal'], TRAINING: ['other', 'training'],
  MEETING: ['other', 'meeting'], OFF_QUEUE_WORK: ['other', 'away'], TIME_OFF: ['off', 'timeOff'], UNAVAILABLE: ['off', 'away'],
};
const [WIDTH, HEIGHT, THICK] = [320, 34, 16];
const HOUR = 3_600_000;

/** The activities that are no plain work, in words: `Break 10:00–10:15`. */
function told({ activities, timeZone }) {
  const rest = activities.filter((it) => it.category !== 'ON_QUEUE');
  return rest.map((it) => [(KINDS[it.category] ?? KINDS.ON_QUEUE)[1], times(it.startsAt, it.endsAt, timeZone)]);
}

/** The bar, and below it what it shows in words; the bar itself says nothing to screen readers. */
export function bar(shift) {
  const [from, to] = [Date.parse(shift.startsAt), Date.parse(shift.endsAt)];
  const x = (at) => ((at - from) / (to - from)) * WIDTH;
  const parts = shift.activities.map((it) => {
    const [left, right] = [x(Date.parse(it.startsAt)), x(Date.parse(it.endsAt))];
    const [kind, word] = KINDS[it.category] ?? KINDS.ON_QUEUE;
    const title = draw('title', {}, `${say(word)} ${times(it.startsAt, it.endsAt, shift.timeZone)}`);
    return draw('rect', { class: kind, x: left, y: 0, width: Math.max(right - left, 1), height: THICK }, title);
  });
  // Full hours of the clock; every zone's clock has them at a quarter of UTC's at the latest.
  const ticks = [];
  const every = Math.ceil((to - from) / HOUR / 4);
  let passed = 0;
  for (let at = Math.ceil(from / (HOUR / 4)) * (HOUR / 4); at < to; at += HOUR / 4) {
    const shown = clock(at, shift.timeZone);
    if (!shown.endsWith(':00')) continue;
    ticks.push(draw('line', { x1: x(at), x2: x(at), y1: THICK, y2: THICK + 4 }));
    const fits = x(at) > 14 && x(at) < WIDTH - 14;
    if (fits && passed % every === 0) ticks.push(draw('text', { 'x': x(at), 'y': HEIGHT - 2, 'text-anchor': 'middle' }, shown));
    if (fits) passed += 1;
  }
  const now = Date.now();
  const hand = now > from && now < to ? [draw('line', { class: 'hand', x1: x(now), x2: x(now), y1: 0, y2: THICK + 4 })] : [];
  const words = told(shift).map(([word, when]) => element('li', {},
    element('i', { 'class': word, 'aria-hidden': 'true' }), `${say(word)} ${when}`));
  return element('div', { class: 'strip' },
    draw('svg', { 'viewBox': `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' }, ...parts, ...ticks, ...hand),
    words.length ? element('ul', { class: 'rests' }, ...words) : null);
}
