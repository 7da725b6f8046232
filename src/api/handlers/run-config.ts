import type { StrategyConfig } from '../../core/engine/engine-config.ts';
import type { CostModel } from '../../core/exchange/fill-costs.ts';
import { type FillRules, parseFillRules } from '../../core/exchange/fill-rules.ts';
import type { LatencyModel } from '../../core/exchange/latency.ts';
import { DEFAULT_TIER } from '../../core/exchange/margin.ts';
import { toRate } from '../../core/exchange/rate.ts';
import { NO_SLIPPAGE, type SlippageModel } from '../../core/exchange/slippage.ts';
import { CAPABILITY_PROFILES } from '../../core/execution/capabilities.ts';
import { ALWAYS_OPEN, exchangeSessions, type ReportCalendar } from '../../core/report/calendar.ts';
import type { BacktestConfig, BacktestFeed } from '../../core/research/backtest.ts';
import { feeSetup } from '../../core/research/fee-setup.ts';
import { accountKind, type DeskConfig } from '../../core/research/simulated-desk.ts';
import { type LimitsDefinition, limitsSchema } from '../../core/risk/limits.ts';
import { ParameterError, resolveParams } from '../../core/strategy/params.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';
import type { Latency, Slippage } from '../operations/cost-fields.ts';
import type { Input } from '../operations/table.ts';
import { complaintText, schemaComplaint } from '../schema-complaint.ts';
import type { World } from '../world.ts';
import { expiringFeeds } from './expiring-feeds.ts';
import { feeConfig } from './fee-config.ts';
import { readFunding } from './funding-file.ts';
import type { LoadedFeed } from './load-data.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { keepsWeekends } from './trading-days.ts';

export type BacktestInput = Input<'backtest'>;
/** What a request says of account, costs and rules. */
export type DeskInput = Pick<
  BacktestInput,
  | 'cash'
  | 'fee'
  | 'feeSchedule'
  | 'feeAsset'
  | 'slippage'
  | 'participation'
  | 'latency'
  | 'fills'
  | 'leverage'
  | 'account'
  | 'limits'
  | 'venueProfile'
  | 'seed'
>;

/** What runs: the parsed request with strategies and data in their places. */
export function backtestConfig(
  input: BacktestInput,
  strategies: readonly StrategyConfig[],
  feeds: readonly LoadedFeed[],
  world: World,
): BacktestConfig {
  const desk = deskConfig(
    input,
    feeds.map((f) => f.feed.instrument),
    world,
  );
  const traded = expiringFeeds(withFunding(input, feeds, desk.account, world), input.expiry);
  const config = { ...desk, strategies, costs: withInterest(input, desk, traded), feeds: traded };
  refuseLeverage(input.leverage, config);
  return config;
}

/** Leverage that account or instrument do not give: every order that is sized by it would be refused. */
function refuseLeverage(leverage: number, { account, feeds }: BacktestConfig): void {
  if (leverage <= 1) return;
  const refuse = (message: string, most: number, hint: string): Failure =>
    new Failure('input-invalid', `leverage: ${message}, found leverage ${leverage}`, {
      hint,
      details: { field: 'leverage', found: String(leverage), expected: `at most ${most}` },
    });
  if (account === 'cash')
    throw refuse('a cash account borrows nothing', 1, 'Leave --leverage out, or say --account margin.');
  for (const { instrument } of feeds) {
    const most = (instrument.marginTiers?.[0] ?? DEFAULT_TIER).maxLeverage;
    if (leverage > most)
      throw refuse(`${instrument.id} gives at most ${most} times`, most, `Say --leverage ${most} or less.`);
  }
}

/** Account, costs and rules of a request. The account is in the first instrument's currency. */
export function deskConfig(
  input: DeskInput,
  instruments: readonly InstrumentDefinition[],
  world: World,
): Omit<DeskConfig, 'strategies'> & {
  readonly account: 'cash' | 'margin';
  readonly costs: CostModel;
  readonly currency: string;
  readonly limits: LimitsDefinition;
} {
  const costs: CostModel = {
    ...feeConfig(input, world),
    slippage: slippageModel(input.slippage),
    ...(input.participation === undefined ? {} : { participation: input.participation }),
    ...(input.latency === undefined ? {} : { latency: latencyModel(input.latency) }),
  };
  const account = accountKind(input);
  const config = {
    cash: input.cash,
    currency: currencyOf(instruments[0]!),
    account,
    leverage: input.leverage,
    fills: fillRules(input.fills),
    costs,
    limits: input.limits === undefined ? {} : readLimits(input.limits, world),
    capabilities: CAPABILITY_PROFILES[input.venueProfile]!,
    seed: input.seed,
  };
  refuseFees(config, instruments, account);
  return config;
}

/** Whether account and instruments can pay fees so is known only when both are. */
function refuseFees(
  config: Omit<DeskConfig, 'strategies'> & { readonly currency: string },
  instruments: readonly InstrumentDefinition[],
  account: 'cash' | 'margin',
): void {
  try {
    feeSetup(config, instruments, config.currency, account);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure('input-invalid', `feeAsset: ${error.message}`, { details: { field: 'feeAsset' }, cause: error });
  }
}

/** All parameters with their values. Throws {@link Failure} `parameter-invalid`. */
export function checkedParams(
  loaded: LoadedStrategy,
  given: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const { def } = loaded.strategy;
  const params = resolveParams(def.params, given, def.id) as Readonly<Record<string, Json>>;
  const valid = allowed(loaded, params);
  if (valid === true) return params;
  const why = typeof valid === 'string' ? valid : 'the strategy refuses this set';
  throw new ParameterError(Object.keys(given).join(', '), `${def.id}: ${why}, found ${JSON.stringify(params)}`);
}

