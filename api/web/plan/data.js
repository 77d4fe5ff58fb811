// What the planner's page asks the API for.
import { ask } from '../api.js';
import { CHANGE } from '../changes.js';
import { instant, plusDays, weekFrom } from '../time.js';

const VIEWER = `{ viewer { scopes sites { id code name timeZone } }
  queues { id code name serviceLevelPercent thresholdSeconds sites { id } } }`;
const SCHEDULES = `query Schedules($site: ID!) { schedules(siteId: $site, first: 100) { edges { node {
  id name state startsOn endsOn version createdAt base { id } } } } }`;
const SCHEDULE = `query Schedule($id: ID!, $from: DateTime!, $to: DateTime!) { schedule(id: $id) { id version state
  shifts(from: $from, to: $to) { localDate startsAt endsAt paidSeconds agent { id number displayName } }
  generation { shortfalls { kind message rule startsAt endsAt heldBack { rule agents } } } } }`;
const FIGURES = `query Figures($id: ID!, $queue: ID!, $from: DateTime!, $to: DateTime!) {
  scheduleFigures(scheduleId: $id, queueId: $queue, from: $from, to: $to) { intervals { startsAt endsAt figures {
    contacts toSchedule decidedBy staffedAgents gap surplus serviceLevelPercent
    seniors { grade toSchedule staffedAgents } } } } }`;
const REQUIREMENTS = `query Requirements($queue: ID!) {
  requirements(queueId: $queue) { forecast { id startsOn days } } }`;
const FORECAST = `query Forecast($id: ID!, $from: DateTime!, $to: DateTime!) { forecast(id: $id) {
  points(from: $from, to: $to) { startsAt volume quantiles { p025 p10 p90 p975 } } } }`;
const LEVEL = `query Level($queues: [ID!]!, $date: Date!) { planLevel(queueIds: $queues, date: $date) { queues {
  queue { id } level { serviceLevelPercent { value low high } formulaServiceLevelPercent
    abandonmentPercent { value } averageSpeedOfAnswerSeconds { value } } } } }`;
const CHECK = `query Check($id: ID!) { scheduleCheck(scheduleId: $id) {
  violations { rule severity standing message } } }`;
const CHANGES = `query Changes($id: ID!) { schedule(id: $id) { changes(first: 50) { nodes { ${CHANGE} } } } }`;
const ACCURACY = `query Accuracy($site: ID!, $from: Date!, $to: Date!) {
  forecastAccuracyReport(siteId: $site, by: WEEK, from: $from, to: $to) { rows { startsOn
    queue { id name } figures { wape biasPercent actual forecast } } } }`;
/** Weeks of the accuracy report. */
const WEEKS_BACK = 12;

/** Who looks, at which sites, and whether there is something to see. */
export async function viewer() {
  const { viewer: { scopes, sites }, queues } = await ask(VIEWER);
  const may = (...wanted) => wanted.every((scope) => scopes.includes(scope));
  return {
    sites,
    queuesOf: (site) => queues.filter((queue) => queue.sites.some(({ id }) => id === site.id)),
    sees: may('forecast:read', 'schedule:read'),
    generates: may('schedule:write'),
    publishes: may('schedule:publish'),
    checks: may('schedule:write') || may('schedule:publish'),
    overrides: may('schedule:override'),
  };
}

/** The schedules that have days of a week: the published one first, then drafts, newest first. */
export async function schedules(site, from) {
  const { schedules: { edges } } = await ask(SCHEDULES, { site: site.id });
  const last = plusDays(from, 6);
  const rank = ({ state }) => state === 'PUBLISHED' ? 0 : 1;
  return edges.map(({ node }) => node)
    .filter((it) => it.startsOn <= last && it.endsOn >= from && ['PUBLISHED', 'DRAFT'].includes(it.state))
    .sort((one, other) => rank(one) - rank(other) || other.createdAt.localeCompare(one.createdAt));
}

const span = (site, from) => ({ from: instant(from, site.timeZone), to: instant(plusDays(from, 7), site.timeZone) });

/** A schedule with its shifts of a week; `null` when it is gone. */
export async function schedule(id, site, from) {
  const { schedule: found } = await ask(SCHEDULE, { id, ...span(site, from) });
  if (!found) return null;
  // A shift of the Sunday before that ends on Monday counts on its Sunday.
  const days = weekFrom(from);
  return { ...found, shifts: found.shifts.filter((it) => days.includes(it.localDate)) };
}

/** The forecast points of a queue's latest requirement for a week, by start. */
async function points(queue, site, from) {
  const { requirements } = await ask(REQUIREMENTS, { queue: queue.id });
  const last = plusDays(from, 6);
  const forecast = requirements.map((it) => it.forecast)
    .find((it) => it && it.startsOn <= last && plusDays(it.startsOn, it.days - 1) >= from);
  if (!forecast) return new Map();
  const { forecast: found } = await ask(FORECAST, { id: forecast.id, ...span(site, from) });
  return new Map((found?.points ?? []).map((it) => [Date.parse(it.startsAt), it]));
}

/**
 * A queue in the intervals of a week inside a schedule. `shared` says that other sites serve it too:
 * then the forecast is of more contacts than the site is to serve.
 */
export async function figures(id, queue, site, from) {
  const [{ scheduleFigures }, forecast] = await Promise.all([
    ask(FIGURES, { id, queue: queue.id, ...span(site, from) }),
    points(queue, site, from),
  ]);
  const intervals = (scheduleFigures?.intervals ?? []).map(({ startsAt, endsAt, figures: its }) => {
    const [start, end] = [Date.parse(startsAt), Date.parse(endsAt)];
    return { ...its, start, end, hours: (end - start) / 3_600_000, forecast: forecast.get(start) ?? null };
  });
  // Who sees only the own site sees that others serve the queue by what is left to it.
  const part = intervals.some((it) => it.forecast && it.contacts < 0.99 * it.forecast.volume);
  return { queue, shared: queue.sites.length > 1 || part, intervals };
}

export const level = async (queues, date) =>
  (await ask(LEVEL, { queues: queues.map(({ id }) => id), date })).planLevel.queues;

/** Rules that a schedule breaks; `null` where the caller does not plan. */
export const violations = async (id) => (await ask(CHECK, { id })).scheduleCheck?.violations ?? null;

/** What was changed in a schedule, latest first. */
export const changesOf = async (id) => (await ask(CHANGES, { id })).schedule?.changes.nodes ?? [];

export const accuracy = async (site, from) => (await ask(ACCURACY, {
  site: site.id, from: plusDays(from, -7 * WEEKS_BACK), to: plusDays(from, 7),
})).forecastAccuracyReport.rows;
