import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { RunRecord, RunRegistry } from '../../ports/registry.ts';
import { numberOfRunId, runId, runNumber } from './run-id.ts';
import { openRunRegistry } from './run-registry.ts';

const NOW = Date.UTC(2026, 5, 1);

type Draft = Parameters<RunRegistry['begin']>[0];

function draft(request: string, hashes: readonly string[] = ['h1'], strategy = 'sma-cross'): Draft {
  return {
    operation: 'backtest',
    createdAt: '2026-06-01T00:00:00Z',
    version: '0.1.0',
    strategies: [{ id: strategy, version: '1', codeHash: 'c', params: {} }],
    data: hashes.map((hash) => ({
      instrument: `X:${hash}`,
      timeframe: '1h',
      source: 's',
      synthetic: false,
      hash,
      bars: 1,
      from: '',
      to: '',
    })),
    config: {},
    request,
  };
}

describe('run registry', () => {
  let home = '';
  let registry: RunRegistry;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'tradewright-runs-'));
    registry = openRunRegistry(home, () => NOW);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const finish = (record: RunRecord, sharpePerPeriod: number | null): void =>
    registry.save({ ...record, status: 'finished', sharpePerPeriod });

  test('begin: several in one second -> ids differ and rise', () => {
    const ids = Array.from({ length: 40 }, () => registry.begin(draft('r')).id);
    assert.equal(new Set(ids).size, 40);
    assert.deepEqual([...ids].sort(), ids);
    assert.deepEqual(
      registry.list().map((r) => r.id),
      [...ids].reverse(),
    );
  });

  test('begin: the clock went back -> ids still rise', () => {
    const later = registry.begin(draft('r')).id;
    const earlier = openRunRegistry(home, () => NOW - 86_400_000).begin(draft('r')).id;
    assert.ok(earlier > later);
  });

  test('save: what was begun -> read back by another process, no temporary file left', () => {
    const record = registry.begin(draft('r'));
    assert.equal(record.status, 'started');
    finish(record, 0.1);
    const again = openRunRegistry(home, () => NOW).get(record.id);
    assert.equal(again?.status, 'finished');
    assert.equal(again?.sharpePerPeriod, 0.1);
    assert.deepEqual(readdirSync(join(home, 'runs')), [`${record.id}.json`]);
  });

  test('get: unknown, foreign or damaged -> null, and lists go on', () => {
    const record = registry.begin(draft('r'));
    writeFileSync(join(home, 'runs', 'bt_000001.json'), '{"format":');
    writeFileSync(join(home, 'runs', 'notes.json'), '{}');
    assert.equal(registry.get('bt_000001'), null);
    assert.equal(registry.get('../../etc/passwd'), null);
    assert.deepEqual(
      registry.list().map((r) => r.id),
      [record.id],
    );
  });

  test('tries: none before -> this one; an equal request -> still one', () => {
    assert.deepEqual(registry.tries(['sma-cross'], ['h1'], 'a'), { count: 1, otherSharpes: [] });
    finish(registry.begin(draft('a')), 0.1);
    assert.deepEqual(registry.tries(['sma-cross'], ['h1'], 'a'), { count: 1, otherSharpes: [] });
  });

  test('tries: other requests on the same data, failed ones too -> counted; other strategies and data -> not', () => {
    finish(registry.begin(draft('a')), 0.1);
    finish(registry.begin(draft('b')), 0.3);
    registry.save({ ...registry.begin(draft('c')), status: 'failed' });
    finish(registry.begin(draft('d', ['h2'])), 5);
    finish(registry.begin(draft('e', ['h1'], 'other')), 5);
    const { count, otherSharpes } = registry.tries(['sma-cross'], ['h1'], 'new');
    assert.equal(count, 4);
    assert.deepEqual(
      otherSharpes.toSorted((a, b) => a - b),
      [0.1, 0.3],
    );
  });

  test('tries: several strategies -> of just these together, by their own ids, in whatever order', () => {
    const of = (request: string, ...strategies: readonly (readonly [id: string, of?: string])[]): void => {
      const told = strategies.map(([id, own]) => ({
        ...{ id, version: '1', codeHash: 'c', params: {} },
        ...(own === undefined ? {} : { of: own }),
      }));
      finish(registry.begin({ ...draft(request), strategies: told }), 0.1);
    };
    of('a', ['sma-cross'], ['dca']);
    of('b', ['weekly', 'dca'], ['sma-cross']);
    of('c', ['sma-cross']);
    of('d', ['sma-cross'], ['slow', 'sma-cross']);
    of('e', ['sma-cross'], ['dca'], ['grid']);
    assert.equal(registry.tries(['dca', 'sma-cross'], ['h1'], 'new').count, 3);
    assert.equal(registry.tries(['sma-cross'], ['h1'], 'new').count, 2);
    assert.equal(registry.tries(['sma-cross', 'sma-cross'], ['h1'], 'new').count, 2);
  });

  test('tries: several instruments -> their order does not matter', () => {
    finish(registry.begin(draft('a', ['h1', 'h2'])), 0.1);
    assert.equal(registry.tries(['sma-cross'], ['h2', 'h1'], 'b').count, 2);
  });

  test('list: a home without runs -> empty, and nothing is made', () => {
    assert.deepEqual(registry.list(), []);
    assert.deepEqual(readdirSync(home), []);
  });
});

describe('run id', () => {
  test('number -> text of six digits and back, sorted alike', () => {
    for (const number of [0, 1, 31, 32, 75_000_000, 32 ** 6 - 1])
      assert.equal(numberOfRunId(runId('bt', number)), number);
    assert.equal(runId('bt', 32), 'bt_000010');
    assert.ok(runId('bt', 99_999) < runId('bt', 100_000));
  });

  test('time -> a second is one', () => {
    assert.equal(runNumber(NOW + 1000) - runNumber(NOW), 1);
    assert.equal(runNumber(0), 0);
  });

  test('other texts -> no id', () => {
    for (const text of ['bt_', 'bt_7Q4M2', 'bt_7Q4M2I', '7Q4M2K', 'bt_7Q4M2K/..'])
      assert.equal(numberOfRunId(text), null);
  });
});
