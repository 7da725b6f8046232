import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';
import { cursorField, cursorOutput } from '../page.ts';
import { followFields, timeField } from './fields.ts';
import { sessionName } from './session-fields.ts';
import { sessionField, timeOfView } from './session-queries.ts';

const READS =
  'Reads the journal and never the process that runs the session: it says the same while that runs, after its end and after a crash.';

const heading = lazy(() => ({
  session: z.string(),
  /** Time of the market of the newest input; null before the first. */
  time: z.string().nullable(),
  /** Of the account: values are in it. */
  currency: z.string(),
}));
const place = sessionName.optional().meta({
  description: 'Which session; default the only one that runs, else the newest',
  placeholder: 'session',
});

const balancesShape = lazy(() =>
  z.object({
    ...heading(),
    /** Of the account, positions at the last prices included; null where something cannot be valued. */
    equity: z.number().nullable(),
    balances: z.array(
      z.object({
        asset: z.string(),
        /** Exact, as booked. */
        amount: z.string(),
        /** At the last prices; null where there is no price. */
        value: z.number().nullable(),
      }),
    ),
  }),
);

export const balances = operation({
  name: 'balances',
  group: 'sessions',
  summary: 'Show what a session has of each asset, and what it is worth',
  details: `Of derivatives the margin account alone; positions are told by tradewright positions. ${READS}`,
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  http: [{ method: 'GET', path: 'portfolio/balances' }],
  get input() {
    return z.object({ session: place, ...timeOfView(), ...followFields() });
  },
  get output() {
    return balancesShape();
  },
  get update() {
    return balancesShape();
  },
  positionals: ['session'],
  examples: [
    { command: 'balances', does: 'of the session that runs' },
    { command: 'balances btc --follow', does: 'kept up to date' },
    { command: 'balances btc --at 2026-03-01T12:00Z --json', does: 'as they were, for a program' },
  ],
});

const equityShape = lazy(() =>
  z.object({
    ...heading(),
    /** Highest equity before the first of the points, the capital included: what a drawdown at it is measured from. */
    peak: z.number(),
    /** Oldest first; of an update, those since the last one. */
    points: z.array(
      z.object({
        time: z.string(),
        equity: z.number(),
        /** Sum of all position values as a share of equity. */
        exposure: z.number(),
      }),
    ),
    cursor: cursorOutput,
  }),
);

export const equity = operation({
  name: 'equity',
  group: 'sessions',
  summary: 'Show how the equity of a session went',
  details: `One line for every instant that had bars: equity at the prices of then. ${READS}`,
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  appends: true,
  http: [{ method: 'GET', path: 'portfolio/equity' }],
  get input() {
    return z.object({
      session: place,
      from: timeField.optional().meta({ description: 'First day or time, included', placeholder: 'time' }),
      to: timeField.optional().meta({ description: 'Last day or time, not included', placeholder: 'time' }),
      limit: z
        .number()
        .int()
        .min(1)
        .max(100_000)
        .default(20)
        .meta({ description: 'At most so many, the newest', placeholder: 'n' }),
      cursor: cursorField,
      ...followFields(),
    });
  },
  get output() {
    return equityShape();
  },
  get update() {
    return equityShape();
  },
  positionals: ['session'],
  examples: [
    { command: 'equity btc --limit 100', does: 'the last 100 instants' },
    { command: 'equity btc --follow', does: 'each as it comes' },
    { command: 'equity --from 2026-03-01 --limit 10000 --json', does: 'a period, for a program' },
  ],
});

const profitShape = lazy(() =>
  z.object({
    ...heading(),
    /** Equity now less capital at the start. */
    profit: z.number().nullable(),
    instruments: z.array(
      z.object({
        strategy: z.string(),
        instrument: z.string(),
        /** Decimals in the currency in which the instrument settles. Funding that was paid is negative. */
        ...{ realized: z.string(), fees: z.string(), funding: z.string() },
        /** Of what is held, at the last price; null where there is none. */
        unrealized: z.number().nullable(),
        fills: z.number().int(),
      }),
    ),
  }),
);

export const profit = operation({
  name: 'profit',
  group: 'sessions',
  summary: 'Show what a session has won and lost, by instrument',
  details: `Booked and at the last prices, with fees and funding. ${READS}`,
  kind: 'stream',
  scope: 'read',
  isHeavy: true,
  sharesThread: true,
  http: [{ method: 'GET', path: 'portfolio/profit' }],
  get input() {
    return z.object({ session: sessionField, ...timeOfView(), ...followFields() });
  },
  get output() {
    return profitShape();
  },
  get update() {
    return profitShape();
  },
  positionals: [],
  examples: [
    { command: 'profit', does: 'of the session that runs' },
    { command: 'profit --session btc --follow', does: 'kept up to date' },
    { command: 'profit --session btc --at 2026-03-01 --json', does: 'until then, for a program' },
  ],
});
