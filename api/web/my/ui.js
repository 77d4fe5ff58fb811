// What the parts of the page share: buttons, broken rules, what went wrong, and a dialog.
import { canReturn, toSignIn } from '../api.js';
import { element } from '../render.js';
import { say } from '../words.js';
import { isLost } from './data.js';

export const at = (id) => document.getElementById(id);

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

let hush = null;
/** Says something to the eye and to screen readers; it goes by itself. */
export function announce(text) {
  const place = at('told');
  place.textContent = text;
  clearTimeout(hush);
  hush = setTimeout(() => { place.textContent = ''; }, 8000);
}

/** What went wrong, in words; leads to the sign-in when the session is over. */
export function problem(error) {
  if (!canReturn()) {
    toSignIn();
    return say('ended');
  }
  return isLost(error) ? say('unreachable') : error.message;
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

/** Opens the one dialog of the page with a title and parts; closing it forgets them. */
export function show(title, ...parts) {
  const place = at('dialog');
  at('dialog-title').textContent = title;
  at('dialog-body').replaceChildren(...parts.filter(Boolean));
  if (!place.open) place.showModal();
  return () => place.close();
}

/**
 * Asks before something is done. `act` gives what the server says; when that is a refusal, it is shown and the dialog
 * stays, else `done` goes on.
 */
export function confirm(title, yes, parts, act, done) {
  const outcome = element('div', { role: 'alert' });
  const close = show(say(title), ...parts, outcome, element('p', { class: 'choices' },
    button(yes, async () => {
      outcome.replaceChildren();
      try {
        const said = await act();
        if (said.userErrors.length) {
          outcome.replaceChildren(...refusals(said.userErrors, said.violations));
        } else {
          close();
          await done(said);
        }
      } catch (error) {
        const also = isLost(error) ? [element('p', {}, say('notSent'))] : [];
        outcome.replaceChildren(element('p', { class: 'refusal' }, problem(error)), ...also);
      }
    }, { 'class': 'main', 'data-yes': '' }),
    button('keep', () => close())));
}
