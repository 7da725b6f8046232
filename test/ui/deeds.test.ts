import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { DESK_SKIP, type Desk, openDesk, PATIENCE_MS } from './desk-scene.ts';
import { wire } from './wire.ts';

interface Status {
  readonly sessions: readonly Readonly<Record<string, unknown>>[];
}

/** As large as no other order by hand. */
const SIZE = 0.00123;

describe('deeds at the desk', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  /** How many there are, once there are so many. */
  const ordersByHand = async (atLeast: number): Promise<number> => {
    for (const until = Date.now() + PATIENCE_MS; ; ) {
      const response = await fetch(`${desk.url}/api/orders?all=true&limit=1000&session=${desk.session}`);
      const { data } = (await response.json()) as {
        data: { orders: readonly { readonly quantity: string; readonly why: string }[] };
      };
      const found = data.orders.filter(
        ({ quantity, why }) => Number(quantity) === SIZE && why.includes('by hand'),
      ).length;
      if (found >= atLeast || Date.now() > until) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const writeTicket = async (page: Page): Promise<void> => {
    await page.getByLabel('Size', { exact: true }).fill(String(SIZE));
  };

  test('a kill whose answer was lost -> acts again when it is asked for again, under another key', async () => {
    const keys: string[] = [];
    const page = await desk.open('/', {
      prepare: (opened) =>
        opened.route('**/api/kill', (route) => {
          keys.push(route.request().headers()['idempotency-key']!);
          return route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' });
        }),
    });
    await page.getByText('play money, synthetic market').waitFor();
    await page.getByRole('button', { name: 'KILL' }).click();
    const dialog = page.getByRole('dialog', { name: 'Stop trading' });
    const hold = dialog.getByRole('button', { name: /^Hold to/ });
    for (let times = 1; times <= 2; times++) {
      await hold.focus();
      await page.keyboard.down('Enter');
      while (keys.length < times) await page.waitForTimeout(50);
      await page.keyboard.up('Enter');
      await dialog.getByText('server-different').waitFor();
    }
    assert.notEqual(keys[0], keys[1]);
  });

  test('a newer session begins -> the desk stays with its own, and an order goes there', async () => {
    let hasNewer = false;
    const between = wire({
      change: (operation, state) =>
        operation === 'status' && hasNewer
          ? { ...(state as Status), sessions: [...(state as Status).sessions, newer((state as Status).sessions[0]!)] }
          : state,
    });
    const newer = (session: Readonly<Record<string, unknown>>) => ({
      ...{ ...session, session: 'newer', mode: 'live', account: 'binance:main' },
    });
    const page = await desk.open('/trade', { prepare: between.prepare });
    await page.waitForURL(new RegExp(`session=${desk.session}`));
    hasNewer = true;
    between.fail('status', 'reading-lost');
    await page.getByRole('combobox', { name: 'Session' }).getByRole('option', { name: /newer/ }).waitFor({
      state: 'attached',
    });
    assert.equal(await page.getByRole('combobox', { name: 'Session' }).inputValue(), desk.session);
    await page.getByText('play money, synthetic market').waitFor();
  });

  test('a symbol that the session does not trade -> no other takes its place, and nothing can be sent', async () => {
    const page = await desk.open('/trade?symbol=ETHUSDT');
    await writeTicket(page);
    await page.getByText(/^It needs a symbol that the session trades, not ETHUSDT/).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Send: buy ETHUSDT' }).isDisabled());
  });

  test('everything, with real money among it -> the word has to be typed, and the reach is told', async () => {
    const between = wire({
      change: (operation, state) =>
        operation === 'status'
          ? {
              ...(state as Status),
              sessions: (state as Status).sessions.flatMap((each) => [
                { ...each, session: 'real', mode: 'live', account: 'binance:main', positions: 3, openOrders: 0 },
                each,
              ]),
            }
          : state,
    });
    const page = await desk.open('/', { prepare: between.prepare });
    await page.getByText('play money, synthetic market').waitFor();
    await page.getByRole('button', { name: 'KILL' }).click();
    const dialog = page.getByRole('dialog', { name: 'Stop trading' });
    const hold = dialog.getByRole('button', { name: /^Hold to/ });
    assert.ok(await hold.isEnabled(), 'play money needs no word');
    await dialog.getByRole('radio', { name: 'Everything' }).check();
    await dialog.getByText('Real money: real.').waitFor();
    await dialog.getByText(/^Reaches real, .*: 2 sessions that run\.$/).waitFor();
    await dialog.getByText(/^All [3-9] positions are closed at market\.$/).waitFor();
    assert.ok(await hold.isDisabled(), 'nothing is typed');
    await dialog.getByLabel(/^Type the word: everything/).fill('everything');
    assert.ok(await hold.isEnabled());
  });

  test('no session -> the switch says that it stops everything, and nothing else can be chosen', async () => {
    const between = wire({
      change: (operation, state) => (operation === 'status' ? { ...(state as Status), sessions: [] } : state),
    });
    const page = await desk.open('/', { prepare: between.prepare });
    await page.getByText('· nothing trades').waitFor();
    await page.getByRole('button', { name: 'KILL' }).click();
    const dialog = page.getByRole('dialog', { name: 'Stop trading' });
    assert.ok(await dialog.getByRole('radio', { name: 'Everything' }).isChecked());
    assert.ok(await dialog.getByRole('radio', { name: /^The account of a session/ }).isDisabled());
    await dialog.getByRole('button', { name: 'Hold to flatten everything' }).waitFor();
  });

  test('a proxy answers in place of the server, which carried the order out -> asked for again, it is one order; as a new one, two', async () => {
    let isCut = true;
    const page = await desk.open('/trade', {
      prepare: (opened) =>
        opened.route('**/api/order/place', async (route) => {
          if (route.request().postDataJSON().dryRun === true || !isCut) return route.continue();
          await route.fetch();
          return route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' });
        }),
    });
    await writeTicket(page);
    // Risk takes no order before it is warm.
    await page.getByRole('region', { name: 'Risk verdict' }).getByText('would pass').waitFor();
    const send = page.getByRole('button', { name: 'Send: buy BTCUSDT' });
    await send.click();
    await page.getByText('It is not known whether this order was carried out.').waitFor();
    assert.equal(await ordersByHand(1), 1);
    isCut = false;
    // Neither another page nor loading it anew forgets it.
    await page.reload();
    await writeTicket(page);
    await send.click();
    await page.getByText(/^Asked for first at .*, and done once: nothing was sent twice\. buy LOCAL:BTCUSDT/).waitFor();
    assert.equal(await ordersByHand(1), 1);
    isCut = true;
    await writeTicket(page);
    await send.click();
    await page.getByRole('button', { name: 'I have looked: the next is a new one' }).waitFor();
    assert.equal(await ordersByHand(2), 2, 'what is known is over: the same words are another order');
    isCut = false;
    await page.getByRole('button', { name: 'I have looked: the next is a new one' }).click();
    await send.click();
    await page.getByText(/^buy LOCAL:BTCUSDT/).waitFor();
    assert.equal(await ordersByHand(3), 3);
  });

  test('a daily loss limit that was reached -> REDUCING with its cause, on the overview, too; re-armed by its scope', async () => {
    const limits = (dailyLossPct: string, confirm?: string) =>
      desk.command('limits/set', {
        ...{ session: desk.session, reason: 'a drill', values: { dailyLossPct } },
        ...(confirm === undefined ? {} : { confirm }),
      });
    assert.equal((await limits('0.0001')).status, 200);
    const state = async (): Promise<unknown> => {
      const { data } = (await (await fetch(`${desk.url}/api/status`)).json()) as { data: Status };
      return data.sessions.find(({ session }) => session === desk.session)?.['tradingState'];
    };
    // There and back again, as often as it takes: what is lost each time is fees and spread.
    for (const until = Date.now() + PATIENCE_MS; (await state()) === 'active' && Date.now() < until; )
      for (const side of ['buy', 'sell']) {
        const given = { side, session: desk.session, symbol: 'BTCUSDT', notional: '1500', reason: 'fees are a loss' };
        await desk.command('order/place', given);
      }
    assert.equal(await state(), 'reducing');
    const page = await desk.open('/risk');
    await page.getByText(/^REDUCING/).waitFor();
    const held = page.getByRole('list', { name: 'Limits and faults' });
    await held.getByText('by daily-loss-limit').waitFor();
    await page.getByRole('link', { name: 'Overview' }).first().click();
    const work = page.getByRole('region', { name: 'Strategies at work' });
    await work.getByText('reducing', { exact: true }).first().waitFor();
    await page.getByRole('link', { name: 'Risk' }).first().click();
    const scope = `account:paper:${desk.session}`;
    assert.equal((await limits('10', scope)).status, 200);
    await held.getByLabel(/^Type/).fill(scope);
    await held.getByLabel('Why it may go on').fill('it was a drill');
    await held.getByRole('button', { name: 'Re-arm', exact: true }).click();
    await page.getByText(/^ACTIVE/).waitFor();
  });

  test('a strategy that is paused, a session that has ended -> neither is called ACTIVE', async () => {
    const page = await desk.open('/risk');
    await page.getByText(/^ACTIVE/).waitFor();
    assert.equal((await desk.command('pause', { session: desk.session, reason: 'a drill' })).status, 200);
    await page.getByText(/^PAUSED/).waitFor();
    assert.equal((await desk.command('stop', { session: desk.session, reason: 'a drill' })).status, 200);
    await page.getByText(/^NOT RUNNING/).waitFor();
  });
});
