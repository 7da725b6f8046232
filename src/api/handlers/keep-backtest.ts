import type { CheckResult } from '../../core/research/checks/check.ts';
import { hashText } from '../../core/vocabulary/hash.ts';
import type { Evidence } from '../../core/vocabulary/promotion.ts';
import { DAY_MS } from '../../core/vocabulary/time.ts';
import type { RunRecord } from '../../ports/registry.ts';
import type { StoredRow } from '../../ports/stored-tables.ts';
import type { Call, World } from '../world.ts';
import { candidateName, newEvidence, registration, sourceOf, warnNotKept } from './evidence.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { strategiesText } from './strategies-text.ts';
import { say } from './strategy-history.ts';

/**
 * Keeps a run that has ended for those who read tables, and, where it has finished on data that were not made, as evidence for its strategy.
 * One of several is no evidence for any of them: its figures are those of all, and what one did there depended on the others.
 * A registry that fails is told as a warning: the run itself is kept in its files.
 */
export async function keepBacktest(
  run: RunRecord,
  loaded: readonly LoadedStrategy[],
  checks: readonly CheckResult[],
  world: World,
  call: Call,
): Promise<void> {
  try {
    await (await world.storedTables()).write([rowOf(run)]);
    const [only, ...others] = loaded;
    if (only === undefined || others.length > 0) return;
    if (run.status !== 'finished' || run.data.some(({ synthetic }) => synthetic)) return;
    const { id: strategy, params, codeHash } = run.strategies[0]!;
    const name = candidateName({ strategy, params, codeHash });
    await say(world, strategy, 'tradewright backtest', (now) => [
      ...registration(now, only, params),
      ...newEvidence(now, name, evidenceOf(run, checks), `run ${run.id}`),
    ]);
  } catch (error) {
    warnNotKept(call, `run ${run.id}`, error);
  }
}

function evidenceOf(run: RunRecord, checks: readonly CheckResult[]): Evidence[] {
  const days = Math.max(...run.data.map(({ from, to }) => (Date.parse(to) - Date.parse(from)) / DAY_MS));
  const names = ['trades', 'sharpe', 'totalReturn', 'maxDrawdown', 'winRate'];
  const figures = names.flatMap((name) => {
    const value = run.metrics[name] ?? null;
    return value === null ? [] : [[name, value] as const];
  });
  const hash = hashText(JSON.stringify([run.hashes['inputs'] ?? '', run.hashes['events'] ?? '']));
  // The same run made again is won anew: after a breach it has to be.
  const key = hashText(`${run.id} ${hash}`);
  const isLocal = run.data.some(({ instrument }) => sourceOf(instrument.split(':')[0]!) === 'local');
  const of = {
    source: isLocal ? 'local' : 'market',
    of: run.id,
    hash,
    about: '',
    sinceMs: Date.parse(run.createdAt),
  } as const;
  const failed = checks.filter(({ status }) => status !== 'passed').length;
  return [
    { kind: 'backtest', key, passed: true, numbers: { days, ...Object.fromEntries(figures) }, ...of },
    ...(checks.length === 0
      ? []
      : [
          {
            ...({ kind: 'checks', key: `${key}-checks`, passed: failed === 0, ...of } as const),
            numbers: { checks: checks.length, failed },
          },
        ]),
  ];
}

function rowOf(run: RunRecord): StoredRow {
  const { strategies } = run;
  const params =
    strategies.length === 1 ? strategies[0]!.params : Object.fromEntries(strategies.map((s) => [s.id, s.params]));
  const figure = (name: string): number | null => run.metrics[name] ?? null;
  return {
    table: 'backtests',
    row: {
      ...{ id: run.id, strategy: strategiesText(run), code_hash: strategies.map(({ codeHash }) => codeHash).join(' ') },
      ...{ params: JSON.stringify(params), status: run.status },
      created_at_ms: Date.parse(run.createdAt),
      instruments: run.data.map(({ instrument }) => instrument).join(' '),
      timeframe: run.data[0]?.timeframe ?? '',
      synthetic: run.data.some(({ synthetic }) => synthetic),
      ...{ total_profit: figure('netProfit'), win_rate: figure('winRate'), trades: figure('trades') },
      ...{ total_return: figure('totalReturn'), sharpe: figure('sharpe'), max_drawdown: figure('maxDrawdown') },
    },
  };
}
