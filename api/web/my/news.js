// What the agent was told and has not read.
import { problem } from '../api.js';
import { button, element } from '../render.js';
import { moment } from '../time.js';
import { fill, say } from '../words.js';
import { act } from './data.js';
import { announce } from './ui.js';

async function read(input, done) {
  try {
    const { userErrors } = await act('notificationMarkRead', input);
    if (userErrors.length) announce(userErrors[0].message);
    await done();
  } catch (error) {
    announce(problem(error));
  }
}

/** The unread as elements, newest first. */
export function news({ nodes, pageInfo }, zone, done) {
  if (!nodes.length) return [element('p', { class: 'soft' }, say('noNews'))];
  const items = nodes.map((it) => element('li', { 'data-news': it.id },
    element('p', {}, it.message, element('small', {}, moment(it.createdAt, zone))),
    button('markRead', () => read({ notificationIds: [it.id] }, done), { 'aria-label': fill('about', { what: say('markRead'), which: it.message }) })));
  // What arrives meanwhile stays unread.
  const all = button('markAll', () => read({ to: nodes[0].createdAt }, done), { 'data-all': '' });
  return [element('ul', { class: 'news' }, ...items),
    pageInfo.hasNextPage ? element('p', { class: 'soft' }, say('moreNews')) : null, all].filter(Boolean);
}
