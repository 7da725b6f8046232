import { z } from 'zod';
import { entrySchema } from './intent.ts';
import { ORDER_STATUSES, ORDER_TYPES, SIDES } from './order.ts';

const strategy = z.string();
const instrument = z.string();
/** Who ordered it and why: commands are journaled, and a person or program answers for each. */
const reason = z.string().min(1);

function command<const T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.strictObject({ type: z.literal(type), reason, ...shape });
}

/** What a kill, a trading state or a re-arming concerns; the strictest of all that concern an order counts. */
export const SCOPES = ['system', 'account', 'strategy', 'instrument'] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * Levels of the kill ladder, mildest first; each includes those before it. `pause`: strategies are paused. `reduce`: only orders that lower a
 * position. `halt`: no order and no amendment, cancels pass. `cancel-all`: every open order is canceled, protective stops too. `flatten`: every
 * position is closed.
 */
export const KILL_LEVELS = ['pause', 'reduce', 'halt', 'cancel-all', 'flatten'] as const;
export type KillLevel = (typeof KILL_LEVELS)[number];

/** How freely a scope may trade, mildest first; the strictest of all scopes counts. */
export const TRADING_STATES = ['active', 'reducing', 'halted'] as const;
export type TradingState = (typeof TRADING_STATES)[number];

/** Everything that can be ordered from outside, as one union: imperative. A command is an input of the session like any other. */
export const commandSchema = z.discriminatedUnion('type', [
  command('place-order', { strategy, instrument, side: z.enum(SIDES), entry: entrySchema }),
  command('amend-order', {
    order: z.string(),
    price: z.number().positive().optional(),
    quantity: z.number().positive().optional(),
  }),
  command('cancel-order', { order: z.string() }),
  command('cancel-all-orders', { strategy: strategy.optional(), instrument: instrument.optional() }),
  command('close-position', { strategy, instrument }),
  /** A value of a source that strategies of the session declare. */
  command('give-value', { source: z.string(), value: z.json() }),
  command('start-strategy', { strategy }),
  command('pause-strategy', { strategy }),
  command('stop-strategy', { strategy }),
  command('set-trading-state', {
    scope: z.enum(SCOPES),
    /** Which strategy or instrument, where the scope has several. */
    target: z.string().optional(),
    state: z.enum(TRADING_STATES),
  }),
  command('kill', {
    level: z.enum(KILL_LEVELS),
    scope: z.enum(SCOPES),
    target: z.string().optional(),
    /** Of the latch that demands it: it rises with each re-arming; −1 where latches could not be read. */
    epoch: z.number().int().min(-1).optional(),
    /** Orders and positions are left alone until the next kill or instant, as the past is not in yet. */
    deferred: z.boolean().optional(),
  }),
  command('rearm', {
    scope: z.enum(SCOPES),
    target: z.string().optional(),
    epoch: z.number().int().min(0).optional(),
    /** Trading state afterwards; active where absent. */
    into: z.enum(['active', 'reducing']).optional(),
  }),
  command('set-limits', {
    /** `account` and `system` are the same within a session; a strategy or an instrument has limits of its own beside those. */
    scope: z.enum(SCOPES),
    target: z.string().optional(),
    /** New values by the names of a limits file; all others stay. */
    limits: z.record(z.string(), z.json()),
    /** Whether somebody has confirmed that it lets more pass; such a change is refused without. */
    confirmed: z.boolean().optional(),
  }),
]);

export type Command = z.output<typeof commandSchema>;
export type CommandType = Command['type'];

/** What a session can be told from outside while it runs: commands of its engine, and those that its loop carries out itself. */
export const sessionCommandSchema = z.discriminatedUnion('type', [
  ...commandSchema.options,
  command('stop-session', {}),
  /** Reads the latches now, and answers once nothing that they forbid is left, or after a while. */
  command('heed-latches', {}),
]);
export type SessionCommand = z.output<typeof sessionCommandSchema>;

/** How an order stands where a command about it was answered. Quantities and prices are decimal text; no price is null. */
export const orderStandingSchema = z.object({
  /** Client id of the order that stands for it now: another one where it was canceled and replaced. */
  order: z.string(),
  status: z.enum(ORDER_STATUSES),
  /** As the trigger makes it: on the other side of the price a stop is a take-profit. */
  type: z.enum(ORDER_TYPES),
  quantity: z.string(),
  filled: z.string(),
  limit: z.string().nullable(),
  trigger: z.string().nullable(),
  /** False as long as the venue has not answered what was asked of it. */
  isConfirmed: z.boolean(),
});
export type OrderStanding = Readonly<z.output<typeof orderStandingSchema>>;

/**
 * What became of a command, as data. Refused codes: a code of `REFUSALS`, `unknown-strategy`, `unknown-instrument`, `unknown-order`, `unknown-source`,
 * `order-ended`, `nothing-to-do`, `latched`, `invalid`, `limits-invalid`, `not-confirmed`; from a session's loop also `session-ended` and `late`.
 */
export type CommandOutcome =
  | {
      readonly done: true;
      /** Client id of the order that came of it. */
      readonly order?: string;
      /** Orders that were asked to be canceled. */
      readonly canceled?: number;
      /** Those of them whose end the venue has not confirmed yet. */
      readonly pending?: number;
      readonly standing?: OrderStanding;
      /** Client ids of the orders that strategies placed on hearing of a value, and the codes by which risk refused others. */
      readonly placed?: readonly string[];
      readonly refused?: readonly string[];
      /** Open orders and positions of the session when it answered. */
      readonly left?: { readonly orders: number; readonly positions: number };
    }
  | { readonly done: false; readonly code: string; readonly message: string };
