// What the parts of the page share: a shift in words, broken rules, and questions.
import { decide } from '../dialog.js';
import { at, element } from '../render.js';
import { dayText, times } from '../time.js';
import { fill, say } from '../words.js';

/** `Mon, 30 Nov 08:30–17:00`. */
export const shiftText = (shift) => `${dayText(shift.localDate)} ${times(shift.startsAt, shift.endsAt, shift.timeZone)}`;

let hush = null;
/** Says something to the eye and to screen readers; it goes by itself. */
export function announce(text) {
  const place = at('told');
  place.textContent = text;
  clearTimeout(hush);
  hush = setTimeout(() => { place.textContent = ''; }, 8000);
}

/** Broken rules: the sentence of the API, which has what was measured and the limit, and how heavy each is. */
export function rules(violations) {
  if (!violations.length) return null;
  return element('ul', { class: 'rules' }, ...violations.map((it) => {
    // What stood before and is not worsened holds nothing up.
    const weight = it.standing ? 'WARNING' : it.severity;
    return element('li', { 'data-severity': weight }, it.message, element('small', {}, say(weight)));
  }));
}

/** The sentences of refusals and the rules behind them. */
export function refusals(errors, violations = []) {
  return [...errors.map((it) => element('p', { class: 'refusal' }, it.message)), rules(violations)].filter(Boolean);
}

/** Own shifts with which a refused exchange would pass. */
function instead(alternatives = []) {
  return alternatives.filter((it) => it.shift).map((it) =>
    element('p', {}, fill('insteadReturn', { which: shiftText(it.shift) })));
}

/** Asks before something is done: `act` gives what the server says, and unless that is a refusal `done` goes on. */
export const confirm = (title, consent, parts, act, done) => decide({
  title, consent, parts, act, done,
  refused: ({ userErrors, violations, alternatives }) => [...refusals(userErrors, violations), ...instead(alternatives)],
});
