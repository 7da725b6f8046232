import { z } from 'zod';
import { TRADING_STATES } from '../../core/vocabulary/commands.ts';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { ruleLine } from '../dry-run.ts';
import { operation } from '../operation.ts';
import { cursorField, cursorOutput } from '../page.ts';
import { followFields, timeField } from './fields.ts';
import {
  bookFields,
  eventLine,
  fillLine,
  latchLine,
  orderLine,
  positionLine,
  sessionMode,
  sessionName,
} from './session-fields.ts';

export const sessionField = sessionName.optional().meta({
  description: 'Which session; default the only one that runs, else the newest',
  placeholder: 'name',
});

export const timeOfView = lazy(() => ({
  at: timeField.optional().meta({
    description: 'As it stood then, by the time of the market; default now',
    placeholder: 'time',
  }),
}));

const limitField = (what: string) =>
  z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(20)
    .meta({ description: `At most so many ${what}, the newest`, placeholder: 'n' });

const READS =
  'Reads the journal and never the process that runs the session: it says the same while that runs, after its end and after a crash. Needs the code that the session runs with.';

const heading = lazy(() => ({
  session: z.string(),
  /** Time of the market of the newest input; null before the first. */
  time: z.string().nullable(),
}));

const statusLine = lazy(() =>
  z.object({
    session: z.string(),
    strategy: z.string(),
    venue: z.string(),
    symbols: z.array(z.string()),
    timeframe: z.string(),
    mode: sessionMode,
    /** Where its orders go; null for paper. */
    account: z.string().nullable(),
    running: z.boolean(),
    /** What the strategy threw, by which it was stopped. */
    failure: z.string().nullable(),
    /** Strategies that do not run. */
    paused: z.array(z.string()),
    /** The strictest of {@link held}; null where that is not known. A kill that bites at its next start stands in {@link latched} only. */
    tradingState: z.enum(TRADING_STATES).nullable(),
    /** Scopes that may not trade freely, and what by; re-arming one lifts it. */
    held: z.array(
      z.object({
        scope: z.string(),
        /** Account, strategy or instrument, as latches call it; empty for the system. */
        target: z.string(),
        state: z.enum(TRADING_STATES),
        causes: z.array(z.string()),
      }),
    ),
    /** The strictest kill that holds it, also where that bites only at its next start. */
    latched: z.string().nullable(),
    /** Time of the market of the newest input. */
    time: z.string().nullable(),
    /** Of one that runs: how old the newest market data was when this was told. An age alone is no news, and is told anew every 5 s. */
    ageMs: z.number().nullable(),
    currency: z.string().nullable(),
    equity: z.number().nullable(),
    profit: z.number().nullable(),
    /** Equity at the beginning of the day by the limits' calendar, and what was won since; null before the first bar. */
    dayStartEquity: z.number().nullable(),
    dayProfit: z.number().nullable(),
    positions: z.number(),
    openOrders: z.number(),
    fills: z.number(),
    lastFill: z.string().nullable(),
    /** Equity at up to 60 moments, evenly apart, the newest last. */
    sparkline: z.array(z.number()),
    /** Why its journal cannot be replayed; the fields that need it are empty then. */
    problem: z.string().nullable(),
  }),
);

const statusShape = lazy(() =>
  z.object({
    sessions: z.array(statusLine()),
    /** Those that hold something now, also where no session of today has it. */
    latches: z.array(latchLine()),
    /** Of the session that was asked for. */
    book: z.object(bookFields()).nullable(),
  }),
);

export const status = operation({
  name: 'status',
  group: 'sessions',
  summary: 'Show how sessions stand',
  details: `Running or ended, latched or not, equity, positions and orders. ${READS}`,
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  get input() {
    return z.object({
      session: sessionName
        .optional()
        .meta({ description: 'One session in detail; default all', placeholder: 'session' }),
      ...timeOfView(),
      ...followFields(),
    });
  },
  get output() {
    return statusShape();
  },
  get update() {
    return statusShape();
  },
  positionals: ['session'],
  examples: [
    { command: 'status', does: 'all sessions' },
    { command: 'status btc --follow', does: 'one, kept up to date' },
    { command: 'status btc --at 2026-03-01T12:00Z', does: 'as it stood then' },
  ],
});

const positionsShape = lazy(() =>
  z.object({
    ...heading(),
    currency: z.string(),
    /** What the account holds of its currency now. */
    cash: z.number(),
    equity: z.number(),
    positions: z.array(positionLine()),
  }),
);

export const positions = operation({
  name: 'positions',
  http: [{ method: 'GET', path: 'portfolio/positions' }],
  group: 'sessions',
  summary: 'Show the open positions of a session',
  details: READS,
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  get input() {
    return z.object({ session: sessionField, ...timeOfView(), ...followFields() });
  },
  get output() {
    return positionsShape();
  },
  get update() {
    return positionsShape();
  },
  positionals: [],
  examples: [
    { command: 'positions', does: 'of the session that runs' },
    { command: 'positions --session btc --follow', does: 'kept up to date' },
  ],
});

const ordersShape = lazy(() => z.object({ ...heading(), orders: z.array(orderLine()), cursor: cursorOutput }));