function currencyOf({ settle, kind, base, quote }: InstrumentDefinition): string {
  return settle ?? (kind === 'inverse-perpetual' ? base : quote);
}

export function slippageModel(slippage: Slippage): SlippageModel {
  if (slippage.kind === 'none') return NO_SLIPPAGE;
  if (slippage.kind === 'ticks') return { kind: 'ticks', amount: slippage.ticks, clampToRange: false };
  const kind = slippage.kind === 'rate' ? 'basis-points' : slippage.kind;
  return { kind, amount: toRate(slippage.rate), clampToRange: false };
}

/** Reports are not delayed: what becomes of an order is known when it happens. */
export function latencyModel({ orderMs, jitterMs }: Latency): LatencyModel {
  return { orderMs, orderJitterMs: jitterMs, reportMs: 0, reportJitterMs: 0 };
}

/** Costs with what is paid for what is borrowed: on margin, for what is held itself. */
function withInterest(
  { interest }: BacktestInput,
  { account, costs }: { readonly account: 'cash' | 'margin'; readonly costs: CostModel },
  feeds: readonly BacktestFeed[],
): CostModel {
  if (interest === undefined) return costs;
  const refuse = (message: string, hint: string): Failure =>
    new Failure('input-invalid', `interest: ${message}`, { hint, details: { field: 'interest' } });
  if (account === 'cash')
    throw refuse('only a margin account borrows, this one is cash', 'Add --account margin, or leave --interest out.');
  if (!feeds.some(({ instrument: { kind } }) => kind === undefined || kind === 'spot' || kind === 'equity'))
    throw refuse(
      `only spot and shares are borrowed for, found ${feeds[0]!.instrument.kind}`,
      'Contracts borrow nothing; perpetuals pay funding: --funding.',
    );
  return { ...costs, interestRate: toRate(interest) };
}

/** Feeds with their recorded funding. A pair whose funding is given is its perpetual: files do not say which of the two they are of. */
function withFunding(
  input: BacktestInput,
  feeds: readonly LoadedFeed[],
  account: 'cash' | 'margin',
  world: World,
): readonly BacktestFeed[] {
  const refuse = (message: string, hint: string): Failure =>
    new Failure('input-invalid', `funding: ${message}`, { hint, details: { field: 'funding' } });
  if (input.funding.length === 0) return feeds.map((f) => f.feed);
  if (account !== 'margin')
    throw refuse('only a margin account pays it, this one is cash', 'Add --account margin, or leave --funding out.');
  if (input.funding.length > feeds.length)
    throw refuse(
      `${input.funding.length} files for ${feeds.length} instrument${feeds.length === 1 ? '' : 's'}`,
      'Give it once for each --data, in the same order.',
    );
  return feeds.map(({ feed }, i) => {
    const path = input.funding[i];
    if (path === undefined) return feed;
    const { kind } = feed.instrument;
    if (kind === 'equity' || kind === 'dated-future')
      throw refuse(
        `${feed.instrument.id} is no perpetual`,
        'Only perpetual contracts pay funding. A file is taken for one where its name is a pair: --symbol XRPUSDT.',
      );
    const instrument = kind === 'spot' ? { ...feed.instrument, kind: 'linear-perpetual' as const } : feed.instrument;
    return { ...feed, instrument, funding: readFunding(path, world) };
  });
}

/** What the strategy's own rule across parameters says. Throws {@link Failure} `strategy-failed` where it throws. */
function allowed({ strategy: { def } }: LoadedStrategy, params: Readonly<Record<string, Json>>): boolean | string {
  try {
    return def.valid?.(params as never) ?? true;
  } catch (error) {
    throw new Failure('strategy-failed', `strategy ${def.id}: valid threw ${String(error)}`, {
      details: { strategy: def.id, handler: 'valid' },
      cause: error,
    });
  }
}

function fillRules(text: string): FillRules {
  try {
    return parseFillRules(text);
  } catch (error) {
    throw new Failure('input-invalid', (error as Error).message, { details: { field: 'fills', found: text } });
  }
}

/** A limits file as it stands there. Throws {@link Failure} `file-not-found` or `limits-invalid`. */
export function readLimits(path: string, world: World): LimitsDefinition {
  const text = world.files.read(path);
  if (text === null)
    throw new Failure('file-not-found', `there is no file ${path}`, { details: { file: path, field: 'limits' } });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Failure('limits-invalid', `${path}: expected JSON, found ${(error as Error).message}`, {
      details: { file: path },
    });
  }
  const parsed = limitsSchema.safeParse(json);
  if (parsed.success) return json as LimitsDefinition;
  const complaint = schemaComplaint(parsed.error, json);
  throw new Failure('limits-invalid', `${path}: ${complaintText(complaint)}`, {
    hint: `Limits: ${Object.keys(limitsSchema.shape).join(', ')}.`,
    details: { file: path, field: complaint.field },
  });
}

/** Days an account's returns are sampled on: an exchange's where every instrument keeps them, else every day. */
export function calendarOf(feeds: readonly LoadedFeed[]): ReportCalendar {
  return feeds.every(({ feed }) => keepsWeekends(feed)) ? exchangeSessions() : ALWAYS_OPEN;
}
