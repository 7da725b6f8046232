import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { DESK_SKIP, type Desk, openDesk } from './desk-scene.ts';

const PASSWORD = 'four words by chance\n';

describe('connections', { skip: DESK_SKIP }, () => {
  let exchange: LocalExchange;
  let desk: Desk;
  before(async () => {
    exchange = await openLocalExchange({
      accounts: [{ name: 'trader', keys: [{ kind: 'hmac' }], balances: { spot: { USDT: '5000' } } }],
    });
    const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
    const add = (label: string, typed: string) => ({
      ...{ args: ['account', 'add', 'local', '--label', label, '--no-test'], typed },
    });
    desk = await openDesk(
      ['--require-key'],
      [
        { args: ['users', 'add', 'ann', '--scope', 'read', '--scope', 'admin'], typed: PASSWORD },
        { args: ['users', 'add', 'bob', '--scope', 'read'], typed: PASSWORD },
        add('demo', `${apiKey}\n${secret}\n`),
        add('wrong', `${apiKey}\nnot-the-secret\n`),
      ],
      { local: exchange.urls.spot!.rest },
    );
  });
  afterEach(() => desk.closePages());
  after(async () => {
    await desk.close();
    await exchange.close();
  });

  const signedIn = async (name: string): Promise<Page> => {
    const page = await desk.open('/connections');
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(PASSWORD.trim());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('listitem', { name: /^demo/ }).waitFor();
    return page;
  };

  test('a test of an account -> what is objected to and when it was seen; taken upon oneself -> what it holds', async () => {
    const page = await signedIn('ann');
    const card = page.getByRole('listitem', { name: /^demo/ });
    await card.getByText('never', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Test demo' }).click();
    const result = card.getByRole('status', { name: 'Test of demo' });
    await result.getByText('refused', { exact: true }).waitFor();
    await card.getByText('never', { exact: true }).waitFor({ state: 'detached' });
    await result.getByLabel('this key works from any address').check();
    await card.getByRole('button', { name: 'Test demo' }).press('Enter');
    await result.getByText('✓ connected').waitFor();
    await result.getByText('5,000', { exact: true }).waitFor();
    await result.getByText(/^Taken upon yourself: the key works from any address/).waitFor();
  });

  test('a key that the venue refuses -> said beside its account alone; how keys are put in stands below', async () => {
    const page = await signedIn('ann');
    await page.getByRole('button', { name: 'Test wrong' }).click();
    await page.getByRole('status', { name: 'Test of wrong' }).getByText('key-refused', { exact: true }).waitFor();
    assert.equal(await page.getByRole('status', { name: 'Test of demo' }).textContent(), '');
    await page
      .getByRole('region', { name: 'Keys at a terminal' })
      .getByText('tradewright account rotate main')
      .waitFor();
  });

  test('a user without the scope -> told what it takes, and nothing to press', async () => {
    const page = await signedIn('bob');
    await page.getByText(/need the scope admin/).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Test demo' }).isDisabled());
    assert.ok(await page.getByRole('button', { name: 'Hold to forget its keys' }).first().isDisabled());
  });
});
