import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makerTakerFees } from '../../src/core/exchange/fees.ts';
import { barsFromRows } from '../../src/core/vocabulary/market-data.ts';
import { dataMissing, readSharedJson } from '../shared-data.ts';
import { CANDLE_MINUTES, type FreqtradeCase, freqtradeStrategy } from './freqtrade-strategy.ts';
import { NO_MAINTENANCE, type ReferenceFill, referenceRun } from './reference-run.ts';

/**
 * The candle paths of freqtrade's `test_backtest_detail`, and random ones: number of trades, sum of profit ratios, and of each trade why, when, on
 * which side and with which tag it ended, on our engine with its pessimistic path. How their conventions are said in ours:
 *
 * | theirs | ours |
 * |---|---|
 * | signal of candle N → limit order at the open of N + 1 | market order, fills `next-open` |
 * | `custom_entry_price` | limit order, good till the timeout or till the next candle |
 * | `stoploss`, `minimal_roi` | protective stop of the entry; target that the strategy moves with time |
 * | `minimal_roi` must be exceeded | fills `through` |
 * | trade still open at the end is exited at the *open* of the last candle | a flat bar at that price follows the data |
 * | entry and exit of one side in one candle cancel each other; no entry into the last candle | the strategy looks |
 * | the opening candle of an entry is the one for which it was asked | the bar after the order was made |
 *
 * Not reproduced, because freqtrade assumes another price inside a candle, by rule:
 */
const OTHER_RULES: readonly { readonly reason: string; readonly applies: (c: FreqtradeCase) => boolean }[] = [
  {
    reason: 'custom stop loss: a function of the strategy, which the file does not carry',
    applies: (c) => c.use_custom_stoploss === true,
  },
  {
    reason:
      'trailing stop raised and hit within one candle: freqtrade lets the extreme in favour come first and then the stop, in the entry candle just far enough to arm it; our venue takes the unfavourable extreme first, and our strategy arms at a close',
    applies: (c) => c.trailing_stop === true && c.trades.some((t) => raisedAndHit(c, t)),
  },
  {
    reason:
      'minimal_roi has a step inside a candle: freqtrade exits at the price of that step although the next candle opened beyond it; our target is a limit order that gets the better open',
    applies: (c) =>
      c.trades.some((t) => t.exit_reason === 'roi') &&
      Object.keys(c.roi).some((minute) => Number(minute) % CANDLE_MINUTES !== 0),
  },
  {
    reason:
      'minimal_roi and a stop that was raised are reached in one candle: freqtrade takes the profit, our venue the stop, the worse of both',
    applies: (c) =>
      c.trailing_stop === true && c.trades.some((t) => t.exit_reason === 'roi' && reaches(c, t, trailedStop(c, t))),
  },
  {
    reason:
      'a candle opens at minimal_roi and comes to the stop: freqtrade ends at the stop; our limit order is filled at the open, before that',
    applies: (c) => c.trades.some((t) => t.exit_reason.endsWith('stop_loss') && (profitAtOpen(c, t)?.exceeds ?? false)),
  },
  {
    reason:
      'a candle opens beyond minimal_roi: freqtrade ends at that profit, or at the candle’s extreme against the trade; our limit order gets the better open',
    applies: (c) =>
      c.trades.some((t) => {
        const open = profitAtOpen(c, t);
        return t.exit_reason === 'roi' && open !== null && open.exceeds && !open.isNew;
      }),
  },
  {
    reason:
      'a candle opens beyond the stop and comes back to it: freqtrade ends at the stop, a price that was gone; ours gets the open',
    applies: (c) =>
      c.trades.some((t) => {
        const { open, high, low } = c.candles[t.close_tick]!;
        const stop = trailedStop(c, t);
        const isStop = t.exit_reason === 'stop_loss' || t.exit_reason === 'trailing_stop_loss';
        return (
          isStop && t.close_tick > t.open_tick && (t.is_short ? open > stop && low < stop : open < stop && high > stop)
        );
      }),
  },
  {
    reason:
      'the limit of an entry is touched and not passed: freqtrade fills it; ours wait for a price beyond, as profits have to',
    applies: (c) =>
      c.trades.some((t) => {
        const filled = filledEntry(c, t);
        const { high, low } = c.candles[filled.tick]!;
        return c.custom_entry_price !== undefined && filled.price === (t.is_short ? high : low);
      }),
  },
  {
    reason:
      'a limit entry reaches its profit in the candle that fills it: freqtrade counts all of that candle; with us the extreme in favour came before the entry, and the close is short of it',
    applies: (c) =>
      c.custom_entry_price !== undefined &&
      c.trades.some(
        (t) =>
          t.exit_reason === 'roi' &&
          t.close_tick === filledEntry(c, t).tick &&
          !exceedsRoi(c, t, c.candles[t.close_tick]!.close),
      ),
  },
  {
    reason:
      'the candle that fills a limit entry trails its stop, with all of its range: with us an extreme from before the entry raises nothing',
    applies: (c) =>
      c.trailing_stop === true &&
      c.custom_entry_price !== undefined &&
      c.trades.some((t) => {
        const { tick, price } = filledEntry(c, t);
        const raised = trailedStop(c, t) !== trailedStop(c, t, { tick: tick + 1, price });
        return t.exit_reason === 'trailing_stop_loss' && raised;
      }),
  },
  {
    reason:
      'the timeout of an entry whose price is adjusted begins anew, it being another order; ours is amended and keeps its time',
    applies: (c) =>
      typeof c.adjust_entry_price === 'number' &&
      c.trades.some((t) => (filledEntry(c, t).tick - t.open_tick) * CANDLE_MINUTES >= (c.timeout ?? 0)),
  },
  {
    reason: 'an exit at a custom price waits in a candle that comes to the stop: freqtrade looks for no stop then',
    applies: (c) =>
      c.custom_exit_price !== undefined &&
      c.trades.some((t) => asksToLeave(c, t) && reaches(c, t, trailedStop(c, t), 1)),
  },
  {
    reason:
      'limit order on the far side of the market: freqtrade fills it at its limit, or at the extreme of the candle; ours gets the open, which is better',
    applies: (c) =>
      crosses(c, c.custom_entry_price, 'entry', 1) ||
      crosses(c, c.adjust_entry_price, 'entry', 2) ||
      crosses(c, c.custom_exit_price, 'exit', 1),
  },
];

