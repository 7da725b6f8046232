import type { Feed } from '../../core/engine/feed.ts';
import { rollUpBars } from '../../core/market/roll-up.ts';
import type { Bar, BarColumns } from '../../core/vocabulary/market-data.ts';
import {
  formatTime,
  type Timeframe,
  type TimeframeSpec,
  timeframe as timeframeSpec,
} from '../../core/vocabulary/time.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import { numberOf } from '../page.ts';
import type { Call, World } from '../world.ts';
import { askedIndicators, chartColumns, indicatorLines } from './indicator-columns.ts';
import type { ReadSession } from './session-reader.ts';
import { followingSession, withSession } from './shared-sessions.ts';

/** Bars as a session saw them; of a chart that is followed, then all that were not told yet. */
export function sessionBars(input: Input<'session-bars'>, world: World, call: Call): Promise<Output<'session-bars'>> {
  const { cursor, limit, follow } = input;
  if (cursor !== undefined && follow)
    throw new Failure('input-invalid', 'cursor: a list that is followed has no pages', {
      details: { field: 'cursor' },
    });
  const asked = askedIndicators(input.indicator);
  const beforeMs = cursor === undefined ? Number.POSITIVE_INFINITY : numberOf(cursor);
  return withSession(input, world, async (shared) => {
    const feed = feedOf(shared.read, input.symbol);
    const spec = input.timeframe === undefined ? feed.timeframe : timeframeSpec(input.timeframe);
    let told: number | null = null;
    let lastForming = '';
    let isFormingNew = false;
    const view = (): Output<'session-bars'> => {
      const { core, name } = shared.read;
      const { bars, forming } = barsOf(feed, spec);
      const { length } = bars.close;
      let to = length;
      while (to > 0 && bars.openTimeMs[to - 1]! >= beforeMs) to--;
      const from = told ?? Math.max(0, to - limit);
      if (follow) told = length;
      const formingText = JSON.stringify(forming);
      isFormingNew = formingText !== lastForming;
      lastForming = formingText;
      const time = Number.isFinite(core.lastMs) ? formatTime(core.lastMs) : null;
      const instrument = core.engine.state.instruments[feed.instrument]!;
      return {
        ...{ session: name, time, instrument: instrument.id, timeframe: spec.text, tick: instrument.priceText(1) },
        bars: chartColumns(bars, [from, to]),
        forming: cursor === undefined && forming !== null ? formingLine(forming) : null,
        indicators: indicatorLines(asked, bars, spec, [from, to]),
        cursor: from > 0 && from < to ? bars.openTimeMs[from]!.toString(36) : null,
      };
    };
    await followingSession(shared, input, world, call, view, ({ bars }) => bars.time.length > 0 || isFormingNew);
    return view();
  });
}

/** The feed of a symbol; by default the first. Throws {@link Failure} `symbol-unknown`. */
function feedOf({ name, core }: ReadSession, symbol: string | undefined): Feed {
  const { feeds, state } = core.engine;
  const symbols = feeds.map(({ instrument }) => state.instruments[instrument]!.symbol.toUpperCase());
  const found = symbol === undefined ? 0 : symbols.indexOf(symbol.slice(symbol.indexOf(':') + 1));
  if (found >= 0) return feeds[found]!;
  throw new Failure('symbol-unknown', `session ${name} has no ${symbol}; it has ${symbols.join(', ')}`, {
    details: { field: 'symbol', found: symbol ?? '', expected: symbols },
  });
}

/** All closed bars of a timeframe, and the one that has not closed. Throws {@link Failure} `input-invalid`. */
function barsOf({ base, timeframe, grid }: Feed, spec: TimeframeSpec): { bars: BarColumns; forming: Bar | null } {
  if (spec.text === timeframe.text) return { bars: base.taken(), forming: null };
  try {
    const [rolled] = rollUpBars(timeframe.text as Timeframe, base.taken(), [spec.text as Timeframe], grid);
    return rolled!;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure('input-invalid', `timeframe: ${error.message}`, {
      details: { field: 'timeframe' },
      cause: error,
    });
  }
}

function formingLine({ openTimeMs, ...prices }: Bar): NonNullable<Output<'session-bars'>['forming']> {
  const { open, high, low, close, volume } = prices;
  return { time: formatTime(openTimeMs), open, high, low, close, volume };
}
