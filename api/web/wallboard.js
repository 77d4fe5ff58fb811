// Signs in, listens to the board and shows it.
import { ask, cameFrom, canReturn, explain, leave, signIn, signInByProvider, signOut, subscribe } from './api.js';
import { at, curve, span, table, tiles } from './render.js';
import { current, say, translate } from './words.js';

const ROW = `site { code name } queue { code name } goal { serviceLevelPercent thresholdSeconds }
  waiting { contacts longestWaitSeconds at }
  today { offered answered abandoned serviceLevelPercent leastThresholdSeconds greatestThresholdSeconds at }
  staff { staffed available at }`;
const BOARD = `subscription Board($after: String) { wallboardChanged(after: $after) {
  takenAt cursor periods { startsAt offered answered }
  network { ${ROW} } sites { ${ROW} } queues { ${ROW} } } }`;
/** A figure older than this is not to be acted on. */
const STALE_SECONDS = 30;

let board = null;
/** Milliseconds by which the server's clock is ahead of this one. */
let ahead = 0;
let stop = null;
let link = 'off';

export function show(next) {
  board = next;
  ahead = Date.parse(board.takenAt) - Date.now();
  paint();
}

function paint() {
  if (!board) return;
  at('whole').replaceChildren(...tiles(board.network ?? (board.sites.length === 1 ? board.sites[0] : null)));
  at('whole').hidden = !board.network && board.sites.length !== 1;
  at('curve').replaceChildren(curve(board.periods));
  at('sites').replaceChildren(table(board.sites, 'site'));
  at('queues').replaceChildren(table(board.queues, 'queue'));
  tick();
}

function tick() {
  const now = Date.now() + ahead;
  at('clock').textContent = new Intl.DateTimeFormat(current(), { timeStyle: 'medium', hour12: false }).format(now);
  for (const figure of document.querySelectorAll('[data-at]')) {
    const seconds = Math.max(Math.floor((now - Date.parse(figure.dataset.at)) / 1000), 0);
    const stale = seconds > STALE_SECONDS;
    figure.classList.toggle('stale', stale);
    figure.closest('.tile')?.classList.toggle('stale', stale);
    if (figure.classList.contains('age')) figure.textContent = (stale ? `${say('stale')} ` : '') + span(seconds);
  }
}

export function connected(state) {
  link = state;
  at('link').dataset.state = state;
  at('link').querySelector('span').textContent = say(state === 'out' ? 'off' : state);
  if (state === 'out') close();
}

export function enter() {
  at('door').hidden = true;
  at('board').hidden = false;
  at('leave').hidden = false;
}

/** Shows the ways to the pages of planners and of agents to those whom they show something. */
async function guide() {
  const { viewer: { agent, scopes } } = await ask('{ viewer { agent { id } scopes } }');
  // Who works shifts and may not watch the board has nothing to see here.
  if (agent && !scopes.includes('intraday:read')) location.replace('/my');
  at('to-my').hidden = !agent;
  at('to-plan').hidden = !['forecast:read', 'schedule:read'].every((scope) => scopes.includes(scope));
}

function open() {
  const page = cameFrom();
  if (page) return location.replace(page);
  enter();
  // Without an answer the way stays hidden; the board itself says what is wrong.
  guide().catch(() => {});
  const variables = () => ({ after: board?.cursor });
  stop = subscribe(BOARD, variables, (data) => show(data.wallboardChanged), connected);
  return null;
}

function close() {
  stop?.();
  stop = null;
  board = null;
  leave();
  // Nothing that was seen stays behind in the page.
  for (const id of ['whole', 'curve', 'sites', 'queues']) at(id).replaceChildren();
  at('door').hidden = false;
  at('board').hidden = true;
  at('leave').hidden = true;
  for (const id of ['to-plan', 'to-my']) at(id).hidden = true;
  at('link').dataset.state = 'off';
  at('link').querySelector('span').textContent = '';
}

at('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  at('refusal').textContent = '';
  try {
    const { code, ...input } = Object.fromEntries(new FormData(form));
    await signIn(code ? { ...input, code } : input);
    form.reset();
    at('second').hidden = true;
    open();
  } catch (error) {
    if (error.code?.startsWith('SECOND_FACTOR')) {
      at('second').hidden = false;
      form.elements.code.value = '';
      form.elements.code.focus();
    }
    at('refusal').textContent = explain(error);
  }
});
at('by-provider').addEventListener('click', async () => {
  const { tenantSlug } = at('sign-in').elements;
  at('refusal').textContent = '';
  if (!tenantSlug.reportValidity()) return;
  try {
    await signInByProvider(tenantSlug.value);
  } catch (error) {
    at('refusal').textContent = explain(error);
  }
});
at('leave').addEventListener('click', () => {
  signOut();
  close();
});

translate(() => {
  if (stop || board) connected(link);
  paint();
});
tick();
setInterval(tick, 1000);
if (canReturn()) open();
