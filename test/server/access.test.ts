import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { z } from 'zod';
import { MemoryRequestLimits } from '../../src/adapters/memory/request-limits.ts';
import { shapeOf } from '../../src/api/field-shape.ts';
import { isNetwork } from '../../src/api/http/access.ts';
import { bucketName } from '../../src/api/http/bucket-name.ts';
import { authorize, ROUTES } from '../../src/api/http/routes.ts';
import { ACCESS_SCOPES } from '../../src/api/operation.ts';
import { OPERATION_IDS, type OPERATIONS, operationOf } from '../../src/api/operations/table.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { openScene } from './server-scene.ts';

const scene = await openScene({ allowsLocal: false, execute: async () => 'reached' });
after(() => scene.close());
const bearers = new Map<string, string>();
for (const scope of ACCESS_SCOPES) bearers.set(scope, await scene.key([scope]));
/** They have to do with secrets, ask for none and tell none. */
const WITHOUT_SECRETS: readonly string[] = [
  ...['account-ls', 'account-check', 'account-revoke'],
  ...['provider-ls', 'provider-check', 'provider-set', 'provider-rm'],
];

describe('keys and scopes', () => {
  for (const path of ['/health', '/metrics'])
    test(`${path} -> for the scope read`, async () => {
      assert.equal((await scene.ask(path)).status, 401);
      assert.equal((await scene.ask(path, { headers: { authorization: bearers.get('trade')! } })).status, 403);
      assert.equal((await scene.ask(path, { headers: { authorization: bearers.get('read')! } })).status, 200);
    });

  test('/health/live and /health/ready -> for everybody, with nothing of the inside', async () => {
    assert.equal((await scene.ask('/health/live')).text, '{"status":"live"}');
    assert.equal((await scene.ask('/health/ready')).text, '{"status":"ready"}');
  });

  test('a key that is wrong, cut, expired, revoked, of another address or in the address -> 401 in the same words', async () => {
    const good = await scene.key(['read']);
    const elsewhere = await scene.key(['read'], { addresses: ['10.0.0.0/8', '::1'] });
    const expired = await scene.key(['read'], { expiresAtMs: 1 });
    const revoked = await scene.key(['read']);
    await (await scene.world.apiKeys()).revoke(revoked.slice(10, 18));
    const wrong = `${good.slice(0, -4)}AAAA`;
    const unknown = good.replace(/tw_[0-9a-f]{8}/, 'tw_00000000');
    const told = new Set<string>();
    for (const authorization of [wrong, good.slice(0, -1), expired, revoked, elsewhere, unknown, 'Basic YTpi', 'x']) {
      const { status, body } = await scene.ask('/api/version', { headers: { authorization } });
      assert.equal(status, 401, authorization.slice(0, 12));
      told.add(body.detail);
    }
    assert.equal(told.size, 1);
    assert.equal((await scene.ask(`/api/version?authorization=${good.slice(7)}`)).status, 401);
    const here = await scene.key(['read'], { addresses: ['127.0.0.0/8'] });
    assert.equal((await scene.ask('/api/version', { headers: { authorization: here } })).status, 200);
  });

  test('a key -> only its hash is kept', async () => {
    const secret = (await scene.key(['read'])).slice(19);
    const { readFileSync, readdirSync } = await import('node:fs');
    for (const name of readdirSync(scene.home).filter((each) => each.startsWith('home.sqlite')))
      assert.ok(!readFileSync(`${scene.home}/${name}`).includes(secret), name);
  });

  test('files of the machine -> for admin alone, however they are written', async () => {
    const scopes = new Set(['read', 'research', 'trade', 'risk']);
    const refused = (id: keyof typeof OPERATIONS, given: Readonly<Record<string, Json>>): Promise<void> =>
      assert.rejects(
        () => authorize(operationOf(id), given, { scopes }),
        { code: 'scope-missing' },
        JSON.stringify(given),
      );
    for (const strategy of ['./evil.ts', '/tmp/evil.ts', 'evil.ts', '..', 'C:\\evil.ts', 'file:///evil.ts'])
      await refused('backtest', { strategy });
    for (const beside of [
      './evil.ts',
      'evil.ts,as=dca',
      '/tmp/evil.ts,share=0.3',
      ' ../evil.ts',
      'a/b,as=dca',
      ',evil.ts',
    ])
      await refused('backtest', { strategy: 'sma-cross', with: ['dca', beside] });
    for (const data of ['bars.csv', '../bars.csv', '/etc/passwd', 'X:../../etc/passwd', 'x.parquet'])
      await refused('backtest', { strategy: 'sma-cross', data: [data] });
    await refused('backtest', { strategy: 'sma-cross', limits: 'limits.json' });
    await refused('backtest', { strategy: 'sma-cross', source: { news: '/etc/passwd' } });
    await refused('backtest', { strategy: 'sma-cross', out: 'elsewhere' });
    await refused('report', { run: '../report.json' });
    await refused('data-check', { source: '/etc/passwd' });
    await refused('watch', { venue: 'replay:/etc/passwd', symbols: ['X'] });
    await refused('watch', { venue: 'local', symbols: ['X'], record: 'x' });
    for (const data of ['synthetic', 'BINANCE:BTCUSDT@1h', 'CCXT:BTC/USDT'])
      await authorize(operationOf('backtest'), { strategy: 'sma-cross', data: [data] }, { scopes });
    await authorize(operationOf('backtest'), { strategy: 'sma-cross', source: {}, funding: [] }, { scopes });
    for (const beside of ['dca', 'rsi2-reversion,as=dips,share=0.3,on=BINANCE:BTCUSDT+ETHUSDT'])
      await authorize(operationOf('backtest'), { strategy: 'sma-cross', with: [beside] }, { scopes });
    await authorize(operationOf('backtest'), { strategy: './own.ts' }, { scopes: new Set(['research', 'admin']) });
  });

  test('every row -> served, or says why not; what has to do with secrets only where it says how', () => {
    for (const id of OPERATION_IDS) {
      const { localOnly, handlesSecrets, asksSecrets, stepUp, name, toldOnce, output } = operationOf(id);
      assert.equal(
        ROUTES.some((r) => r.id === id),
        localOnly === undefined,
        name,
      );
      if (localOnly !== undefined) assert.match(localOnly, /\.$/);
      if (handlesSecrets) assert.ok(localOnly !== undefined || asksSecrets || WITHOUT_SECRETS.includes(id), name);
      if (asksSecrets) assert.deepEqual([handlesSecrets, stepUp, localOnly], [true, true, undefined], name);
      if (toldOnce === undefined) continue;
      // Never over a socket or to an assistant, and null in what is kept.
      assert.equal(asksSecrets, true, name);
      assert.equal(shapeOf((output as z.ZodObject).shape[toldOnce] as z.ZodType).base, 'nullable', name);
    }
    const faces = ROUTES.map((r) => `${r.method} ${r.path.replaceAll(/\{\w+\}/g, '{}')}`);
    assert.equal(new Set(faces).size, ROUTES.length);
    assert.equal(new Set(ROUTES.map((r) => r.name)).size, ROUTES.length);
  });

  test('every further path -> of its kind’s methods, with fields that the operation has', () => {
    for (const { operation, face, places, input, path } of ROUTES) {
      if (face === null) continue;
      assert.equal(face.method === 'GET', operation.kind !== 'command', path);
      for (const field of Object.values(face.names ?? {}))
        assert.ok(field in operation.input.shape, `${path} ${field}`);
      for (const field of Object.keys(face.fixed ?? {})) assert.ok(field in operation.input.shape, `${path} ${field}`);
      for (const name of [...places, ...(face.capitals ?? [])]) assert.ok(name in input.shape, `${path} ${name}`);
    }
  });
});

