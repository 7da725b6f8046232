import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { LocalExchange } from '../../src/local-exchange/open.ts';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import { DESK_SKIP, type Desk, openDesk } from './desk-scene.ts';

describe('a session begun at the desk', { skip: DESK_SKIP }, () => {
  let exchange: LocalExchange;
  let desk: Desk;
  before(async () => {
    exchange = await openLocalExchange({
      market: { kind: 'synthetic', speed: 60, tradesEachBar: 40 },
      limits: 'none',
    });
    desk = await openDesk([], [], { local: exchange.urls.spot!.rest });
  });
  afterEach(() => desk.closePages());
  after(async () => {
    await desk?.close();
    await exchange?.close();
  });

  test('nothing there -> the overview leads to the form, what it would do is said first, the session trades, and is ended', async () => {
    const page = await desk.open('/');
    await page.getByRole('link', { name: 'Start one with play money' }).first().click();
    await page.getByRole('button', { name: /^random-entry/ }).click();
    const form = page.getByRole('region', { name: 'Start a session' });
    await form.getByLabel(/^venue \(/i).selectOption('local');
    await form.getByLabel(/^symbols/i).fill('NOBODY');
    await form.getByLabel('Timeframe').fill('1s');
    await form.getByLabel('Session').fill('first');
    await form.getByRole('textbox', { name: 'every' }).fill('1');
    const start = form.getByRole('button', { name: 'Start …' });
    await start.click();
    await form.getByText(/see the field above/).waitFor();
    assert.equal(await form.getByLabel(/^symbols/i).getAttribute('aria-invalid'), 'true');
    await form.getByLabel(/^symbols/i).fill('BTCUSDT');
    await start.click();
    await form.getByText(/begin paper session first: random-entry on BTCUSDT of local, bars of 1s/).waitFor();
    const atWork = page.getByRole('region', { name: 'At work' });
    await atWork.getByText('No session runs it.').waitFor();
    await form.getByRole('button', { name: 'Start now' }).click();

    const card = atWork.getByRole('listitem', { name: 'first' });
    await card.getByText('kept by servers').waitFor();
    await card.getByText(/[1-9]\d* fills?/).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('session'), 'first', 'it is the one that is looked at');
    await page.goto(`${desk.url}/?session=first`);
    await page.getByRole('table', { name: 'Last fills' }).waitFor();
    await page.goto(`${desk.url}/strategies?strategy=random-entry&session=first`);
    await card.getByRole('button', { name: 'End session (positions stay)' }).click();
    await card.getByText('○ ended').waitFor();
    await card.getByText('kept by servers').waitFor({ state: 'detached' });
  });

  test('one that cannot be begun -> why is said, and it can be removed', async () => {
    // As it may be when a venue has ceased to list what it did.
    const world = compose(readConfig({ home: desk.home }, {}, desk.home));
    const input = { strategy: 'always-flat', venue: 'local', symbols: ['NOBODY'], session: 'second' };
    await (await world.deployments()).add({
      ...{ session: 'second', operation: 'paper', account: 'paper:second', label: 'second' },
      ...{ input, actor: 'ann' },
    });
    await world.close();
    const page = await desk.open('/strategies?strategy=always-flat');
    const atWork = page.getByRole('region', { name: 'At work' });
    await atWork.getByText('does not run', { exact: true }).waitFor();
    await atWork.getByText(/NOBODY/).waitFor();
    await atWork.getByRole('button', { name: /^Remove/ }).click();
    await atWork.getByText('No session runs it.').waitFor();
  });
});
