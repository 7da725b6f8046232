import { StrategyError } from '../../core/engine/strategy-error.ts';
import { metricNames } from '../../core/report/metrics.ts';
import { sharpe } from '../../core/report/ratios.ts';
import type { Report } from '../../core/report/report.ts';
import { Backtest, type BacktestConfig } from '../../core/research/backtest.ts';
import type { CheckResult } from '../../core/research/checks/check.ts';
import { hashBars } from '../../core/research/data-section.ts';
import { type RunResult, runReport } from '../../core/research/run-report.ts';
import { sourceSection } from '../../core/research/source-section.ts';
import { Hash128 } from '../../core/vocabulary/hash.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { barClose, formatTime, timeframe } from '../../core/vocabulary/time.ts';
import type { RunRecord, RunStrategy } from '../../ports/registry.ts';
import { Failure } from '../failures.ts';
import { backtest as backtestRow, type RunSummary } from '../operations/research.ts';
import type { Call, World } from '../world.ts';
import { checksOf } from './checks-of.ts';
import { failureOf, forbiddenHint, strategyFailure } from './failure-of.ts';
import { parseGate } from './gate.ts';
import { keepBacktest } from './keep-backtest.ts';
import { refuseLateCalls } from './late-calls.ts';
import { type LoadedFeed, loadData } from './load-data.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { kindOf, repeatedRun, warnOfChanges } from './repeated-run.ts';
import { type BacktestInput, backtestConfig, calendarOf } from './run-config.ts';
import { idOf, loadStrategies, strategyConfigs } from './run-strategies.ts';
import { loadSources } from './source-files.ts';
import { metricMap, summaryOf } from './summary.ts';
import { reportFolder, writeReports } from './write-reports.ts';

/** Fields of a request that change what is written, not what comes out. */
const WITHOUT_EFFECT: readonly string[] = ['report', 'out', 'failIf', 'interval', 'checks', 'fromReport'];
/** Fields that are told by what came of them, however they were written: strategies and parameters, bars, values of sources. */
const RESOLVED: readonly string[] = [
  ...['strategy', 'with', 'param', 'source'],
  ...['data', 'symbol', 'timeframe', 'from', 'to', 'columns', 'dateOrder', 'sort'],
];

