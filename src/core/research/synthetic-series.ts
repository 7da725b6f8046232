import { Instrument, type InstrumentDefinition } from '../vocabulary/instrument.ts';
import { powerOfTen } from '../vocabulary/integer.ts';
import { allocateBars, type BarColumns, sliceBars } from '../vocabulary/market-data.ts';
import { Random } from '../vocabulary/random.ts';
import { DAY_MS, HOUR_MS, type Timeframe, type TimeMs, timeframe } from '../vocabulary/time.ts';
import type { LabelledPeriod, Regime } from './synthetic-regimes.ts';
import { clusteredShocks, nearlyNormal } from './synthetic-shocks.ts';

/**
 * One synthetic series of bars.
 *
 * Assumptions: a bar's return is its regime's drift plus a normal shock with clustering variance (see `clusteredShocks`); wicks
 * have the mean length of a Brownian path's; volume follows the hour of the day and the size of the shocks. There is no order
 * book, no leverage effect and no auto-correlation besides the regimes. Only + − × ÷ and square root are used, so every machine
 * and engine version gives the same bits.
 */
export interface SeriesSpec {
  readonly instrument: InstrumentDefinition;
  readonly seed: number;
  /** At most `1d`. */
  readonly timeframe: Timeframe;
  readonly startMs: TimeMs;
  /** Places on the time grid; halts leave some of them empty. */
  readonly bars: number;
  readonly startPrice: number;
  /** Tiles [startMs, startMs + bars × timeframe). */
  readonly regimes: readonly Regime[];
  /** Ordinary standard deviation of an hour's return; 0.005 is 47 % a year. */
  readonly volatilityPerHour?: number;
  /** Ordinary volume of an hour, in base units. */
  readonly volumePerHour?: number;
  /** Standard normal shocks that several series share, one a place on the grid; two series with weight w correlate by w². */
  readonly common?: { readonly shocks: Float64Array; readonly weight: number };
  /** Also the bars inside each bar from `fromMs` on, `perBar` of them; rolled up they equal the bars to the bit. */
  readonly inner?: { readonly perBar: number; readonly fromMs: TimeMs };
}

export interface Series {
  readonly bars: BarColumns;
  /** Null where the specification asked for none. */
  readonly inner: BarColumns | null;
  readonly regimes: readonly LabelledPeriod[];
}

/** E[max of a Brownian path − the higher of its ends] = σ·√(2/π)/2, times 3 because a squared uniform has mean 1/3. */
const WICK = 3 * 0.398942280401;
/** Share of an average hour's volume by hour of the day, UTC: quiet when Europe and America sleep, busiest when both trade. */
const HOURLY_VOLUME = [
  0.95, 0.9, 0.85, 0.75, 0.7, 0.7, 0.75, 0.9, 1.05, 1.05, 1, 0.95, 1.05, 1.4, 1.65, 1.6, 1.4, 1.2, 1.05, 1, 0.95, 0.85,
  0.8, 0.95,
] as const;

/** A bar while it is made, in ticks and volume steps. */
interface Draft {
  open: number;
  high: number;
  low: number;
  close: number;
  steps: number;
}

/** Appends drafts to columns. */
class BarWriter {
  readonly #bars: BarColumns;
  readonly #instrument: Instrument;
  readonly #step: number;
  #count = 0;

  constructor(capacity: number, instrument: Instrument) {
    this.#bars = allocateBars(capacity);
    this.#instrument = instrument;
    this.#step = volumeStep(instrument);
  }

  push(timeMs: TimeMs, draft: Draft): void {
    const i = this.#count++;
    this.#bars.openTimeMs[i] = timeMs;
    this.#bars.open[i] = this.#instrument.price(draft.open);
    this.#bars.high[i] = this.#instrument.price(draft.high);
    this.#bars.low[i] = this.#instrument.price(draft.low);
    this.#bars.close[i] = this.#instrument.price(draft.close);
    this.#bars.volume[i] = draft.steps * this.#step;
  }