/** Whether the last candle of a trade opens beyond the profit asked for, and whether that began to be asked for with it; null in the first. */
function profitAtOpen(
  c: FreqtradeCase,
  t: FreqtradeCase['trades'][number],
): { readonly exceeds: boolean; readonly isNew: boolean } | null {
  const minutes = (t.close_tick - t.open_tick) * CANDLE_MINUTES;
  if (minutes <= 0) return null;
  return { exceeds: exceedsRoi(c, t, c.candles[t.close_tick]!.open), isNew: roiStep(c, minutes) === minutes };
}

/** The minute from which the profit is asked for that is asked for after so many. */
function roiStep(c: FreqtradeCase, minutes: number): number {
  const begun = Object.keys(c.roi).map(Number);
  return Math.max(...begun.filter((minute) => minute <= minutes));
}

/** Whether a price is beyond the profit that a trade is asked for in its last candle. */
function exceedsRoi(c: FreqtradeCase, t: FreqtradeCase['trades'][number], price: number): boolean {
  const sign = t.is_short ? -1 : 1;
  const profit = sign * (price / filledEntry(c, t).price - 1) * (c.leverage ?? 1);
  return profit > c.roi[roiStep(c, (t.close_tick - t.open_tick) * CANDLE_MINUTES)]!;
}

/** Whether a published trade ends at a trailing stop that the candles before its last one had not yet brought there. */
function raisedAndHit(c: FreqtradeCase, trade: FreqtradeCase['trades'][number]): boolean {
  return trade.exit_reason === 'trailing_stop_loss' && !reaches(c, trade, trailedStop(c, trade));
}

