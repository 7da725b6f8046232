import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DESK_SKIP, type Desk, openDesk } from './desk-scene.ts';
import { wire } from './wire.ts';

const AHEAD_MS = 600_000;
/** By panel of the overview, what it says where there is no session. */
const MISSING: Readonly<Record<string, RegExp>> = {
  Account: /^No session yet\./,
  'Equity and drawdown': /^Here is drawn the equity of a session/,
  Limits: /^Here stands how far the limits of a session are used/,
  Positions: /^Here stands what a session holds/,
  'Working orders': /^Here stand the orders of a session/,
  'Strategies at work': /^No session yet\./,
  'Last fills': /^Here stand the fills of a session/,
  'Latest events': /^Here stands what happens in a session/,
};

describe('what the desk knows', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  test('streams that fail -> said so with the age of what is shown, and followed again until they go on', async () => {
    const failing = new Set<string>();
    const between = wire({ refuse: (operation) => (failing.has(operation) ? 'reading-lost' : null) });
    const page = await desk.open('/', { prepare: between.prepare });
    const account = page.getByRole('region', { name: 'Account' });
    await account.getByText('Equity', { exact: true }).waitFor();
    await page.getByText('play money, synthetic market').waitFor();
    failing.add('status');
    between.fail('status', 'reading-lost');
    await page
      .getByRole('alert')
      .getByText(/^How sessions stand is not told any more, and is as of/)
      .waitFor();
    await account.getByText(/^Not up to date: .* \(reading-lost\)$/).waitFor();
    // It still says with what money, and does not claim that nothing trades.
    await page.getByText('play money, synthetic market').waitFor();
    const asked = between.asked.length;
    failing.delete('status');
    await page.getByText(/^How sessions stand is not told any more/).waitFor({ state: 'detached' });
    await account.getByText(/^Not up to date/).waitFor({ state: 'detached' });
    assert.ok(between.asked.length > asked, 'by itself');
  });

  test('sessions that cannot be read from the beginning -> NOT KNOWN, never that nothing trades', async () => {
    let isFailing = true;
    const between = wire({ refuse: (operation) => (isFailing && operation === 'status' ? 'server-busy' : null) });
    const page = await desk.open('/', { prepare: between.prepare });
    await page.getByText('what trades cannot be read').waitFor();
    assert.equal(await page.getByText('nothing trades').count(), 0);
    await page.getByRole('region', { name: 'Account' }).getByText('server-busy', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Trade' }).first().click();
    await page.getByRole('region', { name: 'Trade' }).getByText('server-busy', { exact: true }).waitFor();
    assert.equal(await page.getByText(/^No session yet/).count(), 0);
    isFailing = false;
    await page.getByText('play money, synthetic market').waitFor();
  });

  test('. -> a banner stays while it is frozen, a page that is opened then shows its first values, and it goes on', async () => {
    const page = await desk.open('/');
    await page.getByRole('region', { name: 'Account' }).getByText('Equity', { exact: true }).waitFor();
    await page.locator('body').press('.');
    const banner = page.getByRole('status').getByText(/^Frozen since/);
    await banner.waitFor();
    await page.getByRole('link', { name: 'Risk' }).first().click();
    await page.getByRole('tab', { name: 'How far used' }).click();
    await page.getByRole('table', { name: 'How far limits are used' }).waitFor();
    // What trading is held by is never frozen.
    assert.equal((await desk.command('pause', { session: desk.session, reason: 'a drill' })).status, 200);
    await page.getByText(/^PAUSED/).waitFor();
    assert.equal((await desk.command('resume', { session: desk.session, reason: 'a drill' })).status, 200);
    await page.getByText(/^ACTIVE/).waitFor();
    await page.getByRole('button', { name: 'Go on' }).click();
    await banner.waitFor({ state: 'detached' });
  });

  test('time travel -> what is of now says so, and the profit of today is not set beside equity of the past', async () => {
    const page = await desk.open('/');
    const bar = page.getByRole('banner');
    await bar.getByText('today', { exact: true }).waitFor();
    await page.goto(`${desk.url}/?session=${desk.session}&at=${new Date(Date.now() - 1000).toISOString()}`);
    await page.getByText(/^As it stood on/).waitFor();
    await page.getByRole('region', { name: 'Limits' }).getByText('as it is now').waitFor();
    await page.getByRole('region', { name: 'Strategies at work' }).getByText('as it is now').waitFor();
    assert.equal(await bar.getByText('today', { exact: true }).count(), 0);
    await page.getByRole('button', { name: 'KILL' }).click();
    await page
      .getByRole('dialog')
      .getByText(/It acts now, and its figures are of now/)
      .waitFor();
  });

  test('an address with something else where its time should be -> the page as of now, and that is said', async () => {
    const page = await desk.open('/positions?at=yesterday');
    const said = page.getByRole('alert').filter({ hasText: 'has no time in at=yesterday' });
    await said.waitFor();
    await page.getByRole('region', { name: 'Positions' }).waitFor();
    await page.getByRole('link', { name: 'Events' }).first().click();
    await page.getByRole('region', { name: 'Events' }).waitFor();
    await said.getByRole('button', { name: 'Stay at now' }).click();
    await said.waitFor({ state: 'detached' });
    assert.doesNotMatch(page.url(), /[?&]at=/);
    await page.goto(`${desk.url}/positions?at=2030`);
    await page.getByRole('alert').filter({ hasText: 'has no time in at=2030,' }).waitFor();
  });

  test('a time without a zone in the address -> UTC, as the server reads it, wherever the browser is', async () => {
    const page = await desk.open('/positions?at=2026-01-31 13:05', { timeZone: 'America/New_York' });
    await page.getByText(/^As it stood on 2026-01-31 13:05:00 UTC/).waitFor();
  });

  test('a session whose name is a number, in the address -> that one is asked for', async () => {
    const page = await desk.open('/positions?session=42');
    await page.getByRole('alert').filter({ hasText: 'There is no session 42 here.' }).waitFor();
    await page.getByRole('link', { name: 'Events' }).first().click();
    await page.getByRole('region', { name: 'Events' }).waitFor();
    assert.match(page.url(), /[?&]session=42(&|$)/);
  });

  test('a browser whose clock goes wrong -> the market is as old as the server says', async () => {
    const page = await desk.open('/', {
      prepare: (opened) =>
        opened.addInitScript((aheadMs) => {
          const { now } = Date;
          Date.now = () => now() + aheadMs;
        }, AHEAD_MS),
    });
    await page
      .getByTitle(/^Age of the newest market data/)
      .getByText(/live/)
      .waitFor();
  });

  test('an answer that fails when it is asked for again -> shown beside what came before, with its age', async () => {
    let isFailing = false;
    const page = await desk.open('/system', {
      prepare: (opened) =>
        opened.route('**/metrics', (route) =>
          isFailing ? route.fulfill({ status: 502, body: 'Bad Gateway' }) : route.continue(),
        ),
    });
    const server = page.getByRole('region', { name: 'This server' });
    await server.getByText('Stream connection').waitFor();
    isFailing = true;
    await server.getByText(/^Not up to date: as of .* since \/metrics answered 502/).waitFor();
    await server.getByText('Stream connection').waitFor();
  });

  test('an order that risk refuses -> listed by the stream; no deed has the installation checked anew', async () => {
    const page = await desk.open('/system');
    await page.getByRole('region', { name: 'Installation' }).getByRole('listitem').first().waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole('link', { name: 'Risk' }).first().click();
    const panel = page.getByRole('region', { name: 'Refused by risk' });
    await panel.getByText(/^Nothing was refused/).waitFor();
    const { status } = await desk.command('order/place', {
      ...{ session: desk.session, side: 'buy', symbol: 'BTCUSDT', notional: '999999', reason: 'far too much' },
    });
    assert.equal(status, 422);
    await panel.getByRole('row').nth(1).waitFor();
    await page.getByRole('link', { name: 'Strategies' }).first().click();
    await page.getByRole('button', { name: 'Pause strategy (orders stay)' }).first().click();
    await page.getByText(/the strategy is paused; orders and stops stay/).waitFor();
    await page.getByRole('button', { name: 'Resume', exact: true }).first().click();
    await page.getByText(/the strategy goes on/).waitFor();
    assert.deepEqual(
      asked.filter((path) => ['/api/events', '/api/doctor'].includes(path)),
      [],
    );
  });
});

