import { eventsHash, stateHash } from '../engine/state-hash.ts';
import type { ReportCalendar } from '../report/calendar.ts';
import { runMetrics } from '../report/metrics.ts';
import { REPORT_SCHEMA, type Report } from '../report/report.ts';
import type { Tries } from '../report/significance.ts';
import { unitsToText } from '../vocabulary/decimal.ts';
import { EVENT } from '../vocabulary/events.ts';
import type { Json } from '../vocabulary/json.ts';
import { REFUSALS } from '../vocabulary/refusal.ts';
import { formatDay } from '../vocabulary/time.ts';
import { Backtest, type BacktestConfig, type Progress } from './backtest.ts';
import { buyAndHoldCurve } from './benchmark-curve.ts';
import { calendarOf } from './calendar-of.ts';
import type { CheckResult } from './checks/check.ts';
import { conventionLines } from './convention-lines.ts';
import { curveSections, equityCurveOf } from './curve-sections.ts';
import { type DataOrigin, dataSection, hashBars, priceSection } from './data-section.ts';
import { intrabarInterval } from './interval.ts';
import { strategySection } from './strategy-section.ts';
import { closedOf, costSection, fillSection, LISTED, tripSection, tripsOf } from './trade-sections.ts';

/** A run as it is asked for: the backtest, where its data came from, and what the report should say beside it. */
export interface RunRequest extends BacktestConfig {
  /** One entry a feed. */
  readonly origins: readonly DataOrigin[];
  /** What is told of the recorded values that it was given. */
  readonly sourceSections?: NonNullable<Report['sources']>;
  /** Also run under the best and the worst order of prices inside each bar. */
  readonly interval: boolean;
  /** Runs of this strategy on this data so far, this one included. */
  readonly tries: Tries;
  readonly runId: string;
  /** RFC 3339; the report's only wall-clock time, given by the caller. */
  readonly createdAt: string;
  readonly version: string;
  readonly node: string;
  /** Everything needed to run again, as the caller understands it. */
  readonly recipe: Readonly<Record<string, Json>>;
  /** Hash of each strategy's source, by its id. */
  readonly codeHashes: Readonly<Record<string, string>>;
  /** Own ids of strategies that run under another, by that. */
  readonly ownIds?: Readonly<Record<string, string>>;
  /** What was found by the checks that ran beside the run. */
  readonly checks: readonly CheckResult[];
  readonly calendar?: ReportCalendar;
  /** Milliseconds from a clock, for the run's speed; the core has none of its own. */
  readonly elapsed: () => number;
}

export interface RunResult {
  readonly report: Report;
  /** Stopped before the data ended. */
  readonly partial: boolean;
  readonly backtest: Backtest;
}

/** Runs a backtest and tells all about it. */
export function runReport(request: RunRequest, progress: Progress = () => true): RunResult {
  const backtest = new Backtest(request);
  const started = request.elapsed();
  backtest.run(progress);
  const durationMs = request.elapsed() - started;
  const partial = backtest.barsDone < backtest.barCount;
  const calendar = request.calendar ?? calendarOf(request.feeds);
  const { state, seats, desk } = backtest.engine;
  const curve = equityCurveOf(backtest);
  const benchmark = buyAndHoldCurve(request, backtest);
  const trips = tripsOf(backtest);
  const byStrategy = strategySection(backtest, trips);
  const { sourceSections: sources = [] } = request;
  const costs = costSection(backtest);
  const metricsInput = {
    curve,
    trips: trips.map((t) => t.trip),
    costs: costs.totals,
    exposure: exposureOf(backtest),
    calendar,
    tries: request.tries,
    seed: request.seed ?? 1,
  };
  const metrics = runMetrics({ ...metricsInput, benchmark: benchmark ?? undefined });
  const ofBenchmark = benchmark ? runMetrics({ curve: benchmark, trips: [], calendar }) : [];
  const sections = curveSections(curve, benchmark, calendar, request.seed ?? 1, state.track);
  const report: Report = {
    schema: REPORT_SCHEMA,
    run: {
      id: request.runId,
      createdAt: request.createdAt,
      durationMs,
      barsPerSecond: durationMs > 0 ? Math.round((backtest.barsDone / durationMs) * 1000) : 0,
      partial,
      version: request.version,
      node: request.node,
    },
    config: request.recipe as Report['config'],
    strategy: seats.map((seat) => {
      const { id, version = '1', about = '' } = seat.strategy.def;
      const of = request.ownIds?.[id];
      return {
        ...{ id, version, about, codeHash: request.codeHashes[id] ?? '' },
        params: seat.params as Report['strategy'][number]['params'],
        ...(of === undefined ? {} : { of }),
      };
    }),
    ...(byStrategy === undefined ? {} : { byStrategy }),
    data: request.feeds.map((feed, i) => dataSection(feed, request.origins[i]!)),
    ...(sources.length === 0 ? {} : { sources }),
    conventions: conventionLines(request, calendar, sources),
    checks: [...checkSection(request, backtest, closedOf(trips)), ...listChecks(trips.length, state.fills.count)],
    metrics: metrics.map((m) => {
      const other = BENCHMARK_GROUPS.includes(m.group)
        ? ofBenchmark.find((b) => b.name === m.name && b.group === m.group)
        : undefined;
      return { ...m, ...(other ? { benchmark: other.value } : {}) };
    }) as Report['metrics'],
    interval: request.interval && !partial ? intrabarInterval(request) : null,
    ...sections,
    trades: tripSection(backtest, trips),
    costs: costs.lines,
    price: priceSection(request.feeds[0]!),
    fills: fillSection(backtest),
    counts: { trades: trips.length, fills: state.fills.count },
    refusals: [
      ...[...desk.refusalCounts].map((count, code) => ({ code: REFUSALS[code] as string, count })),
      ...[...venueRejections(backtest)].map(([code, count]) => ({ code, count })),
    ].filter((r) => r.count > 0),
    regimes: request.origins[0]?.regimes?.map((r) => ({ ...r })) ?? [],
    hashes: {
      inputs: [...request.feeds.map((f) => hashBars(f.bars)), ...sources.map(({ hash }) => hash)].join(' '),
      events: eventsHash(backtest.engine),
      state: stateHash(backtest.engine),
    },
  };
  return { report, partial, backtest };
}