/** Whether the last candle of a trade, or one so many before it, comes to a price against it. */
function reaches(c: FreqtradeCase, trade: FreqtradeCase['trades'][number], stop: number, before = 0): boolean {
  const last = c.candles[trade.close_tick - before]!;
  return trade.is_short ? last.high >= stop : last.low <= stop;
}

/** Whether the candle two before the last one of a trade signals its exit. */
function asksToLeave(c: FreqtradeCase, trade: FreqtradeCase['trades'][number]): boolean {
  const signal = c.candles[trade.close_tick - 2];
  return (trade.is_short ? signal?.exit_short : signal?.exit_long) === 1;
}

type Span = Pick<FreqtradeCase['trades'][number], 'open_tick' | 'close_tick' | 'is_short'>;

interface Entry {
  readonly tick: number;
  readonly price: number;
}

/** The candle that fills the entry of a published trade, at or after the one for which it was asked, and its price. */
function filledEntry(c: FreqtradeCase, trade: Span): Entry {
  if (c.custom_entry_price === undefined) return { tick: trade.open_tick, price: c.candles[trade.open_tick]!.open };
  for (let tick = trade.open_tick; tick < trade.close_tick; tick++) {
    const price = tick === trade.open_tick ? c.custom_entry_price : (c.adjust_entry_price ?? c.custom_entry_price);
    if (trade.is_short ? c.candles[tick]!.high >= price : c.candles[tick]!.low <= price) return { tick, price };
  }
  const isFirst = trade.open_tick === trade.close_tick;
  return {
    tick: trade.close_tick,
    price: isFirst ? c.custom_entry_price : (c.adjust_entry_price ?? c.custom_entry_price),
  };
}

/** Where the candles before its last one bring the stop of a trade. */
function trailedStop(c: FreqtradeCase, trade: Span, filled: Entry = filledEntry(c, trade)): number {
  const sign = trade.is_short ? -1 : 1;
  const leverage = c.leverage ?? 1;
  const entry = filled.price;
  const wide = -c.stop_loss / leverage;
  const offset = (c.trailing_stop_positive_offset ?? 0) / leverage;
  let stop = entry * (1 - sign * wide);
  const before = c.trailing_stop === true ? c.candles.slice(filled.tick, trade.close_tick) : [];
  for (const candle of before) {
    const best = trade.is_short ? candle.low : candle.high;
    const armed = sign * (best / entry - 1) >= offset;
    if (!armed && c.trailing_only_offset_is_reached) continue;
    const share = armed && c.trailing_stop_positive ? c.trailing_stop_positive / leverage : wide;
    const raised = best * (1 - sign * share);
    if (sign * (raised - stop) > 0) stop = raised;
  }
  return stop;
}

/** Whether a price for the candle that comes `after` candles behind its signal could be traded at once there. */
function crosses(c: FreqtradeCase, price: number | null | undefined, kind: 'entry' | 'exit', after: number): boolean {
  if (price === null || price === undefined) return false;
  const signal = c.candles.findIndex((x) =>
    kind === 'entry' ? x.enter_long + x.enter_short > 0 : x.exit_long + x.exit_short > 0,
  );
  const candle = c.candles[signal + after];
  if (signal < 0 || !candle) return false;
  const short = c.candles[signal]!.enter_short === 1 || c.candles[signal]!.exit_short === 1;
  const buys = (kind === 'entry') !== short;
  return buys ? price > candle.open : price < candle.open;
}

const FILE = 'reference/freqtrade_detail.json';
const published = dataMissing(FILE) === false ? readSharedJson<{ cases: FreqtradeCase[] }>(FILE).cases : [];
/** Random candle paths through freqtrade 2026.9, made by bench/peers/reference/freqtrade_detail.py; the environment may name others. */
const random =
  process.env['FREQTRADE_DETAIL'] ?? join(import.meta.dirname, '../fixtures/reference/freqtrade-detail.json');
