// Mutations that happen once, however often they are sent.
import { ask } from './api.js';

/** Keys of what was sent and not answered, by what was sent. */
const open = new Map();

/** Not `randomUUID`, which pages that did not come encrypted do not have. */
const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Sends a mutation under a key. When no answer is heard, the same mutation goes under the same key the
 * next time, so that it is not done twice.
 */
export async function once(document, variables) {
  const sent = JSON.stringify([document, variables]);
  const key = open.get(sent) ?? fresh();
  open.set(sent, key);
  const data = await ask(document, variables, key);
  open.delete(sent);
  return data;
}
