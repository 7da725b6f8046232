import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { WebSocketRoute } from 'playwright-core';
import { price } from '../../web/src/format/numerals.ts';
import { DESK_SKIP, type Desk, openDesk, PATIENCE_MS } from './desk-scene.ts';
import { wire } from './wire.ts';

interface OrdersTold {
  readonly data: {
    readonly orders: readonly { readonly order: string; readonly limit: string | null }[];
  };
}

/** Hands frames through, but for the lists of orders, which are empty. */
function withoutOrders(socket: WebSocketRoute): void {
  const server = socket.connectToServer();
  const asked = new Set<unknown>();
  const topics = new Set<unknown>();
  socket.onMessage((text) => {
    const frame = JSON.parse(String(text)) as Readonly<Record<string, unknown>>;
    if (frame['operation'] === 'orders') asked.add(frame['id']);
    server.send(text);
  });
  server.onMessage((text) => {
    const frame = JSON.parse(String(text)) as Readonly<Record<string, unknown>>;
    if (frame['k'] === 'subscribed' && asked.has(frame['id'])) topics.add(frame['topic']);
    if (!topics.has(frame['topic'])) socket.send(text);
    else if (frame['k'] === 'delta') socket.send(JSON.stringify({ ...frame, patch: [] }));
    else if (frame['k'] === 'snapshot')
      socket.send(JSON.stringify({ ...frame, data: { ...(frame['data'] as object), orders: [] } }));
    else socket.send(text);
  });
}

