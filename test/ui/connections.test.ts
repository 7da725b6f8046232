import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { type StandIn, standIn } from '../notify/service-stand-in.ts';
import { providerStandIn } from '../providers/provider-stand-in.ts';
import { violations } from './axe.ts';
import { DESK_SKIP, type Desk, focused, openDesk } from './desk-scene.ts';

const PASSWORD = 'four words by chance\n';
const KEY = 'key-of-the-stand-in';

describe('connections', { skip: DESK_SKIP }, () => {
  let exchange: LocalExchange;
  let models: Awaited<ReturnType<typeof providerStandIn>>;
  let receiver: StandIn;
  let desk: Desk;
  before(async () => {
    receiver = await standIn(() => ({ status: 204 }));
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
        { args: ['users', 'add', 'ann', '--scope', 'read', '--scope', 'risk', '--scope', 'admin'], typed: PASSWORD },
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
    await receiver.close();
  });

  const signedIn = async (name: string): Promise<Page> => {
    const page = await desk.open('/connections');
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(PASSWORD.trim());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('listitem', { name: /^demo/ }).waitFor();
    return page;
  };

  /** Holds a button with the keyboard until something is gone. */
  const held = async (button: Locator, gone: Locator): Promise<void> => {
    await button.focus();
    await button.page().keyboard.down('Enter');
    await gone.waitFor({ state: 'detached' });
    await button.page().keyboard.up('Enter');
    assert.equal(await button.page().getByRole('dialog').count(), 0, 'the page is not hidden behind a dialog');
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

  test('a deed that needs the password again -> typed at once, Enter goes on, and it is asked for under the same key', async () => {
    const page = await signedIn('ann');
    const keys: (string | undefined)[] = [];
    // As a server answers once the password was given too long ago.
    await page.route('**/api/account/check', (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      const problem = {
        type: '/docs#step-up-required',
        title: 'step up required',
        status: 403,
        code: 'step-up-required',
      };
      return route.fulfill({
        ...{ status: 403, contentType: 'application/problem+json' },
        body: JSON.stringify({ ...problem, detail: 'it was given too long ago', hint: 'Give it again.', details: {} }),
      });
    });
    const card = page.getByRole('listitem', { name: /^demo/ });
    await card.getByRole('button', { name: 'Test demo' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your password again' });
    await dialog.waitFor();
    await page.keyboard.type(PASSWORD.trim());
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await card
      .getByRole('status', { name: 'Test of demo' })
      .getByText(/^tested /)
      .waitFor();
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
  });

  test('an account whose key works from any address -> the objection is answered by a tick, and the account is kept', async () => {
    const page = await signedIn('ann');
    const { apiKey, secret } = exchange.accounts[0]!.keys[0]!;
    await page.getByRole('button', { name: 'Add an account …' }).click();
    const adding = page.getByRole('dialog', { name: 'Add an account' });
    await adding.getByLabel('Venue').selectOption('local');
    await adding.getByLabel('Label').fill('ticked');
    await adding.getByLabel(/^API key/).fill(apiKey!);
    await adding.getByLabel(/^API secret/).fill(secret!);
    await adding.getByRole('button', { name: 'Try and keep the keys' }).click();
    await adding.getByRole('checkbox', { name: 'this key works from any address' }).check();
    assert.equal(await adding.getByLabel('Accept').inputValue(), 'this key works from any address');
    await adding.getByRole('button', { name: 'Try and keep the keys' }).click();
    await adding.waitFor({ state: 'detached' });
    await page.getByRole('listitem', { name: /^ticked/ }).waitFor();
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
    await held(card.getByRole('button', { name: 'Hold to remove it' }), card);
    await panel.getByText(/^No provider yet\./).waitFor();
  });

  test('a channel’s form -> asks for what fits its kind, and for the secret where there is one', async () => {
    const page = await signedIn('ann');
    await page.getByRole('button', { name: 'Add a channel …' }).click();
    const adding = page.getByRole('dialog', { name: 'Add a channel' });
    const asked = async (kind: string): Promise<string[]> => {
      await adding.getByLabel('Kind').selectOption(kind);
      return adding.locator('label').allTextContents();
    };
    const KIND = ['kind (needed)', 'name (needed)'];
    assert.deepEqual(await asked('webhook'), [...KIND, 'url (needed)', 'allow']);
    assert.deepEqual(await asked('smtp'), [...KIND, 'url (needed)', 'from (needed)', 'to (needed)', 'user']);
    await adding.getByLabel('User').fill('desk');
    assert.equal((await asked('smtp')).at(-1), 'password at the mail server (needed)');
    assert.deepEqual(await asked('telegram'), [
      ...[...KIND, 'url', 'to (needed)', 'allow'],
      'token of the Telegram bot (needed)',
    ]);
    assert.deepEqual(await asked('slack'), [...KIND, 'allow', 'address of the incoming webhook of Slack (needed)']);
    const secret = adding.getByLabel('address of the incoming webhook');
    assert.equal(await secret.getAttribute('type'), 'password');
    await adding.getByLabel('Name').fill('chat');
    await secret.fill('http://hooks.example.com/T0/canary');
    await adding.getByRole('button', { name: 'Keep it' }).click();
    await adding.getByText(/expected an address that begins with https/).waitFor();
    assert.deepEqual(await violations(page), []);
  });

  test('a webhook is added, tested, used by a rule, its secret replaced, removed -> signed as it should be; each secret is shown once', async () => {
    const page = await signedIn('ann');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const secretOf = async (): Promise<string> => {
      const shown = page.getByRole('dialog', { name: 'The secret of desk' });
      await shown.getByText('It is shown this once:').waitFor();
      await shown.getByRole('button', { name: 'Copy it' }).click();
      await shown.getByText('Copied', { exact: true }).waitFor();
      const secret = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(await shown.getByLabel('Secret of desk').inputValue(), secret);
      await shown.getByRole('button', { name: 'I have kept it' }).click();
      await shown.waitFor({ state: 'detached' });
      return secret;
    };
    const panel = page.getByRole('region', { name: 'Webhooks and channels' });
    const none = page.getByText(/^A rule tells through a channel, and there is none yet\./);
    // Two keys of one wish have little time between them, which a busy machine may not keep.
    for (let tries = 0; tries < 5 && !(await none.isVisible()); tries++) {
      await page.keyboard.press('g');
      await page.keyboard.press('a');
      await none.waitFor({ timeout: 10_000 }).catch(() => {});
    }
    await none.waitFor();
    await page.getByRole('region', { name: 'New rule' }).getByRole('link', { name: 'Connections' }).click();
    await panel.getByText(/^No channel yet/).waitFor();
    await panel.getByRole('button', { name: 'Add a channel …' }).click();
    const adding = page.getByRole('dialog', { name: 'Add a channel' });
    await adding.getByLabel('Name').fill('desk');
    await adding.getByLabel('Url').fill(`${receiver.url}/in`);
    await adding.getByRole('button', { name: 'Keep it' }).click();
    await adding.getByText(/expected an address that begins with https/).waitFor();
    await adding.getByLabel('Allow').fill('127.0.0.1');
    await adding.getByRole('button', { name: 'Keep it' }).click();
    const first = await secretOf();

    const card = panel.getByRole('listitem', { name: 'desk, webhook' });
    await card.getByText('none yet', { exact: true }).waitFor();
    /** Under which of those the next message is signed. */
    const signed = async (send: Locator, ...secrets: readonly string[]): Promise<boolean[]> => {
      const before = receiver.received.length;
      await send.click();
      await receiver.came(before + 1);
      const { body, headers } = receiver.received[before]!;
      return secrets.map((secret) => {
        try {
          new Webhook(secret).verify(body, headers as Record<string, string>);
          return true;
        } catch {
          return false;
        }
      });
    };
    const send = card.getByRole('button', { name: 'Test desk' });
    assert.deepEqual(await signed(send, first), [true]);
    await card.getByRole('status', { name: 'Test of desk' }).getByText('✓ it arrived').waitFor();

    await card.getByRole('button', { name: 'Replace its secret …' }).click();
    await page.getByRole('button', { name: 'Make a new one' }).click();
    await page.getByRole('textbox', { name: 'Secret of desk' }).waitFor();
    assert.deepEqual(await violations(page), []);
    const second = await secretOf();
    assert.notEqual(second, first);
    await card.getByText('secret being replaced', { exact: true }).waitFor();
    assert.deepEqual(await signed(send, first, second), [true, true]);
    const drop = card.getByRole('button', { name: 'Hold to drop old secrets' });
    await held(drop, drop);
    assert.deepEqual(await signed(send, first, second), [false, true]);

    await card.getByRole('status', { name: 'Test of desk' }).getByText('✓ it arrived').waitFor();
    receiver.script({ status: 410 });
    await send.press('Enter');
    await card.getByRole('status', { name: 'Test of desk' }).getByText('refused', { exact: true }).waitFor();

    await panel.getByRole('link', { name: 'Alerts' }).click();
    const rule = page.getByRole('region', { name: 'New rule' });
    await rule.getByText(/^Channels that there are: desk \(webhook\)\./).waitFor();
    assert.doesNotMatch((await rule.textContent())!, /--|may be repeated/, 'there are no flags at the desk');
    await rule.getByLabel('Name').fill('pages');
    await rule.getByLabel('Channel').fill('desk');
    await rule.getByLabel('Session').fill('btc');
    await rule.getByLabel('Escalate after').fill('5');
    await rule.getByLabel('Escalate to').fill('desk');
    await rule.getByRole('button', { name: 'Add rule' }).click();
    const rules = page.getByRole('region', { name: 'Rules' });
    await rules.getByText('everything of btc').waitFor();
    await rules.getByText('desk, after 5 min desk').waitFor();
    assert.deepEqual(await signed(rules.getByRole('button', { name: 'Test' }), second), [true], 'by the evaluator');
    await rule.getByRole('link', { name: 'Connections' }).click();
    await card.getByText('✓ delivered').waitFor();
    assert.ok(await card.getByRole('button', { name: 'Hold to remove it' }).isDisabled());
    assert.deepEqual(await violations(page), []);
    await card.getByRole('link', { name: 'Alerts' }).click();
    await rules.getByRole('button', { name: 'Remove' }).click();
    await rules.getByText(/^No rule: /).waitFor();
    await rule.getByRole('link', { name: 'Connections' }).click();
    await held(card.getByRole('button', { name: 'Hold to remove it' }), card);
    await panel.getByText(/^No channel yet/).waitFor();

    const files = readdirSync(desk.home, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
    const kept = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
    const stored = await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]));
    const told = [kept, stored, await page.content()].join('\n');
    for (const secret of [first, second]) assert.ok(!told.includes(secret.slice('whsec_'.length)), 'in clear');
  });

  test('the answer to a new webhook is lost on the way -> asked for again it is one webhook, and how to come by a secret is said', async () => {
    const page = await signedIn('ann');
    let isLost = false;
    await page.route('**/api/channel/add', async (route) => {
      if (isLost) return route.continue();
      isLost = true;
      await route.fetch();
      await route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'Add a channel …' }).click();
    const adding = page.getByRole('dialog', { name: 'Add a channel' });
    await adding.getByLabel('Name').fill('lost');
    await adding.getByLabel('Url').fill('https://example.com/in');
    await adding.getByRole('button', { name: 'Keep it' }).click();
    const told = page.getByRole('dialog', { name: 'The secret of lost' });
    await told.getByText(/^lost is kept, but the answer that had its secret was lost on the way/).waitFor();
    await told.getByRole('button', { name: 'Close', exact: true }).last().click();
    const card = page.getByRole('listitem', { name: 'lost, webhook' });
    const replace = card.getByRole('button', { name: 'Replace its secret …' });
    await replace.click();
    await page.getByRole('button', { name: 'Make a new one' }).click();
    assert.match(await page.getByRole('textbox', { name: 'Secret of lost' }).inputValue(), /^whsec_/);
    await page.keyboard.press('Escape');
    await focused(replace);
    await held(card.getByRole('button', { name: 'Hold to remove it' }), card);
  });

  test('a user without the scope -> told what it takes, and nothing to press', async () => {
    const page = await signedIn('bob');
    await page.getByText(/^Adding and testing an account, .* need the scope admin/).waitFor();
    assert.ok(await page.getByRole('button', { name: 'Test demo' }).isDisabled());
    assert.ok(await page.getByRole('button', { name: 'Hold to forget its keys' }).first().isDisabled());
    assert.ok(await page.getByRole('button', { name: 'Add a provider …' }).isDisabled());
    assert.ok(await page.getByRole('button', { name: 'Add a channel …' }).isDisabled());
  });
});