/** Groups whose figures mean the same for holding the instrument. */
const BENCHMARK_GROUPS: readonly string[] = ['return', 'risk', 'ratio'];

function exposureOf(backtest: Backtest): { gross: Float64Array; net: Float64Array } {
  const { track } = backtest.engine.state;
  const money = (share: Float32Array): Float64Array =>
    Float64Array.from({ length: track.count }, (_, i) => share[i]! * track.equity[i]!);
  return { gross: money(track.exposure), net: money(track.netExposure) };
}

/** How many orders the venue has rejected, by its reason. */
function venueRejections(backtest: Backtest): ReadonlyMap<string, number> {
  const { log, texts } = backtest.engine.state;
  const counts = new Map<string, number>();
  for (const seq of log.seqsOf(EVENT['order-rejected'])) {
    const reason = texts[log.column.a[seq]!]!;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return counts;
}

/** Too few round trips to say anything: the usual rule of thumb. */
const ENOUGH_TRADES = 30;

function checkSection(request: RunRequest, backtest: Backtest, trades: number): Report['checks'] {
  const { state, seats } = backtest.engine;
  const { track } = state;
  const checks: Report['checks'] = request.checks.map((c) => ({
    name: c.name,
    status: c.status,
    text: c.text,
    ...(c.detail === undefined ? {} : { detail: c.detail }),
  }));
  const tries = request.tries.count;
  const whose = seats.length === 1 ? 'this strategy' : 'these strategies together';
  checks.push({
    name: 'tries',
    status: tries > 1 ? 'warning' : 'passed',
    text:
      tries === 1
        ? `1 try of ${whose} on this data`
        : `${tries} tries of ${whose} on this data: the Sharpe ratio is deflated by them`,
  });
  checks.push({
    name: 'trades',
    status: trades >= ENOUGH_TRADES ? 'passed' : 'warning',
    text:
      trades >= ENOUGH_TRADES
        ? `enough trades (${trades})`
        : `only ${trades} trades: fewer than ${ENOUGH_TRADES} say little`,
  });
  const gaps = request.origins.reduce((sum, o) => sum + o.missingBars, 0);
  checks.push({
    name: 'data',
    status: gaps > 0 ? 'warning' : 'passed',
    text: gaps > 0 ? `${gaps === 1 ? '1 bar is' : `${gaps} bars are`} missing from the data` : 'no gaps in the data',
  });
  checks.push(...limitChecks(backtest));
  checks.push(...liquidationChecks(backtest), ...settlementChecks(backtest));
  checks.push(...dustChecks(backtest));
  const idle = seats.filter((seat) => !seat.settled).map((seat) => seat.strategy.def.id);
  if (idle.length > 0)
    checks.push({
      name: 'warm-up',
      status: 'failed',
      text: `the data are too short for ${idle.join(', ')} to warm up: ${track.count} bars`,
    });
  const placing = new Set(state.orders.column.strategy.subarray(0, state.orders.count));
  const silent = seats.filter(({ index }) => !placing.has(index)).map((seat) => seat.strategy.def.id);
  if (silent.length > 0)
    checks.push({
      name: 'orders',
      status: 'warning',
      text: `no order was placed by ${seats.length === 1 ? 'the strategy' : silent.join(', ')}`,
    });
  return checks;
}

/** Lists that do not hold all: whoever adds them up must know. */
function listChecks(trips: number, fills: number): Report['checks'] {
  const cut = [
    { what: 'trades', of: trips },
    { what: 'fills', of: fills },
  ].filter(({ of }) => of > LISTED);
  if (cut.length === 0) return [];
  const left = cut.map(({ what, of }) => `${of} ${what}`).join(' and ');
  return [
    {
      name: 'lists',
      status: 'warning',
      text: `of ${left} the first ${LISTED} are listed, in every format; metrics, equity and costs count all`,
    },
  ];
}

/** What fees in base have left below a lot: it stays in the account, belongs to no position and cannot be sold. */
function dustChecks(backtest: Backtest): Report['checks'] {
  const { state } = backtest.engine;
  return state.instruments.flatMap((instrument, i) => {
    let quanta = 0;
    for (let slot = i; slot < state.book.dust.length; slot += state.instruments.length)
      quanta += state.book.dust[slot]!;
    if (quanta === 0) return [];
    const amount = unitsToText(quanta, instrument.baseScale);
    const worth = (Number(amount) * state.price[i]!).toFixed(2);
    return [
      {
        name: 'dust',
        status: 'passed' as const,
        text: `${amount} ${instrument.base} (${worth} ${instrument.quote}) stay unsold: fees paid in base left less than a lot of ${instrument.id}`,
      },
    ];
  });
}

/** Loss limits that were reached: from then on the run is not the strategy's own any more, and the reader must know. */
function limitChecks(backtest: Backtest): Report['checks'] {
  const { state } = backtest.engine;
  const { log, texts } = state;
  const reached = new Map<string, number[]>();
  for (const seq of log.seqsOf(EVENT['trading-state-changed'])) {
    const change = JSON.parse(texts[log.column.ref[seq]!]!) as { to: string; reason: string };
    if (change.to === 'active') continue;
    reached.set(change.reason, [...(reached.get(change.reason) ?? []), log.column.at[seq]!]);
  }
  return [...reached].map(([reason, times]) => ({
    name: 'limits',
    status: 'warning' as const,
    text: `${reason.replaceAll('-', ' ')} reached ${times.length === 1 ? 'on' : `${times.length} times, first on`} ${formatDay(times[0]!)}: positions were only reduced ${lastedText(reason)}`,
  }));
}

/** Positions that the venue closed because margin had run out: a strategy that needs that is another one at another venue. */
function liquidationChecks(backtest: Backtest): Report['checks'] {
  const { log } = backtest.engine.state;
  const times = Array.from(log.seqsOf(EVENT['position-liquidated']), (seq) => log.column.at[seq]!);
  if (times.length === 0) return [];
  const what =
    times.length === 1 ? '1 position was liquidated on' : `${times.length} positions were liquidated, first on`;
  return [
    {
      name: 'liquidation',
      status: 'warning',
      text: `${what} ${formatDay(times[0]!)}: margin had run out, and the venue closed what was held`,
    },
  ];
}

/** Positions that were held until their instrument expired: the price of that is the last close, which no venue settles at exactly. */
function settlementChecks(backtest: Backtest): Report['checks'] {
  const { log, instruments } = backtest.engine.state;
  const seqs = [...log.seqsOf(EVENT['position-settled'])];
  if (seqs.length === 0) return [];
  const what = seqs.length === 1 ? '1 position was settled' : `${seqs.length} positions were settled`;
  const ids = new Set(seqs.map((seq) => instruments[log.column.instrument[seq]!]!.id));
  return [
    {
      name: 'settlement',
      status: 'passed',
      text: `${what} when ${[...ids].join(', ')} expired, at the last close; a venue averages an index`,
    },
  ];
}

/** How long a limit held the run back, in words. */
function lastedText(reason: string): string {
  if (reason === 'daily-loss-limit') return 'for the rest of the day';
  return reason === 'drawdown-limit' ? 'until it was re-armed' : 'from then on';
}
