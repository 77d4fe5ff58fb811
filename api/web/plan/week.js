// The figures of a week: tiles, queues beside their goals, and what generation could not do.
import { problem } from '../api.js';
import { at, element, number, percent } from '../render.js';
import { moment, plusDays, short, startOf } from '../time.js';
import { fill, say } from '../words.js';
import { level } from './data.js';
import { bring, grid, hours, rounded, sums } from './parts.js';
import { rule } from './rules.js';

const tile = (word, value) => element('article', { class: 'tile', id: `of-${word}` },
  element('h3', {}, say(word)), element('p', { class: 'value' }, value));

/** The week in five figures, of all queues together. */
export function tiles(queues, shifts) {
  const all = sums(queues.flatMap((it) => it.intervals));
  const paid = shifts.reduce((sum, it) => sum + it.paidSeconds, 0) / 3600;
  return [tile('coverage', percent(all.coverage)), tile('requiredHours', hours(all.required)), tile('gapHours', hours(all.gap)),
    tile('surplusHours', hours(all.surplus)), tile('paidHours', hours(paid))];
}

const goal = (queue) => queue.serviceLevelPercent == null ? '–'
  : fill('goalOf', { percent: percent(queue.serviceLevelPercent), seconds: number(queue.thresholdSeconds) });

/** A level beside the goal of its queue; one that misses it has a sign besides its colour. */
function beside(value, queue, more = '') {
  const misses = value != null && queue.serviceLevelPercent != null && value < Number(queue.serviceLevelPercent);
  return element('span', { class: misses ? 'misses' : null }, percent(value) + more);
}

function levels(queues, played, date) {
  const columns = [[say('queue')], [say('goal'), true], [say('covered'), true], [say('gapHours'), true],
    [say('surplusHours'), true], [say('byFormula'), true]];
  if (played) {
    columns.push([fill('byFormulaOn', { day: short(date) }), true], [fill('simulated', { day: short(date) }), true],
      [say('answerTime'), true], [say('abandonment'), true]);
  }
  const rows = queues.map(({ queue, intervals }) => {
    const its = sums(intervals);
    const row = [queue.name, goal(queue), percent(its.coverage), hours(its.gap), hours(its.surplus), beside(its.level, queue)];
    if (!played) return row;
    const found = played.find((it) => it.queue?.id === queue.id)?.level;
    const share = found?.serviceLevelPercent;
    const interval = share ? ` (${rounded(share.low)}–${rounded(share.high)})` : '';
    const wait = found?.averageSpeedOfAnswerSeconds;
    return [...row, beside(found?.formulaServiceLevelPercent, queue), beside(share?.value, queue, interval),
      wait ? fill('seconds', { n: rounded(wait.value) }) : '–', percent(found?.abandonmentPercent?.value)];
  });
  return grid(say('figures'), columns, rows);
}

/** The queues beside their goals, and a button that simulates a day of the published plan. */
export function goals(queues, schedule, date) {
  const place = element('div', {}, levels(queues, null, date));
  if (schedule.state !== 'PUBLISHED') return [place, element('p', { class: 'hint' }, say('notPublished'))];
  const button = element('button', { type: 'button', id: 'simulate' }, fill('simulate', { day: short(date) }));
  const refusal = element('p', { class: 'refusal', role: 'alert' });
  button.addEventListener('click', async () => {
    button.disabled = true;
    refusal.textContent = '';
    try {
      place.replaceChildren(levels(queues, await level(queues.map(({ queue }) => queue), date), date));
    } catch (error) {
      refusal.textContent = problem(error);
    }
    button.disabled = false;
  });
  return [place, element('p', { class: 'act' }, button, element('span', { class: 'hint' }, say('simulateHint'))), refusal];
}

/** What generation could not do in a week, the largest first as the server tells it. */
export function shortfalls(schedule, site, from) {
  if (!schedule.generation) return [element('p', { class: 'empty' }, say('notGenerated'))];
  const [start, end] = [startOf(from, site.timeZone), startOf(plusDays(from, 7), site.timeZone)];
  const those = schedule.generation.shortfalls
    .filter((it) => Date.parse(it.startsAt) < end && Date.parse(it.endsAt) > start);
  if (!those.length) return [element('p', { class: 'empty' }, say('noShortfalls'))];
  const held = ({ heldBack }) => heldBack.length === 0 ? '' : fill('heldBack', {
    list: heldBack.map((it) => fill('heldBackBy', { n: number(it.agents), rule: rule(it.rule) })).join('; '),
  });
  const rows = those.map((it) => [
    `${moment(it.startsAt, site.timeZone)} – ${moment(it.endsAt, site.timeZone)}`,
    rule(it.rule),
    element('span', {}, it.message, element('small', {}, held(it))),
  ]);
  return [grid(say('shortfalls'), [[say('when')], [say('rule')], [say('what')]], rows)];
}

/** Shows the week in its places. `loaded` promises schedule and queues. */
export function showWeek(loaded, site, from, date) {
  bring(at('tiles'), () => loaded, ({ schedule, queues }) => tiles(queues, schedule.shifts));
  bring(at('goals'), () => loaded, ({ schedule, queues }) => goals(queues, schedule, date));
  bring(at('shortfalls'), () => loaded, ({ schedule }) => shortfalls(schedule, site, from));
}
