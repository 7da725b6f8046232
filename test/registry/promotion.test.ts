import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import type { OperationId } from '../../src/api/operations/table.ts';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import { waveCsv } from '../e2e/command-line.ts';
import { postgresScene } from '../fixtures/postgres-schema.ts';
import { postgresMissing, postgresUrl } from '../servers/postgres.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-promotion-'));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'WAVE-USD_1h.csv'), waveCsv(1_500));

interface Asked {
  // biome-ignore lint/suspicious/noExplicitAny: each operation's own
  readonly data: any;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: Readonly<Record<string, unknown>>;
  } | null;
  readonly warnings: readonly string[];
}
type Ask = (id: OperationId, given: Readonly<Record<string, Json>>) => Promise<Asked>;

/** Operations of an installation, without its command line. */
async function installed(
  home: string,
  env: Readonly<Record<string, string>>,
  body: (ask: Ask) => Promise<void>,
): Promise<void> {
  const world: World = compose(readConfig({ home: join(folder, home) }, env, folder));
  try {
    await body(async (id, given) => {
      const warnings: string[] = [];
      const call = {
        progress: () => true,
        warn: ({ code }: { code: string }) => void warnings.push(code),
        update() {},
        stop: new AbortController().signal,
      };
      try {
        return { data: await execute(id, given, world, call), error: null, warnings };
      } catch (error) {
        return { data: null, error: failureOf(error).toDocument(), warnings };
      }
    });
  } finally {
    await world.close();
  }
}

const STRATEGY = { strategy: 'sma-cross', param: { fast: '5', slow: '20' } };
const run = { ...STRATEGY, data: [join(folder, 'WAVE-USD_1h.csv')], report: 'json', interval: false } as const;

/** The same steps, wherever registry and tables are kept. */
async function promote(ask: Ask, home: string): Promise<void> {
  const id = 'sma-cross';
  const rows = async (table: string, more: Readonly<Record<string, Json>> = {}) =>
    (await ask('query', { table, ...more })).data.rows;
  const step = (to: string, param: Readonly<Record<string, Json>> = {}) =>
    ask('strategy-promote', { id, to, param, reason: 'a test' });
  assert.equal((await ask('strategy-show', { id })).error!.code, 'strategy-unregistered');

  const first = await ask('backtest', { ...run, checks: false });
  assert.deepEqual([first.error, first.warnings], [null, []]);
  const metric = (name: string): number =>
    first.data.metrics.find((each: { name: string }) => each.name === name).value;
  const [kept] = await rows('backtests');
  assert.deepEqual(
    [kept.id, kept.status, kept.total_profit, kept.win_rate, kept.synthetic],
    [first.data.run, 'finished', metric('netProfit'), metric('winRate'), false],
  );
  const refused = await step('live');
  assert.equal(refused.error!.code, 'promotion-refused');
  const lacks = refused.error!.details['lacks'] as readonly string[];
  for (const each of [
    /^stage: found research.*none is skipped/,
    /^days of the newest backtest: found 62\.\d+, expected 180/,
    /^checks: found none/,
    /^hours at a testnet: found 0, expected 72/,
    /^paper days: found 0, expected 14/,
    /^parity/,
    /^approvals for live/,
  ])
    assert.ok(
      lacks.some((text) => each.test(text)),
      `${String(each)} in ${lacks.join('\n')}`,
    );

  // With its checks, and thresholds that a run of two months can meet.
  assert.equal((await ask('backtest', run)).error, null);
  const thresholds = {
    ...{ backtestDays: 60, backtestTrades: 5, backtestSharpe: null, testnetHours: 0, testnetRestarts: 0 },
    ...{ testnetReconciliations: 0, paperDays: 0, paperOrders: 0, parity: 0 },
  };
  writeFileSync(join(folder, home, 'promotion.json'), JSON.stringify(thresholds));
  for (const to of ['testnet', 'paper']) assert.equal((await step(to)).data?.to, to);
  const shown = (await ask('strategy-show', { id })).data.candidates[0];
  assert.deepEqual(
    [shown.stage, shown.next.stage, shown.next.missing.map((m: { what: string }) => m.what)],
    ['paper', 'live', ['approvals for live']],
  );
  assert.deepEqual(
    shown.evidence.map((e: { kind: string; passed: boolean }) => [e.kind, e.passed]),
    [
      ['checks', true],
      ['backtest', true],
      ['backtest', true],
    ],
  );
  await ask('strategy-approve', { id, by: 'ann', reason: 'looked at it' });
  assert.equal((await step('live')).error, null);
  assert.equal((await rows('strategies'))[0].status, 'live');

  // Other parameters are another candidate, and two of them must be told apart.
  const other = await ask('strategy-register', { strategy: id, param: { fast: 6, slow: 20 } });
  assert.deepEqual([other.data.stage, other.data.newVersion, other.data.newParams], ['research', false, true]);
  const unclear = await step('live');
  assert.equal(unclear.error!.code, 'candidate-unclear');
  assert.match(unclear.error!.message, /fast=5 slow=20.*\(live\).*fast=6/);
  const back = await ask('strategy-demote', { id, to: 'paper', param: { fast: '5' }, reason: 'enough' });
  assert.deepEqual([back.data.demoted[0].from, back.data.demoted[0].to], ['live', 'paper']);
  const again = await step('live', { fast: 5 });
  assert.match(again.error!.message, /approvals for live: found 0/, 'an approval before it is void');
  const history = await rows('history', { where: ['type=stage-changed'], limit: 100 });
  assert.deepEqual(
    history.map((h: { fact: string }) => JSON.parse(h.fact).to),
    ['paper', 'live', 'paper', 'testnet'],
  );
  assert.ok(history.every((h: { actor: string; reason: string }) => h.actor !== '' && h.reason !== ''));
  assert.equal((await ask('strategy-demote', { id, retire: true, reason: 'over' })).data.active, false);
  assert.match((await step('testnet', { fast: 5 })).error!.message, /activity: found retired/);
  assert.equal((await rows('strategies', { where: ['active=false'] })).length, 1);
  assert.equal((await ask('strategy-register', STRATEGY)).error, null);
  assert.equal((await ask('strategy-versions', { id })).data.active, true);
}

