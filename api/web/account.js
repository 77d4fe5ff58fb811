// Sets a password by the link of a mail, or asks for such a link.
import { explain, run } from './api.js';
import { at } from './render.js';
import { say, translate } from './words.js';

const KINDS = { invitation: 'invitationAccept', reset: 'passwordReset' };
const [kind, token] = location.hash.slice(1).split('=');
const byLink = kind in KINDS;
// What was in the address stays in no history.
history.replaceState(null, '', location.pathname);

async function attempt(event, act, done) {
  event.preventDefault();
  const form = event.currentTarget;
  at('outcome').textContent = '';
  try {
    await act(Object.fromEntries(new FormData(form)));
    form.hidden = true;
    at('outcome').textContent = say(done);
  } catch (error) {
    at('outcome').textContent = explain(error);
  }
}

at('ask').addEventListener('submit', (event) =>
  attempt(event, (input) => run('passwordResetRequest', input), 'linkSent'));
at('set').addEventListener('submit', (event) =>
  attempt(event, ({ password }) => run(KINDS[kind], { token, password }), 'passwordSet'));

at(byLink ? 'set' : 'ask').hidden = false;
translate();
