// The pages in a real browser, in English and in Chinese: signing in, figures that arrive live for
// every site, their ages, a link asked for, a query in the editor; and on a phone the page of an agent,
// who offers a shift and takes it back. Nothing may be said on the console, and nothing asked of another
// host.
//
//   TOOLS=FOLDER CHROMIUM=PROGRAM node pages.mjs URL PASSWORD
//
// FOLDER has the node_modules of playwright-core. The server has the demo's companies and its feed.
import { createRequire } from 'node:module';

const [url, password] = process.argv.slice(2);
const { chromium } = createRequire(`${process.env.TOOLS}/`)('playwright-core');
const PATIENCE = 60_000;
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** What the pages must say, by language. */
const SAID = {
  'en-GB': { lang: 'en', board: 'Wallboard', other: '现场看板', live: 'Live', planning: 'Planning', otherPlanning: '排班计划', refused: /^[\x20-\x7e]+$/, sent: /link is on its way/, my: 'My shifts', otherMy: '我的班次', turn: 'A colleague has to answer', back: 'Taken back', night: '22:00 (UTC+02:00)–06:00 (UTC+01:00) next day' },
  'zh-CN': { lang: 'zh-CN', board: '现场看板', other: 'Wallboard', live: '实时', planning: '排班计划', otherPlanning: 'Planning', refused: /^[^a-zA-Z]+$/, sent: /链接正在发送/, my: '我的班次', otherMy: 'My shifts', turn: '等待同事答复', back: '已撤回', night: '22:00 (UTC+02:00)–次日 06:00 (UTC+01:00)' },
};

/** Days on which clocks change, most at midnight, with zone and first instant. */
const DAYS = [
  ['2025-09-07', 'America/Santiago', '2025-09-07T04:00'], ['2026-03-08', 'America/Havana', '2026-03-08T05:00'],
  ['2026-03-29', 'Atlantic/Azores', '2026-03-29T01:00'], ['2026-11-01', 'America/Havana', '2026-11-01T04:00'],
  ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00'],
];

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
  await page.locator('#to-plan').waitFor({ timeout: PATIENCE });
  const revoking = page.waitForResponse((it) => it.request().postData()?.includes('sessionRevoke'), { timeout: PATIENCE });
  await page.click('#leave');
  const { data: revoked } = await (await revoking).json();
  check(revoked?.outcome.userErrors.length === 0, 'a session that the server has ended');
  check(await page.locator('#whole *, #curve *, #sites *, #queues *').count() === 0, 'figures that stay behind');
  check(await page.locator('#sign-in').isVisible() && await page.locator('#board').isHidden(), 'the way out');
}

