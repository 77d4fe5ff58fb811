// Offers: those that I can take, my own, and those that are over.
import { button, element } from '../render.js';
import { moment } from '../time.js';
import { fill, say } from '../words.js';
import { act } from './data.js';
import { announce, confirm, refusals, rules, shiftText } from './ui.js';

/** States and turns that this page does not know yet are those that the schema names for them. */
const STATES = ['OPEN', 'MATCHED', 'APPROVED', 'DENIED', 'CANCELLED', 'EXPIRED'];
const stateOf = (swap) => say(STATES.includes(swap.state) ? swap.state : 'CANCELLED');
const turnOf = (swap, mine) => swap.waitingFor === 'COLLEAGUE' && !mine ? 'YOU' : ['COLLEAGUE', 'LEADER'].includes(swap.waitingFor) ? swap.waitingFor : 'NOBODY';
const about = (word, swap) => fill('about', { what: say(word), which: shiftText(swap.offeredShift) });
const fact = (word, text) => text ? [element('dt', {}, say(word)), element('dd', {}, text)] : [];

/** Running offers by what they are to the agent `me`. */
export function sorted(running, past, me) {
  const isMine = (it) => it.proposer?.id === me || it.counterpart?.id === me;
  const live = (it) => it.state === 'OPEN' || it.state === 'MATCHED';
  return {
    open: running.filter((it) => live(it) && !isMine(it) && it.viewerCanTake),
    mine: running.filter((it) => live(it) && isMine(it)),
    past: [...running.filter((it) => !live(it) && isMine(it)), ...past],
  };
}

function head(swap, mine, over) {
  return element('p', { class: 'state' }, element('strong', {}, stateOf(swap)),
    over ? null : element('span', { class: 'turn' }, say(turnOf(swap, mine))));
}

/** What goes from whom to whom. `gives` is the word for the offered shift as seen from here. */
function facts(swap, gives, back, name, over, homeSite) {
  const { site } = swap.offeredShift;
  const expiry = over ? null : moment(swap.expiresAt, swap.offeredShift.timeZone);
  return element('dl', {}, ...fact(gives, shiftText(swap.offeredShift)), ...(back ? fact('inReturn', shiftText(back)) : []),
    ...fact('site', site.id === homeSite ? null : site.name), ...fact(name[0], name[1]), ...fact('note', swap.note), ...fact('lapses', expiry));
}

function openCard(swap, { homeSite, done }) {
  const can = swap.viewerCanTake;
  const verdict = can.allowed ? (can.needsApproval ? 'needsLeader' : 'canTake') : 'cannotTake';
  const wants = swap.acceptableWindows.length && !can.returnShift ? element('p', { class: 'soft' }, say('wantsReturn')) : null;
  const details = () => facts(swap, 'takes', can.returnShift, ['from', swap.proposerName], false, homeSite);
  const answer = (accept) => ({
    shiftSwapId: swap.id, accept, expectedVersion: swap.version,
    ...(accept && can.returnShift && { returnShiftId: can.returnShift.id }),
  });
  const take = () => confirm('takeTitle', 'takeYes',
    [details(), element('p', {}, say(verdict)), rules(can.violations)],
    () => act('shiftSwapAnswer', answer(true)),
    async ({ shiftSwap }) => {
      announce(say(shiftSwap?.waitingFor === 'LEADER' ? 'awaitsLeader' : 'taken'));
      await done();
    });
  const decline = () => confirm('declineTitle', 'declineYes', [details()],
    () => act('shiftSwapAnswer', answer(false)),
    async () => {
      announce(say('declined'));
      await done();
    });
  return element('article', { 'class': 'swap', 'data-swap': swap.id, 'data-fits': can.allowed ? 'yes' : 'no' },
    head(swap, false, false), details(), wants,
    element('p', { class: 'verdict' }, say(verdict)), ...refusals(can.reasons, can.violations),
    element('p', { class: 'choices' },
      can.allowed ? button('take', take, { 'class': 'main', 'data-take': '', 'aria-label': about('take', swap) }) : null,
      button('decline', decline, { 'aria-label': about('decline', swap) })));
}

function ownCard(swap, { me, homeSite, done }, over) {
  const gives = swap.proposer?.id === me;
  const other = gives ? swap.counterpartName : swap.proposerName;
  const details = () => facts(swap, gives ? 'gives' : 'takes', swap.requestedShift, [gives ? 'toWhomName' : 'from', other], over, homeSite);
  const withdraw = () => confirm('withdrawTitle', 'withdrawYes', [details()],
    () => act('shiftSwapCancel', { shiftSwapId: swap.id, expectedVersion: swap.version }),
    async () => {
      announce(say('withdrawn'));
      await done();
    });
  return element('article', { 'class': 'swap', 'data-swap': swap.id }, head(swap, true, over), details(),
    gives && !over ? element('p', { class: 'choices' },
      button('withdraw', withdraw, { 'data-withdraw': swap.id, 'aria-label': about('withdraw', swap) })) : null);
}

const part = (word, cards, none) => element('section', { 'data-part': word }, element('h3', {}, say(word)),
  ...(cards.length ? cards : [element('p', { class: 'soft' }, say(none))]));

/** All offers as elements. `ground`: the agent `me`, the id `homeSite`, and `done`, called when an offer has changed. */
export function swaps({ open, mine, past }, ground) {
  return [
    part('openToMe', open.map((it) => openCard(it, ground)), 'noneOpen'),
    part('mine', mine.map((it) => ownCard(it, ground, false)), 'noneMine'),
    ...(past.length ? [part('past', past.map((it) => ownCard(it, ground, true)), 'noneMine')] : []),
  ];
}