/** Backtests strategies, keeps the run, writes its reports. */
export async function backtest(given: BacktestInput, world: World, call: Call): Promise<RunSummary> {
  const earlier = given.fromReport === undefined ? null : repeatedRun(given.fromReport, world, call);
  const { input, recipe } = earlier ?? { input: given, recipe: call.given };
  if (input.strategy === undefined)
    throw missing('strategy', 'Name one: tradewright backtest sma-cross, or ./my-strategy.ts.');
  if (input.data.length === 0)
    throw missing('data', 'Give --data with a file, VENUE:SYMBOL of the catalogue, or synthetic.');
  if (input.feeSchedule !== undefined && recipe['fee'] !== undefined)
    throw new Failure('input-invalid', 'fee: expected either --fee or --fee-schedule, found both', {
      hint: 'The tiers of the schedule say all rates; leave --fee out.',
      details: { field: 'fee' },
    });
  const gate = input.failIf === undefined ? null : parseGate(input.failIf);
  gate?.refuseUnknown(metricNames());
  const loaded = await loadStrategies(input.strategy, input.with, world);
  const feeds = await loadData(input, world, call);
  const strategies = strategyConfigs(
    loaded,
    input,
    feeds.map(({ feed }) => feed.instrument),
  );
  const sources = loadSources(input.source, loaded, feeds, world, call);
  const sourceSections = sourceSection(sources, input.source);
  const config = { ...placed(loaded, world, () => backtestConfig(input, strategies, feeds, world)), sources };
  warnOfLots(config, call);
  if (earlier !== null) warnOfChanges(earlier.report, loaded, feeds, sourceSections, call);

  const account = { currency: config.currency!, cash: config.cash, ...kindOf(recipe) };
  const draft = draftRecord(recipe, account, loaded, config, feeds, sourceSections, world);
  const tries = world.runs.tries(
    draft.strategies.map(({ id, of }) => of ?? id),
    draft.data.map((d) => d.hash),
    draft.request,
  );
  const record = world.runs.begin({ ...draft, operation: 'backtest' });
  call.progress(
    'bars',
    0,
    feeds.reduce((sum, f) => sum + f.feed.bars.close.length, 0),
  );
  const failing = async (error: unknown): Promise<never> => {
    const failure = failureOf(error);
    const failed: RunRecord = { ...record, status: 'failed', failure: failure.code };
    world.runs.save(failed);
    await keepBacktest(failed, loaded, [], world, call);
    throw failure;
  };
  let result: RunResult;
  let checks: readonly CheckResult[];
  try {
    seated(loaded, world, () => new Backtest(config));
    result = running(loaded, world, () =>
      runReport(
        {
          ...config,
          origins: feeds.map((f) => f.origin),
          sourceSections,
          interval: input.interval,
          tries,
          runId: record.id,
          createdAt: record.createdAt,
          version: world.version,
          node: world.host.node,
          recipe: draft.config,
          codeHashes: Object.fromEntries(loaded.map((each) => [idOf(each), each.codeHash])),
          ownIds: Object.fromEntries(loaded.flatMap((each) => (each.of === undefined ? [] : [[idOf(each), each.of]]))),
          checks: [],
          calendar: calendarOf(feeds),
          elapsed: () => world.host.elapsedMs(),
        },
        (done, total) => call.progress('bars', done, total),
      ),
    );
    await refuseLateCalls(result.backtest.engine, world);
    const goesOn = call.progress('checks', 0, 1);
    const { events } = result.report.hashes;
    checks =
      input.checks && goesOn && !result.partial
        ? running(loaded, world, () =>
            checksOf(loaded, config, events, (done, total) => call.progress('checks', done, total)),
          )
        : [];
    // What took a while has had it by now.
    await refuseLateCalls(result.backtest.engine, world);
  } catch (error) {
    return failing(error);
  }
  const report: Report = { ...result.report, checks: [...checksShown(checks, input.checks), ...result.report.checks] };
  const metrics = metricMap(report);
  const verdict = gate?.holds(metrics) ?? null;
  const files = await writeReports(report, input.report, input.out ?? reportFolder(world), world).catch(failing);
  const ended: RunRecord = {
    ...record,
    status: result.partial ? 'partial' : 'finished',
    metrics: Object.fromEntries(metrics),
    hashes: report.hashes,
    reports: Object.fromEntries(files.map((f) => [f.format, f.path])),
    sharpePerPeriod: figure(sharpe(report.returns.daily.value, 1, 0)),
  };
  world.runs.save(ended);
  await keepBacktest(ended, loaded, checks, world, call);
  return summaryOf(
    report,
    files,
    config.cash,
    verdict && { expression: gate!.expression, passed: !verdict.holds, because: [...verdict.because] },
  );
}

const figure = (value: number | string): number | null => (typeof value === 'number' ? value : null);

function missing(field: string, hint: string): Failure {
  return new Failure('input-invalid', `${field}: expected one, found none`, { hint, details: { field } });
}

/** Runs what may fail because strategy and data do not fit each other. */
function placed<T>(loaded: readonly LoadedStrategy[], world: World, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof RangeError) || error.name === 'ParameterError' || 'field' in error) throw error;
    const place = world.strategyFiles.placeOf(error);
    const where = place === null ? '' : `${place.file}:${place.line}: `;
    throw new Failure('strategy-data-invalid', `${where}${error.message}`, {
      details: { strategy: blamed(loaded, error, place), ...(place ?? {}) },
      cause: error,
    });
  }
}

/** Id of the strategy that an error is of: the one that its message or its place names, else all there are. */
function blamed(
  loaded: readonly LoadedStrategy[],
  error: Error,
  place: ReturnType<World['strategyFiles']['placeOf']>,
): string {
  const ids = loaded.map(idOf);
  const named = /^strategy ([a-z][a-z0-9-]*)/.exec(error.message)?.[1] ?? '';
  const there = loaded.find(({ path }) => path !== null && path === place?.file);
  if (ids.includes(named)) return named;
  return there === undefined ? ids.join(' or ') : idOf(there);
}

/** Runs strategy code: clock, chance and network are taken away, and what it throws is told with its line. */
export function running<T>(loaded: readonly LoadedStrategy[], world: World, body: () => T): T {
  try {
    return world.strategyFiles.sealed(body);
  } catch (error) {
    const place = world.strategyFiles.placeOf(error);
    if (error instanceof StrategyError) throw strategyFailure(error, place);
    if (error instanceof Failure) throw error;
    if (!(error instanceof Error)) throw error;
    const id = blamed(loaded, error, place);
    const isNamed = error.message.startsWith(`strategy ${id}`);
    if (place === null && !isNamed) throw error;
    const where = place === null ? '' : ` (${place.file}:${place.line})`;
    const said = isNamed ? error.message : `strategy ${id}: ${error.name}: ${error.message}`;
    const instead = forbiddenHint(error);
    throw new Failure(instead === null ? 'strategy-failed' : 'strategy-forbidden', `${said}${where}`, {
      ...(instead === null ? {} : { hint: instead }),
      details: { strategy: id, ...(place ?? {}) },
      cause: error,
    });
  }
}

