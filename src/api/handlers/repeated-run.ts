import type { Report } from '../../core/report/report.ts';
import { hashBars } from '../../core/research/data-section.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';
import { inputFailure } from '../input-failure.ts';
import { backtest as backtestRow } from '../operations/research.ts';
import type { Call, World } from '../world.ts';
import type { LoadedFeed } from './load-data.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import type { BacktestInput } from './run-config.ts';

/** A run that is asked for by the report of an earlier one. */
export interface RepeatedRun {
  readonly input: BacktestInput;
  readonly recipe: Readonly<Record<string, Json>>;
  readonly report: Partial<Report>;
}

/** The request of an earlier report with what was asked for this time laid over it. */
export function repeatedRun(path: string, world: World, call: Call): RepeatedRun {
  const text = world.files.read(path);
  if (text === null)
    throw new Failure('file-not-found', `there is no file ${path}`, { details: { file: path, field: 'fromReport' } });
  let report: Partial<Report> | null;
  try {
    report = JSON.parse(text);
  } catch {
    report = null;
  }
  if (report?.schema !== 'tradewright.report/1' || report.config === undefined) {
    throw new Failure('input-invalid', `${path}: expected a tradewright.report/1 document`, {
      details: { file: path, field: 'fromReport' },
    });
  }
  const { account: _account, ...request } = report.config;
  const kind = kindAskedFor(report);
  const recipe = { ...request, ...(kind === null ? {} : { account: kind }), ...call.given } as Record<string, Json>;
  delete recipe['fromReport'];
  const parsed = backtestRow.input.safeParse(recipe);
  if (!parsed.success) throw inputFailure(parsed.error, recipe, backtestRow.name);
  return { input: parsed.data, recipe, report };
}

/** What a report's `config.account` keeps of the kind of account, where one was asked for. */
export function kindOf({ account }: Readonly<Record<string, Json>>): { readonly kind?: Json } {
  return account === undefined ? {} : { kind: account };
}

/** The kind of account that a report's request named; earlier reports tell it among their conventions only. */
function kindAskedFor({ config, conventions }: Partial<Report>): Json | null {
  const account = config!['account'];
  if (typeof account === 'object' && account !== null && !Array.isArray(account) && account['kind'] !== undefined)
    return account['kind'];
  const told = conventions?.find(({ label }) => label === 'account')?.value ?? '';
  return told.startsWith('margin') && Number(config!['leverage'] ?? 1) <= 1 ? 'margin' : null;
}

/** Fields of a request that say which bars, or which strategy: who changes them expects others. */
const OF_DATA: readonly string[] = ['data', 'symbol', 'from', 'to', 'columns', 'dateOrder', 'sort', 'seed'];

/** The same request is another run where its files have changed since: that is said, or the difference is taken for the strategy's. */
export function warnOfChanges(
  report: Partial<Report>,
  loaded: readonly LoadedStrategy[],
  feeds: readonly LoadedFeed[],
  sources: NonNullable<Report['sources']>,
  call: Call,
): void {
  for (const [k, { strategy, codeHash }] of loaded.entries()) {
    const before = report.strategy?.[k]?.codeHash;
    if (before === undefined || (k === 0 ? 'strategy' : 'with') in call.given || before === codeHash) continue;
    call.warn({
      code: 'code-changed',
      message: `${strategy.def.id}: its code is other than in the report (${codeHash.slice(0, 12)}, there ${before.slice(0, 12)})`,
      hint: 'This is a run of the strategy as it is now, not the one of the report.',
    });
  }
  for (const { name, hash } of sources) {
    const told = report.sources?.find((each) => each.name === name)?.hash;
    if (told === undefined || 'source' in call.given || told === hash) continue;
    call.warn({
      code: 'data-changed',
      message: `source ${name}: its values are other than in the report (${hash.slice(0, 12)}, there ${told.slice(0, 12)})`,
      hint: 'The file has changed since: this is not the run of the report.',
    });
  }
  if (OF_DATA.some((field) => field in call.given)) return;
  for (const [i, { feed }] of feeds.entries()) {
    const told = report.data?.[i]?.hash;
    const hash = hashBars(feed.bars);
    if (told === undefined || told === hash) continue;
    call.warn({
      code: 'data-changed',
      message: `${feed.instrument.id}: its bars are other than in the report (${hash.slice(0, 12)}, there ${told.slice(0, 12)})`,
      hint: 'The file or the catalogue has changed since: this is not the run of the report.',
    });
  }
}
