import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Failure } from '../../src/api/failures.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import type { OperationId, Output } from '../../src/api/operations/table.ts';
import type { Call } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';

const home = mkdtempSync(join(tmpdir(), 'tradewright-alerts-'));
const world = compose(readConfig({ home }, {}, home));
after(async () => {
  await world.close();
  rmSync(home, { recursive: true });
});

const CANARY = 'canary-of-a-secret';
/** What a person answers, in order; then a text that is no secret of any kind. */
const answers: string[] = [];
const call: Omit<Call, 'given'> = {
  ...{ progress: () => true, warn() {}, update() {}, stop: new AbortController().signal },
  askSecret: async () => new Secret(answers.shift() ?? CANARY),
};
const run = <K extends OperationId>(id: K, given: Readonly<Record<string, Json>>): Promise<Output<K>> =>
  execute(id, given, world, call);

const MAIL = { from: 'desk@example.com', to: ['ann@example.com'] };

describe('channels and rules', () => {
  test('made, listed, rotated, removed -> no secret is shown but a webhook’s own, once; the accounts are as they were', async () => {
    const made = await run('channel-add', { kind: 'webhook', name: 'hook', url: 'https://example.com/a?token=t1' });
    assert.match(made.secret!, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.equal(made.channel.target, 'https://example.com/a');
    answers.push(`https://hooks.slack.com/services/T0/B0/${CANARY}`);
    await run('channel-add', { kind: 'slack', name: 'chat' });
    answers.push(CANARY);
    await run('channel-add', { kind: 'smtp', name: 'mail', url: 'smtp://mail.example.com', user: 'desk', ...MAIL });
    await run('channel-add', { kind: 'smtp', name: 'open-mail', url: 'smtps://mail.example.com', ...MAIL });
    answers.push('123456:ABCDEFGHIJKLMNOPQRSTUVWX');
    await run('channel-add', { kind: 'telegram', name: 'phone', to: ['-100200300'] });

    const rotated = await run('channel-rotate', { name: 'hook' });
    assert.notEqual(rotated.secret, made.secret);
    const store = await world.alerts();
    const hook = (await store.channels()).find(({ name }) => name === 'hook')!;
    const vault = await world.vaults.open(null);
    const keys = await vault.keys(hook.secretId!);
    assert.deepEqual([keys.apiSecret.reveal(), keys.passphrase?.reveal()], [rotated.secret, made.secret], 'both live');
    await run('channel-rotate', { name: 'hook', finish: true });
    assert.equal((await vault.keys(hook.secretId!)).passphrase, undefined);

    await run('alert-add', { name: 'all', channel: ['hook'], escalateAfter: 5, escalateTo: ['phone'] });
    const { channels } = await run('channel-ls', {});
    assert.deepEqual(
      channels.map(({ name, rules }) => `${name} ${rules.join()}`),
      ['chat ', 'hook all', 'mail ', 'open-mail ', 'phone all'],
    );
    const { rules } = await run('alert-ls', {});
    assert.deepEqual([rules[0]!.escalateAfterMinutes, rules[0]!.escalateTo], [5, ['phone']]);
    const shown = JSON.stringify([channels, rules, await run('deliveries', {})]);
    for (const word of [CANARY, made.secret!, rotated.secret!, 'token=t1', 'ABCDEFGH'])
      assert.ok(!shown.includes(word));
    assert.deepEqual((await run('account-ls', {})).accounts, [], 'channels are no accounts');
    await run('channel-rm', { name: 'chat' });
    assert.ok((await vault.list()).some(({ label, revokedAtMs }) => label === 'chat' && revokedAtMs !== null));
  });

  test('an alert of a test, acknowledged -> raised, counted within the window, then new; the escalation ends', async () => {
    const first = await run('alert-test', { name: 'all' });
    assert.deepEqual([first.outcome, first.evaluated, first.alert.state], ['raised', false, 'open']);
    assert.equal((await run('alert-test', { name: 'all' })).outcome, 'counted');
    const { alert } = await run('alert-ack', { id: first.alert.id });
    assert.deepEqual([alert.state, alert.count, alert.acknowledgedBy], ['acknowledged', 2, world.actor]);
    const store = await world.alerts();
    assert.deepEqual(await store.escalating(Number.MAX_SAFE_INTEGER), []);
    assert.deepEqual((await run('deliveries', {})).pending, 1);
  });

  const CASES: readonly (readonly [OperationId, Readonly<Record<string, Json>>, string])[] = [
    ['channel-add', { kind: 'webhook', name: 'x' }, 'input-invalid'],
    ['channel-add', { kind: 'webhook', name: 'x', url: 'http://example.com/' }, 'input-invalid'],
    ['channel-add', { kind: 'webhook', name: 'x', url: 'https://user:word@example.com/' }, 'input-invalid'],
    ['channel-add', { kind: 'webhook', name: 'x', url: 'file:///etc/passwd', allow: ['127.0.0.1'] }, 'input-invalid'],
    ['channel-add', { kind: 'webhook', name: 'x', url: 'https://a.example', allow: ['10.0.0.0/99'] }, 'input-invalid'],
    ['channel-add', { kind: 'webhook', name: 'x', url: 'https://a.example', user: 'me' }, 'input-invalid'],
    ['channel-add', { kind: 'webhook', name: 'hook', url: 'https://example.com/' }, 'channel-exists'],
    ['channel-add', { kind: 'telegram', name: 'x', to: ['1', '2'] }, 'input-invalid'],
    ['channel-add', { kind: 'telegram', name: 'x', to: ['1'] }, 'key-unfit'],
    ['channel-add', { kind: 'slack', name: 'x', url: 'https://hooks.slack.com/1' }, 'input-invalid'],
    ['channel-add', { kind: 'slack', name: 'x' }, 'key-unfit'],
    ['channel-add', { kind: 'smtp', name: 'x', ...MAIL }, 'input-invalid'],
    ['channel-add', { kind: 'smtp', name: 'x', url: 'smtp://a.example', from: 'a', to: ['b@c.d'] }, 'input-invalid'],
    ['channel-add', { kind: 'resend', name: 'x', from: 'a@example.com' }, 'input-invalid'],
    ['channel-rm', { name: 'hook' }, 'channel-in-use'],
    ['channel-rm', { name: 'nobody' }, 'channel-unknown'],
    ['channel-rotate', { name: 'open-mail' }, 'input-invalid'],
    ['channel-rotate', { name: 'phone', finish: true }, 'input-invalid'],
    ['channel-test', { name: 'nobody' }, 'channel-unknown'],
    ['alert-add', { name: 'x', channel: ['nobody'] }, 'channel-unknown'],
    ['alert-add', { name: 'x', channel: ['hook'], escalateAfter: 5, escalateTo: ['nobody'] }, 'channel-unknown'],
    ['alert-add', { name: 'all', channel: ['hook'] }, 'alert-rule-exists'],
    ['alert-add', { name: 'x', channel: ['hook'], when: 'drawdown >' }, 'expression-invalid'],
    ['alert-add', { name: 'x', channel: ['hook'], when: 'drawdwn > 1' }, 'expression-invalid'],
    ['alert-add', { name: 'x', channel: ['hook'], when: 'drawdown > 1', on: ['feed'] }, 'input-invalid'],
    ['alert-add', { name: 'x', channel: ['hook'], quietHours: '22-7' }, 'input-invalid'],
    ['alert-add', { name: 'x', channel: ['hook'], escalateAfter: 5 }, 'input-invalid'],
    ['alert-rm', { name: 'nobody' }, 'alert-rule-unknown'],
    ['alert-test', { name: 'nobody' }, 'alert-rule-unknown'],
    ['alert-ack', { id: 999 }, 'alert-unknown'],
    ['delivery-retry', { id: 'nothing' }, 'delivery-unknown'],
  ];
  for (const [id, given, code] of CASES)
    test(`${id} ${JSON.stringify(given)} -> ${code}, with nothing kept and no secret told`, async () => {
      const kept = async (): Promise<unknown[]> => [
        (await run('channel-ls', {})).channels,
        (await run('alert-ls', { all: true })).rules,
        (await (await world.vaults.open(null)).list()).filter(({ revokedAtMs }) => revokedAtMs === null),
      ];
      const before = await kept();
      await assert.rejects(run(id, given), (error) => {
        assert.ok(error instanceof Failure, String(error));
        assert.ok(!JSON.stringify(error.toDocument()).includes(CANARY));
        assert.equal(error.code, code, error.message);
        return true;
      });
      assert.deepEqual(await kept(), before);
    });
});