describe('token buckets', () => {
  test('capacity at once, then so many a second; idle time fills them, and a clock that goes back does nothing', () => {
    let nowMs = 0;
    const buckets = new MemoryRequestLimits({ elapsedMs: () => nowMs } as Clock);
    const size = { capacity: 3, perSecond: 2 };
    const at = (ms: number): boolean => {
      nowMs = ms;
      return buckets.draw('a', size).isAllowed;
    };
    assert.deepEqual([at(0), at(0), at(0), at(0)], [true, true, true, false]);
    assert.equal(buckets.draw('a', size).retryAfterMs, 500);
    assert.equal(buckets.draw('b', size).isAllowed, true);
    assert.deepEqual([at(499), at(500), at(400), at(900)], [false, true, false, false]);
    assert.deepEqual([at(60_000), at(60_000), at(60_000), at(60_000)], [true, true, true, false]);
  });

  test('addresses: IPv4 in IPv6 -> itself; one network of 64 bits -> one bucket', () => {
    assert.equal(bucketName('::ffff:10.1.2.3'), '10.1.2.3');
    assert.equal(bucketName('2001:db8:0:1::5'), bucketName('2001:0db8:0000:0001:ffff::9'));
    assert.notEqual(bucketName('2001:db8:0:1::5'), bucketName('2001:db8:0:2::5'));
    assert.equal(bucketName('fe80::1%eth0'), 'fe80:0:0:0::/64');
  });

  test('networks as written -> told from what is none', () => {
    for (const good of ['10.0.0.0/8', '::1', '1.2.3.4', '2001:db8::/32']) assert.ok(isNetwork(good), good);
    for (const bad of ['10.0.0.0/33', 'x', '10.0.0', '1.2.3.4/8/9', '::1/129', '1.2.3.4/'])
      assert.ok(!isNetwork(bad), bad);
  });
});
