import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { violations } from './axe.ts';
import { DESK_SKIP, type Desk, openDesk } from './desk-scene.ts';

const T = Date.UTC(2024, 0, 1);
const ROWS = Array.from(
  { length: 60 },
  (_, k) => `${T + k * 3_600_000},${100 + k},${102 + k},${99 + k},${101 + k},${10 + k}`,
);
const csv = (rows: readonly string[], header: string): Buffer => Buffer.from(`${[header, ...rows].join('\n')}\n`);
const fileOf = (name: string, buffer: Buffer) => ({ name, mimeType: 'text/csv', buffer });

describe('a file imported in the browser', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk([]);
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  const choose = (page: Page, name: string, buffer: Buffer) =>
    page.locator('input[type=file]').setInputFiles(fileOf(name, buffer));

  test('columns that nobody can tell -> chosen, looked at again, imported; the series stands in the list with its coverage', async () => {
    const page = await desk.open('/data');
    await choose(page, 'odd.csv', csv(ROWS, 'when,k1,k2,k3,k4,k5'));
    const panel = page.getByRole('region', { name: 'Import odd.csv' });
    await panel.getByText('columns-unknown').waitFor();
    assert.deepEqual(await violations(page), [], 'refused');
    const button = panel.getByRole('button', { name: 'Import', exact: true });
    assert.ok(await button.isDisabled());
    const columns = panel.getByRole('group', { name: 'Columns' });
    assert.equal(await columns.getByText('Choose its column').count(), 5);
    const choices = { Time: '1: when', Open: '2: k1', High: '3: k2', Low: '4: k3', Close: '5: k4' };
    for (const [field, column] of Object.entries(choices))
      await columns.getByLabel(field, { exact: true }).selectOption({ label: column });
    await columns.getByLabel('Volume').selectOption({ label: '6: k5' });
    // High and low the wrong way round first: impossible bars, told with their lines.
    await columns.getByLabel('High').selectOption({ label: '4: k3' });
    await columns.getByLabel('Low').selectOption({ label: '3: k2' });
    await panel.getByText('data-invalid').waitFor();
    const findings = panel.getByRole('table', { name: 'Findings of the file' });
    assert.match(await findings.getByRole('row').nth(1).innerText(), /\b2\b/);
    await columns.getByLabel('High').selectOption({ label: '3: k2' });
    await columns.getByLabel('Low').selectOption({ label: '4: k3' });
    await panel.getByLabel('Symbol').fill('DEMO:');
    await panel.getByText(/expected SYMBOL or VENUE:SYMBOL/).waitFor();
    await panel.getByLabel('Symbol').fill('DEMO:ODD');
    await panel.getByText('Makes the series DEMO:ODD@1h: 60 of 60 bars are new; it has 60 bars then.').waitFor();
    const asRead = panel.getByRole('region', { name: 'As it is read' });
    assert.match(await asRead.innerText(), /2024-01-01 01:00:00\s+101\.00\s+103\.00\s+100\.00\s+102\.00\s+11/);
    assert.match(await panel.getByRole('region', { name: 'As it stands in the file' }).innerText(), /1704070800000/);
    for (const theme of ['dark', 'light']) {
      await page.evaluate((chosen) => {
        document.documentElement.dataset['theme'] = chosen;
      }, theme);
      assert.deepEqual(await violations(page), [], theme);
    }
    await page.setViewportSize({ width: 360, height: 800 });
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(wide! <= room!, `${wide} px wide in ${room} px`);
    await page.setViewportSize({ width: 1440, height: 900 });
    await button.click();
    await page.waitForURL(/series=DEMO(?::|%3A)ODD/);
    await page.getByText('60 new bars of DEMO:ODD@1h.').first().waitFor();
    await panel.waitFor({ state: 'detached' });
    const row = page.getByRole('table', { name: 'Series' }).getByRole('row', { name: /DEMO:ODD/ });
    assert.match(await row.innerText(), /1h\s+60\s+100(?:\.0+)?\s?%/);
    await page
      .getByRole('region', { name: 'Quality of DEMO:ODD@1h' })
      .getByText('Nothing to find fault with')
      .waitFor();
  });

  test('let fall, packed and unsorted -> refused with the line, sorted, imported; again -> stored already', async () => {
    const page = await desk.open('/data');
    const [first, second, ...rest] = ROWS as [string, string, ...string[]];
    const packed = gzipSync(csv([second, first, ...rest], 'open_time,open,high,low,close,volume'));
    const drop = async (): Promise<void> => {
      const transfer = await page.evaluateHandle(
        (bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], 'ETHUSDT_1h.csv.gz'));
          return data;
        },
        [...packed],
      );
      const place = page.getByText('or let it fall here');
      await place.dispatchEvent('drop', { dataTransfer: transfer });
    };
    await page.getByText('or let it fall here').waitFor();
    await drop();
    const panel = page.getByRole('region', { name: 'Import ETHUSDT_1h.csv.gz' });
    await panel.getByText('bar-out-of-order').first().waitFor();
    await panel.getByText('If the file is only unsorted, tick Sort above.').waitFor();
    await panel.getByLabel('Sort').check();
    await panel.getByText('Makes the series FILE:ETHUSDT@1h').waitFor();
    await panel.getByRole('button', { name: 'Import', exact: true }).click();
    await page.waitForURL(/series=FILE(?::|%3A)ETHUSDT/);
    await drop();
    await panel.getByLabel('Sort').check();
    await panel.getByText('0 of 60 bars are new, 60 are stored already; it has 60 bars then.').waitFor();
    await panel.getByRole('button', { name: 'Put away' }).click();
    await panel.waitFor({ state: 'detached' });
  });

  test('dates that say not which comes first, day or month -> refused until that is chosen, then read so', async () => {
    const page = await desk.open('/data');
    const rows = ROWS.slice(0, 9).map((row, k) => row.replace(/^\d+/, `0${1 + k}/01/2024`));
    await choose(page, 'slashes.csv', csv(rows, 'time,open,high,low,close,volume'));
    const panel = page.getByRole('region', { name: 'Import slashes.csv' });
    await panel.getByText('bad-time').waitFor();
    await panel.getByLabel('Date order').selectOption('dmy');
    await panel.getByText(/^can be imported$/).waitFor();
    await panel.getByText('Makes the series FILE:SLASHES@1d: 9 of 9 bars are new; it has 9 bars then.').waitFor();
    await panel.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('9 new bars of FILE:SLASHES@1d.').first().waitFor();
    const row = page.getByRole('table', { name: 'Series' }).getByRole('row', { name: /SLASHES/ });
    assert.match(await row.innerText(), /2024-01-01\s+2024-01-09/);
  });

  test('a file that is none, and a desk set back in time -> said, and nothing can be chosen', async () => {
    const page = await desk.open('/data');
    await choose(page, 'empty.csv', Buffer.alloc(0));
    await page.getByRole('region', { name: 'Import empty.csv' }).getByText('file-empty').waitFor();
    await page.goto(`${desk.url}/data?at=2026-01-01T00:00:00Z`);
    const button = page.getByRole('button', { name: 'Choose a file' });
    await button.waitFor();
    assert.ok(await button.isDisabled());
  });
});