  done(): BarColumns {
    return sliceBars(this.#bars, 0, this.#count);
  }
}

/** Smallest volume that is whole lots and lies on a grid of powers of two, so that sums of volumes are exact in any order. */
export function volumeStep(instrument: Instrument): number {
  let step = Math.round(instrument.lotQuantity * powerOfTen(instrument.lotScale));
  for (let i = 0; i < instrument.lotScale; i++) step /= 2;
  return step;
}

/** High and low around open and close, for a path with deviation `sigma` (ticks). */
function addWicks(draft: Draft, sigma: number, random: Random): void {
  const up = random.uniform();
  const down = random.uniform();
  draft.high = Math.max(draft.open, draft.close) + Math.floor(WICK * sigma * up * up);
  draft.low = Math.max(1, Math.min(draft.open, draft.close) - Math.floor(WICK * sigma * down * down));
}

/**
 * Writes `perBar` bars that lead from `bar.open` to `bar.close` on a Brownian bridge of deviation `sigma` (ticks), and gives `bar`
 * the high, low and volume that they have together.
 */
function fillInside(
  bar: Draft,
  sigma: number,
  perBar: number,
  random: Random,
  write: (k: number, inner: Draft) => void,
): void {
  const innerSigma = sigma / Math.sqrt(perBar);
  const meanSteps = bar.steps / perBar;
  const walk = new Float64Array(perBar + 1);
  for (let k = 1; k <= perBar; k++) walk[k] = walk[k - 1]! + nearlyNormal(random);
  const end = walk[perBar]!;
  const inner: Draft = { open: bar.open, high: 0, low: 0, close: bar.open, steps: 0 };
  bar.high = bar.open;
  bar.low = bar.open;
  bar.steps = 0;
  for (let k = 1; k <= perBar; k++) {
    const share = k / perBar;
    const at = bar.open + (bar.close - bar.open) * share + innerSigma * (walk[k]! - share * end);
    inner.open = inner.close;
    inner.close = k === perBar ? bar.close : Math.max(1, Math.round(at));
    addWicks(inner, innerSigma, random);
    const effort = Math.abs(inner.close - inner.open) / (innerSigma + 1);
    inner.steps = Math.max(1, Math.round(meanSteps * (0.6 + 0.5 * effort) * (0.5 + random.uniform())));
    write(k - 1, inner);
    bar.high = Math.max(bar.high, inner.high);
    bar.low = Math.min(bar.low, inner.low);
    bar.steps += inner.steps;
  }
}

/** Generates the series of `spec`: same specification, same bits. Throws RangeError where the specification makes no sense. */
export function generateSeries(spec: SeriesSpec): Series {
  const { volatilityPerHour = 0.005, volumePerHour = 500, inner, regimes } = spec;
  const { ms } = timeframe(spec.timeframe);
  if (ms === 0 || ms > DAY_MS) throw new RangeError(`expected a timeframe of at most 1d, found ${spec.timeframe}`);
  const endMs = spec.startMs + spec.bars * ms;
  if ((regimes.at(-1)?.toMs ?? 0) < endMs || regimes[0]!.fromMs > spec.startMs)
    throw new RangeError('expected regimes from the first bar to the end of the last');
  const instrument = new Instrument(spec.instrument);
  const hours = ms / HOUR_MS;
  const deviation = volatilityPerHour * Math.sqrt(hours);
  const meanSteps = (volumePerHour * hours) / volumeStep(instrument);
  const random = new Random(spec.seed);
  const innerRandom = new Random(spec.seed ^ 0x5bd1e995);
  const { shock, sigma } = clusteredShocks(spec, ms, random);
  const innerFromMs = inner?.fromMs ?? endMs;
  const perBar = inner?.perBar ?? 1;
  const bars = new BarWriter(spec.bars, instrument);
  const innerBars = new BarWriter(Math.max(0, Math.ceil((endMs - innerFromMs) / ms)) * perBar, instrument);
  const bar: Draft = { open: 0, high: 0, low: 0, close: instrument.ticks(spec.startPrice, 'half-even'), steps: 0 };

  let regimeIndex = -1;
  let jump = 0;
  for (let i = 0; i < spec.bars; i++) {
    const time = spec.startMs + i * ms;
    while (regimeIndex < 0 || time >= regimes[regimeIndex]!.toMs) jump += regimes[++regimeIndex]!.jump;
    const regime = regimes[regimeIndex]!;
    if (regime.label === 'halt') continue;
    const scale = deviation * regime.volatility;
    bar.open = Math.max(1, Math.round(bar.close * (1 + jump)));
    jump = 0;
    // Half the variance makes the drift one of growth: without it chop would sink, as ±x % do not cancel.
    const lift = 0.5 * scale * scale * sigma[i]! * sigma[i]!;
    const change = Math.max(-0.5, regime.driftPerHour * hours + lift + scale * shock[i]!);
    bar.close = Math.max(1, Math.round(bar.open * (1 + change)));
    const activity = (0.4 + 0.6 * Math.abs(shock[i]!)) * regime.volatility * (0.6 + 0.8 * random.uniform());
    const hourOfDay = Math.floor((time % DAY_MS) / HOUR_MS);
    bar.steps = Math.max(1, Math.round(meanSteps * HOURLY_VOLUME[hourOfDay]! * activity));
    const sigmaTicks = bar.open * scale * sigma[i]!;
    if (time < innerFromMs) addWicks(bar, sigmaTicks, random);
    else
      fillInside(bar, sigmaTicks, perBar, innerRandom, (k, draft) => innerBars.push(time + (k * ms) / perBar, draft));
    bars.push(time, bar);
  }
  return {
    bars: bars.done(),
    inner: inner ? innerBars.done() : null,
    regimes: regimes.map(({ label, fromMs, toMs }) => ({ label, fromMs, toMs })),
  };
}
