// Generating a draft and publishing it.
import { ask, mutation, problem, subscribe, toSignIn } from '../api.js';
import { decide } from '../dialog.js';
import { once } from '../once.js';
import { at, element, number, percent } from '../render.js';
import { fill, say } from '../words.js';
import { broken } from './roster.js';
import { rule } from './rules.js';

const GENERATE = mutation('scheduleGenerate', 'job { id } userErrors { code message }');
const CANCEL = mutation('jobCancel', 'userErrors { code message }');
const PUBLISH = mutation('schedulePublish',
  'userErrors { code message params { name value } } violations { rule severity standing message }');
const PROGRESS = `subscription Progress($job: ID!, $after: String) { jobProgress(jobId: $job, after: $after) {
  cursor state progressPercent isStopping failure search { rounds bestCost uncoveredPercent } } }`;
const RESULT = 'query Result($id: ID!) { job(id: $id) { state schedule { id } } }';
/** Where the job under way stands, so that a reloaded page finds it. */
const JOB = 'job';

/** Ends the watching of the job; `null` while none is watched. */
let stop = null;

const tell = (words) => { at('told').textContent = words; };

/** What a search has found so far, in words. */
const found = ({ rounds, bestCost, uncoveredPercent }) => fill('bestSoFar', {
  rounds: number(rounds), cost: number(bestCost), missing: percent(uncoveredPercent),
});

function show({ state, progressPercent, isStopping, search }) {
  const bar = at('bar');
  if (progressPercent == null) bar.removeAttribute('value');
  else bar.value = progressPercent;
  const share = progressPercent == null ? '' : ` · ${fill('progress', { n: progressPercent })}`;
  const word = state === 'QUEUED' ? 'queued' : isStopping ? 'stopping' : 'running';
  at('bar-text').textContent = say(word) + share;
  at('best').textContent = search ? found(search) : '';
  // Before the first legal roster there is nothing to keep.
  at('stop').disabled = !search || isStopping;
}

function end() {
  stop?.();
  stop = null;
  sessionStorage.removeItem(JOB);
  at('job').hidden = true;
  at('generate').disabled = false;
}

async function finish(id, { state, failure }, done) {
  end();
  if (state !== 'DONE') return tell(fill(state, { why: failure ?? '–' }));
  tell(say('done'));
  const { job } = await ask(RESULT, { id });
  done(job?.schedule?.id);
}

/** Follows a job to its end; `done` gets the id of the schedule that came of it. */
function follow(id, done) {
  sessionStorage.setItem(JOB, id);
  at('generate').disabled = true;
  at('job').hidden = false;
  show({ state: 'QUEUED', progressPercent: null, isStopping: false, search: null });
  let after;
  const next = ({ jobProgress: it }) => {
    after = it.cursor;
    show(it);
    if (['DONE', 'FAILED', 'CANCELLED'].includes(it.state)) finish(id, it, done).catch((error) => tell(problem(error)));
  };
  stop = subscribe(PROGRESS, () => ({ job: id, after }), next, (state) => state === 'out' && toSignIn());
}

/** Runs what a button does, and says in words what went wrong. It rests when `act` gives `false`. */
async function attempt(button, act) {
  button.disabled = true;
  tell('');
  let again = true;
  try {
    again = await act() !== false;
  } catch (error) {
    tell(problem(error));
  }
  button.disabled = !again;
}

const refused = ({ userErrors }) => userErrors.map(({ message }) => message).join(' ');

/** Ends the job; gives whether it was refused. */
async function cancel(keep) {
  const { outcome } = await once(CANCEL, { input: { jobId: sessionStorage.getItem(JOB), keep } });
  if (outcome.userErrors.length) tell(refused(outcome));
  return outcome.userErrors.length > 0;
}

/** What publishing would break. */
const verdict = ({ userErrors, violations }) => [
  element('p', { class: userErrors.length ? 'refusal' : null }, say(userErrors.length ? 'mayNot' : 'mayPublish')),
  ...userErrors.map(({ message }) => element('p', { class: 'refusal' }, message)),
  ...(violations.length ? broken(violations) : []),
];

/** Rules that stand against it and that somebody can answer for. */
const answerable = (errors) => [...new Set(errors.flatMap(({ params }) => params)
  .filter(({ name }) => ['rules', 'overridable'].includes(name)).flatMap(({ value }) => value.split(', ')))];

/** Asks with what it would break whether a draft is published as it is now; `show` shows it anew afterwards. */
async function publish({ schedule: { id, version }, me }, show) {
  const send = async (dryRun, overrides = []) => (await once(PUBLISH,
    { input: { scheduleId: id, expectedVersion: version, overrides, dryRun } })).outcome;
  const isChanged = ({ userErrors }) => userErrors.some(({ code }) => code === 'STALE_VERSION');
  const anew = (word) => {
    tell(say(word));
    return show(id);
  };
  const said = await send(true);
  if (isChanged(said)) return anew('changedMeanwhile');
  const rules = me.overrides ? answerable(said.userErrors) : [];
  const reason = element('textarea', { rows: '2', maxlength: '500' });
  const why = element('label', {}, fill('overrideWhy', { rules: rules.map(rule).join(', ') }), reason);
  const overrides = () => rules.map((code) => ({ rule: code, reason: reason.value }));
  const { yes, outcome } = decide({
    title: 'publishing', consent: 'publish', parts: [element('p', {}, say('publishHint')), rules.length ? why : null],
    act: () => send(false, overrides()),
    refused: (refusal, close) => {
      if (!isChanged(refusal)) return verdict(refusal);
      close();
      anew('changedMeanwhile');
      return [];
    },
    done: () => anew('isPublished'),
  });
  outcome.replaceChildren(...verdict(said));
  yes.disabled = said.userErrors.length > 0;
  reason.addEventListener('input', () => { yes.disabled = reason.value.trim().length < 3; });
  return null;
}

/**
 * Wires the buttons. `chosen` gives the viewer, site, week and schedule that are shown; `show` shows them anew,
 * with the schedule of an id where one is given.
 */
export function wire(chosen, show) {
  at('generation').addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { site, from } = chosen();
    const [weeks, iterations, seconds] = ['weeks', 'iterations', 'seconds'].map((name) => Number(form.elements[name].value));
    const maxSeconds = seconds || null;
    attempt(at('generate'), async () => {
      const { outcome } = await once(GENERATE, { input: { siteId: site.id, startsOn: from, weeks, iterations, maxSeconds } });
      if (!outcome.job) return tell(refused(outcome));
      follow(outcome.job.id, show);
      return false;
    });
  });
  at('cancel').addEventListener('click', () => attempt(at('cancel'), () => cancel(false).then(() => true)));
  // Stopped once, it is at its end: the button rests unless that was refused.
  at('stop').addEventListener('click', () => attempt(at('stop'), () => cancel(true)));
  at('publish').addEventListener('click', () => attempt(at('publish'), () => publish(chosen(), show)));
}

/** Follows the job that was under way when the page was left, if the caller still sees it. */
export async function resume(done) {
  const id = sessionStorage.getItem(JOB);
  if (!id || stop) return;
  const { job } = await ask(RESULT, { id });
  if (['QUEUED', 'RUNNING'].includes(job?.state)) follow(id, done);
  else sessionStorage.removeItem(JOB);
}

/** What the caller may do with what is shown. */
export function allow({ generates, publishes }, schedule) {
  at('generation').hidden = !generates;
  at('publish').hidden = !publishes || schedule?.state !== 'DRAFT';
  at('actions').hidden = at('generation').hidden && at('publish').hidden;
}
