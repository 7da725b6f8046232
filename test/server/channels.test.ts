import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { ServerOptions } from '../../src/api/http/server-options.ts';
import { scopesOf } from '../../src/api/mcp/tiers.ts';
import { findTool, toolsFor } from '../../src/api/mcp/tools.ts';
import { ACCESS_SCOPES } from '../../src/api/operation.ts';
import { type StandIn, standIn } from '../notify/service-stand-in.ts';
import { newHome } from './new-home.ts';
import { openScene, type ServerScene } from './server-scene.ts';
import { RawClient } from './socket-client.ts';

const CANARY = 'canary-of-a-channel-4711';
/** A bot's token, as Telegram writes them. */
const TOKENS = ['4711:canary_of_the_first_bot_x', '4712:canary_of_the_second_bot'] as const;

describe('channels over HTTP', () => {
  const { home, remove } = newHome();
  let receiver: StandIn;
  let scene: ServerScene;
  /** What a server logs of each request. */
  const logged: Parameters<NonNullable<ServerOptions['onAnswer']>>[0][] = [];
  let keyed: { readonly authorization: string };
  before(async () => {
    receiver = await standIn(({ path }) =>
      path.startsWith('/bot') ? { status: 200, body: '{"ok":true,"result":{"message_id":1}}' } : { status: 204 },
    );
    scene = await openScene({ onAnswer: (answer) => void logged.push(answer) }, home);
    keyed = { authorization: await scene.key(['read', 'admin']) };
  });
  after(async () => {
    await scene.close();
    await receiver.close();
    remove();
  });
  let count = 0;
  const ask = (path: string, body: object, key = `channels-${count++}`) =>
    scene.command(`/api/channel/${path}`, body, key, keyed);
  const listed = () => scene.ask('/api/channel/ls', { headers: keyed });
  const names = async (): Promise<string[]> => (await listed()).body.data.channels.map((c: { name: string }) => c.name);
  const kept = (): string =>
    readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
      .join('\n');
  const hook = (name: string) => ({ kind: 'webhook', name, url: `${receiver.url}/in`, allow: ['127.0.0.1'] });

  /** Whether the last message that came is signed under each of those. */
  const signed = (...secrets: readonly string[]): boolean[] => {
    const { body, headers } = receiver.received.at(-1)!;
    return secrets.map((secret) => {
      try {
        new Webhook(secret).verify(body, headers as Record<string, string>);
        return true;
      } catch {
        return false;
      }
    });
  };

  test('a webhook added, tested, its secret replaced, finished, removed -> each secret told once, and kept nowhere in clear', async () => {
    const added = await ask('add', hook('desk'), 'once');
    assert.equal(added.status, 200, added.text);
    const first: string = added.body.data.secret;
    assert.match(first, /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.deepEqual([added.body.data.channel.formerSecret, added.body.warnings], [false, []]);
    const again = await ask('add', hook('desk'), 'once');
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.deepEqual(
      [again.body.data, again.body.warnings[0].code],
      [{ ...added.body.data, secret: null }, 'told-once'],
    );
    const tested = await ask('test', { name: 'desk' });
    assert.equal(tested.body.data.outcome, 'delivered', tested.text);
    assert.deepEqual(signed(first), [true]);

    const rotated = await ask('rotate', { name: 'desk' }, 'rotated');
    const second: string = rotated.body.data.secret;
    assert.notEqual(second, first);
    assert.equal(rotated.body.data.channel.formerSecret, true);
    const rotatedAgain = await ask('rotate', { name: 'desk' }, 'rotated');
    assert.deepEqual([rotatedAgain.status, rotatedAgain.body.data.secret], [200, null]);
    await ask('test', { name: 'desk' });
    assert.deepEqual(signed(first, second), [true, true], 'not replaced twice by being asked again');
    // As after an answer that was lost: what the receiver has stays valid.
    const [third, fourth]: string[] = (
      await Promise.all([ask('rotate', { name: 'desk' }), ask('rotate', { name: 'desk' })])
    ).map(({ body }) => body.data.secret);
    await ask('test', { name: 'desk' });
    assert.deepEqual(signed(first, second, third!, fourth!), [true, true, true, true], 'both at once');
    const last = await ask('rotate', { name: 'desk' });
    const finished = await ask('rotate', { name: 'desk', finish: true });
    assert.deepEqual([finished.body.data.secret, finished.body.data.channel.formerSecret], [null, false]);
    assert.equal(finished.body.data.channel.secretChanged, last.body.data.channel.secretChanged);
    await ask('test', { name: 'desk' });
    assert.deepEqual(signed(first, second, third!, fourth!), [false, false, false, false]);
    assert.deepEqual(signed(last.body.data.secret), [true]);

    const later = [again, tested, rotatedAgain, finished, await listed()].map(({ text }) => text).join('\n');
    for (const secret of [first, second, third!, fourth!, last.body.data.secret as string])
      for (const text of [later, kept(), JSON.stringify(logged)])
        assert.ok(!text.includes(secret.slice('whsec_'.length)), 'in clear');
    assert.ok(logged.some(({ route, status }) => route === '/api/channel/rotate' && status === 200));
    assert.equal((await ask('rm', { name: 'desk' })).status, 200);
    assert.deepEqual(await names(), []);
    assert.deepEqual(scene.defects, []);
  });

  test('a bot added with its token, the token replaced -> the service hears it, and no answer, file or log has it', async () => {
    const phone = { kind: 'telegram', name: 'phone', to: ['42'], url: receiver.url, allow: ['127.0.0.1'] };
    const answers = [
      await ask('add', { ...phone, secrets: [TOKENS[0]] }),
      await ask('test', { name: 'phone' }),
      await ask('rotate', { name: 'phone', secrets: [CANARY] }),
      await ask('rotate', { name: 'phone', secrets: [TOKENS[1]] }),
      await ask('test', { name: 'phone' }),
      await listed(),
    ];
    assert.deepEqual(
      answers.map(({ status, body }) => body.code ?? status),
      [200, 200, 'key-unfit', 200, 200, 200],
      answers.map(({ text }) => text).join('\n'),
    );
    assert.deepEqual([answers[0]!.body.data.secret, answers[0]!.body.warnings], [null, []], 'nothing to tell once');
    assert.deepEqual(
      receiver.received.map(({ path }) => path).filter((path) => path.startsWith('/bot')),
      TOKENS.map((token) => `/bot${token}/sendMessage`),
    );
    const told = `${answers.map(({ text }) => text).join('\n')}${kept()}${JSON.stringify(logged)}`;
    for (const word of [...TOKENS, CANARY]) assert.ok(!told.includes(word), 'in clear');
    await ask('rm', { name: 'phone' });
  });

  test('no secret, one of another shape, a field of another kind, only tried -> refused by its question or field; nothing kept', async () => {
    const none = await ask('add', { kind: 'slack', name: 'chat' });
    assert.deepEqual([none.status, none.body.code], [400, 'secret-missing']);
    assert.match(none.body.detail, /^address of the incoming webhook of Slack: expected an answer in secrets/);
    for (const secret of [CANARY, `ftp://example.com/${CANARY}`, `https://ann:${CANARY}@example.com/`]) {
      const unfit = await ask('add', { kind: 'slack', name: 'chat', secrets: [secret] });
      assert.ok(unfit.status >= 400 && !unfit.text.includes(CANARY), unfit.text);
    }
    for (const [field, given] of [
      ['from', { ...hook('chat'), from: 'desk@example.com' }],
      ['to', { ...hook('chat'), to: ['42'] }],
      ['url', { kind: 'discord', name: 'chat', url: 'https://example.com/' }],
      ['url', { kind: 'webhook', name: 'chat' }],
      [
        'allow',
        { kind: 'smtp', name: 'chat', url: 'smtps://example.com', from: 'a@b.c', to: ['a@b.c'], allow: ['::1'] },
      ],
    ] as const) {
      const refused = await ask('add', given);
      assert.deepEqual([refused.status, refused.body.details.field], [400, field], refused.text);
    }
    assert.equal((await ask('add', { ...hook('chat'), dryRun: true })).status, 200);
    assert.deepEqual(await names(), []);
    assert.deepEqual(
      (await (await scene.world.vaults.open(null)).list()).filter((c) => c.label === 'chat'),
      [],
    );
  });

  test('asked to keep it by several at once -> kept once, and the secret that was told signs', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => ask('add', hook('many'))));
    const told = answers.filter(({ status }) => status === 200);
    assert.equal(told.length, 1, answers.map(({ text }) => text).join('\n'));
    assert.ok(answers.every(({ status, body }) => status === 200 || body.code === 'channel-exists'));
    await ask('test', { name: 'many' });
    assert.deepEqual(signed(told[0]!.body.data.secret), [true]);
    await ask('rm', { name: 'many' });
  });

  test('from elsewhere without TLS -> refused before anything is done, also where the answer alone would have a secret', async () => {
    const proxied = await openScene({ world: scene.world, isBehindProxy: true }, home);
    try {
      const send = (protocol: string, path: string, body: object) =>
        proxied.ask(`/api/channel/${path}`, {
          method: 'POST',
          headers: {
            ...{ 'content-type': 'application/json', 'idempotency-key': `far-${protocol}-${count++}`, ...keyed },
            ...{ 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': protocol },
          },
          body,
        });
      const [far, bot] = [hook('far'), { kind: 'telegram', name: 'far', to: ['42'], secrets: [TOKENS[0]] }];
      for (const body of [far, bot]) {
        const clear = await send('http', 'add', body);
        assert.deepEqual([clear.status, clear.body.code], [400, 'secret-exposed'], clear.text);
      }
      assert.deepEqual(await names(), []);
      const safe = await send('https', 'add', far);
      assert.match(safe.body.data.secret, /^whsec_/);
      const rotated = await send('http', 'rotate', { name: 'far' });
      assert.equal(rotated.body.code, 'secret-exposed', rotated.text);
      await ask('test', { name: 'far' });
      assert.deepEqual(signed(safe.body.data.secret), [true], 'nothing was replaced');
      await ask('rm', { name: 'far' });
    } finally {
      await proxied.server.close(1_000);
    }
  });

  test('over a socket, of an assistant -> never; an assistant sees that there are some', async () => {
    const client = await RawClient.open(scene, keyed.authorization);
    for (const operation of ['channel add', 'channel rotate']) {
      client.send({ k: 'call', id: operation, operation, key: operation, input: { ...hook('x') } });
      assert.equal((await client.answer(operation)).problem.code, 'not-acceptable');
    }
    client.close();
    for (const scopes of [scopesOf('paper'), new Set<string>(ACCESS_SCOPES)])
      assert.deepEqual(
        toolsFor(scopes)
          .map(({ name }) => name)
          .filter((name) => name.startsWith('channel_')),
        ['channel_ls'],
      );
    for (const name of ['add', 'rotate', 'rm', 'test']) assert.equal(findTool(`channel_${name}`), null);
  });

  test('who may read only -> sees them, and changes none', async () => {
    const reader = { authorization: await scene.key(['read']) };
    assert.equal((await scene.ask('/api/channel/ls', { headers: reader })).status, 200);
    for (const path of ['add', 'rotate', 'rm', 'test']) {
      const refused = await scene.command(`/api/channel/${path}`, { name: 'x' }, `reader-${path}`, reader);
      assert.deepEqual([refused.status, refused.body.code], [403, 'scope-missing'], path);
    }
  });
});