describe('trade, backtests, chart', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  const openOrders = async (): Promise<OrdersTold['data']['orders']> => {
    const response = await fetch(`${desk.url}/api/orders`);
    return ((await response.json()) as OrdersTold).data.orders;
  };
  const limitsByHand = async (): Promise<readonly number[]> => {
    const orders = await openOrders();
    return orders.flatMap(({ limit }) => (limit === null ? [] : [Number(limit)]));
  };
  const far = async (): Promise<string> => {
    const response = await fetch(`${desk.url}/api/session/bars?limit=1`);
    const { data } = (await response.json()) as { data: { bars: { close: readonly number[] } } };
    // Inside the collar, and not where the market goes while this runs.
    return (data.bars.close[0]! * 0.97).toFixed(2);
  };

  test('ticket -> every rule before it is sent; a double click sends one order, which is amended and canceled below', async () => {
    const page = await desk.open('/trade');
    await page.getByLabel('Type', { exact: true }).selectOption('limit');
    await page.getByLabel('Size in').selectOption('pctEquity');
    await page.getByLabel('Size', { exact: true }).fill('1');
    await page.getByLabel('Limit price').fill('many');
    await page.getByText('expected a decimal above 0, found "many"').first().waitFor();
    assert.equal(await page.getByLabel('Limit price').getAttribute('aria-invalid'), 'true');
    const limit = await far();
    await page.getByLabel('Limit price').fill(limit);
    const maker = page.getByRole('checkbox', { name: /^Post only/ });
    await maker.check();
    // What never rests is no maker's: it is not asked for.
    await page.getByLabel('Time in force').selectOption('ioc');
    await maker.waitFor({ state: 'detached' });
    await page.getByLabel('Time in force').selectOption('gtc');
    assert.ok(await maker.isChecked());
    const verdict = page.getByRole('region', { name: 'Risk verdict' });
    await verdict.getByText('would pass').waitFor();
    await verdict.getByText(/^that is 0\.\d+ LOCAL:BTCUSDT$/).waitFor();
    assert.match(
      await verdict.getByRole('list', { name: 'Rules' }).innerText(),
      /gross-exposure\s+[\d,.]+ → [\d,.]+ of [\d,.]+/,
    );
    const sent = page.waitForRequest(
      (request) => request.method() === 'POST' && /"postOnly":true/.test(request.postData() ?? ''),
    );
    await page.getByRole('button', { name: 'Send: buy BTCUSDT' }).dblclick();
    await sent;
    // Orders of the strategy may work beside it, its protective stop among them.
    const order = page.getByRole('table', { name: 'Orders' }).getByRole('row', { name: /limit/ });
    await order.getByRole('button', { name: 'Amend' }).waitFor();
    assert.deepEqual(await limitsByHand(), [Number(limit)]);
    await order.getByRole('button', { name: 'Amend' }).click();
    const amended = Number(limit) - 10;
    await page.getByLabel('Limit price').last().fill(amended.toFixed(2));
    await page.getByRole('dialog').getByRole('button', { name: 'Amend' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await order.getByText(price(amended.toFixed(2)).replace(/\.?0+$/, '')).waitFor();
    assert.deepEqual(await limitsByHand(), [amended]);
    await order.getByRole('button', { name: 'Cancel' }).click();
    await order.getByText('canceled', { exact: true }).first().waitFor();
    assert.deepEqual(await limitsByHand(), []);
  });

  test('a trailing stop and a target by the risk -> nothing is asked before there is a stop; then the prices that both become, before it is sent', async () => {
    const page = await desk.open('/trade');
    await page.getByLabel('Size in').selectOption('pctEquity');
    await page.getByLabel('Size', { exact: true }).fill('1');
    await page.getByRole('checkbox', { name: /^Bracket/ }).check();
    assert.ok(await page.getByRole('button', { name: '2R' }).isDisabled());
    await page.getByLabel('Target', { exact: true }).fill('3r');
    await page.getByText('It needs a stop, as the target is measured to it.').waitFor();
    await page.getByLabel('Trailing stop', { exact: true }).fill('33000');
    await page.getByText('expected a distance such as 2%').first().waitFor();
    await page.getByLabel('Trailing stop', { exact: true }).fill('2%');
    await page.getByRole('button', { name: '2R' }).click();
    assert.equal(await page.getByLabel('Target', { exact: true }).inputValue(), '2r');
    const verdict = page.getByRole('region', { name: 'Risk verdict' });
    await verdict.getByText('would pass').waitFor();
    const told = verdict.getByText(/^with its trailing stop at [\d.]+ and its target at [\d.]+/);
    const [trail, target] = (await told.innerText()).match(/\d+(\.\d+)?/g)!.map(Number);
    assert.ok(Math.abs(target! / (trail! / 0.98) - 1.04) < 0.0001, `${trail} ${target}`);
  });

  test('an order that works, however many came after it -> among the orders of both pages, amended by the same dialog', async () => {
    const limit = await far();
    const { body } = await desk.command('order/place', { side: 'buy', symbol: 'BTCUSDT', pctEquity: '1%', limit });
    const { order } = (body as { readonly data: { readonly order: string } }).data;
    const page = await desk.open('/trade');
    // A stand-in for a session with so many later orders that the list of the newest has none of those that work.
    await page.routeWebSocket(/\/ws$/, withoutOrders);
    for (const path of ['/trade', '/positions?tab=orders']) {
      await page.goto(`${desk.url}${path}`);
      const row = page.getByRole('table', { name: 'Orders' }).getByRole('row', { name: /limit/ });
      await row.getByRole('button', { name: 'Amend' }).click();
      await page.getByRole('dialog', { name: 'Amend an order' }).getByLabel('Quantity, what has filled').waitFor();
      await page.keyboard.press('Escape');
    }
    assert.equal((await desk.command('order/cancel', { order, reason: 'seen' })).status, 200);
  });

  test('real money, and the ticket is changed before it is sent -> the verdict of what was written before is not told', async () => {
    const page = await desk.open('/trade');
    // A stand-in for an account at a venue: only the desk takes the session of play money for a live one.
    await page.routeWebSocket(/\/ws$/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((text) => socket.send(String(text).replaceAll('"mode":"paper"', '"mode":"live"')));
    });
    const held = Promise.withResolvers<void>();
    await page.route('**/api/order/place', async (route) => {
      if (route.request().postData()?.includes('88888888') === true) await held.promise;
      await route.continue();
    });
    await page.reload();
    await page.getByLabel('Size in').selectOption('notional');
    await page.getByLabel('Size', { exact: true }).fill('100');
    const verdict = page.getByRole('region', { name: 'Risk verdict' });
    await verdict.getByText('would pass').waitFor();
    await page.getByLabel('Size', { exact: true }).fill('88888888');
    await page.getByRole('button', { name: 'Review and send' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send with real money?' });
    await dialog.getByText('Asking risk …').waitFor();
    assert.equal(await verdict.getByText('would pass').count(), 0);
    held.resolve();
    await dialog.getByText('would be refused').waitFor();
    await dialog.getByRole('button', { name: 'Back to the ticket' }).click();
  });

  test('a market order that still fills -> its quantity may be amended, and no price is asked for, as it has none', async (t) => {
    const order = {
      ...{ order: 'p1o1a0', role: 'entry', instrument: 'LOCAL:BTCUSDT', side: 'buy', type: 'market', status: 'open' },
      ...{ quantity: '0.2', filled: '0.1', limit: null, trigger: null, why: 'slow', time: '2026-03-01T00:00:00Z' },
    };
    const between = wire({
      change(operation, state) {
        const { book, ...rest } = state as { readonly book?: object | null };
        return operation === 'status' && book ? { ...rest, book: { ...book, openOrders: [order] } } : state;
      },
    });
    // Orders of its strategy would come in the place of that one.
    await desk.command('pause', { session: desk.session, reason: 'test' });
    t.after(() => desk.command('resume', { session: desk.session, reason: 'test' }));
    for (const untilMs = Date.now() + PATIENCE_MS; Date.now() < untilMs && (await openOrders()).length > 0; )
      await new Promise((resolve) => setTimeout(resolve, 200));
    const page = await desk.open('/positions?tab=orders', { prepare: between.prepare });
    await page.getByRole('row').filter({ hasText: '0.1 of 0.2' }).getByRole('button', { name: 'Amend' }).click();
    const dialog = page.getByRole('dialog', { name: 'Amend an order' });
    assert.equal(await dialog.getByLabel(/^Quantity/).inputValue(), '0.2');
    assert.equal(await dialog.getByLabel(/price$/).count(), 0);
  });

  test('a position that changes while it is about to be closed -> said, and not closed by what was held before', async () => {
    const buy = async (): Promise<void> => {
      const order = { side: 'buy', symbol: 'BTCUSDT', pctEquity: '1%', reason: 'to be closed', session: desk.session };
      assert.equal((await desk.command('order/place', order)).status, 200);
    };
    await buy();
    const page = await desk.open('/positions');
    await page
      .getByRole('row', { name: /BTCUSDT/ })
      .getByRole('button', { name: 'Close …' })
      .click();
    const dialog = page.getByRole('dialog');
    const hold = dialog.getByRole('button', { name: 'Hold to close' });
    await hold.waitFor();
    await buy();
    await dialog
      .getByRole('alert')
      .getByText(/^(?:Nothing of it is held any more\.|It was .* when this was opened, and is .* now)/)
      .waitFor();
    assert.ok(await hold.isDisabled());
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('round trips -> figures as everywhere at the desk, with their sign and no more digits than say something', async () => {
    const trip = {
      ...{ session: desk.session, strategy: 'sma-cross', instrument: 'LOCAL:BTCUSDT', number: 1, side: 'short' },
      ...{ quantity: 0.28224999999999995, entry_time_ms: 1_796_000_000_000, entry_price: 33_469.608580270935 },
      ...{ exit_time_ms: 1_796_000_060_000, exit_price: 33_473.12287624235, gross_profit: -1.0621000001 },
      ...{ fees: 18.92671856, funding: 0, profit: -17.93312166000017, profit_ratio: -0.0018951053959905513 },
    };
    const between = wire({
      change: (operation, state) => (operation === 'query' ? { ...(state as object), rows: [trip] } : state),
    });
    const page = await desk.open('/positions?tab=trades', { prepare: between.prepare });
    const found = page.getByRole('table', { name: 'Round trips' }).getByRole('cell');
    await found.first().waitFor();
    const cells = await found.allInnerTexts();
    const shown = cells.map((each) => each.replace(/\s+/g, ' ').trim()).join(' | ');
    for (const each of ['▼short', '0.28225', '33,469.61', '33,473.12', '▼−1.06', '18.93', '▼−17.93', '−0.19 %'])
      assert.ok(shown.replaceAll('▼ ', '▼').includes(each), `${each} in ${shown}`);
  });

  test('a run by the form -> followed to its result beside buy and hold; again with a change -> both compared', async () => {
    const page = await desk.open('/backtests');
    await page.getByLabel('fast', { exact: true }).fill('10');
    if (!(await page.getByLabel('account', { exact: true }).isVisible()))
      await page.getByText('Everything else').click();
    await page.getByLabel('account', { exact: true }).selectOption('margin');
    await page.getByRole('button', { name: 'Run it' }).click();
    await page.waitForURL(/run=bt_/, { timeout: 2 * PATIENCE_MS });
    await page
      .getByRole('region', { name: 'How far it can be believed' })
      .getByText(/no look-ahead/)
      .waitFor();
    const headline = page.getByRole('region', { name: 'Strategy and buy & hold' });
    assert.match(await headline.getByRole('row', { name: /Total return/ }).innerText(), /%\s.*%/);
    await page.getByRole('tab', { name: /^Trades/ }).click();
    await page.getByRole('row', { name: 'Show trade 3 on the chart' }).click();
    await page.getByRole('application', { name: /round trips/ }).waitFor();
    await page.getByRole('tab', { name: 'All figures' }).click();
    const falls = await page.getByRole('region', { name: 'Deepest falls' }).innerText();
    assert.match(falls, /−\d+\.\d\d %\s+\d{4}-\d\d-\d\d, \d+ (?:d|h)/);
    assert.doesNotMatch(falls, /\.\d{3}/, 'as long as it was in words, not in the digits of a double');
    await page.getByRole('tab', { name: 'Run again with a change' }).click();
    assert.equal(await page.getByLabel('account', { exact: true }).inputValue(), 'margin');
    await page.getByLabel('slow', { exact: true }).fill('60');
    assert.match(await page.getByRole('list', { name: 'What differs' }).innerText(), /slow.*60/);
    await page.getByRole('button', { name: 'Run it' }).click();
    await page.waitForURL(/with=bt_/, { timeout: 2 * PATIENCE_MS });
    await page.getByRole('row', { name: /slow\s+50\s+60/ }).waitFor();
    await page.getByText(/^Trades: \d+ only in A/).waitFor();
    await page.goto(`${desk.url}/`);
    await page.locator('[data-step="parameter"][data-done="true"]').waitFor();
  });

  test('a run of several strategies -> asked for with semicolons between, and found so when it is run again', async () => {
    const page = await desk.open('/backtests');
    if (!(await page.getByLabel('with', { exact: true }).isVisible())) await page.getByText('Everything else').click();
    await page.getByLabel('with', { exact: true }).fill('dca,share=0.3; rsi2-reversion,as=dips');
    await page.getByRole('button', { name: 'Run it' }).click();
    await page.waitForURL(/run=bt_/, { timeout: 2 * PATIENCE_MS });
    const each = page.getByRole('region', { name: 'By strategy' });
    await each.getByRole('row', { name: /^dca\s+30/ }).waitFor();
    await each.getByRole('row', { name: /^dips\s+35/ }).waitFor();
    await page.getByRole('tab', { name: 'Run again with a change' }).click();
    assert.equal(await page.getByLabel('with', { exact: true }).inputValue(), 'dca,share=0.3;rsi2-reversion,as=dips');
  });

  test('chart -> bars that come, a digit for the timeframe, fills by [ and ], a table of the same', async () => {
    const page = await desk.open('/chart');
    await page.getByRole('application', { name: /^BTCUSDT 1s/ }).waitFor();
    await page.keyboard.press('2');
    await page.waitForURL(/timeframe=5s/);
    await page.getByRole('application', { name: /^BTCUSDT 5s, [1-9]\d* fills/ }).waitFor({ timeout: 2 * PATIENCE_MS });
    await page.keyboard.press(']');
    await page.waitForURL(/fill=/);
    await page.getByRole('button', { name: 'Why', exact: true }).click();
    await page.getByRole('dialog', { name: /^Why of fill/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'View as table' }).click();
    const table = page.getByRole('table', { name: 'Bars of BTCUSDT 5s' });
    const rows = async (): Promise<number> => Number(await table.getAttribute('aria-rowcount'));
    const before = await rows();
    while ((await rows()) <= before) await page.waitForTimeout(100);
  });

  test('an order is drawn to another price on the chart -> amended once, to that price on the tick; a gesture that is taken away amends nothing', async () => {
    const limit = await far();
    const { body } = await desk.command('order/place', { side: 'buy', symbol: 'BTCUSDT', pctEquity: '1%', limit });
    const { order } = (body as { readonly data: { readonly order: string } }).data;
    const page = await desk.open('/chart');
    const amended: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/order/amend'))
        amended.push((request.postDataJSON() as { readonly price: string }).price);
    });
    const chart = page.getByRole('application', { name: /^BTCUSDT 1s/ });
    await chart.waitFor();
    const box = (await chart.boundingBox())!;
    const x = box.x + 200;
    const findLine = (): Promise<number | null> =>
      chart.evaluate((element, across) => {
        const { top, bottom } = element.getBoundingClientRect();
        for (let clientY = top + 4; clientY < bottom - 40; clientY += 2) {
          element.dispatchEvent(new PointerEvent('pointermove', { clientX: across, clientY }));
          if (element.style.cursor === 'ns-resize') return clientY;
        }
        return null;
      }, x);
    // The scale is pressed together until the line, far below the market, is in view.
    let y = await findLine();
    while (y === null) {
      await page.mouse.move(box.x + box.width - 20, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width - 20, box.y + 260, { steps: 4 });
      await page.mouse.up();
      y = await findLine();
    }
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y - 20);
    await chart.dispatchEvent('pointercancel');
    await page.mouse.up();
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y - 6);
    await page.mouse.move(x, y - 9);
    await page.mouse.up();
    await page.getByText(`${order} is asked to be amended.`).waitFor();
    assert.match(amended.join(), /^\d+(\.\d{1,2})?$/);
    const to = Number(amended[0]);
    assert.ok(to > Number(limit), `${to}, drawn up from ${limit}`);
    assert.deepEqual(await limitsByHand(), [to]);
    assert.equal((await desk.command('order/cancel', { order, reason: 'seen' })).status, 200);
  });
});
