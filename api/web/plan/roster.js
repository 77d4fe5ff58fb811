// Who works when in a week, and which work rules that breaks.
import { told } from '../changes.js';
import { element, number } from '../render.js';
import { clock, short, weekFrom, weekday } from '../time.js';
import { fill, say } from '../words.js';
import { changesOf, violations } from './data.js';
import { bring, grid, hours } from './parts.js';
import { rule } from './rules.js';

/** Agents by days with start and end. Shifts of agents whom the caller may not see are counted by day. */
export function roster(schedule, site, from) {
  if (!schedule.shifts.length) return [element('p', { class: 'empty' }, say('noShifts'))];
  const days = weekFrom(from);
  const agents = new Map();
  const unnamed = [];
  for (const shift of schedule.shifts) {
    if (!shift.agent) unnamed.push(shift);
    else agents.set(shift.agent.id, [...agents.get(shift.agent.id) ?? [], shift]);
  }
  const paid = (shifts) => hours(shifts.reduce((sum, it) => sum + it.paidSeconds, 0) / 3600);
  const time = (it) => `${clock(it.startsAt, site.timeZone)}–${clock(it.endsAt, site.timeZone)}`;
  const of = (shifts, date) => shifts.filter((it) => it.localDate === date);
  const rows = [...agents.values()]
    .sort(([one], [other]) => one.agent.number.localeCompare(other.agent.number))
    .map((shifts) => [
      element('span', {}, shifts[0].agent.displayName, element('small', {}, shifts[0].agent.number)),
      ...days.map((date) => of(shifts, date).map(time).join(', ')), paid(shifts),
    ]);
  if (unnamed.length) {
    rows.push([say('namesHidden'), ...days.map((date) => fill('shiftsOf', { n: number(of(unnamed, date).length) })), paid(unnamed)]);
  }
  const columns = [[say('agent')], ...days.map((date) => [`${weekday(date)} ${short(date)}`]), [say('paidHours'), true]];
  return [grid(say('roster'), columns, rows)];
}

/** Lists up to this length stand open. */
const SHORT = 8;

/** Broken rules by rule, in the words of the server: those that prevent publishing come first. */
export function broken(found) {
  if (!found) return [element('p', { class: 'refusal' }, say('noCheck'))];
  if (!found.length) return [element('p', { class: 'empty' }, say('noViolations'))];
  const rules = new Map();
  for (const it of found) rules.set(it.rule, [...rules.get(it.rule) ?? [], it]);
  const prevents = (it) => it.severity === 'BLOCKING' && !it.standing;
  const blocking = found.filter(prevents).length;
  return [
    element('p', {}, fill('violationCount', { n: number(found.length), blocking: number(blocking) })),
    ...[...rules].map(([code, those]) => element('details', { open: those.length <= SHORT ? '' : null },
      element('summary', {}, `${rule(code)} (${number(those.length)})`),
      element('ul', {}, ...those.map((it) => element('li', {}, it.message, ' ',
        element('small', { class: prevents(it) ? 'misses' : null }, say(it.standing ? 'stands' : it.severity))))))),
  ];
}

/** A button that asks what was changed in a schedule, by whom and why. */
export function changes(schedule, site) {
  const button = element('button', { type: 'button', id: 'changes' }, say('changes'));
  const place = element('div', { id: 'changed' });
  button.addEventListener('click', () => bring(place, () => changesOf(schedule.id), (found) => told(found, site.timeZone)));
  return [button, place];
}

/** A button that asks which rules a schedule breaks: that takes a while. */
export function check(schedule) {
  const button = element('button', { type: 'button', id: 'check' }, say('check'));
  const place = element('div', { id: 'violations' });
  button.addEventListener('click', () => bring(place, () => violations(schedule.id), broken));
  return [button, place];
}