/** Runs what gives a strategy its data for the first time: they may not fit each other, and its own code may throw. */
export function seated<T>(loaded: readonly LoadedStrategy[], world: World, body: () => T): T {
  return running(loaded, world, () => placed(loaded, world, body));
}

/** Capital that does not buy the smallest quantity makes every order a refusal; that is worth a word before. */
function warnOfLots(config: BacktestConfig, call: Call): void {
  for (const { instrument, bars } of config.feeds) {
    const value = Number(instrument.lot) * bars.close[0]!;
    if (value <= config.cash * config.leverage!) continue;
    call.warn({
      code: 'capital-below-one-lot',
      message: `${instrument.id}: ${instrument.lot} costs about ${value.toFixed(2)}, more than the capital of ${config.cash}`,
      hint: 'Raise --cash, or say a finer quantity step with --lot.',
    });
  }
}

function checksShown(checks: readonly CheckResult[], asked: boolean): Report['checks'] {
  if (checks.length === 0) {
    const text = asked
      ? 'checks not run: the run was interrupted'
      : 'look-ahead, warm-up and determinism not checked (--no-checks)';
    return [{ name: 'checks', status: 'not-run', text }];
  }
  return checks.map(({ name, status, text, detail }) => ({
    name,
    status,
    text,
    ...(detail === undefined ? {} : { detail }),
  }));
}

type Draft = Omit<Parameters<World['runs']['begin']>[0], 'operation'>;

function draftRecord(
  given: Readonly<Record<string, Json>>,
  account: { readonly currency: string; readonly cash: number },
  loaded: readonly LoadedStrategy[],
  config: BacktestConfig,
  feeds: readonly LoadedFeed[],
  sources: NonNullable<Report['sources']>,
  world: World,
): Draft {
  const strategies = loaded.map(({ strategy: { def }, codeHash, of }, k): RunStrategy => {
    const told = { id: def.id, version: def.version ?? '1', codeHash, params: config.strategies[k]!.params! };
    return of === undefined ? told : { ...told, of };
  });
  const data: RunRecord['data'] = feeds.map(({ feed, origin }) => {
    const times = feed.bars.openTimeMs;
    return {
      instrument: feed.instrument.id,
      timeframe: feed.runTimeframe ?? feed.timeframe,
      source: origin.source,
      synthetic: origin.synthetic,
      hash: hashBars(feed.bars),
      bars: times.length,
      from: formatTime(times[0]!),
      to: formatTime(barClose(timeframe(feed.timeframe), times[times.length - 1]!)),
    };
  });
  // What is written out as it would be by default is no other try.
  const defaults: Readonly<Record<string, unknown>> = backtestRow.input.parse({});
  const effective = Object.entries(given)
    .filter(([field]) => !WITHOUT_EFFECT.includes(field) && !RESOLVED.includes(field))
    .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(defaults[field]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const [first, ...further] = strategies.map(({ codeHash, params }, k) => {
    const { allocation, instruments } = config.strategies[k]!;
    return { code: [codeHash, params] as const, seat: [allocation ?? null, instruments ?? null] as const };
  });
  // What ids the others have been given changes nothing; in which order they are asked does. Of one alone it is as it always was.
  const others = further.length === 0 ? [] : [[first!.seat, ...further.map(({ code, seat }) => [...code, ...seat])]];
  const heard = sources.map(({ name, hash }) => ({ name, hash }));
  const bars = data.map(({ instrument, timeframe: seen, hash }) => [instrument, seen, hash]);
  return {
    createdAt: formatTime(world.host.nowMs()),
    version: world.version,
    strategies,
    data,
    ...(heard.length === 0 ? {} : { sources: heard }),
    config: { ...given, account },
    request: new Hash128()
      .text(JSON.stringify([...first!.code, bars, effective, ...others, ...(heard.length === 0 ? [] : [{ heard }])]))
      .digest(),
  };
}
