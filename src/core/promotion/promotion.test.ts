import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BREACH_KINDS,
  type BreachKind,
  EVIDENCE_KINDS,
  EVIDENCE_SOURCES,
  type Evidence,
  type EvidenceKind,
  type RegistryEntry,
  type RegistryFact,
  STAGES,
  type Stage,
} from '../vocabulary/promotion.ts';
import { nextStage, promotionLacks } from './lacks.ts';
import { type Candidate, DEMOTES_TO, findCandidate, furthestOf, paramsHash, rankOf, standingOf } from './standing.ts';
import { type Thresholds, type ThresholdsDefinition, thresholdsSchema } from './thresholds.ts';

const NAME = { codeHash: 'c1', paramsHash: 'p1' };
const STRICT = thresholdsSchema.parse({});

const evidence = (
  kind: EvidenceKind,
  numbers: Evidence['numbers'] = {},
  more: Partial<Evidence> = {},
): RegistryFact => ({
  type: 'evidence-recorded',
  ...NAME,
  evidence: {
    kind,
    key: `${kind}-${JSON.stringify([numbers, more])}`,
    source: 'market',
    of: 'x',
    passed: true,
    numbers,
    about: '',
    hash: '',
    sinceMs: 0,
    ...more,
  },
});
const approval = (): RegistryFact => evidence('approval', {}, { source: 'person', about: 'live' });
const breach = (kind: BreachKind): RegistryFact => ({
  ...{ type: 'breach-noted', ...NAME, breach: { kind, key: kind, of: 's', detail: '' } },
});
const stage = (to: Stage): RegistryFact => ({ type: 'stage-changed', ...NAME, to });

function entriesOf(facts: readonly RegistryFact[], actors: readonly string[] = []): RegistryEntry[] {
  return facts.map((said, k) => {
    // It began when it was said, unless a test says when.
    const fact =
      said.type === 'evidence-recorded' && said.evidence.sinceMs === 0
        ? { ...said, evidence: { ...said.evidence, sinceMs: k } }
        : said;
    return { strategy: 'a', seq: k + 1, atMs: k, actor: actors[k] ?? 'ann', reason: 'r', fact };
  });
}

function candidateOf(facts: readonly RegistryFact[], actors: readonly string[] = []): Candidate {
  return findCandidate(standingOf('a', entriesOf(facts, actors)), NAME)!;
}

const days = (kind: EvidenceKind, count: number, numbers: Evidence['numbers'], from = 1): RegistryFact[] =>
  Array.from({ length: count }, (_, k) =>
    evidence(kind, numbers, { about: `2024-01-${String(from + k).padStart(2, '0')}` }),
  );

const RESEARCH = [evidence('backtest', { days: 365, trades: 80, sharpe: 1.1 }), evidence('checks', { failed: 0 })];
const TESTNET = [
  ...days('testnet-day', 3, { hours: 24, restarts: 17, differences: 0 }),
  evidence('reconciliation', { reads: 1_000, differences: 0 }),
];
const PAPER = [...days('paper-day', 14, { coverage: 1, orders: 2, differences: 0 }), evidence('parity'), approval()];

const lacksOf = (facts: readonly RegistryFact[], wanted: Stage, thresholds: Thresholds = STRICT): string[] =>
  promotionLacks(candidateOf(facts), wanted, thresholds).map((l) => `${l.gate}: ${l.what}: ${l.found}, ${l.expected}`);

test('gates: nothing known -> everything up to the wanted stage is named, with what was found and expected', () => {
  const nothing = [{ type: 'params-seen', ...NAME, params: {} } as const];
  assert.deepEqual(lacksOf(nothing, 'testnet'), [
    'testnet: backtest: none, one over history, finished',
    'testnet: checks: none, look-ahead, warm-up, determinism and replay, all passed',
  ]);
  assert.deepEqual(lacksOf(nothing, 'live').slice(2), [
    'paper: hours at a testnet: 0, 72 or more',
    'paper: restarts at a testnet: 0, 50 or more',
    'paper: accounts read and compared at a testnet: 0, 1 or more',
    'live: paper days: 0, 14 or more',
    'live: orders on paper: 0, 1 or more',
    'live: parity certificates: 0, 1 or more',
    'live: approvals for live: 0, 1 or more',
  ]);
  assert.deepEqual(lacksOf(nothing, 'research'), []);
});

test('gates: what each asks for -> open; gates that were passed are not asked again', () => {
  assert.deepEqual(lacksOf(RESEARCH, 'testnet'), []);
  assert.deepEqual(lacksOf([...RESEARCH, stage('testnet'), ...TESTNET], 'paper'), []);
  assert.deepEqual(lacksOf([...RESEARCH, ...TESTNET, ...PAPER], 'live'), []);
  assert.deepEqual(lacksOf([stage('testnet'), stage('paper'), ...PAPER], 'live'), []);
  assert.deepEqual(lacksOf([stage('live')], 'live'), []);
});

