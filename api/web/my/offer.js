// Offering a shift: to whom, what stands against it, and the offer itself.
import { problem } from '../api.js';
import { element } from '../render.js';
import { instant, moment, mondayOf, plusDays, today } from '../time.js';
import { fill, say } from '../words.js';
import { COLLEAGUES_SHOWN, act, colleagues, tryOut } from './data.js';
import { announce, confirm, refusals, rules, shiftText } from './ui.js';

const choice = (value, word, checked) => element('label', { class: 'choice' },
  element('input', { type: 'radio', name: 'to', value, checked: checked ? '' : undefined }), element('span', {}, say(word)));

/** The list of colleagues whose names begin so, in a select of its own. */
function picker(chosen) {
  const list = element('select', { 'id': 'colleague', 'aria-label': say('choose') });
  const told = element('p', { class: 'soft', role: 'status' });
  const name = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' });
  let timer = null;
  let asked = 0;

  async function find() {
    const turn = ++asked;
    try {
      const found = await colleagues(name.value.trim());
      // A slower answer to what was typed before is late.
      if (turn !== asked) return;
      told.textContent = found.length > COLLEAGUES_SHOWN ? say('moreFound') : found.length ? '' : say('nobodyFound');
      list.replaceChildren(element('option', { value: '' }, say('choose')), ...found.slice(0, COLLEAGUES_SHOWN).map((it) =>
        element('option', { value: it.agentId }, [it.displayName, it.number, it.team?.name].filter(Boolean).join(' · '))));
    } catch (error) {
      told.textContent = problem(error);
    }
    chosen();
  }
  name.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(find, 300);
  });
  list.addEventListener('change', chosen);
  return { list, find, parts: [element('label', {}, element('span', {}, say('find')), name), list, told] };
}

/** Whether a shift is wanted in return, and within which days: at first those of the week of the shift. */
function exchange({ localDate, timeZone }, changed) {
  const first = today(timeZone);
  const monday = mondayOf(localDate);
  const day = (value) => element('input', { type: 'date', value, min: first, required: '' });
  const [from, to] = [day(monday < first ? first : monday), day(plusDays(monday, 6))];
  const wanted = element('input', { type: 'checkbox', id: 'exchange' });
  const named = (word, input) => element('label', {}, element('span', {}, say(word)), input);
  const days = element('div', { class: 'days-between', hidden: '' }, named('fromDay', from), named('toDay', to));
  wanted.addEventListener('change', () => { days.hidden = !wanted.checked; });
  for (const input of [wanted, from, to]) input.addEventListener('change', changed);
  return {
    parts: [element('label', { class: 'choice' }, wanted, element('span', {}, say('exchange'))), days],
    isComplete: () => !wanted.checked || Boolean(from.value && to.value),
    windows: () => wanted.checked ? [{ startsAt: instant(from.value, timeZone), endsAt: instant(plusDays(to.value, 1), timeZone) }] : [],
  };
}

/** What stands against an offer that can be made: who is asked could not say yes to what a rule prevents. */
function judged(violations, others) {
  if (!violations.length) return [element('p', {}, say('fits'))];
  const prevented = violations.some((it) => it.severity === 'BLOCKING' && !it.standing);
  return [prevented ? element('p', {}, say('couldNot')) : null, rules(violations),
    others.length ? element('p', {}, say('othersCould')) : null].filter(Boolean);
}

/** Opens the dialog for a shift. `team` is the own one or `null`; `done` is called once the offer stands. */
export function offer(shift, team, done) {
  const verdict = element('div', { 'class': 'verdict', 'aria-live': 'polite' });
  const note = element('textarea', { maxlength: '500', rows: '2' });
  const one = picker(() => look());
  const back = exchange(shift, () => look());
  const few = element('div', { class: 'picker', hidden: '' }, ...one.parts);
  const to = element('fieldset', {}, element('legend', {}, say('toWhom')),
    choice('site', 'toSite', true), team ? choice('team', 'toTeam', false) : null, choice('one', 'toOne', false));
  let looked = 0;

  const kind = () => to.querySelector('input:checked').value;
  const input = () => ({
    offeredShiftId: shift.id,
    expectedVersion: shift.version,
    audience: { site: () => ({ teamIds: [] }), team: () => ({ teamIds: [team.id] }), one: () => ({ agentId: one.list.value }) }[kind()](),
    acceptableWindows: back.windows(),
    note: note.value.trim() || null,
  });

  /** Shows what would become of the offer as it is chosen now. */
  async function look() {
    const turn = ++looked;
    const isComplete = back.isComplete() && (kind() !== 'one' || one.list.value);
    few.hidden = kind() !== 'one';
    yes.disabled = true;
    verdict.replaceChildren();
    if (!isComplete) return;
    verdict.textContent = say('checking');
    try {
      const { userErrors, violations, alternatives } = await tryOut('shiftSwapPropose', input());
      if (turn !== looked) return;
      verdict.replaceChildren(...(userErrors.length ? refusals(userErrors, violations) : judged(violations, alternatives)));
      yes.disabled = userErrors.length > 0;
    } catch (error) {
      if (turn === looked) verdict.replaceChildren(element('p', { class: 'refusal' }, problem(error)));
    }
  }
  to.addEventListener('change', () => {
    if (kind() === 'one' && !one.list.options.length) one.find();
    look();
  });

  const what = element('p', { class: 'what' }, shiftText(shift));
  const { yes } = confirm('offerTitle', 'send', [what, to, few, ...back.parts, element('label', {}, element('span', {}, say('note')), note), verdict],
    () => act('shiftSwapPropose', input()),
    async ({ shiftSwap }) => {
      announce(fill('nowOffered', { at: moment(shiftSwap.expiresAt, shift.timeZone) }));
      await done();
    });
  look();
}
