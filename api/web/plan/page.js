// The planner's page: chooses site, week, schedule and day, and shows them.
import { canReturn, problem, signOut, toSignIn } from '../api.js';
import { at, element, percent } from '../render.js';
import { full, mondayOf, moment, plusDays, short, startOf, today, weekFrom, weekday } from '../time.js';
import { fill, say, translate } from '../words.js';
import './words.js';
import { accuracyOf } from './accuracy.js';
import { allow, resume, wire } from './actions.js';
import { chart } from './chart.js';
import { accuracy, figures, schedule, schedules, viewer } from './data.js';
import { bring, sums } from './parts.js';
import { changes, check, roster } from './roster.js';
import { showWeek } from './week.js';

/** What is shown: site, Monday of the week, its schedules, the one of them, and the day. */
const shown = { me: null, site: null, from: null, all: [], schedule: null, day: null };
/** Promises schedule and queues that are shown; another one when they are not those any more. */
let loaded = null;
/** Counts what was asked to be shown, so that an answer that was overtaken is known. */
let turns = 0;

/** The address keeps what was chosen, for reloads and for colleagues. */
function remember() {
  const { site, from, schedule: one } = shown;
  history.replaceState(null, '', `#${new URLSearchParams({ site: site.code, week: from, ...(one && { schedule: one.id }) })}`);
}

function named(it) {
  const kind = say(it.state === 'PUBLISHED' ? 'published' : it.base ? 'scenario' : 'draft');
  const days = `${short(it.startsOn)} – ${short(it.endsOn)}`;
  const made = it.state === 'PUBLISHED' ? null : fill('ofMoment', { at: moment(it.createdAt, shown.site.timeZone) });
  return [kind, it.name, days, made].filter(Boolean).join(' · ');
}

function showDays(queues) {
  const { site, from } = shown;
  const buttons = weekFrom(from).map((date) => {
    const [start, end] = [startOf(date, site.timeZone), startOf(plusDays(date, 1), site.timeZone)];
    const its = sums(queues.flatMap(({ intervals }) => intervals.filter((it) => it.start >= start && it.start < end)));
    const button = element('button', { 'type': 'button', 'aria-pressed': String(date === shown.day), 'aria-label': fill('dayCovered', { day: full(date), percent: percent(its.coverage) }), 'data-day': date },
      element('span', {}, `${weekday(date)} ${short(date)}`), element('small', {}, percent(its.coverage)));
    button.addEventListener('click', () => {
      shown.day = date;
      showDay().then(() => document.querySelector(`[data-day="${date}"]`)?.focus());
    });
    return button;
  });
  at('days').replaceChildren(...buttons);
}

/** The charts of the day, and what of the week is asked by day. */
async function showDay() {
  const { site, from, day } = shown;
  const window = { date: day, from: startOf(day, site.timeZone), to: startOf(plusDays(day, 1), site.timeZone), zone: site.timeZone };
  const mine = loaded;
  showWeek(mine, site, from, day);
  await bring(at('charts'), () => mine, ({ queues }) => {
    showDays(queues);
    if (!queues.length) return [element('p', { class: 'empty' }, say('noQueues'))];
    return queues.map((queue) => chart(queue, window));
  }, showSchedule);
}

async function load(id) {
  const { me, site, from } = shown;
  const [found, queues] = await Promise.all([
    schedule(id, site, from),
    Promise.all(me.queuesOf(site).map((queue) => figures(id, queue, site, from))),
  ]);
  if (!found) throw new Error(say('noSchedule'));
  return { schedule: found, queues };
}

