// What somebody wishes of a coming week: a shift or rather not, to work or to be off, day by day.
import { problem } from '../api.js';
import { element } from '../render.js';
import { dayText, mondayOf, plusDays, today, weekFrom } from '../time.js';
import { fill, say } from '../words.js';
import { act, wishesOf } from './data.js';
import { announce, confirm } from './ui.js';

/** How many coming weeks can be chosen. */
const WEEKS = 4;

/** Whether a wish says what the day is to be, and not only what it had better not be. */
const asks = (wish) => wish.isWanted || !wish.templateCode;
/** A wish as the value of a choice, and the other way round. */
const valueOf = (wish) => `${wish.isWanted ? '+' : '-'}${wish.templateCode ?? ''}`;
const wishOf = (value) => ({ templateCode: value.slice(1) || null, isWanted: value.startsWith('+') });

/** The shifts that a site offers on a day; `sets` are in order of the day from which they hold. */
function offered(sets, day) {
  const begun = sets.filter((it) => !it.validFromDate || it.validFromDate <= day);
  return begun.at(-1)?.templates ?? [];
}

/**
 * A day with its choice. What was said of it and is not changed goes on as it was, also if it is more than one wish;
 * not so a wish for a shift that is no longer offered, for which the whole week would be refused.
 */
function row(day, told, templates) {
  const isOffered = (wish) => !wish.templateCode || templates.some((it) => it.code === wish.templateCode);
  const before = told.filter(isOffered);
  const gone = told.filter((it) => !isOffered(it)).map((it) => it.templateCode);
  const shown = before.find(asks) ?? before[0] ?? null;
  const option = (value, text) => element('option', { value }, text);
  const shift = ({ code, name }) => [
    option(`+${code}`, fill('wantsShift', { shift: name })), option(`-${code}`, fill('notShift', { shift: name })),
  ];
  const choice = element('select', { 'data-day': day }, option('', say('noWish')), option('-', say('wantsOff')),
    option('+', say('wantsWork')), ...templates.flatMap(shift));
  const first = shown ? valueOf(shown) : '';
  choice.value = first;
  const more = before.length > 1 ? element('small', { class: 'soft' }, fill('moreWishes', { count: before.length - 1 })) : null;
  const lapses = gone.length ? element('small', { class: 'soft' }, fill('goneWishes', { shifts: gone.join(', ') })) : null;
  const said = () => {
    if (choice.value === first) return before;
    return choice.value ? [{ localDate: day, ...wishOf(choice.value) }] : [];
  };
  return { said, part: element('label', { class: 'wish' }, element('span', {}, dayText(day)), choice, more, lapses) };
}

/** Opens the dialog for the wishes of an agent, by ids and the zone of its site. */
export function wishes({ agent, site, zone }) {
  const next = plusDays(mondayOf(today(zone)), 7);
  const mondays = Array.from({ length: WEEKS }, (_, weeks) => plusDays(next, 7 * weeks));
  const week = element('select', { id: 'wish-week' },
    ...mondays.map((monday) => element('option', { value: monday }, fill('week', { day: dayText(monday) }))));
  const days = element('div', { 'class': 'picker', 'aria-live': 'polite' });
  let rows = [];
  let asked = 0;

  /** Shows what is wished of the week as it is chosen now. */
  async function look() {
    const turn = ++asked;
    yes.disabled = true;
    days.replaceChildren(element('p', { class: 'soft' }, say('loading')));
    try {
      const { said, sets } = await wishesOf({ agent, site, from: week.value, to: plusDays(week.value, 7) });
      // A slower answer to what was chosen before is late.
      if (turn !== asked) return;
      rows = weekFrom(week.value).map((day) => row(day, said.filter((it) => it.localDate === day), offered(sets, day)));
      days.replaceChildren(...rows.map((it) => it.part));
      yes.disabled = false;
    } catch (error) {
      if (turn === asked) days.replaceChildren(element('p', { class: 'refusal' }, problem(error)));
    }
  }
  week.addEventListener('change', look);

  /** Sets the wishes. Until that is answered the week stays: what is sent are the rows of the week that is chosen. */
  async function save() {
    week.disabled = true;
    try {
      return await act('shiftWishesSet', { weekStartsOn: week.value, wishes: rows.flatMap((it) => it.said()) });
    } finally {
      week.disabled = false;
    }
  }

  const { yes } = confirm('wishTitle', 'saveWishes',
    [element('p', { class: 'soft' }, say('wishNote')), element('label', {}, element('span', {}, say('forWeek')), week), days],
    save, () => announce(say('wishesSaved')));
  look();
}
