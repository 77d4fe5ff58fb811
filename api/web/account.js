// Sets a password by the link of a mail, or asks for such a link.
import { run } from './api.js';
import { current, say, speak } from './words.js';

const at = (id) => document.getElementById(id);
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
    at('outcome').textContent = error instanceof TypeError ? say('unreachable') : error.message;
  }
}

at('ask').addEventListener('submit', (event) =>
  attempt(event, (input) => run('passwordResetRequest', input), 'linkSent'));
at('set').addEventListener('submit', (event) =>
  attempt(event, ({ password }) => run(KINDS[kind], { token, password }), 'passwordSet'));
at('language').addEventListener('click', () => translate(current() === 'zh' ? 'en' : 'zh'));

function translate(language) {
  speak(language);
  at('language').textContent = say('other');
  at('language').lang = language === 'zh' ? 'en' : 'zh';
}

at(byLink ? 'set' : 'ask').hidden = false;
translate(current());
