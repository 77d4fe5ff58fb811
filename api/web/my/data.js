// What the page asks the API for, and what it does there.
import { ask, isLost, mutation } from '../api.js';
import { CHANGE } from '../changes.js';
import { once } from '../once.js';

const ACTIVITIES = 'activities { category startsAt endsAt paid }';
const SHIFT = 'id version localDate startsAt endsAt timeZone paidSeconds';
const VIOLATION = 'severity standing message';
const SWAP = `id version state waitingFor expiresAt note proposer { id } proposerName counterpart { id } counterpartName
  acceptableWindows { startsAt endsAt } offeredShift { ${SHIFT} site { id name } } requestedShift { ${SHIFT} }`;

const WHO = `{ viewer { displayName scopes agent { id site { id name timeZone } team { id name } } sites { id name timeZone } } }`;
const ALL = `query My($from: DateTime!, $to: DateTime!, $agent: ID!) {
  mySchedule(from: $from, to: $to) { ${SHIFT} ${ACTIVITIES} site { id name }
    viewerCanOffer { allowed reasons { code message } } offerEndsAt activeSwap { id state } }
  running: shiftSwaps(first: 40, filter: { state: { in: [OPEN, MATCHED] } }) { nodes { ${SWAP}
    viewerCanTake { allowed needsApproval reasons { message } violations { ${VIOLATION} } returnShift { ${SHIFT} } } } }
  past: shiftSwaps(first: 5, filter: { agent: { eq: $agent }, state: { in: [APPROVED, DENIED, CANCELLED, EXPIRED] } }) {
    nodes { ${SWAP} } }
  notifications(first: 20, unreadOnly: true) { nodes { id kind message createdAt } pageInfo { hasNextPage } }
  notificationUnreadCount { value isLowerBound } }`;
const COLLEAGUES = `query($name: String, $first: Int) { viewer { colleagues(first: $first, nameStartsWith: $name) {
  agentId displayName number team { name } } } }`;
const CHANGES = `query Changes($id: ID!) { node(id: $id) { ... on Shift { changes { ${CHANGE} } } } }`;
const WISHES = `query Wishes($agent: ID!, $site: ID!, $from: Date!, $to: Date!) {
  shiftTemplates(siteId: $site) { validFromDate templates { code name } }
  agent(id: $agent) { shiftWishes(from: $from, to: $to) { localDate templateCode isWanted weight } } }`;
const COUNTED = `query Counted($site: ID!) { shiftTemplates(siteId: $site) { validFromDate templates { headcounts } } }`;
export const ARRIVED = 'subscription($after: String) { notificationArrived(after: $after) { cursor } }';

const REFUSED = `userErrors { code message } violations { ${VIOLATION} } alternatives { shift { ${SHIFT} } }`;
const DEEDS = {
  shiftSwapPropose: `shiftSwap { expiresAt } ${REFUSED}`,
  shiftSwapAnswer: `shiftSwap { state waitingFor } ${REFUSED}`,
  shiftSwapCancel: 'shiftSwap { state } userErrors { code message }',
  shiftWishesSet: 'shiftWishes { localDate } userErrors { code message }',
  notificationMarkRead: 'userErrors { code message }',
};

export const who = async () => (await ask(WHO)).viewer;
export const load = (variables) => ask(ALL, variables);
/** What was changed of an own shift, latest first. */
export const changesOf = async (id) => (await ask(CHANGES, { id })).node?.changes ?? [];

/** What an agent has said of the days, and the sets of shifts that its site offers. */
export async function wishesOf(variables) {
  const { agent, shiftTemplates } = await ask(WISHES, variables);
  return { said: agent?.shiftWishes ?? [], sets: shiftTemplates };
}

/** Whether a site plans any shift by number on a day or later: only then are wishes weighed. */
export async function weighsWishes(site, day) {
  const { shiftTemplates: sets } = await ask(COUNTED, { site });
  const begun = sets.filter((it) => !it.validFromDate || it.validFromDate <= day).length;
  const coming = sets.slice(Math.max(begun - 1, 0)).flatMap((it) => it.templates);
  return coming.some((it) => it.headcounts.some((people) => people > 0));
}

/** Colleagues by name: one more than are shown tells whether there are more. */
export const COLLEAGUES_SHOWN = 30;
export async function colleagues(name) {
  const { viewer } = await ask(COLLEAGUES, { name: name || null, first: COLLEAGUES_SHOWN + 1 });
  return viewer.colleagues;
}

/** Asks what would become of it; nothing is done. */
export const tryOut = async (field, input) => (await ask(mutation(field, DEEDS[field]), { input: { ...input, dryRun: true } })).outcome;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/**
 * Does something once for each tap. Without an answer the same is sent again under the same key, here and, when
 * that does not help either, at the next tap. Gives what the server says; throws when it says nothing.
 */
export async function act(field, input) {
  for (const wait of [700, 2500, null]) {
    try {
      return (await once(mutation(field, DEEDS[field]), { input })).outcome;
    } catch (error) {
      // With anything else it was refused as a whole, and nothing was done.
      const unknown = isLost(error) || error.code === 'IDEMPOTENCY_CONFLICT';
      if (!unknown || wait === null) throw error;
      await pause(wait);
    }
  }
  return null;
}
