// Who changed shifts, when and why: what the pages for agents and planners ask for and say alike.
import { element } from './render.js';
import { dayOf, dayText, moment, times } from './time.js';
import { fill, learn, say } from './words.js';

learn({
  en: {
    changes: 'Changes', noChanges: 'Nothing has been changed since it was published.', changedBy: '{at} · {what} · {who}',
    bySystem: 'the system', byAgent: 'an agent', becomes: '{before} → {after}', comes: 'new: {after}', goes: 'gone: {before}',
    inside: '{shift}, in it: {before} → {after}', nothing: 'nothing',
    partBREAK: 'break', partMEAL: 'meal', partMEETING: 'meeting', partTRAINING: 'training', partOFF_QUEUE_WORK: 'other work',
    partTIME_OFF: 'time off', partUNAVAILABLE: 'not available',
    because: 'Against a rule, because: {reason}',
    changeEDIT: 'changed', changeADD: 'added', changeACTIVITY: 'activity placed', changeMERGE: 'scenario or proposal merged',
    changeSHIFT_SWAP: 'swap', changePUBLISH: 'published', changeCUT: 'days taken over', changeCOPY: 'week copied', changeIMPORT: 'roster imported',
  },
  zh: {
    changes: '变更记录', noChanges: '发布后没有变更。', changedBy: '{at} · {what} · {who}',
    bySystem: '系统', byAgent: '坐席', becomes: '{before} → {after}', comes: '新增：{after}', goes: '取消：{before}',
    inside: '{shift}，班内：{before} → {after}', nothing: '无',
    partBREAK: '小休', partMEAL: '用餐', partMEETING: '会议', partTRAINING: '培训', partOFF_QUEUE_WORK: '其他工作',
    partTIME_OFF: '请假', partUNAVAILABLE: '不可用',
    because: '破例，理由：{reason}',
    changeEDIT: '修改', changeADD: '新增班次', changeACTIVITY: '安排活动', changeMERGE: '合并方案',
    changeSHIFT_SWAP: '换班', changePUBLISH: '发布', changeCUT: '部分日期由其他班表接管', changeCOPY: '复制一周', changeIMPORT: '导入班表',
  },
});

/** What is asked of each change. */
export const CHANGE = `cause changedAt authorName overrides { reason violation { message } } shifts { shift { id }
  before { startsAt endsAt activities { category startsAt endsAt } agent { displayName } }
  after { startsAt endsAt activities { category startsAt endsAt } agent { displayName } } }`;

/** What fills one side of a shift beside contacts and what the other side has too; `null` where nothing is on record. */
function parts(side, other, zone) {
  if (!side.activities.length) return null;
  const same = (one) => other.activities.some((it) => ['category', 'startsAt', 'endsAt'].every((name) => it[name] === one[name]));
  const own = side.activities.filter((it) => it.category !== 'ON_QUEUE' && !same(it));
  return own.map((it) => `${say(`part${it.category}`)} ${times(it.startsAt, it.endsAt, zone)}`).join(', ') || say('nothing');
}

/** What became of one shift, in words; names stand there where they are not the reader's alone. */
function became({ before, after }, zone, named) {
  const side = (it) => it && [named && it.agent?.displayName, dayText(dayOf(new Date(it.startsAt), zone)),
    times(it.startsAt, it.endsAt, zone)].filter(Boolean).join(' ');
  if (before && after && side(before) === side(after)) {
    const [was, is] = [parts(before, after, zone), parts(after, before, zone)];
    if (was && is && was !== is) return fill('inside', { shift: side(after), before: was, after: is });
  }
  const word = !before ? 'comes' : !after ? 'goes' : 'becomes';
  return fill(word, { before: side(before), after: side(after) });
}

/** What was done. A cause that the page does not know yet is told as a change. */
function done(cause) {
  const word = `change${cause}`;
  const said = say(word);
  return said === word ? say('changeEDIT') : said;
}

/** Who it was where nobody is named: a swap is settled by people, whom the reader may not know. */
function unnamed(cause) {
  return say(cause === 'SHIFT_SWAP' ? 'byAgent' : 'bySystem');
}

/** Shifts of a change that are told. */
const MOST = 10;

/** The changes as a list, latest first; `only` is the id of a shift when it is about that one. */
export function told(changes, zone, only = null) {
  if (!changes.length) return [element('p', { class: 'empty' }, say('noChanges'))];
  const one = ({ cause, changedAt, authorName, shifts, overrides }) => element('li', {},
    fill('changedBy', { at: moment(changedAt, zone), what: done(cause), who: authorName ?? unnamed(cause) }),
    ...shifts.filter(({ shift }) => !only || shift?.id === only).slice(0, MOST)
      .map((it) => element('div', {}, became(it, zone, !only))),
    ...overrides.map(({ reason, violation }) => element('div', {}, violation.message, ' ', reason ? fill('because', { reason }) : '')));
  return [element('ul', { class: 'changes' }, ...changes.map(one))];
}
