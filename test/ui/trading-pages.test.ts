import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { DESK_SKIP, type Desk, openDesk, PATIENCE_MS } from './desk-scene.ts';

interface OrdersTold {
  readonly data: {
    readonly orders: readonly { readonly order: string; readonly limit: string; readonly status: string }[];
  };
}

describe('trade, backtests, chart', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk();
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  const workingByHand = async (): Promise<OrdersTold['data']['orders']> => {
    const response = await fetch(`${desk.url}/api/orders`);
    return ((await response.json()) as OrdersTold).data.orders.filter(({ limit }) => limit !== null);
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
    await page.getByLabel('Size', { exact: true }).fill('5');
    await page.getByLabel('Limit price').fill('many');
    await page.getByText('expected a decimal above 0, found "many"').first().waitFor();
    assert.equal(await page.getByLabel('Limit price').getAttribute('aria-invalid'), 'true');
    const limit = await far();
    await page.getByLabel('Limit price').fill(limit);
    const verdict = page.getByRole('region', { name: 'Risk verdict' });
    await verdict.getByText('would pass').waitFor();
    await verdict.getByText(/^that is 0\.\d+ LOCAL:BTCUSDT$/).waitFor();
    assert.match(
      await verdict.getByRole('list', { name: 'Rules' }).innerText(),
      /gross-exposure\s+[\d,.]+ → [\d,.]+ of [\d,.]+/,
    );
    await page.getByRole('button', { name: 'Send: buy BTCUSDT' }).dblclick();
    const orders = page.getByRole('table', { name: 'Orders' });
    // Those of the strategy may work beside it.
    await orders.getByRole('row', { name: /limit/ }).getByRole('button', { name: 'Amend' }).waitFor();
    const [order, ...others] = await workingByHand();
    assert.deepEqual([order!.limit, others], [limit, []]);
    await orders.getByRole('row', { name: /limit/ }).getByRole('button', { name: 'Amend' }).click();
    const amended = (Number(limit) - 10).toFixed(2);
    await page.getByLabel('Limit price').last().fill(amended);
    await page.getByRole('dialog').getByRole('button', { name: 'Amend' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    while ((await workingByHand())[0]?.limit !== amended) await page.waitForTimeout(100);
    await orders.getByRole('row', { name: /limit/ }).getByRole('button', { name: 'Cancel' }).first().click();
    while ((await workingByHand()).length > 0) await page.waitForTimeout(100);
  });

  test('a run by the form -> followed to its result beside buy and hold; again with a change -> both compared', async () => {
    const page = await desk.open('/backtests');
    await page.getByLabel('fast', { exact: true }).fill('10');
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
    await page.getByRole('tab', { name: 'Run again with a change' }).click();
    await page.getByLabel('slow', { exact: true }).fill('60');
    assert.match(await page.getByRole('list', { name: 'What differs' }).innerText(), /slow.*60/);
    await page.getByRole('button', { name: 'Run it' }).click();
    await page.waitForURL(/with=bt_/, { timeout: 2 * PATIENCE_MS });
    await page.getByRole('row', { name: /slow\s+50\s+60/ }).waitFor();
    await page.getByText(/^Trades: \d+ only in A/).waitFor();
    await page.goto(`${desk.url}/`);
    await page.locator('[data-step="parameter"][data-done="true"]').waitFor();
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
});
