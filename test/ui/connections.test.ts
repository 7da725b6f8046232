import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { providerStandIn } from '../providers/provider-stand-in.ts';
import { violations } from './axe.ts';
import { DESK_SKIP, type Desk, openDesk } from './desk-scene.ts';

const PASSWORD = 'four words by chance\n';
const KEY = 'key-of-the-stand-in';

describe('connections', { skip: DESK_SKIP }, () => {
  let exchange: LocalExchange;
  let models: Awaited<ReturnType<typeof providerStandIn>>;
  let desk: Desk;
  before(async () => {
    models = await providerStandIn();
    models.state.keys.add(KEY);
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
      { local: exchange.urls.spot!.rest, env: { TRADEWRIGHT_PROVIDER_NETWORKS: '127.0.0.1' } },
    );
  });
  afterEach(() => desk.closePages());
  after(async () => {
    await desk.close();
    await exchange.close();
    await models.close();
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

  test('a provider is added, asked, given a model, removed -> each said on its card; no field and no page has its key', async () => {
    const page = await signedIn('ann');
    const panel = page.getByRole('region', { name: 'LLM providers' });
    await panel.getByText(/^No provider yet\. .* nothing in this version calls one yet but its test\.$/).waitFor();
    await panel.getByRole('button', { name: 'Add a provider …' }).click();
    const adding = page.getByRole('dialog', { name: 'Add a provider' });
    await adding.getByLabel('Kind').selectOption('xai');
    await adding.getByLabel('Label').fill('grok');
    await adding.getByLabel('Keyless').check();
    await adding.getByLabel('API key').waitFor({ state: 'detached' });
    await adding.getByLabel('Keyless').uncheck();
    await adding.getByLabel('Url').fill('http://10.9.8.7/v1');
    await adding.getByLabel('API key').fill('not-the-key-of-it');
    await adding.getByRole('button', { name: 'Ask it and keep it' }).click();
    await adding.getByText(/the address is not public/).waitFor();
    await adding.getByLabel('Url').fill(`${models.url}/xai/v1`);
    await adding.getByRole('button', { name: 'Ask it and keep it' }).click();
    await adding.getByText('key-refused', { exact: true }).waitFor();
    await adding.getByLabel('API key').fill(KEY);
    await adding.getByRole('button', { name: 'Ask it and keep it' }).click();
    await adding.waitFor({ state: 'detached' });
    const card = panel.getByRole('listitem', { name: 'grok, xai' });
    await card.getByText('✓ answers').waitFor();
    await card.getByText('api-key:endpoint:*, api-key:model:*').waitFor();
    const model = card.getByLabel('Model of grok');
    assert.deepEqual(await model.locator('option').allTextContents(), ['none chosen', 'grok-4.3', 'grok-4.5']);
    await model.selectOption('grok-4.5');
    await card.getByRole('button', { name: 'Use it' }).click();
    await card.locator('dd').getByText('grok-4.5', { exact: true }).waitFor();
    models.state.keys.delete(KEY);
    await card.getByRole('button', { name: 'Test grok' }).click();
    await card.getByRole('status', { name: 'Test of grok' }).getByText('key-refused', { exact: true }).waitFor();
    await card.getByText('key refused', { exact: true }).waitFor();
    models.state.keys.add(KEY);
    await card.getByRole('button', { name: 'Test grok' }).press('Enter');
    await card.getByText('✓ it answered as it should').waitFor();
    assert.ok(!(await page.content()).includes(KEY));
    assert.deepEqual(await violations(page), []);
    const hold = card.getByRole('button', { name: 'Hold to remove it' });
    await hold.focus();
    await page.keyboard.down('Enter');
    await card.waitFor({ state: 'detached' });
    await page.keyboard.up('Enter');
    await panel.getByText(/^No provider yet\./).waitFor();
  });

  test('a user without the scope -> told what it takes, and nothing to press', async () => {
    const page = await signedIn('bob');
    await page.getByText(/need the scope admin/).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Test demo' }).isDisabled());
    assert.ok(await page.getByRole('button', { name: 'Hold to forget its keys' }).first().isDisabled());
    assert.ok(await page.getByRole('button', { name: 'Add a provider …' }).isDisabled());
  });
});