function showSchedule() {
  const { me, site, from, schedule: one } = shown;
  remember();
  allow(me, one);
  for (const name of ['plan', 'week-figures', 'people']) at(name).hidden = !one;
  at('nothing').hidden = Boolean(one);
  if (!one) return;
  const mine = load(one.id);
  loaded = mine;
  // What went wrong is said once, where the charts would be.
  mine.catch(() => {
    if (mine === loaded) for (const name of ['week-figures', 'people']) at(name).hidden = true;
  });
  showDay();
  bring(at('roster'), () => mine, ({ schedule: its }) => roster(its, site, from));
  at('checking').replaceChildren(...(me.checks ? check(one) : []), ...changes(one, site));
}

/** Shows site and week, with the schedule of an id where it is among theirs. */
async function showWeekOf(wanted) {
  const { site, from } = shown;
  turns += 1;
  const turn = turns;
  at('week').value = from;
  at('status').textContent = say('loading');
  let all;
  try {
    all = await schedules(site, from);
  } catch (error) {
    if (turn === turns) at('status').textContent = problem(error);
    return;
  }
  if (turn !== turns) return;
  at('status').textContent = '';
  shown.all = all;
  shown.schedule = all.find(({ id }) => id === wanted) ?? all[0] ?? null;
  at('schedule').replaceChildren(...all.map((it) => element('option', { value: it.id }, named(it))));
  at('schedule').disabled = all.length === 0;
  if (shown.schedule) at('schedule').value = shown.schedule.id;
  const now = today(site.timeZone);
  if (!weekFrom(from).includes(shown.day)) shown.day = weekFrom(from).includes(now) ? now : from;
  showSchedule();
  bring(at('accuracy'), () => accuracy(site, from), accuracyOf);
}

function move(date) {
  shown.from = mondayOf(date);
  shown.day = null;
  return showWeekOf();
}

async function open() {
  if (!canReturn()) return toSignIn();
  at('leave').hidden = false;
  at('status').textContent = say('loading');
  turns += 1;
  const turn = turns;
  let me;
  try {
    me = await viewer();
  } catch (error) {
    if (turn === turns) at('status').textContent = problem(error);
    return null;
  }
  if (turn !== turns) return null;
  shown.me = me;
  if (!me.sees || !me.sites.length) {
    at('status').textContent = say('noRight');
    return null;
  }
  const asked = new URLSearchParams(location.hash.slice(1));
  const code = shown.site?.code ?? asked.get('site');
  shown.site = me.sites.find((it) => it.code === code) ?? me.sites[0];
  const date = asked.get('week') ?? '';
  shown.from ??= mondayOf(/^\d{4}-\d\d-\d\d$/.test(date) && Date.parse(date) ? date : today(shown.site.timeZone));
  at('site').replaceChildren(...me.sites.map((it) => element('option', { value: it.code }, it.name)));
  at('site').value = shown.site.code;
  at('board').hidden = false;
  await showWeekOf(shown.schedule?.id ?? asked.get('schedule'));
  return resume(show).catch((error) => { at('told').textContent = problem(error); });
}

at('site').addEventListener('change', ({ target }) => {
  shown.site = shown.me.sites.find((it) => it.code === target.value);
  showWeekOf();
});
at('week').addEventListener('change', ({ target }) => target.value && move(target.value));
at('before').addEventListener('click', () => move(plusDays(shown.from, -7)));
at('after').addEventListener('click', () => move(plusDays(shown.from, 7)));
at('schedule').addEventListener('change', ({ target }) => {
  shown.schedule = shown.all.find(({ id }) => id === target.value);
  showSchedule();
});
at('leave').addEventListener('click', async () => {
  await signOut();
  sessionStorage.clear();
  location.replace('/');
});

/** Names and sentences of the server are asked for anew in the other language. */
function translated() {
  for (const labelled of document.querySelectorAll('[data-label]')) labelled.setAttribute('aria-label', say(labelled.dataset.label));
  at('told').textContent = '';
  at('board').setAttribute('aria-busy', 'true');
  return open().finally(() => at('board').removeAttribute('aria-busy'));
}

const show = (id) => showWeekOf(id ?? shown.schedule?.id);
wire(() => shown, show);
translate(translated);