test('gates: one thing short, or in doubt -> that one is named', () => {
  const cases: readonly (readonly [Stage, readonly RegistryFact[], readonly string[]])[] = [
    [
      'testnet',
      [evidence('backtest', { days: 179.9, trades: 29, sharpe: -0.1 }), RESEARCH[1]!],
      [
        'testnet: days of the newest backtest: 179.9, 180 or more',
        'testnet: trades of the newest backtest: 29, 30 or more',
        'testnet: Sharpe ratio of the newest backtest: -0.1, 0 or more',
      ],
    ],
    [
      'testnet',
      [evidence('backtest', { days: 365, trades: 80 }), RESEARCH[1]!],
      ['testnet: Sharpe ratio of the newest backtest: none, 0 or more'],
    ],
    [
      'testnet',
      [...RESEARCH, evidence('checks', { failed: 1 }, { passed: false, of: 'bt_2' })],
      ['testnet: checks: 1 not passed in bt_2, all passed'],
    ],
    [
      'testnet',
      [...RESEARCH, evidence('walk-forward', {}, { passed: false, of: 'wf_1' })],
      ['testnet: walk-forward: wf_1 did not pass, one that has passed'],
    ],
    [
      'testnet',
      RESEARCH.map(
        (fact) =>
          ({
            ...fact,
            evidence: { ...(fact as { evidence: Evidence }).evidence, source: 'synthetic' },
          }) as RegistryFact,
      ),
      [
        'testnet: backtest: none, one over history, finished',
        'testnet: checks: none, look-ahead, warm-up, determinism and replay, all passed',
      ],
    ],
    [
      'paper',
      [stage('testnet'), ...TESTNET, evidence('reconciliation', { reads: 5, differences: 2 })],
      ['paper: unexplained differences at a testnet: 2, 0'],
    ],
    [
      'live',
      [stage('paper'), ...PAPER.slice(1), ...days('paper-day', 1, { coverage: 0.94, orders: 1, differences: 0 }, 20)],
      ['live: paper days: 13, 14 or more'],
    ],
    [
      'live',
      [stage('paper'), ...PAPER.slice(1), ...days('paper-day', 1, { coverage: 1, orders: 1, differences: 0 }, 2)],
      ['live: paper days: 13, 14 or more'],
    ],
    [
      'live',
      [stage('paper'), ...PAPER, ...days('paper-day', 1, { coverage: 0, orders: 1, differences: 1 }, 20)],
      ['live: unexplained differences on paper: 1, 0'],
    ],
    [
      'live',
      [stage('paper'), ...PAPER, evidence('parity', {}, { passed: false, of: 'pc' })],
      ['live: parity: pc is not in parity, in parity'],
    ],
    [
      'live',
      [stage('paper'), ...PAPER.slice(0, -1), evidence('approval', {}, { source: 'person', about: 'paper' })],
      ['live: approvals for live: 0, 1 or more'],
    ],
  ];
  for (const [wanted, facts, expected] of cases) assert.deepEqual(lacksOf(facts, wanted), expected);
});

test('approvals: two are asked for -> one person twice is one, two persons are two', () => {
  const two = thresholdsSchema.parse({ approvals: 2 });
  const facts = [stage('paper'), ...PAPER, approval()];
  const by = (last: string): string[] =>
    promotionLacks(candidateOf(facts, [...facts.slice(0, -1).map(() => 'ann'), last]), 'live', two).map((l) => l.what);
  assert.deepEqual([by('ann'), by('bob')], [['approvals for live'], []]);
});

