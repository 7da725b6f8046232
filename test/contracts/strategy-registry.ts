import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RegistryFact } from '../../src/core/vocabulary/promotion.ts';
import type { RegistryDraft, StrategyLine, StrategyRegistry } from '../../src/ports/strategy-registry.ts';

export interface RegistrySubject {
  readonly registry: StrategyRegistry;
  /** The same place, opened once more; null where it ends with the process. */
  readonly reopen: (() => Promise<StrategyRegistry>) | null;
  /** Changes and removes what is stored, as somebody with access to the place would; null where nobody has. Rejects where that is refused. */
  readonly tamper: ((how: 'update' | 'delete') => Promise<void>) | null;
  dispose(): Promise<void>;
}

const line = (id: string, versions: number): StrategyLine => ({
  ...{ id, name: `./${id}.ts`, active: true, status: 'paper', codeHash: 'c1', params: '{"fast":10}' },
  ...{ versions, updatedAtMs: 1_700_000_000_000.25 },
});
const seen = (codeHash: string): RegistryFact => ({
  ...{ type: 'version-seen', codeHash, version: '1', path: null, schemaHash: 's' },
});
const draft = (fact: RegistryFact, reason = 'a test'): RegistryDraft => ({
  ...{ atMs: 1_700_000_000_000, actor: 'tester', reason, fact },
});

/** What every registry must do. */
export function strategyRegistryContract(name: string, create: () => Promise<RegistrySubject>): void {
  const check = (title: string, body: (subject: RegistrySubject) => Promise<void>): void => {
    test(`strategy registry (${name}): ${title}`, async () => {
      const subject = await create();
      try {
        await body(subject);
      } finally {
        await subject.dispose();
      }
    });
  };

  check('facts of any kind -> told as they were said, in order, each strategy for itself', async ({ registry }) => {
    assert.deepEqual(await registry.entries('a'), []);
    assert.deepEqual(await registry.strategies(), []);
    const candidate = { codeHash: 'c1', paramsHash: 'p1' };
    const facts: RegistryFact[] = [
      seen('c1'),
      { type: 'params-seen', ...candidate, params: { fast: 10, deep: { list: [1, null, 'ü"\u2028'] } } },
      {
        type: 'evidence-recorded',
        ...candidate,
        evidence: {
          ...{
            kind: 'backtest',
            key: 'k',
            source: 'market',
            of: 'bt_1',
            passed: true,
            about: '',
            sinceMs: 5,
            hash: 'h',
          },
          numbers: { sharpe: 1.25, days: 1e-9 },
        },
      },
      { type: 'breach-noted', ...candidate, breach: { kind: 'kill-switch', key: 'k', of: 's', detail: 'flatten' } },
      { type: 'stage-changed', ...candidate, to: 'testnet' },
      { type: 'activity-changed', active: false },
    ];
    assert.equal(
      await registry.append(
        'a',
        0,
        facts.slice(0, 2).map((f) => draft(f)),
        line('a', 1),
      ),
      true,
    );
    assert.equal(await registry.append('b', 0, [draft(seen('c9'))], { ...line('b', 1), active: false }), true);
    assert.equal(
      await registry.append(
        'a',
        2,
        facts.slice(2).map((f) => draft(f, 'two\nlines')),
        line('a', 2),
      ),
      true,
    );
    const entries = await registry.entries('a');
    assert.deepEqual(
      entries.map((e) => [e.strategy, e.seq, e.atMs, e.actor, e.reason, e.fact]),
      facts.map((fact, k) => ['a', k + 1, 1_700_000_000_000, 'tester', k < 2 ? 'a test' : 'two\nlines', fact]),
    );
    assert.deepEqual(await registry.strategies(), [line('a', 2), { ...line('b', 1), active: false }]);
  });

  check('a history that has grown since it was read -> nothing is appended, nothing replaced', async ({ registry }) => {
    await registry.append('a', 0, [draft(seen('c1'))], line('a', 1));
    for (const after of [0, 2, 7])
      assert.equal(await registry.append('a', after, [draft(seen('c2'))], line('a', 9)), false);
    assert.deepEqual([(await registry.entries('a')).length, await registry.strategies()], [1, [line('a', 1)]]);
  });

  check('many at once -> one after the other, none lost, none twice', async ({ registry, reopen }) => {
    const others = reopen === null ? [registry] : [registry, await reopen(), await reopen()];
    const say = async (text: string, through: StrategyRegistry): Promise<void> => {
      for (;;) {
        const { length } = await through.entries('a');
        if (await through.append('a', length, [draft(seen(text))], line('a', length + 1))) return;
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, k) => say(`c${k}`, others[k % others.length]!)));
    const entries = await registry.entries('a');
    assert.deepEqual(
      entries.map((e) => e.seq),
      Array.from({ length: 12 }, (_, k) => k + 1),
    );
    assert.equal(new Set(entries.map((e) => (e.fact as { codeHash: string }).codeHash)).size, 12);
    assert.equal((await registry.strategies())[0]!.versions, 12);
    for (const other of others.slice(1)) await other.close();
  });

  check('closed and opened again, tampered with -> all is there, and stays', async ({ registry, reopen, tamper }) => {
    await registry.append('a', 0, [draft(seen('c1'))], line('a', 1));
    if (reopen === null || tamper === null) return;
    await assert.rejects(tamper('update'), /only appended to/);
    await assert.rejects(tamper('delete'), /only appended to/);
    const again = await reopen();
    assert.deepEqual(await again.entries('a'), await registry.entries('a'));
    assert.deepEqual(await again.strategies(), [line('a', 1)]);
    await again.close();
  });
}
