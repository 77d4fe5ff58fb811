// The pages in a real browser, in English and in Chinese: signing in, figures that arrive live for
// every site, their ages, a link asked for, a query in the editor. Nothing may be said on the
// console, and nothing asked of another host.
//
//   TOOLS=FOLDER CHROMIUM=PROGRAM node pages.mjs URL PASSWORD
//
// FOLDER has the node_modules of playwright-core. The server has the demo's companies and its feed.
import { createRequire } from 'node:module';

const [url, password] = process.argv.slice(2);
const { chromium } = createRequire(`${process.env.TOOLS}/`)('playwright-core');
const PATIENCE = 60_000;
/** What the pages must say, by language. */
const SAID = {
  'en-GB': { lang: 'en', board: 'Wallboard', other: '现场看板', live: 'Live', refused: /^[\x20-\x7e]+$/, sent: /link is on its way/ },
  'zh-CN': { lang: 'zh-CN', board: '现场看板', other: 'Wallboard', live: '实时', refused: /^[^a-zA-Z]+$/, sent: /链接正在发送/ },
};

const faults = [];
let looked = 0;
let about = '';
const check = (holds, what) => {
  looked += 1;
  if (!holds) faults.push(`${about}: ${what}`);
};

/** Notes what a page should not do. */
function watch(page) {
  const own = new URL(url).host;
  page.on('console', (it) => ['error', 'warning'].includes(it.type()) && faults.push(`${about}: console: ${it.text()}`));
  page.on('pageerror', (error) => faults.push(`${about}: ${error}`));
  const asked = (address) => {
    const { protocol, host } = new URL(address);
    if (protocol !== 'data:' && protocol !== 'blob:' && host !== own) faults.push(`${about}: asks ${host}`);
  };
  page.on('request', (request) => asked(request.url()));
  page.on('websocket', (socket) => asked(socket.url()));
  page.on('requestfailed', (it) => faults.push(`${about}: ${it.url()}: ${it.failure()?.errorText}`));
  page.on('response', (it) => it.status() >= 400 && faults.push(`${about}: ${it.url()}: ${it.status()}`));
}

const text = (page, selector) => page.locator(selector).first().innerText();

async function signIn(page, email, secret) {
  await page.fill('#sign-in [name=tenantSlug]', 'huayin');
  await page.fill('#sign-in [name=email]', email);
  await page.fill('#sign-in [name=password]', secret);
  await page.click('#sign-in [type=submit]');
}

/** Seconds of an age such as `1:05` or `stale 2:00:10`. */
const seconds = (age) => age.match(/[\d:]+$/)[0].split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

