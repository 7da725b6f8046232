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
/** The shortest month: rather too many bars are asked for than too few. */
const MONTH_MS = 28 * 86_400_000;
/** Whether a bar that opens at the end of a request is in the answer is not known, so one more is asked for. */
const SPARE = 1;
const SERIES = 'sds_1';

interface Series {
  readonly symbol: string;
  readonly interval: string;
  readonly spec: TimeframeSpec;
  /** No window of this length has more bars than a page. */
  readonly windowMs: number;
}

interface SeenRow extends BarRow {
  /** False where it may have been forming when it was sent. */
  readonly isFinished: boolean;
}

/**
 * Past bars of TradingView: up to 5,000 a request, of every interval, four requests at once. A visitor sees the newest 5,000 bars of a
 * series and no older ones; plans see up to 40,000:
 * what is not given is not absent for good.
 */
export class TradingViewHistory implements BarHistory {
  readonly venue = VENUE;
  readonly largestPage = LARGEST_PAGE;
  readonly timeframes = TIMEFRAMES;
  readonly isPartial = true;
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
    const series = { symbol, interval, spec, windowMs: (LARGEST_PAGE - 1) * stepMs };
    let nowMs = this.#requests.nowMs();
    const found: BarRow[] = [];
    // Markets that close have fewer bars in a window than it has steps; the earliest ones must all be there.
    for (let startMs = fromMs; startMs < toMs && barClose(spec, startMs) <= nowMs && found.length < LARGEST_PAGE; ) {
      const endMs = Math.min(toMs, nowMs, startMs + series.windowMs);
      const rows = await this.#load(series, startMs, endMs, Math.ceil((endMs - startMs) / stepMs) + SPARE);
      for (const row of rows) if (row.isFinished) found.push(row);
      // The first answer tells the server's time, which may be another than ours.
      if (startMs === fromMs) nowMs = this.#requests.nowMs();
      startMs = rows.length > 0 ? endMs : await this.#windowOfNext(series, endMs, Math.min(toMs, nowMs));
    }
    return columnsOf(found.slice(0, LARGEST_PAGE));
  }

  /** Bars that open in a range, the newest `count` before its end; no older ones. */
  #load(series: Series, fromMs: TimeMs, endMs: TimeMs, count: number): Promise<readonly SeenRow[]> {
    const question = seriesQuestion(series, endMs, Math.min(LARGEST_PAGE, count), () => this.#requests.nowMs());
    const rows = this.#requests.ask(`${count} bars ${series.interval} of ${series.symbol}`, question);
    return rows.then((all) => all.filter((row) => row.openMs >= fromMs && row.openMs < endMs));
  }

  /**
   * Where the window begins that holds the next bar from `fromMs` on; `endMs` where there is none. Found by halving: years before a
   * listing or out of the plan's reach would else cost a request for every window.
   */
  async #windowOfNext(series: Series, fromMs: TimeMs, endMs: TimeMs): Promise<TimeMs> {
    const has = async (toMs: TimeMs): Promise<boolean> =>
      (await this.#load(series, fromMs, toMs, 1 + SPARE)).length > 0;
    const windows = Math.ceil((endMs - fromMs) / series.windowMs);
    if (windows <= 1) return fromMs;
    if (!(await has(endMs))) return endMs;
    let [without, within] = [0, windows];
    while (within - without > 1) {
      const middle = Math.floor((without + within) / 2);
      if (await has(fromMs + middle * series.windowMs)) within = middle;
      else without = middle;
    }
    return fromMs + without * series.windowMs;
  }

  close(): Promise<void> {
    return this.#requests.close();
  }
}

/** `count` bars up to an instant. */
function seriesQuestion(
  { symbol, interval, spec }: Series,
  endMs: TimeMs,
  count: number,
  serverMs: () => TimeMs,
): Question<readonly SeenRow[]> {
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
      return [...rows.values()]
        .map((row) => ({ ...row, isFinished: barClose(spec, row.openMs) <= row.seenMs - lateMs }))
        .sort((a, b) => a.openMs - b.openMs);
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
