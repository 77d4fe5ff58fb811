// Parts that the sections of the planner's page are made of.
import { problem } from '../api.js';
import { element, number } from '../render.js';
import { current, fill, say } from '../words.js';

export const rounded = (value, digits = 1) =>
  value == null ? '–' : Number(value).toLocaleString(current(), { maximumFractionDigits: digits });
export const hours = (value) => value == null ? '–' : fill('hours', { n: number(Math.round(value)) });

/**
 * Fills a place with what `show` makes of what is loaded; says that it loads until then, and what went
 * wrong with a button that tries `again`. What a later filling of the place has overtaken is not shown.
 */
export async function bring(place, load, show, again = () => bring(place, load, show)) {
  const mine = Symbol('filling');
  place.filling = mine;
  place.setAttribute('aria-busy', 'true');
  place.replaceChildren(element('p', { class: 'empty' }, say('loading')));
  let made;
  try {
    made = show(await load());
  } catch (error) {
    const button = element('button', { type: 'button' }, say('retry'));
    button.addEventListener('click', () => again());
    made = [element('p', { class: 'refusal', role: 'alert' }, problem(error)), button];
  }
  if (place.filling !== mine) return;
  place.replaceChildren(...made);
  place.removeAttribute('aria-busy');
}

/** A table of words and figures: `columns` are pairs of a word and whether figures stand below it. */
export function grid(caption, columns, rows) {
  const head = columns.map(([word, figure]) => element('th', { scope: 'col', class: figure ? 'figure' : null }, word));
  const cell = (value, place) => place === 0
    ? element('th', { scope: 'row' }, value)
    : element('td', { class: columns[place][1] ? 'figure' : null }, value);
  const body = rows.map((row) => element('tr', {}, ...row.map(cell)));
  const made = element('table', { class: 'plain' }, element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body));
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, made);
}

/** The sums of a queue's intervals, in hours of agents; those without a goal require nothing. */
export function sums(intervals) {
  const total = { required: 0, gap: 0, surplus: 0, level: 0, contacts: 0 };
  for (const it of intervals) {
    total.required += (it.toSchedule ?? 0) * it.hours;
    total.gap += (it.gap ?? 0) * it.hours;
    total.surplus += (it.surplus ?? 0) * it.hours;
    if (it.serviceLevelPercent != null) {
      total.level += it.serviceLevelPercent * it.contacts;
      total.contacts += it.contacts;
    }
  }
  return {
    ...total,
    coverage: total.required ? 100 * (1 - total.gap / total.required) : null,
    level: total.contacts ? total.level / total.contacts : null,
  };
}