async function planning(page, said) {
  // Who is not signed in comes to the form of the wallboard, and from there back.
  await page.goto(`${url}/plan`);
  await page.waitForURL(`${url}/`, { timeout: PATIENCE });
  await signIn(page, 'planner@huayin.example', password);
  await page.waitForURL(/\/plan#/, { timeout: PATIENCE });
  check(await page.getAttribute('html', 'lang') === said.lang, 'the language of the document');
  check(await text(page, 'h1') === said.planning, 'the title');

  const chart = page.locator('#charts svg').first();
  await chart.waitFor({ timeout: PATIENCE });
  const staffed = () => page.evaluate(() => [...document.querySelectorAll('#charts svg rect.staff')]
    .filter((it) => Number(it.getAttribute('height')) > 0).length);
  check(await staffed() > 10, `intervals with staff: ${await staffed()}`);
  check(await page.locator('#charts polyline.volume').count() > 0, 'the forecast');
  const coverage = await text(page, '#of-coverage .value');
  check(Number.parseFloat(coverage) > 0, `coverage of the week: ${coverage}`);
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  const reading = await text(page, '.reading');
  check(/\d\d:\d\d/.test(reading) && await chart.getAttribute('aria-valuetext') === reading, `an interval in words: ${reading}`);
  await page.locator('#charts summary').first().click();
  const required = await page.locator('#charts table').first().locator('tbody td:nth-child(5)').allInnerTexts();
  check(required.some((it) => Number(it) > 0), `a requirement in the table: ${required}`);
  check(await page.locator('#roster tbody tr').count() > 5, 'a roster');

  const label = await chart.getAttribute('aria-label');
  await page.locator('#days [aria-pressed=false]').first().click();
  await page.waitForFunction((label) => (document.querySelector('#charts svg')?.getAttribute('aria-label') ?? label) !== label, label, { timeout: PATIENCE });
  check(await staffed() > 10, `intervals with staff on another day: ${await staffed()}`);
  await page.locator('#simulate').click();
  await page.locator('#goals thead th').nth(8).waitFor({ timeout: PATIENCE });
  const level = await page.locator('#goals tbody tr').first().locator('td').nth(5).innerText();
  check(Number.parseFloat(level) > 0, `a simulated level: ${level}`);

  await page.click('#language');
  await page.waitForFunction((title) => document.querySelector('h1').textContent === title
    && document.querySelector('#charts svg') && !document.querySelector('[aria-busy]'), said.otherPlanning, { timeout: PATIENCE });
  await page.click('#language');
  await page.waitForFunction((title) => document.querySelector('h1').textContent === title
    && document.querySelector('#charts svg') && !document.querySelector('[aria-busy]'), said.planning, { timeout: PATIENCE });
  await page.click('#leave');
  await page.waitForURL(`${url}/`, { timeout: PATIENCE });
  check(await page.locator('#sign-in').isVisible(), 'the way out');
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

async function agent(page, said) {
  // Who is not signed in is led to the form, and from there back.
  await page.goto(`${url}/my`);
  await page.locator('#sign-in').waitFor({ timeout: PATIENCE });
  await signIn(page, 'gz009@huayin.example', password);
  await page.waitForURL('**/my', { timeout: PATIENCE });
  await page.locator('#link[data-state=live]').waitFor({ timeout: PATIENCE });
  await page.locator('[data-offer]').first().waitFor({ timeout: PATIENCE });
  check(await page.getAttribute('html', 'lang') === said.lang, 'the language of the document');
  check(await text(page, 'h1') === said.my, 'the title');
  // One more where the shift of yesterday is not over.
  const days = await page.locator('#schedule [data-day]').count();
  check(days === 14 || days === 15, `two weeks, not ${days} days`);
  check(await page.locator('#schedule [aria-current=date]').count() === 1, 'today');
  check(await page.locator('#schedule .strip svg .work').count() > 0, 'what fills the shifts');
  check(/\d h/.test(await text(page, '#schedule .hours')), 'paid hours of the week');
  check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing wider than the phone');
  const small = await page.evaluate(() => [...document.querySelectorAll('button, a')]
    .filter((it) => it.checkVisibility() && it.getBoundingClientRect().height < 44).map((it) => it.outerHTML));
  check(small.length === 0, `too small for a finger: ${small}`);

  const offered = await page.locator('[data-offer]').first().getAttribute('data-offer');
  const offer = page.locator(`[data-offer="${offered}"]`);
  await offer.click();
  await page.locator('#dialog [data-yes]:enabled').click({ timeout: PATIENCE });
  await offer.waitFor({ state: 'detached', timeout: PATIENCE });
  await page.click('#views a[href="#swaps"]');
  const mine = page.locator('[data-part=mine] .swap');
  check(await mine.count() === 1, 'the own offer');
  check((await mine.innerText()).includes(said.turn), `whose turn it is: ${await mine.innerText()}`);
  const swap = await mine.getAttribute('data-swap');
  await page.click(`[data-withdraw="${swap}"]`);
  await page.locator('#dialog [data-yes]:enabled').click({ timeout: PATIENCE });
  await page.locator(`[data-part=past] [data-swap="${swap}"]`).waitFor({ timeout: PATIENCE });
  check((await text(page, `[data-swap="${swap}"]`)).startsWith(said.back), 'an offer taken back');
  await page.click('#views a[href="#schedule"]');
  await offer.waitFor({ timeout: PATIENCE });

  // A night on which the clocks go back, from the page's own parts.
  const night = await page.evaluate(async () => {
    const { schedule } = await import('/my/schedule.js');
    const [startsAt, endsAt, timeZone] = ['2026-10-24T20:00:00Z', '2026-10-25T05:00:00Z', 'Europe/Berlin'];
    const shift = {
      id: 'night', localDate: '2026-10-24', startsAt, endsAt, timeZone, paidSeconds: 30600, activeSwap: null, site: { id: 'B', name: 'B' },
      activities: [{ category: 'ON_QUEUE', startsAt, endsAt, paid: true }], viewerCanOffer: { allowed: false, reasons: [] },
    };
    const ground = { zone: timeZone, homeSite: 'B', now: Date.parse('2026-10-24T08:00:00Z'), deadlineSeconds: null, offer() {} };
    return schedule([shift], ground).map((it) => it.textContent).join('\n');
  });
  for (const part of [said.night, '9 h', '8 h 30 min', '25 h']) {
    check(night.includes(part), `a night of 9 hours on which the clocks go back says ${part}: ${night}`);
  }
  const starts = await page.evaluate(async (days) => {
    const { instant } = await import('/time.js');
    return days.map(([day, zone]) => instant(day, zone));
  }, DAYS);
  for (const [at, [day, zone, start]] of DAYS.entries()) {
    check(starts[at] === `${start}:00.000Z`, `${day} in ${zone} begins at ${starts[at]}, not at ${start}`);
  }

  await page.click('#language');
  check(await text(page, 'h1') === said.otherMy, 'the other language');
  await page.click('#language');
  check(await text(page, 'h1') === said.my, 'the first language again');
  const settled = page.locator('#mine:not([aria-busy])');
  await settled.waitFor({ timeout: PATIENCE });
  await page.goto(`${url}/`);
  await page.locator('#to-my').waitFor({ timeout: PATIENCE });
  await page.click('#to-my');
  await page.locator('#link[data-state=live]').waitFor({ timeout: PATIENCE });
  await settled.waitFor({ timeout: PATIENCE });
  await page.click('#leave');
  await page.locator('#sign-in').waitFor({ timeout: PATIENCE });
  check(await page.evaluate(() => sessionStorage.getItem('refresh')) === null, 'a session that stays behind');
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
    for (const [device, visits] of [[{}, { wallboard, planning, account, editor }], [PHONE, { agent }]]) {
      const context = await browser.newContext({ locale, ...device });
      for (const [name, visit] of Object.entries(visits)) {
        about = `${name} (${locale})`;
        const page = await context.newPage();
        watch(page);
        await visit(page, said).catch((error) => faults.push(`${about}: ${error.message.split('\n')[0]}`));
        await page.close();
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
}
for (const fault of faults) console.log(`FAIL ${fault}`);
console.log(`pages: ${looked} checks in a browser, ${faults.length} faults`);
process.exitCode = faults.length ? 1 : 0;
