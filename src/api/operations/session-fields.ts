import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';

export const sessionName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected up to 64 letters, digits, - and _');

/** What trades it: paper on a market that is there, paper on a recorded one, or an account of that environment. */
export const sessionMode = z.enum(['paper', 'replay', 'live', 'testnet', 'local']);

const refusalLine = lazy(() => z.object({ code: z.string(), count: z.number() }));

export const positionLine = lazy(() =>
  z.object({
    instrument: z.string(),
    quantity: z.string(),
    averagePrice: z.number(),
    price: z.number(),
    unrealized: z.number(),
  }),
);

export const orderLine = lazy(() =>
  z.object({
    order: z.string(),
    time: z.string(),
    role: z.string(),
    instrument: z.string(),
    side: z.enum(['buy', 'sell']),
    type: z.string(),
    status: z.string(),
    quantity: z.string(),
    filled: z.string(),
    limit: z.string().nullable(),
    trigger: z.string().nullable(),
    why: z.string(),
  }),
);

export const fillLine = lazy(() =>
  z.object({
    fill: z.number(),
    time: z.string(),
    order: z.string(),
    instrument: z.string(),
    side: z.enum(['buy', 'sell']),
    quantity: z.string(),
    price: z.string(),
    fee: z.string(),
    /** Profit that the fill booked, fees not included. */
    profit: z.string(),
    why: z.string(),
  }),
);

/** A session's books. */
export const bookFields = lazy(() => ({
  currency: z.string(),
  /** What the account holds of its currency now. */
  cash: z.number(),
  equity: z.number(),
  profit: z.number(),
  fees: z.number(),
  /** Largest fall from a peak, as a fraction of it. */
  drawdown: z.number(),
  /** Bars since the warm-up, over all symbols. */
  bars: z.number(),
  orders: z.number(),
  fills: z.number(),
  refusals: z.array(refusalLine()),
  positions: z.array(positionLine()),
  openOrders: z.array(orderLine()),
  /** Newest first. */
  lastFills: z.array(fillLine()),
  /** What the strategy threw, by which it was stopped. */
  failure: z.string().nullable(),
  /** Kills that hold it. */
  kills: z.array(z.object({ scope: z.string(), target: z.string(), level: z.string(), reason: z.string() })),
  /** Strategies that do not run. */
  paused: z.array(z.string()),
}));

/** An event: its own fields beside what all of them have. `causedBy` is another event's `seq`, or null where an input of the session caused it. */
export const eventLine = lazy(() =>
  z.object({
    seq: z.number(),
    time: z.string(),
    type: z.string(),
    causedBy: z.number().nullable(),
    text: z.string(),
    data: z.record(z.string(), z.json()),
  }),
);
export type EventLine = z.output<ReturnType<typeof eventLine>>;

/** A kill as it is kept. */
export const latchLine = lazy(() =>
  z.object({
    scope: z.string(),
    target: z.string(),
    /** Null once it is re-armed. */
    level: z.string().nullable(),
    epoch: z.number(),
    actor: z.string(),
    reason: z.string(),
    time: z.string(),
  }),
);
export type LatchLine = z.output<ReturnType<typeof latchLine>>;