describe('a desk that needs a sign-in', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    const add = (name: string) => ({
      ...{ args: ['users', 'add', name, '--scope', 'read'], typed: 'four words by chance\n' },
    });
    desk = await openDesk(['--require-key'], [add('ann'), add('bea')]);
  });
  after(() => desk.close());

  test('no session at all -> each panel says what is missing and what to do for it, none waits for ever', async () => {
    const page = await desk.open('/');
    await page.getByLabel('Name').fill('bea');
    await page.getByLabel('Password').fill('four words by chance');
    await page.getByRole('button', { name: 'Sign in' }).click();
    for (const [name, missing] of Object.entries(MISSING)) {
      const panel = page.getByRole('region', { name, exact: true });
      await panel.getByText(missing).waitFor();
      await panel.getByRole('link', { name: 'run a backtest' }).waitFor();
    }
    assert.equal(await page.locator('main').getByText('Loading', { exact: true }).count(), 0);
    for (const tab of ['Positions', 'Orders', 'Fills', 'Round trips']) {
      await page.goto(`${desk.url}/positions`);
      await page.getByRole('tab', { name: tab }).click();
      await page
        .getByRole('region', { name: tab })
        .getByText(/^Here stands? .* of a session|what a session holds/)
        .waitFor();
    }
  });

  test('the user is removed while the desk is open -> whoever sits there is asked to sign in', async () => {
    const page = await desk.open('/');
    await page.getByLabel('Name').fill('ann');
    await page.getByLabel('Password').fill('four words by chance');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'KILL' }).waitFor();
    await page.getByText('· nothing trades').waitFor();
    await desk.run({ args: ['users', 'remove', 'ann'] });
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Password').waitFor();
  });
});
