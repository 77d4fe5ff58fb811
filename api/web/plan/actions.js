// Generating a draft and publishing it.
import { ask, mutation, problem, subscribe, toSignIn } from '../api.js';
import { decide } from '../dialog.js';
import { once } from '../once.js';
import { at, element } from '../render.js';
import { fill, say } from '../words.js';
import { broken } from './roster.js';

const GENERATE = mutation('scheduleGenerate', 'job { id } userErrors { code message }');
const CANCEL = mutation('jobCancel', 'userErrors { code message }');
const PUBLISH = mutation('schedulePublish', 'userErrors { code message } violations { rule severity message }');
const PROGRESS = `subscription Progress($job: ID!, $after: String) { jobProgress(jobId: $job, after: $after) {
  cursor state progressPercent failure } }`;
const RESULT = 'query Result($id: ID!) { job(id: $id) { state schedule { id } } }';
/** Where the job under way stands, so that a reloaded page finds it. */
const JOB = 'job';

/** Ends the watching of the job; `null` while none is watched. */
let stop = null;

const tell = (words) => { at('told').textContent = words; };

function show({ state, progressPercent }) {
  const bar = at('bar');
  if (progressPercent == null) bar.removeAttribute('value');
  else bar.value = progressPercent;
  const share = progressPercent == null ? '' : ` · ${fill('progress', { n: progressPercent })}`;
  at('bar-text').textContent = say(state === 'QUEUED' ? 'queued' : 'running') + share;
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
  show({ state: 'QUEUED', progressPercent: null });
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

async function cancel() {
  const { outcome } = await once(CANCEL, { input: { jobId: sessionStorage.getItem(JOB) } });
  if (outcome.userErrors.length) tell(refused(outcome));
}

/** What publishing would break. */
const verdict = ({ userErrors, violations }) => [
  element('p', { class: userErrors.length ? 'refusal' : null }, say(userErrors.length ? 'mayNot' : 'mayPublish')),
  ...userErrors.map(({ message }) => element('p', { class: 'refusal' }, message)),
  ...(violations.length ? broken(violations) : []),
];

/** Asks with what it would break whether a draft is published as it is now; `show` shows it anew afterwards. */
async function publish({ id, version }, show) {
  const send = async (dryRun) => (await once(PUBLISH, { input: { scheduleId: id, expectedVersion: version, dryRun } })).outcome;
  const isChanged = ({ userErrors }) => userErrors.some(({ code }) => code === 'STALE_VERSION');
  const anew = (word) => {
    tell(say(word));
    return show(id);
  };
  const said = await send(true);
  if (isChanged(said)) return anew('changedMeanwhile');
  const { yes, outcome } = decide({
    title: 'publishing', consent: 'publish', parts: [element('p', {}, say('publishHint'))],
    act: () => send(false),
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
  return null;
}

/**
 * Wires the buttons. `chosen` gives site, week and schedule that are shown; `show` shows them anew,
 * with the schedule of an id where one is given.
 */
export function wire(chosen, show) {
  at('generation').addEventListener('submit', (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { site, from } = chosen();
    const [weeks, iterations] = ['weeks', 'iterations'].map((name) => Number(form.elements[name].value));
    attempt(at('generate'), async () => {
      const { outcome } = await once(GENERATE, { input: { siteId: site.id, startsOn: from, weeks, iterations } });
      if (!outcome.job) return tell(refused(outcome));
      follow(outcome.job.id, show);
      return false;
    });
  });
  at('cancel').addEventListener('click', () => attempt(at('cancel'), cancel));
  at('publish').addEventListener('click', () => attempt(at('publish'), () => publish(chosen().schedule, show)));
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
