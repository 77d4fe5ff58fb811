// The page of somebody who works shifts: loads what it shows, keeps it fresh, and shows it.
import { canReturn, isLost, problem, signOut, subscribe, toSignIn } from '../api.js';
import { at, element } from '../render.js';
import { clock, today } from '../time.js';
import { fill, say, translate } from '../words.js';
import './words.js';
import { ARRIVED, load, weighsWishes, who } from './data.js';
import { news } from './news.js';
import { offer } from './offer.js';
import { schedule, span } from './schedule.js';
import { sorted, swaps } from './swaps.js';
import { wishes } from './wishes.js';

const VIEWS = ['schedule', 'swaps', 'news'];
/** What is shown is made anew at least so often, for it tells what is now. */
const FRESH_MILLISECONDS = 5 * 60_000;

let viewer = null;
/** Whether who is signed in works no shifts. */
let stranger = false;
/** Whether wishes count at the site. */
let weighs = false;
let data = null;
let loadedAt = 0;
let link = 'connecting';
/** Whether the last attempt to load had no answer. */
let lost = false;
let cursor = null;
let stop = null;

const site = () => viewer.agent.site ?? viewer.sites[0] ?? null;
const zone = () => site()?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

function fault(text) {
  at('fault').textContent = text;
  at('fault').hidden = !text;
}

function put(id, parts) {
  const place = at(id);
  // Who stood on something that is made anew goes on at the head of its part.
  const stood = place.querySelector('.body').contains(document.activeElement);
  place.querySelector('.body').replaceChildren(...parts);
  if (stood) place.querySelector('h2').focus({ preventScroll: true });
}

function count(id, value, more) {
  at(id).textContent = value ? `${value}${more ? '+' : ''}` : '';
}

function paint() {
  if (!data) return;
  const ground = {
    zone: zone(), homeSite: site()?.id, now: Date.now(),
    offer: (shift) => offer(shift, viewer.agent.team, reload),
    wish: weighs ? () => wishes({ agent: viewer.agent.id, site: site().id, zone: zone() }) : null,
  };
  const offers = sorted(data.running.nodes, data.past.nodes, viewer.agent.id);
  put('schedule', schedule(data.mySchedule, ground));
  put('swaps', swaps(offers, { me: viewer.agent.id, homeSite: site()?.id, done: reload }));
  put('news', news(data.notifications, zone(), reload));
  count('open-count', offers.open.length, false);
  count('unread-count', data.notificationUnreadCount.value, data.notificationUnreadCount.isLowerBound);
  at('name').textContent = [viewer.displayName, viewer.agent.team?.name ?? site()?.name].filter(Boolean).join(' · ');
}

function connection() {
  at('link').dataset.state = link;
  at('link').querySelector('span').textContent = viewer ? say(link) : '';
  const off = !navigator.onLine || link === 'off' || lost;
  at('offline').hidden = !off || !viewer;
  at('offline').textContent = !off ? '' : data ? fill('offlineSince', { at: clock(loadedAt, zone()) }) : say('offline');
}

async function once() {
  if (!viewer) return;
  try {
    const next = await load({ ...span(Date.now(), zone()), agent: viewer.agent.id });
    // Signed out meanwhile.
    if (!viewer) return;
    const same = JSON.stringify(next) === JSON.stringify(data) && Date.now() - loadedAt < FRESH_MILLISECONDS;
    data = next;
    loadedAt = Date.now();
    lost = false;
    fault('');
    if (!same) paint();
  } catch (error) {
    if (!viewer) return;
    lost = isLost(error);
    const text = problem(error);
    // The banner says that there is no connection.
    fault(lost ? '' : text);
  }
  connection();
}

let busy = 0;
/** Says that the page is busy as long as something is under way. */
async function during(work) {
  busy += 1;
  at('mine').setAttribute('aria-busy', 'true');
  try {
    await work();
  } finally {
    busy -= 1;
    if (!busy) at('mine').removeAttribute('aria-busy');
  }
}

let loading = null;
let again = false;
/** Loads anew; what is asked for meanwhile is loaded once more after that. */
function reload() {
  again = true;
  loading ??= during(async () => {
    while (again) {
      again = false;
      await once();
    }
  }).finally(() => { loading = null; });
  return loading;
}

function connected(state) {
  if (state === 'out') {
    toSignIn();
    return;
  }
  link = state;
  connection();
  // What happened while nobody listened.
  if (state === 'live') reload();
}

function arrived({ notificationArrived }) {
  ({ cursor } = notificationArrived);
  reload();
}

/** Whether somebody may wish, and see what shifts there are to wish for, at a site where wishes are weighed. */
async function wishesCount({ agent, sites, scopes }) {
  const home = agent?.site ?? sites[0];
  const may = ['availability:write', 'work_rules:read'].every((it) => scopes.includes(it));
  if (!agent || !home || !may) return false;
  return weighsWishes(home.id, today(home.timeZone));
}

let starting = false;
async function start() {
  if (viewer || stranger || starting) return;
  starting = true;
  try {
    const caller = await who();
    weighs = await wishesCount(caller);
    fault('');
    at('leave').hidden = false;
    at('to-board').hidden = !caller.scopes.includes('intraday:read');
    stranger = !caller.agent;
    if (stranger) {
      fault(say('notAgent'));
      return;
    }
    viewer = caller;
    for (const id of ['mine', 'views']) at(id).hidden = false;
    for (const id of VIEWS) put(id, [element('p', { class: 'soft' }, say('loading'))]);
    stop = subscribe(ARRIVED, () => ({ after: cursor }), arrived, connected);
    await reload();
  } catch (error) {
    fault(problem(error));
    if (isLost(error)) setTimeout(start, 5000);
  } finally {
    starting = false;
  }
}

/** Names of sites and what the API says are in the language of the page too. */
async function translated() {
  document.title = `${say('my')} · Trunkline`;
  connection();
  if (stranger) fault(say('notAgent'));
  if (!viewer) return;
  paint();
  await during(async () => {
    try {
      const caller = await who();
      if (viewer) viewer = caller;
    } catch (error) {
      if (viewer) fault(problem(error));
    }
    await reload();
  });
  paint();
}

function turn() {
  const view = location.hash.slice(1);
  document.body.dataset.view = VIEWS.includes(view) ? view : VIEWS[0];
  for (const to of document.querySelectorAll('#views a')) {
    if (to.hash === `#${document.body.dataset.view}`) to.setAttribute('aria-current', 'page');
    else to.removeAttribute('aria-current');
  }
}

function wake() {
  connection();
  if (document.visibilityState !== 'visible') return;
  if (viewer) reload();
  else start();
}

window.addEventListener('hashchange', turn);
window.addEventListener('online', wake);
window.addEventListener('offline', connection);
window.addEventListener('focus', wake);
document.addEventListener('visibilitychange', wake);
at('leave').addEventListener('click', async () => {
  stop?.();
  // Nothing begins anew before the page is left.
  starting = true;
  viewer = null;
  data = null;
  // Nothing that was seen stays behind in the page.
  for (const id of VIEWS) put(id, []);
  at('name').textContent = '';
  for (const id of ['mine', 'views', 'leave', 'offline']) at(id).hidden = true;
  at('dialog').close();
  await signOut();
  location.replace('/');
});

turn();
translate(translated);
setInterval(paint, FRESH_MILLISECONDS);
if (canReturn()) start();
else toSignIn();