export const orders = operation({
  name: 'orders',
  group: 'sessions',
  summary: 'Show the open orders of a session, or all of them',
  details: READS,
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  get input() {
    return z.object({
      session: sessionField,
      all: z.boolean().default(false).meta({ description: 'Also those that have ended' }),
      limit: limitField('orders'),
      cursor: cursorField,
      ...timeOfView(),
      ...followFields(),
    });
  },
  get output() {
    return ordersShape();
  },
  get update() {
    return ordersShape();
  },
  positionals: [],
  examples: [
    { command: 'orders', does: 'what is open' },
    { command: 'orders --all --limit 100 --session btc', does: 'with what became of each' },
  ],
});

export const orderShow = operation({
  name: 'order show',
  group: 'sessions',
  summary: 'Show one order and its fills',
  details: READS,
  kind: 'query',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  http: [{ method: 'GET', path: 'orders/{id}', names: { id: 'order' } }],
  get input() {
    return z.object({
      order: z
        .string()
        .min(1)
        .meta({ description: 'Order as tradewright orders shows it; last is the newest one', placeholder: 'order' }),
      session: sessionField,
    });
  },
  get output() {
    return z.object({
      ...heading(),
      order: orderLine(),
      /** Oldest first. */
      fills: z.array(fillLine()),
    });
  },
  positionals: ['order'],
  examples: [
    { command: 'order show last', does: 'what became of the newest order' },
    { command: 'order show p1c2d3e4f5a6o3a0 --session btc --json', does: 'one of a session, for a program' },
  ],
});

const fillsShape = lazy(() =>
  z.object({
    ...heading(),
    /** Oldest first; of an update, those since the last one. */
    fills: z.array(fillLine()),
    cursor: cursorOutput,
  }),
);

export const fills = operation({
  name: 'fills',
  group: 'sessions',
  summary: 'Show the fills of a session',
  details: `${READS} tradewright why <fill> tells what led to one.`,
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  appends: true,
  get input() {
    return z.object({
      session: sessionField,
      limit: limitField('fills'),
      cursor: cursorField,
      ...timeOfView(),
      ...followFields(),
    });
  },
  get output() {
    return fillsShape();
  },
  get update() {
    return fillsShape();
  },
  positionals: [],
  examples: [
    { command: 'fills', does: 'the last 20' },
    { command: 'fills --follow --json', does: 'each as it happens, for a program' },
  ],
});

const eventsShape = lazy(() =>
  z.object({
    ...heading(),
    /** Oldest first; of an update, those since the last one. */
    events: z.array(eventLine()),
    cursor: cursorOutput,
  }),
);

export const events = operation({
  name: 'events',
  group: 'sessions',
  summary: 'Show everything that happened in a session',
  details: READS,
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  appends: true,
  get input() {
    return z.object({
      session: sessionField,
      limit: limitField('events'),
      cursor: cursorField,
      ...timeOfView(),
      ...followFields(),
    });
  },
  get output() {
    return eventsShape();
  },
  get update() {
    return eventsShape();
  },
  positionals: [],
  examples: [
    { command: 'events --limit 50', does: 'the last 50' },
    { command: 'events --follow --session btc', does: 'each as it happens' },
  ],
});

export const why = operation({
  name: 'why',
  group: 'sessions',
  summary: 'Tell what led to a fill',
  details: `The bar, the indicators, the signal with its words, what every risk rule said, the order, the venue’s reports and the position. ${READS} Indicators and the figures of every risk rule are those of the moment: the journal is replayed up to it.`,
  kind: 'query',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  get input() {
    return z.object({
      fill: z
        .string()
        .regex(/^(last|\d+)$/, 'expected the number of a fill, as tradewright fills shows it, or last')
        .meta({ description: 'Number of the fill as tradewright fills shows it, or last', placeholder: 'fill' }),
      session: sessionField,
    });
  },
  get output() {
    return z.object({
      session: z.string(),
      fill: fillLine(),
      /** What the session was told that the signal followed from; null of a liquidation. */
      input: z
        .object({
          /** Number of the journal's record. */
          record: z.number(),
          type: z.string(),
          bars: z.array(
            z.object({
              symbol: z.string(),
              timeframe: z.string(),
              opened: z.string(),
              open: z.number(),
              high: z.number(),
              low: z.number(),
              close: z.number(),
              volume: z.number(),
            }),
          ),
          trade: z.object({ symbol: z.string(), time: z.string(), price: z.number(), quantity: z.number() }).nullable(),
          command: z
            .object({
              type: z.string(),
              reason: z.string(),
              actor: z.string().nullable(),
              /** Of a value that was given. */
              source: z.string().optional(),
              value: z.json().optional(),
            })
            .nullable(),
        })
        .nullable(),
      /** When the signal was given; null while warming up. */
      indicators: z.array(z.object({ name: z.string(), value: z.number().nullable() })),
      signal: eventLine().nullable(),
      /** What risk said of the order, rule by rule; null where the venue placed it, as in a liquidation. */
      rules: z.array(ruleLine()).nullable(),
      order: orderLine(),
      /** What the venue said of the order until then, the fill last. */
      reports: z.array(eventLine()),
      position: eventLine().nullable(),
      /** Numbers of the events from the fill back to the first. */
      causes: z.array(z.number()),
    });
  },
  positionals: ['fill'],
  examples: [
    { command: 'why last', does: 'the newest fill' },
    { command: 'why 3 --session btc --json', does: 'the fill with number 3, for a program' },
  ],
});
