// The one dialog of a page: asks before something is done.
import { isLost, problem } from './api.js';
import { at, button, element } from './render.js';
import { say } from './words.js';

function open(title, ...parts) {
  const place = at('dialog');
  at('dialog-title').textContent = title;
  at('dialog-body').replaceChildren(...parts.filter(Boolean));
  if (!place.open) place.showModal();
  return () => place.close();
}

/**
 * Asks before something is done, with words for title and consent and with `parts`. `act` gives what the server says;
 * when that is a refusal, the dialog stays and shows what `refused` makes of it, else it closes and `done` goes on.
 * Gives the button of consent and the place of refusals. The page has the elements `dialog`, `dialog-title` and
 * `dialog-body`.
 */
export function decide({ title, consent, parts, act, refused, done }) {
  const outcome = element('div', { role: 'alert' });
  const yes = button(consent, async () => {
    outcome.replaceChildren();
    try {
      const said = await act();
      if (said.userErrors.length) {
        outcome.replaceChildren(...refused(said, close));
      } else {
        close();
        await done(said);
      }
    } catch (error) {
      const also = isLost(error) ? [element('p', {}, say('notSent'))] : [];
      outcome.replaceChildren(element('p', { class: 'refusal' }, problem(error)), ...also);
    }
  }, { 'class': 'main', 'data-yes': '' });
  const close = open(say(title), ...parts, outcome,
    element('p', { class: 'choices' }, yes, button('keep', () => close())));
  return { yes, outcome };
}
