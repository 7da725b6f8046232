import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import type { Warning } from '../../src/api/operation.ts';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import { type LocalExchange, openLocalExchange } from '../../src/local-exchange/open.ts';
import { newHome } from './new-home.ts';

type Given = Readonly<Record<string, Json>>;

const BARE = { strategy: 'sma-cross', venue: 'local', symbols: ['BTCUSDT'] };

describe('strategy start', () => {
  let exchange: LocalExchange;
  let world: World;
  let home: string;
  const warnings: Warning[] = [];
  const ending: (() => Promise<void> | void)[] = [];
  const call = {
    ...{ progress: () => true, update() {}, stop: new AbortController().signal, askSecret: null },
    warn: (warning: Warning) => void warnings.push(warning),
  };
  const start = (given: Given) => execute('strategy-start', given, world, call);
  const kept = async () => (await world.deployments()).all();
  before(async () => {
    exchange = await openLocalExchange({ market: { kind: 'quiet', book: { BTCUSDT: 95_000 } } });
    const place = newHome();
    home = place.home;
    world = compose(readConfig({ home }, { TRADEWRIGHT_LOCAL: exchange.urls.spot!.rest }, home));
    ending.push(
      () => world.close(),
      () => exchange.close(),
      () => place.remove(),
    );
  });
  after(async () => {
    for (const each of ending) await each();
  });

  test('what paper refuses -> refused in the same words, at its field, and nothing is kept', async () => {
    writeFileSync(join(home, 'odd.json'), '{"nonsense": 1}');
    for (const [change, code, field] of [
      [{ strategy: 'sma-crss' }, 'strategy-unknown', undefined],
      [{ venue: 'nowhere' }, 'venue-unknown', 'venue'],
      [{ venue: 'Replay:monday.jsonl' }, 'input-invalid', 'venue'],
      [{ symbols: ['NOBODY'] }, 'symbol-unknown', 'symbols'],
      [{ strategy: 'pairs' }, 'strategy-data-invalid', undefined],
      [{ timeframe: '7x' }, 'input-invalid', 'timeframe'],
      [{ venue: 'local-usdm', timeframe: '1s' }, 'venue-refused', 'timeframe'],
      [{ param: { fast: 1e9 } }, 'parameter-invalid', 'fast'],
      [{ param: { fast: 50, slow: 20 } }, 'parameter-invalid', undefined],
      [{ limits: 'nowhere.json' }, 'file-not-found', 'limits'],
      [{ limits: join(home, 'odd.json') }, 'limits-invalid', undefined],
      [{ session: 'no spaces' }, 'input-invalid', 'session'],
      [{ seconds: 5 }, 'input-invalid', undefined],
    ] as const)
      for (const dryRun of [false, true])
        await assert.rejects(start({ ...BARE, ...change, dryRun } as Given), (error: unknown) => {
          const failure = failureOf(error);
          assert.equal(failure.code, code, JSON.stringify(change));
          if (field !== undefined) assert.equal(failure.details['field'], field, JSON.stringify(change));
          return true;
        });
    assert.deepEqual(await kept(), []);
  });

  test('tried -> says what it would do and keeps nothing; done -> kept as it was asked for, named, and that nobody executes is said', async () => {
    assert.deepEqual(await start({ ...BARE, cash: 500, dryRun: true }), {
      ...{ operation: 'strategy start', allowed: true, refusal: null, rules: [], imports: [] },
      would: [
        'begin a paper session: sma-cross on BTCUSDT of local, bars of 1m, with 500 USDT of play money',
        'wait for a server: no process executes now',
      ],
    });
    assert.deepEqual(await kept(), []);
    const [one, two] = [await start({ ...BARE, param: { fast: 5 } }), await start(BARE)];
    assert.match(one.session, /^sma-cross-\d{8}-\d{6}$/);
    assert.notEqual(one.session, two.session, 'within one second');
    assert.deepEqual([one.resumed, warnings.map(({ code }) => code)], [false, ['nobody-executes', 'nobody-executes']]);
    const row = (await kept()).find(({ session }) => session === one.session)!;
    assert.deepEqual(
      [row.operation, row.account, row.input],
      ['paper', `paper:${one.session}`, { ...BARE, param: { fast: 5 }, session: one.session }],
    );
    for (const { session } of [one, two]) await execute('deployment-rm', { session }, world, call);
    assert.deepEqual(await kept(), []);
  });

  test('stopped before any server has begun it -> kept no longer, as what is tried says; stopped again, there is nothing', async () => {
    const session = 'soon';
    await start({ ...BARE, session });
    const trial = (await execute('stop', { session, dryRun: true }, world, call)) as unknown as { would: string[] };
    assert.deepEqual(trial.would, ['have servers begin session soon no more']);
    assert.equal((await kept()).length, 1);
    const ended = await execute('stop', { session, reason: 'not that one' }, world, call);
    assert.deepEqual([ended, await kept()], [{ session, strategy: 'sma-cross' }, []]);
    await assert.rejects(execute('stop', { session }, world, call), { code: 'session-unknown' });
  });

  test('a name that runs, or is kept already -> refused', async () => {
    const lock = await (await world.sessionLocks()).take('mine');
    await assert.rejects(start({ ...BARE, session: 'mine' }), { code: 'session-running' });
    await lock!.release();
    await start({ ...BARE, session: 'mine' });
    await assert.rejects(start({ ...BARE, session: 'mine' }), { code: 'deployment-exists' });
    await assert.rejects(start({ ...BARE, session: 'mine', dryRun: true }), { code: 'deployment-exists' });
    await execute('deployment-rm', { session: 'mine' }, world, call);
  });

  test('more than servers may keep -> refused with what to do, and again possible once one has gone', async () => {
    const places = await world.deployments();
    const names = Array.from({ length: 16 }, (_, k) => `many-${k}`);
    for (const session of names)
      await places.add({
        ...{ session, operation: 'paper', account: `paper:${session}`, label: session, input: {}, actor: 'ann' },
      });
    await assert.rejects(start(BARE), { code: 'server-busy', message: /keep 16 paper sessions already/ });
    await execute('deployment-rm', { session: 'many-3' }, world, call);
    await start({ ...BARE, session: 'sixteenth' });
    for (const { session } of await kept()) await places.remove(session);
  });
});
