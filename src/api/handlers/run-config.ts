import { makerTakerFees } from '../../core/exchange/fees.ts';
import type { CostModel } from '../../core/exchange/fill-costs.ts';
import { type FillRules, parseFillRules } from '../../core/exchange/fill-rules.ts';
import { toRate } from '../../core/exchange/rate.ts';
import { NO_SLIPPAGE, type SlippageModel } from '../../core/exchange/slippage.ts';
import { CAPABILITY_PROFILES } from '../../core/execution/capabilities.ts';
import { ALWAYS_OPEN, exchangeSessions, type ReportCalendar } from '../../core/report/calendar.ts';
import type { BacktestConfig } from '../../core/research/backtest.ts';
import type { DeskConfig } from '../../core/research/simulated-desk.ts';
import { type LimitsDefinition, limitsSchema } from '../../core/risk/limits.ts';
import { ParameterError, resolveParams } from '../../core/strategy/params.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { Failure } from '../failures.ts';
import type { Slippage } from '../operations/fields.ts';
import type { Input } from '../operations/table.ts';
import type { World } from '../world.ts';
import type { LoadedFeed } from './load-data.ts';
import type { LoadedStrategy } from './load-strategy.ts';
import { keepsWeekends } from './trading-days.ts';

export type BacktestInput = Input<'backtest'>;

/** What runs: the parsed request with strategy and data in their places. */
export function backtestConfig(
  input: BacktestInput,
  loaded: LoadedStrategy,
  feeds: readonly LoadedFeed[],
  world: World,
): BacktestConfig {
  return { feeds: feeds.map((f) => f.feed), ...deskConfig(input, loaded, feeds[0]!.feed.instrument, world) };
}

/** Strategy, account, costs and rules of a request. `first`: the instrument whose currency the account is in. */
export function deskConfig(
  input: Pick<
    BacktestInput,
    'param' | 'cash' | 'fee' | 'slippage' | 'fills' | 'leverage' | 'account' | 'limits' | 'venueProfile' | 'seed'
  >,
  loaded: LoadedStrategy,
  first: InstrumentDefinition,
  world: World,
): DeskConfig & { readonly currency: string; readonly limits: LimitsDefinition } {
  const costs: CostModel = {
    fees: makerTakerFees(toRate(input.fee.maker), toRate(input.fee.taker)),
    slippage: slippageModel(input.slippage),
  };
  return {
    strategies: [{ strategy: loaded.strategy, params: checkedParams(loaded, input.param) }],
    cash: input.cash,
    currency: currencyOf(first),
    account: input.account ?? (input.leverage > 1 ? 'margin' : 'cash'),
    leverage: input.leverage,
    fills: fillRules(input.fills),
    costs,
    limits: input.limits === undefined ? {} : readLimits(input.limits, world),
    capabilities: CAPABILITY_PROFILES[input.venueProfile]!,
    seed: input.seed,
  };
}

/** All parameters with their values. Throws {@link Failure} `parameter-invalid`. */
export function checkedParams(
  loaded: LoadedStrategy,
  given: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const { def } = loaded.strategy;
  const params = resolveParams(def.params, given, def.id) as Readonly<Record<string, Json>>;
  const valid = def.valid?.(params as never) ?? true;
  if (valid === true) return params;
  const why = typeof valid === 'string' ? valid : 'the strategy refuses this set';
  throw new ParameterError(Object.keys(given).join(', '), `${def.id}: ${why}, found ${JSON.stringify(params)}`);
}

function currencyOf({ settle, kind, base, quote }: InstrumentDefinition): string {
  return settle ?? (kind === 'inverse-perpetual' ? base : quote);
}

function slippageModel(slippage: Slippage): SlippageModel {
  if (slippage.kind === 'none') return NO_SLIPPAGE;
  if (slippage.kind === 'ticks') return { kind: 'ticks', amount: slippage.ticks, clampToRange: false };
  return { kind: 'basis-points', amount: toRate(slippage.rate), clampToRange: false };
}

function fillRules(text: string): FillRules {
  try {
    return parseFillRules(text);
  } catch (error) {
    throw new Failure('input-invalid', (error as Error).message, { details: { field: 'fills', found: text } });
  }
}

function readLimits(path: string, world: World): LimitsDefinition {
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
  const [issue] = parsed.error.issues;
  const field = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : String(issue?.path.join('.') ?? '');
  throw new Failure('limits-invalid', `${path}: ${field}: ${issue?.message ?? 'invalid'}`, {
    hint: `Limits: ${Object.keys(limitsSchema.shape).join(', ')}.`,
    details: { file: path, field },
  });
}

/** Days an account's returns are sampled on: an exchange's where every instrument keeps them, else every day. */
export function calendarOf(feeds: readonly LoadedFeed[]): ReportCalendar {
  return feeds.every(({ feed }) => keepsWeekends(feed)) ? exchangeSessions() : ALWAYS_OPEN;
}