const cases = [...published, ...(JSON.parse(readFileSync(random, 'utf8')) as { cases: FreqtradeCase[] }).cases];

const HOUR_MS = CANDLE_MINUTES * 60_000;

function run(c: FreqtradeCase): readonly ReferenceFill[] {
  const rows = c.candles.map((x, i) => [i * HOUR_MS, x.open, x.high, x.low, x.close, x.volume]);
  const end = c.candles.at(-1)!.open;
  rows.push([rows.length * HOUR_MS, end, end, end, end, 0]);
  const { fills, refused, rejected } = referenceRun({
    feeds: [
      {
        instrument: {
          id: 'REFERENCE:PAIR',
          base: 'PAIR',
          quote: 'USD',
          tick: '0.0001',
          lot: '1',
          marginTiers: NO_MAINTENANCE,
        },
        // Half the spacing of the candles, so that an instant belongs to one candle.
        timeframe: '30m',
        bars: barsFromRows(rows),
      },
    ],
    strategies: [{ strategy: freqtradeStrategy(c) }],
    cash: 100_000,
    account: 'margin',
    leverage: c.leverage ?? 1,
    fills: { market: 'next-open', path: 'pessimistic', limit: 'through' },
    costs: { fees: makerTakerFees(0, 0) },
  });
  assert.deepEqual([refused, rejected], [[], []]);
  return fills;
}

/** Entry and exit fills in pairs: each trade is one unit in and one unit out. */
function tradesOf(c: FreqtradeCase, fills: readonly ReferenceFill[]): { trades: unknown[]; profit: number } {
  const asked = c.candles.findIndex((x) => x.enter_long !== x.enter_short) + 1;
  const trades: unknown[] = [];
  let profit = 0;
  for (let i = 0; i + 1 < fills.length; i += 2) {
    const [entry, exit] = [fills[i]!, fills[i + 1]!];
    profit += ((entry.side * (exit.price - entry.price)) / entry.price) * (c.leverage ?? 1);
    trades.push({
      exit_reason: reasonOf(c, entry, exit),
      open_tick: i === 0 && c.custom_entry_price !== undefined ? asked : entry.bar,
      close_tick: Math.min(exit.bar, c.candles.length - 1),
      enter_tag: entry.tag === '' ? null : entry.tag,
      is_short: entry.side < 0,
    });
  }
  return { trades, profit };
}

function reasonOf(c: FreqtradeCase, entry: ReferenceFill, exit: ReferenceFill): string {
  if (exit.role === 'trail') return 'trailing_stop_loss';
  if (exit.price === c.custom_exit_price) return 'exit_signal';
  if (exit.role !== 'stop') return exit.why;
  const first = entry.price * (1 + (entry.side * c.stop_loss) / (c.leverage ?? 1));
  // A stop that was raised may fill worse than where it began, where a candle opens beyond both.
  const raised = trailedStop(
    c,
    { open_tick: entry.bar, close_tick: exit.bar, is_short: entry.side < 0 },
    { tick: entry.bar, price: entry.price },
  );
  const best = Math.max(entry.side * exit.price, entry.side * raised);
  return best - entry.side * first > 1e-9 && c.trailing_stop ? 'trailing_stop_loss' : 'stop_loss';
}

test('freqtrade: reference data is there', { skip: dataMissing(FILE) }, () => assert(published.length > 0));

for (const c of cases) {
  const skip = OTHER_RULES.find((rule) => rule.applies(c))?.reason ?? false;
  test(`freqtrade ${c.id}: ${c.candles.length} candles -> ${c.trades.length} trades, ${c.profit_perc}`, {
    skip,
  }, () => {
    const { trades, profit } = tradesOf(c, run(c));
    assert.deepEqual(trades, c.trades);
    assert.equal(Number(profit.toFixed(3)) + 0, c.profit_perc);
  });
}