test('thresholds: 0 and false -> ask for nothing; a wrong field is refused', () => {
  const none: ThresholdsDefinition = {
    ...{ backtestDays: 0, backtestTrades: 0, backtestSharpe: null, checks: false, testnetHours: 0, testnetRestarts: 0 },
    ...{ testnetReconciliations: 0, paperDays: 0, paperOrders: 0, parity: 0, approvals: 0 },
  };
  assert.deepEqual(lacksOf([{ type: 'params-seen', ...NAME, params: {} }], 'live', thresholdsSchema.parse(none)), []);
  for (const wrong of [{ paperDay: 1 }, { paperDays: -1 }, { sources: [] }, { dayCoverage: 2 }])
    assert.equal(thresholdsSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
});

test('breach: after a promotion -> demoted, and what was won before counts for nothing above', () => {
  const live = [...RESEARCH, stage('testnet'), ...TESTNET, stage('paper'), ...PAPER, stage('live')];
  for (const kind of BREACH_KINDS) {
    const candidate = candidateOf([...live, breach(kind)]);
    assert.equal(candidate.stage, DEMOTES_TO[kind]);
    const lacks = new Set(promotionLacks(candidate, 'live', STRICT).map((l) => l.gate));
    assert.deepEqual(
      [...lacks],
      STAGES.filter((s) => rankOf(s) > rankOf(candidate.stage)),
    );
  }
  assert.deepEqual(lacksOf([...live, breach('kill-switch'), ...PAPER], 'live'), [], 'won anew');
  // A day in which trust was lost is told of afterwards, and has begun before.
  const that = evidence('paper-day', { coverage: 1, orders: 1, differences: 1 }, { about: '2024-02-01', sinceMs: 3 });
  assert.deepEqual(lacksOf([...live, breach('kill-switch'), that, ...PAPER], 'live'), []);
  // A breach of one that stands lower leaves it there.
  assert.equal(candidateOf([breach('kill-switch')]).stage, 'research');
  assert.equal(candidateOf([...live, stage('testnet')]).stage, 'testnet');
  assert.equal(lacksOf([...live, stage('testnet')], 'paper').length, 3);
});

test('candidates: other code or other parameters -> stand for themselves; the furthest is told', () => {
  const other = { codeHash: 'c2', paramsHash: 'p1' };
  const standing = standingOf(
    'a',
    entriesOf([
      { type: 'version-seen', codeHash: 'c1', version: '1', path: null, schemaHash: 's' },
      stage('testnet'),
      { type: 'version-seen', codeHash: 'c2', version: '2', path: './a.ts', schemaHash: 's' },
      { type: 'version-seen', codeHash: 'c1', version: '1', path: null, schemaHash: 's' },
      { type: 'params-seen', ...other, params: { fast: 3 } },
      { type: 'activity-changed', active: false },
    ]),
  );
  assert.deepEqual(
    standing.versions.map((v) => [v.codeHash, v.firstSeenMs]),
    [
      ['c1', 0],
      ['c2', 2],
    ],
  );
  assert.deepEqual([findCandidate(standing, other)!.stage, furthestOf(standing)!.codeHash], ['research', 'c1']);
  assert.deepEqual([standing.active, standing.seq], [false, 6]);
  assert.equal(findCandidate(standing, { codeHash: 'c2', paramsHash: 'p2' }), null);
  assert.equal(furthestOf(standingOf('b', [])), null);
  assert.equal(paramsHash({ a: 1, b: [2] }), paramsHash({ b: [2], a: 1 }));
  assert.notEqual(paramsHash({ a: 1 }), paramsHash({ a: '1' }));
  assert.deepEqual(STAGES.map(nextStage), ['testnet', 'paper', 'live', null]);
});

test('any history: more good evidence -> never more lacks; what is lacked for a stage is lacked for those above', () => {
  const fact = fc.oneof(
    fc
      .record({
        kind: fc.constantFrom(...EVIDENCE_KINDS),
        source: fc.constantFrom(...EVIDENCE_SOURCES),
        day: fc.integer({ min: 1, max: 28 }),
        hours: fc.integer({ min: 0, max: 40 }),
      })
      .map(({ kind, source, day, hours }) =>
        evidence(
          kind,
          {
            days: 9 * hours,
            trades: hours,
            sharpe: 1,
            hours,
            restarts: hours,
            reads: hours,
            coverage: 1,
            orders: 1,
            differences: 0,
          },
          { source, about: kind === 'approval' ? 'live' : `2024-01-${day}` },
        ),
      ),
    fc.constantFrom(...BREACH_KINDS).map(breach),
  );
  fc.assert(
    fc.property(fc.array(fact, { maxLength: 40 }), fc.constantFrom(...STAGES), (facts, wanted) => {
      const all = [{ type: 'params-seen', ...NAME, params: {} } as const, ...facts];
      const candidate = candidateOf(all);
      const lacks = promotionLacks(candidate, wanted, STRICT);
      const above = nextStage(wanted);
      if (above !== null) {
        const more = promotionLacks(candidate, above, STRICT).map((l) => `${l.gate} ${l.what}`);
        for (const { gate, what } of lacks) assert.ok(more.includes(`${gate} ${what}`));
      }
      const last = all.at(-1)!;
      if (last.type !== 'evidence-recorded' || last.evidence.kind === 'backtest') return;
      const before = promotionLacks(candidateOf(all.slice(0, -1)), wanted, STRICT);
      assert.ok(lacks.length <= before.length, 'good evidence never closes a gate');
    }),
  );
});
