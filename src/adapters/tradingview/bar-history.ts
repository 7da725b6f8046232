import { allocateBars, type BarColumns } from '../../core/vocabulary/market-data.ts';
import {
  barClose,
  type Timeframe,
  type TimeframeSpec,
  type TimeMs,
  timeframe as timeframeSpec,
} from '../../core/vocabulary/time.ts';
import type { BarHistory } from '../../ports/market-feed.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { symbolFault, symbolText } from './conversation.ts';
import { intervalOf, TIMEFRAMES } from './intervals.ts';
import { type TradingViewOptions, VENUE } from './options.ts';
import { refusalOf } from './refusals.ts';
import { type Question, Requests } from './requests.ts';
import { type BarRow, barRows, delayMs } from './server-message.ts';

const LARGEST_PAGE = 5_000;
/** A month, and what a window counts for a timeframe of months. */
const MONTH_MS = 31 * 86_400_000;
const SERIES = 'sds_1';

interface SeriesPart {
  readonly symbol: string;
  readonly interval: string;
  readonly spec: TimeframeSpec;
  readonly endMs: TimeMs;
  readonly count: number;
}

/**
 * Past bars of TradingView: up to 5,000 a request, of every interval, four requests at once. A visitor sees the newest 5,000 bars of a
 * series and no older ones; plans see up to 40,000.
 */
export class TradingViewHistory implements BarHistory {
  readonly venue = VENUE;
  readonly largestPage = LARGEST_PAGE;
  readonly timeframes = TIMEFRAMES;
  readonly #requests: Requests;

  /** Throws {@link VenueError} `unsupported` where the user has not switched TradingView on. */
  constructor(options: TradingViewOptions) {
    this.#requests = new Requests(options);
  }

  async bars(symbol: string, timeframe: Timeframe, fromMs: TimeMs, toMs: TimeMs): Promise<BarColumns> {
    const interval = intervalOf(timeframe);
    if (interval === null) {
      throw new VenueError('unsupported', VENUE, `there are no ${timeframe} bars; there are ${TIMEFRAMES.join(', ')}`);
    }
    const fault = symbolFault(symbol);
    if (fault !== null) throw new VenueError('symbol-unknown', VENUE, fault);
    const spec = timeframeSpec(timeframe);
    const stepMs = spec.ms === 0 ? spec.count * MONTH_MS : spec.ms;
    let nowMs = this.#requests.nowMs();
    const found: BarRow[] = [];
    // Markets that close have fewer bars in a window than it has steps; the earliest ones must all be there.
    for (let startMs = fromMs; startMs < toMs && barClose(spec, startMs) <= nowMs && found.length < LARGEST_PAGE; ) {
      const endMs = Math.min(toMs, nowMs, startMs + (LARGEST_PAGE - 1) * stepMs);
      const count = Math.min(LARGEST_PAGE, Math.ceil((endMs - startMs) / stepMs) + 1);
      const rows = await this.#requests.ask(
        `${count} bars ${interval} of ${symbol}`,
        seriesQuestion({ symbol, interval, spec, endMs, count }, () => this.#requests.nowMs()),
      );
      for (const row of rows) if (row.openMs >= startMs && row.openMs < endMs) found.push(row);
      // The first answer tells the server's time, which may be another than ours.
      if (startMs === fromMs) nowMs = this.#requests.nowMs();
      startMs = endMs;
    }
    return columnsOf(found.slice(0, LARGEST_PAGE));
  }

  close(): Promise<void> {
    return this.#requests.close();
  }
}

/** Bars up to an instant, without those that may have been forming when they were sent. */
function seriesQuestion(
  { symbol, interval, spec, endMs, count }: SeriesPart,
  serverMs: () => TimeMs,
): Question<readonly BarRow[]> {
  const rows = new Map<number, BarRow & { readonly seenMs: TimeMs }>();
  return {
    begin(session) {
      rows.clear();
      return [
        ['chart_create_session', session, ''],
        ['switch_timezone', session, 'Etc/UTC'],
        ['resolve_symbol', session, 'sds_sym_1', symbolText(symbol)],
        [
          'create_series',
          session,
          SERIES,
          's1',
          'sds_sym_1',
          interval,
          ['bar_count', Math.ceil(endMs / 1000), count],
          '',
        ],
      ];
    },
    take(message) {
      const refusal = refusalOf(message);
      if (refusal !== null) throw refusal;
      if (message.method === 'timescale_update' || message.method === 'du') {
        const nowMs = serverMs();
        const seenMs = Math.min(message.sentMs ?? nowMs, nowMs);
        for (const row of barRows(message, SERIES) ?? []) rows.set(row.openMs, { ...row, seenMs });
      }
      if (message.method !== 'series_completed' || message.parameters[1] !== SERIES) return null;
      // A delayed series is still forming what is past by the clock.
      const lateMs = delayMs(message.parameters[2]);
      const finished = [...rows.values()].filter((row) => barClose(spec, row.openMs) <= row.seenMs - lateMs);
      return finished.sort((a, b) => a.openMs - b.openMs);
    },
  };
}

function columnsOf(rows: readonly BarRow[]): BarColumns {
  const bars = allocateBars(rows.length);
  for (const [i, row] of rows.entries()) {
    bars.openTimeMs[i] = row.openMs;
    bars.open[i] = row.open;
    bars.high[i] = row.high;
    bars.low[i] = row.low;
    bars.close[i] = row.close;
    bars.volume[i] = row.volume;
  }
  return bars;
}
