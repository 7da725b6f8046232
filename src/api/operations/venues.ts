import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { ENVIRONMENTS } from '../../ports/secret-vault.ts';
import { HISTORY_SOURCES } from '../../ports/venues.ts';
import { faceAnswer } from '../http-face.ts';
import { operation } from '../operation.ts';
import { timeField, timeframeField } from './fields.ts';

export const venueField = z.string().min(1).meta({
  description: 'Venue as tradewright venues lists it, or ccxt:<name>',
  placeholder: 'venue',
  completes: 'venue',
});
export const venueSymbol = z
  .string()
  // TradingView and ccxt have a colon in theirs: BINANCE:BTCUSDT, BTC/USDT:USDT.
  .regex(/^(?:[^:\s]+:)?[^:\s]+$/, 'expected the symbol as the venue writes it, e.g. BTCUSDT')
  .transform((text) => text.toUpperCase());

export const venues = operation({
  name: 'venues',
  group: 'venues',
  summary: 'List the venues and what each offers',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({
      venues: z.array(
        z.object({
          name: z.string(),
          id: z.string(),
          title: z.string(),
          history: z.array(z.enum(HISTORY_SOURCES)),
          feed: z.boolean(),
          /** Where accounts of it can be; empty where it does not trade. */
          environments: z.array(z.enum(ENVIRONMENTS)),
          /** Whether its keys come with a passphrase. */
          hasPassphrase: z.boolean(),
          note: z.string().nullable(),
        }),
      ),
    });
  },
  positionals: [],
  examples: [
    { command: 'venues', does: 'what there is to connect to' },
    { command: 'venues --json', does: 'the same for a program' },
  ],
});

const periodLine = lazy(() => z.object({ from: z.string(), to: z.string() }));

export const dataGet = operation({
  name: 'data get',
  group: 'data',
  summary: 'Fetch bars from a venue into the catalogue',
  details:
    'Fetches only what is not stored yet, and checks every block as a set before it is stored. Ended at any moment, the next run goes on there.',
  kind: 'command',
  scope: 'research',
  isLong: true,
  http: [
    {
      ...{ method: 'POST', path: 'market-data/sync' },
      names: { exchange: 'venue', interval: 'timeframe', n_bars: 'bars' },
      answer: faceAnswer(
        z.object({
          /** Bars that are new or corrected in the catalogue. */
          bars_synced: z.number().int(),
          /** `partial`: it was ended before it was through, and goes on there the next time. */
          status: z.enum(['synced', 'partial']),
        }),
        (output: { readonly inserted: number; readonly corrected: number; readonly complete: boolean }) => ({
          bars_synced: output.inserted + output.corrected,
          status: output.complete ? ('synced' as const) : ('partial' as const),
        }),
      ),
    },
  ],
  get input() {
    return z.object({
      venue: venueField,
      symbol: venueSymbol.meta({ description: 'Symbol as the venue writes it', placeholder: 'symbol' }),
      timeframe: timeframeField.meta({ description: 'Timeframe of the bars', placeholder: 'tf' }),
      from: timeField
        .optional()
        .meta({ description: 'First day or time, included; else where the stored bars end', placeholder: 'time' }),
      to: timeField
        .optional()
        .meta({ description: 'Last day or time, not included; else the last closed bar', placeholder: 'time' }),
      bars: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .optional()
        .meta({ description: 'So many of the newest bars, in place of --from', placeholder: 'n' }),
      source: z
        .enum(HISTORY_SOURCES)
        .default('rest')
        .meta({ description: 'Page by page, or whole files of the venue’s public archive' }),
    });
  },
  get output() {
    return z.object({
      series: z.string(),
      timeframe: z.string(),
      from: z.string(),
      to: z.string(),
      fetched: z.number(),
      inserted: z.number(),
      corrected: z.number(),
      known: z.number(),
      requests: z.number(),
      absent: z.array(periodLine()),
      complete: z.boolean(),
    });
  },
  positionals: ['venue', 'symbol', 'timeframe'],
  examples: [
    { command: 'data get binance BTCUSDT 1h --from 2024-01-01', does: 'from that day to now' },
    {
      command: 'data get binance BTCUSDT 1m --from 2023-01-01 --to 2024-01-01 --source archive',
      does: 'a year by files',
    },
  ],
});

const sideLine = lazy(() => z.object({ price: z.number(), quantity: z.number() }));

/** A bar under way, or the last one that closed where nothing has come since. */
const barLine = lazy(() =>
  z.object({
    timeframe: z.string(),
    openTime: z.string(),
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
    closed: z.boolean(),
    /** False where it was joined midway, or something of it was lost. */
    whole: z.boolean(),
    /** Closes of the bars before it, at most 30, oldest first. */
    closes: z.array(z.number()),
  }),
);

