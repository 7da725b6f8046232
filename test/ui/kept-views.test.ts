import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { DESK_SKIP, type Desk, focused, openDesk } from './desk-scene.ts';

const PLACE = 'tradewright.views.events';
const QUIET = {
  name: 'Quiet',
  view: { text: 'type:order', sort: { name: '#', falls: false }, hidden: ['What'], filters: {} },
};

describe('views of tables', { skip: DESK_SKIP }, () => {
  let desk: Desk;
  before(async () => {
    desk = await openDesk();
    const order = { session: desk.session, side: 'buy', symbol: 'BTCUSDT', notional: '100', reason: 'a view' };
    // Placed, or refused while the strategy warms up: either is an order and an event.
    assert.ok([200, 422].includes((await desk.command('order/place', order)).status));
  });
  afterEach(() => desk.closePages());
  after(() => desk.close());

  const headings = (page: Page): Promise<readonly string[]> =>
    page.getByRole('table', { name: 'Events' }).getByRole('columnheader').allInnerTexts();
  const kept = async (page: Page): Promise<unknown> =>
    JSON.parse((await page.evaluate((place) => localStorage.getItem(place), PLACE)) ?? 'null');
  const opened = (page: Page) =>
    page.addInitScript(({ place, text }) => localStorage.setItem(place, text), {
      place: PLACE,
      text: JSON.stringify({ version: 1, views: [QUIET] }),
    });

  test('search, sort and columns by keyboard -> kept under a name, in the address, and there again when it is loaded', async () => {
    const page = await desk.open('/events');
    const table = page.getByRole('table', { name: 'Events' });
    await table.waitFor();
    await page.getByLabel('Find in events').fill('type:order');
    await table.getByRole('button', { name: '#' }).press('Enter');
    const button = page.getByRole('button', { name: /^View/ });
    await button.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'View of events' });
    await drawer.getByLabel('What', { exact: true }).press('Space');
    await drawer.getByText('“type:order”; by # rising; without What').waitFor();
    await drawer.getByLabel('Name').press('Enter');
    await drawer.getByText('expected a name, found none').waitFor();
    await drawer.getByLabel('Name').fill('Quiet');
    await drawer.getByLabel('Name').press('Enter');
    await drawer.getByText('Kept as Quiet.').waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    await focused(button);
    await page.waitForURL(/view=events%3AQuiet/);
    assert.deepEqual(await kept(page), { version: 1, views: [QUIET] });
    await page.reload();
    await table.waitFor();
    assert.deepEqual(await headings(page), ['# ↑', 'Time', 'Type']);
    assert.equal(await page.getByLabel('Find in events').inputValue(), 'type:order');
    assert.equal(await table.getByRole('columnheader', { name: '#' }).getAttribute('aria-sort'), 'ascending');
    await page.getByLabel('View of events').selectOption('no view');
    await table.getByRole('columnheader', { name: 'What' }).waitFor();
    assert.equal(await page.getByLabel('Find in events').inputValue(), '');
    assert.doesNotMatch(page.url(), /view=/);
  });

  test('a view that is changed, renamed, deleted -> said to be changed, its address follows, and it can be had back', async () => {
    const page = await desk.open('/events?view=events%3AQuiet', { prepare: opened });
    await page.getByRole('table', { name: 'Events' }).waitFor();
    await page.getByLabel('Find in events').fill('');
    await page.getByText('changed', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^View/ }).click();
    const drawer = page.getByRole('dialog', { name: 'View of events' });
    await drawer.getByRole('button', { name: 'Keep the changes in Quiet' }).click();
    await page.getByText('changed', { exact: true }).waitFor({ state: 'detached' });
    // The column that it is sorted by sorts on when it is hidden.
    await drawer.getByLabel('#', { exact: true }).uncheck();
    await page.getByText('changed', { exact: true }).waitFor();
    const labels = await page
      .locator('[role=table][aria-label=Events] [role=row][aria-label]')
      .evaluateAll((rows) => rows.map((row) => Number(/\d+/.exec(row.getAttribute('aria-label') ?? '')![0])));
    assert.ok(labels.length > 1);
    assert.deepEqual(
      labels,
      labels.toSorted((x, y) => x - y),
    );
    await drawer.getByRole('button', { name: 'Rename Quiet' }).click();
    await drawer.getByLabel('New name of Quiet').fill('Calm');
    await page.keyboard.press('Enter');
    await drawer.getByRole('button', { name: 'Show Calm' }).waitFor();
    await page.waitForURL(/view=events%3ACalm/);
    await drawer.getByRole('button', { name: 'Delete Calm' }).click();
    await drawer.getByText('Calm is deleted.').waitFor();
    assert.deepEqual(await kept(page), { version: 1, views: [] });
    assert.doesNotMatch(page.url(), /view=/);
    await drawer.getByRole('button', { name: 'Undo' }).click();
    await drawer.getByRole('button', { name: 'Show Calm' }).click();
    await page.waitForURL(/view=events%3ACalm/);
    assert.deepEqual(await kept(page), {
      version: 1,
      views: [{ name: 'Calm', view: { ...QUIET.view, text: '' } }],
    });
  });

  test('what is kept and cannot be read -> dropped and said, the rest stays; a view of another browser -> said', async () => {
    const views = [QUIET, { name: 'Odd', view: { ...QUIET.view, sort: 'up' } }];
    const page = await desk.open('/events?view=events%3AOdd', {
      prepare: (each) =>
        each.addInitScript(({ place, text }) => localStorage.setItem(place, text), {
          place: PLACE,
          text: JSON.stringify({ version: 1, views }),
        }),
    });
    await page.getByText('Some kept views of events could not be read, and were dropped.').waitFor();
    await page.getByText('This browser keeps no view Odd of events: everything is shown.').waitFor();
    assert.deepEqual(await kept(page), { version: 1, views: [QUIET] });
    assert.deepEqual(await page.getByLabel('View of events').locator('option').allInnerTexts(), [
      'no view',
      'Odd (not kept here)',
      'Quiet',
    ]);
    const broken = await desk.open('/events', {
      prepare: (each) => each.addInitScript((place) => localStorage.setItem(place, '{"version":9'), PLACE),
    });
    await broken.getByText('The kept views of events could not be read, and were dropped.').waitFor();
    assert.deepEqual(await kept(broken), { version: 1, views: [] });
  });

  test('orders: a filter -> part of the view, in the same table on another page; the view of one table is none of another', async () => {
    const page = await desk.open('/positions?tab=orders');
    await page.getByLabel('ended ones, too').uncheck();
    await page.getByRole('button', { name: /^View/ }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('At work');
    await page.getByRole('dialog').getByRole('button', { name: 'Keep', exact: true }).click();
    await page.waitForURL(/view=orders%3AAt(\+|%20)work/);
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Fills' }).click();
    await page.getByRole('region', { name: 'Fills' }).waitFor();
    assert.equal(await page.getByText(/^This browser keeps no view/).count(), 0);
    await page.goto(`${desk.url}/trade?view=orders%3AAt%20work`);
    await page.getByRole('region', { name: 'Orders' }).waitFor();
    assert.equal(await page.getByLabel('View of orders').inputValue(), 'At work');
    assert.equal(await page.getByLabel('ended ones, too').isChecked(), false);
  });
});