describe('promotion', () => {
  test('home database: backtest, refusals, thresholds, promotions, approval, demotion, retirement -> as it should be', async () => {
    await installed('one', {}, (ask) => promote(ask, 'one'));
  });

  test('PostgreSQL: the same', { skip: postgresMissing }, async () => {
    const scene = await postgresScene('promotion');
    const url = new URL(await postgresUrl());
    const { sql } = scene;
    try {
      await sql('drop database if exists promotion');
      await sql('create database promotion');
      url.pathname = '/promotion';
      await installed('two', { TRADEWRIGHT_REGISTRY: url.href }, (ask) => promote(ask, 'two'));
    } finally {
      await scene.dispose();
    }
  });

  test('data that were made -> a row of a backtest, no evidence; a run that failed -> a row that says so', async () => {
    await installed('three', {}, async (ask) => {
      await ask('backtest', { ...run, data: ['synthetic'], checks: false });
      assert.equal((await ask('strategy-show', { id: 'sma-cross' })).error!.code, 'strategy-unregistered');
      const { rows } = (await ask('query', { table: 'backtests' })).data;
      assert.deepEqual([rows.length, rows[0].synthetic], [1, true]);
      const failed = await ask('backtest', { ...run, strategy: 'pairs', param: {}, checks: false });
      assert.equal(failed.error!.code, 'strategy-data-invalid');
      const [row] = (await ask('query', { table: 'backtests', where: ['status=failed'] })).data.rows;
      assert.deepEqual([row.strategy, row.total_profit], ['pairs', null]);
    });
  });

  test('a registry that cannot be reached -> the backtest is kept and says so; who asks the registry is refused', async () => {
    for (const TRADEWRIGHT_REGISTRY of ['postgres://me:hunter2@127.0.0.1:1/x', 'mysql://me:hunter2@127.0.0.1/x'])
      await installed('four', { TRADEWRIGHT_REGISTRY }, async (ask) => {
        const { error, warnings } = await ask('backtest', { ...run, checks: false });
        assert.deepEqual([error, warnings], [null, ['registry-not-kept']]);
        const asked = await ask('query', { table: 'strategies' });
        assert.equal(asked.error!.code, 'registry-unavailable');
        assert.doesNotMatch(JSON.stringify(asked.error), /hunter2/);
      });
  });
});