/** One symbol as it stands. */
const watchedLine = lazy(() =>
  z.object({
    symbol: z.string(),
    state: z.enum(['live', 'stale', 'syncing', 'down']),
    ageMs: z.number().nullable(),
    rate: z.number(),
    gaps: z.number(),
    last: z.object({ price: z.number(), quantity: z.number(), side: z.enum(['buy', 'sell']) }).nullable(),
    bid: sideLine().nullable(),
    ask: sideLine().nullable(),
    /** One a timeframe of which something is known. */
    bars: z.array(barLine()),
    /** Bars that the venue had otherwise than its trades had made them. */
    corrected: z.number(),
    mark: z.object({ price: z.number(), fundingRate: z.number().nullable() }).nullable(),
    book: z.object({ bids: z.array(sideLine()), asks: z.array(sideLine()) }).nullable(),
  }),
);

/** What `watch` tells again and again. */
const watchUpdate = lazy(() =>
  z.object({
    venue: z.string(),
    time: z.string(),
    symbols: z.array(watchedLine()),
    connections: z.array(
      z.object({
        url: z.string(),
        state: z.enum(['connecting', 'open', 'waiting']),
        reconnects: z.number(),
        retryInMs: z.number(),
        lastFault: z.string().nullable(),
      }),
    ),
    clockSkewMs: z.number().nullable(),
    /** Of a feed in a thread of its own; null else. */
    thread: z
      .object({
        restarts: z.number(),
        lastFault: z.string().nullable(),
        retryInMs: z.number(),
        waits: z.number(),
        waitedMs: z.number(),
      })
      .nullable(),
    rows: z.number(),
  }),
);
export type WatchUpdate = z.output<ReturnType<typeof watchUpdate>>;

export const watch = operation({
  name: 'watch',
  group: 'venues',
  summary: 'Show live prices, forming bars and the health of the feed',
  http: [{ method: 'GET', path: 'quotes/subscribe', names: { exchange: 'venue', interval: 'timeframe' } }],
  details:
    'Bars of all timeframes come from one stream a symbol. Ends with Ctrl-C. With --record, what came is written so that it can be replayed, the same bits in the same order.',
  kind: 'stream',
  scope: 'read',
  get input() {
    return z.object({
      venue: venueField,
      symbols: z
        .array(venueSymbol)
        .min(1, 'expected at least one symbol')
        .meta({ description: 'Symbols as the venue writes them', placeholder: 'symbol' }),
      timeframe: z
        .array(timeframeField)
        .min(1, 'expected at least one timeframe')
        .default(['1m'])
        .meta({ description: 'Timeframe of forming bars; 1m by default', placeholder: 'tf' }),
      depth: z.boolean().default(false).meta({ description: 'Follow the order books, too' }),
      record: z.string().min(1).optional().meta({
        description: 'File to record to; gzipped where it ends in .gz',
        placeholder: 'file',
        completes: 'file',
      }),
      seconds: z.number().positive().optional().meta({ description: 'End by itself after so long', placeholder: 'n' }),
    });
  },
  get output() {
    return z.object({
      venue: z.string(),
      seconds: z.number(),
      messages: z.number(),
      gaps: z.number(),
      anomalies: z.array(z.object({ code: z.string(), detail: z.string(), count: z.number() })),
      recording: z.object({ file: z.string(), rows: z.number() }).nullable(),
      symbols: z.array(watchedLine()),
    });
  },
  get update() {
    return watchUpdate();
  },
  positionals: ['venue', 'symbols'],
  examples: [
    { command: 'watch binance BTCUSDT ETHUSDT', does: 'two symbols' },
    { command: 'watch binance BTCUSDT --timeframe 1m --timeframe 1h', does: 'two forming bars from one stream' },
    { command: 'watch binance-usdm BTCUSDT --depth --record btc.jsonl.gz', does: 'with its book, recorded' },
  ],
});

export const latest = operation({
  name: 'latest',
  group: 'venues',
  summary: 'Show the latest quotes and bars that any program sees',
  details:
    'Asks no venue: it tells what a running watch has seen, in this program or in any that shares a cache with it (TRADEWRIGHT_SHARED_CACHE). Each line says how old it is, a minute at most.',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({
      venue: venueField,
      symbols: z
        .array(venueSymbol)
        .min(1, 'expected at least one symbol')
        .max(500)
        .meta({ description: 'Symbols as the venue writes them', placeholder: 'symbol' }),
      timeframe: z
        .array(timeframeField)
        .max(20)
        .default(['1m'])
        .meta({ description: 'Timeframe of forming bars; 1m by default', placeholder: 'tf' }),
    });
  },
  get output() {
    return z.object({
      venue: z.string(),
      symbols: z.array(
        z.object({
          symbol: z.string(),
          /** When it was seen. */
          time: z.string(),
          ageMs: z.number(),
          ...{ bid: watchedLine().shape.bid, ask: watchedLine().shape.ask, last: watchedLine().shape.last },
          ...{ mark: watchedLine().shape.mark, book: watchedLine().shape.book },
          bars: z.array(barLine().omit({ closes: true })),
        }),
      ),
      /** Symbols that nobody has seen lately. */
      absent: z.array(z.string()),
    });
  },
  positionals: ['venue', 'symbols'],
  examples: [
    { command: 'latest binance BTCUSDT ETHUSDT', does: 'what a watch in another terminal sees' },
    { command: 'latest binance BTCUSDT --timeframe 1m --timeframe 1h', does: 'with two bars under way' },
  ],
});

/** What `exchange` tells: once that it is there, then now and again how it does. */
