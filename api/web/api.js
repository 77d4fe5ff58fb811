// The API as the pages need it: single requests, a session that renews itself, subscriptions.
import { current, say } from './words.js';

const refusal = ({ code, message }) => Object.assign(new Error(message), { code });

/** Whether nothing is known of what became of a request: no answer, or one that is not the API's. */
export const isLost = (error) => error instanceof TypeError || error instanceof SyntaxError || error.code === 'UNAVAILABLE';

/** What went wrong, in words. */
export const explain = (error) => isLost(error) ? say('unreachable') : error.message;

/** What went wrong on a page for who is signed in; leads to the sign-in when the session is over. */
export function problem(error) {
  if (canReturn()) return explain(error);
  toSignIn();
  return say('ended');
}

/** The document of a mutation, with `outcome` for what `fields` select of its payload. */
export function mutation(field, fields) {
  const type = field[0].toUpperCase() + field.slice(1);
  return `mutation ${type}($input: ${type}Input!) { outcome: ${field}(input: $input) { ${fields} } }`;
}

/**
 * Sends a document and gives its data; throws what the server says is wrong. A mutation with a `key`
 * happens once, however often it is sent.
 */
export async function send(query, variables, accessToken, key) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'accept': 'application/graphql-response+json',
      'accept-language': current(),
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
      ...(key && { 'idempotency-key': key }),
    },
    // What was asked for last is sent also when the page is closed on it.
    keepalive: true,
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw refusal({ code: errors[0].extensions?.code, message: errors[0].message });
  return data;
}

const REFUSED = 'userErrors { code message }';

/** Runs a mutation that says only whether it was done; throws what the user can mend. */
export async function run(field, input, accessToken) {
  const { outcome } = await send(mutation(field, REFUSED), { input }, accessToken);
  if (outcome.userErrors.length) throw refusal(outcome.userErrors[0]);
}

const SESSION = `session { accessToken refreshToken } ${REFUSED}`;
let session = null;

async function open(field, input) {
  const { outcome } = await send(mutation(field, SESSION), { input });
  if (!outcome.session) {
    leave();
    throw refusal(outcome.userErrors[0]);
  }
  session = outcome.session;
  sessionStorage.setItem('refresh', session.refreshToken);
}

/** Where the key of a sign-in waits for the browser to come back. */
const UNDER_WAY = 'provider';

/** Sends the browser to the identity provider of a company. */
export async function signInByProvider(tenantSlug) {
  const document = mutation('providerSignInBegin', `signIn { url browserKey } ${REFUSED}`);
  const { outcome } = await send(document, { input: { tenantSlug } });
  if (!outcome.signIn) throw refusal(outcome.userErrors[0]);
  sessionStorage.setItem(UNDER_WAY, outcome.signIn.browserKey);
  location.assign(outcome.signIn.url);
}

/** Ends what `signInByProvider` began, with the query of the address that the browser came back to. */
export async function comeBack(answer) {
  const browserKey = sessionStorage.getItem(UNDER_WAY) ?? '';
  sessionStorage.removeItem(UNDER_WAY);
  const [code, state] = ['code', 'state'].map((name) => answer.get(name) ?? '');
  await open('sessionCreateByProvider', { browserKey, code, state, issuer: answer.get('iss') });
}

export const signIn = (input) => open('sessionCreate', input);
export const canReturn = () => session !== null || sessionStorage.getItem('refresh') !== null;

let renewing = null;
/** Gets the next tokens, once for all who wait for them: a refresh token is good once. */
export function renew() {
  if (!canReturn()) return Promise.reject(refusal({ code: 'UNAUTHENTICATED', message: '' }));
  renewing ??= open('sessionRefresh', { refreshToken: sessionStorage.getItem('refresh') })
    .finally(() => { renewing = null; });
  return renewing;
}

/** Sends a document as who is signed in, with new tokens when the old ones have run out. */
export async function ask(query, variables, key) {
  if (!session) await renew();
  const used = session;
  try {
    return await send(query, variables, used.accessToken, key);
  } catch (error) {
    if (error.code !== 'UNAUTHENTICATED') throw error;
    if (session === used) session = null;
    if (!session) await renew();
    return send(query, variables, session.accessToken, key);
  }
}

/** Where to go once somebody has signed in. */
const AFTER = 'after';

/** Leads to the one form there is for signing in, and from there back to this page. */
export function toSignIn() {
  sessionStorage.setItem(AFTER, location.pathname + location.hash);
  location.replace('/');
}

/** The page from which `toSignIn` led here, once. */
export function cameFrom() {
  const page = sessionStorage.getItem(AFTER);
  sessionStorage.removeItem(AFTER);
  return page;
}

export function leave() {
  session = null;
  sessionStorage.removeItem('refresh');
}

/**
 * Ends the session, here at once. The server is told, so that whoever has a copy of its tokens has
 * nothing; when it does not hear of it, the session runs out by itself.
 */
export async function signOut() {
  const { accessToken } = session ?? {};
  const refreshToken = sessionStorage.getItem('refresh');
  leave();
  try {
    await run('sessionRevoke', {}, accessToken ?? await renewed(refreshToken));
  } catch {
    // Signed out here in any case.
  }
}

/** The next access token of a session that this page no longer keeps. */
async function renewed(refreshToken) {
  const { outcome } = await send(mutation('sessionRefresh', SESSION), { input: { refreshToken } });
  return outcome.session.accessToken;
}

/**
 * Subscribes over graphql-transport-ws and stays subscribed: a lost connection is made again after a
 * growing pause, a token that has run out is renewed. `next` gets each event, `state` one of
 * `connecting`, `live`, `off`; `variables` is asked before each attempt. Gives a function that ends it.
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 */
export function subscribe(query, variables, next, state) {
  let socket = null;
  let ended = false;
  let pause = 500;
  let timer = null;

  const again = () => {
    if (ended) return;
    state('off');
    timer = setTimeout(connect, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, 15000);
  };

  async function connect() {
    state('connecting');
    try {
      if (!session) await renew();
    } catch {
      if (canReturn()) again();
      else state('out');
      return;
    }
    if (ended) return;
    socket = new WebSocket(location.origin.replace(/^http/, 'ws') + '/graphql', 'graphql-transport-ws');
    const tell = (message) => socket.send(JSON.stringify(message));
    socket.onopen = () => tell({
      type: 'connection_init', payload: { authorization: `Bearer ${session.accessToken}` },
    });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'connection_ack') {
        tell({ type: 'subscribe', id: 'board', payload: { query, variables: variables() } });
        pause = 500;
        state('live');
      } else if (message.type === 'ping') {
        tell({ type: 'pong' });
      } else if (message.type === 'next' && message.payload.data) {
        next(message.payload.data);
      } else if (message.type !== 'pong') {
        socket.close(1000);
      }
    };
    socket.onclose = ({ code }) => {
      if (code === 4401 || code === 4403) session = null;
      again();
    };
  }

  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket?.close(1000);
  };
}