async function wallboard(page, said) {
  await page.goto(`${url}/`);
  check(await page.getAttribute('html', 'lang') === said.lang, 'the language of the document');
  check(await text(page, 'h1') === said.board, 'the title');

  await signIn(page, 'nobody@huayin.example', 'a guess');
  await page.waitForFunction(() => document.getElementById('refusal').textContent !== '', null, { timeout: PATIENCE });
  check(said.refused.test(await text(page, '#refusal')), 'a refusal in the language of the page');

  await signIn(page, 'office@huayin.example', password);
  await page.locator('#link[data-state=live]').waitFor({ timeout: PATIENCE });
  check(await text(page, '#link span') === said.live, 'the state of the connection');
  const rows = page.locator('#sites tbody tr');
  await rows.nth(2).waitFor({ timeout: PATIENCE });
  check(await rows.count() === 3, `three sites, not ${await rows.count()}`);
  check(await page.locator('#queues tbody tr').count() > 0, 'queues');
  check(await page.locator('#whole .tile').count() === 8, 'the tiles of the network');

  // A figure is live when the instant of which it is moves on: at each of the sites.
  const moments = () => page.evaluate(() => [...document.querySelectorAll('#sites tbody tr')]
    .map((row) => Math.max(...[...row.querySelectorAll('.age')].map((it) => Date.parse(it.dataset.at)))));
  const first = await moments();
  check(first.every(Number.isFinite), `figures of every site: ${first}`);
  const moved = await page.waitForFunction((first) => {
    const rows = [...document.querySelectorAll('#sites tbody tr')];
    return rows.length === first.length && rows.every((row, at) =>
      [...row.querySelectorAll('.age')].some((it) => Date.parse(it.dataset.at) > first[at]));
  }, first, { timeout: PATIENCE }).catch(() => null);
  check(moved, 'newer figures of every site');

  // The age of one and the same figure counts by the second until a newer one comes.
  const counted = await page.evaluate(() => new Promise((told) => {
    const seen = new Map();
    const started = Date.now();
    const look = setInterval(() => {
      for (const it of document.querySelectorAll('#sites .age')) {
        const name = `${it.closest('tr').rowIndex} ${it.dataset.at}`;
        const ages = seen.get(name) ?? seen.set(name, []).get(name);
        if (it.textContent && ages.at(-1) !== it.textContent) ages.push(it.textContent);
        if (ages.length > 2) { clearInterval(look); told(ages); }
      }
      if (Date.now() - started > 30_000) { clearInterval(look); told([]); }
    }, 200);
  }));
  const ages = counted.map(seconds);
  check(ages.length > 2 && ages.every((age, at) => at === 0 || age > ages[at - 1]), `an age that counts: ${counted}`);

  await page.click('#language');
  check(await text(page, 'h1') === said.other, 'the other language');
  await page.click('#language');
  check(await text(page, 'h1') === said.board, 'the first language again');

  await page.reload();
  await page.locator('#link[data-state=live]').waitFor({ timeout: PATIENCE });
  check(await page.locator('#board').isVisible(), 'the board after a reload');
  const revoking = page.waitForResponse((it) => it.request().postData()?.includes('sessionRevoke'), { timeout: PATIENCE });
  await page.click('#leave');
  const { data: revoked } = await (await revoking).json();
  check(revoked?.outcome.userErrors.length === 0, 'a session that the server has ended');
  check(await page.locator('#whole *, #curve *, #sites *, #queues *').count() === 0, 'figures that stay behind');
  check(await page.locator('#sign-in').isVisible() && await page.locator('#board').isHidden(), 'the way out');
}

async function account(page, said) {
  await page.goto(`${url}/account.html`);
  check(await page.getAttribute('html', 'lang') === said.lang, 'the language of the document');
  await page.fill('#ask [name=tenantSlug]', 'huayin');
  await page.fill('#ask [name=email]', 'nobody@huayin.example');
  await page.click('#ask [type=submit]');
  await page.waitForFunction(() => document.getElementById('outcome').textContent !== '', null, { timeout: PATIENCE });
  check(said.sent.test(await text(page, '#outcome')), `what became of it: ${await text(page, '#outcome')}`);

  // A link of a mail opens the other form. This one was never sent.
  await page.goto('about:blank');
  await page.goto(`${url}/account.html#reset=nonsense`);
  check(!page.url().includes('nonsense'), 'a token that stays in the address');
  await page.fill('#set [name=password]', 'tea at four in autumn');
  await page.click('#set [type=submit]');
  await page.waitForFunction(() => document.getElementById('outcome').textContent !== '', null, { timeout: PATIENCE });
  check(said.refused.test(await text(page, '#outcome')), `a link that was not sent: ${await text(page, '#outcome')}`);
}

async function editor(page) {
  await page.goto(`${url}/graphiql/`);
  await page.locator('.graphiql-execute-button').waitFor({ timeout: PATIENCE });
  await page.locator('.graphiql-execute-button').click();
  await page.waitForFunction(() => /userErrors|errors/.test(document.querySelector('.result-window')?.textContent ?? ''), null, { timeout: PATIENCE });
  const answer = await text(page, '.result-window');
  check(/sessionCreate[^]*userErrors/.test(answer), `an answer to the query that stands there: ${answer}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
try {
  for (const [locale, said] of Object.entries(SAID)) {
    const context = await browser.newContext({ locale });
    for (const [name, visit] of Object.entries({ wallboard, account, editor })) {
      about = `${name} (${locale})`;
      const page = await context.newPage();
      watch(page);
      await visit(page, said).catch((error) => faults.push(`${about}: ${error.message.split('\n')[0]}`));
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser.close();
}
for (const fault of faults) console.log(`FAIL ${fault}`);
console.log(`pages: ${looked} checks in a browser, ${faults.length} faults`);
process.exitCode = faults.length ? 1 : 0;
