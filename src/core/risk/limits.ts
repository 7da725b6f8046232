import { z } from 'zod';
import { ORDER_TYPES, type OrderType, TYPE } from '../vocabulary/order.ts';

const percent = (value: number | null) => z.number().positive().nullable().default(value);
const count = (value: number | null) => z.number().int().min(1).max(100_000).nullable().default(value);
const windowMs = (value: number) => z.number().nonnegative().default(value);

/**
 * Every limit of an account, in force unless set to null. Defaults are strict, yet an unlevered strategy passes: nothing may
 * exceed the equity once.
 *
 * Fields: SEC rule 15c3-5 (pre-set credit and capital thresholds, erroneous price and size filters, duplicate prevention),
 * RTS 6 (Delegated Regulation (EU) 2017/589) Art. 15 (price collars, maximum order value, volume and messages, repeated
 * automated execution) and the filters of exchanges. The numbers are this project's choice: the rules name controls, no values.
 */
export const limitsSchema = z.strictObject({
  /** Highest leverage of the account; the instrument's own, where lower, wins. All exposure percentages are multiplied by it. */
  leverageRatio: z.number().min(0.01).max(500).nullable().default(1),
  /** Largest value that one order may open, % of account equity × leverage. */
  orderValuePct: percent(100),
  /** The same in account currency. */
  orderValueQuote: z.number().positive().nullable().default(null),
  /** Most lots of one order. */
  orderSizeLots: z.number().int().positive().nullable().default(null),
  /** Largest position of a strategy in one instrument, % of the strategy's equity × leverage. */
  positionPct: percent(100),
  positionLots: z.number().int().positive().nullable().default(null),
  /** Largest position of the account in one instrument, % of equity × leverage. */
  instrumentExposurePct: percent(100),
  /** Largest Σ |value|, and largest |Σ value|, of all positions, % of equity × leverage. */
  grossExposurePct: percent(100),
  netExposurePct: percent(100),
  /** Share of the free capital that one order may need, fees included. */
  freeCapitalPct: z.number().positive().max(100).nullable().default(100),
  /** How far a limit price may lie on the aggressive side of the reference price (a buy above, a sell below), %. */
  priceCollarPct: percent(5),
  /** How far a resting limit or a trigger may lie from the last price, %. */
  passivePriceBandPct: percent(50),
  strategyOpenOrders: count(50),
  accountOpenOrders: count(200),
  /** Orders that one strategy may send in `messageWindowMs` of event time. */
  messageOrders: count(100),
  messageWindowMs: windowMs(60_000),
  /** Equal orders (instrument, side, type, lots, prices) that one strategy may send within `duplicateWindowMs` (0: one instant). What one order is worked by counts once. */
  duplicateOrders: count(2),
  duplicateWindowMs: windowMs(0),
  /** Filled entries of one strategy within `repeatedEntryWindowMs` after which it may only reduce until a person re-arms it. */
  repeatedEntryFills: count(120),
  repeatedEntryWindowMs: windowMs(3_600_000),
  /** Loss since the last UTC midnight at which the account may only reduce until the next, % of the equity then. */
  dailyLossPct: z.number().positive().max(100).nullable().default(10),
  /** Fall from the highest equity at which the account may only reduce until a person re-arms it, %. */
  drawdownPct: z.number().positive().max(100).nullable().default(35),
  /**
   * Days after which the drawdown limit re-arms itself, its peak then being the equity of that day; null: only a person does.
   * A backtest has nobody to ask, so its default is 30.
   */
  drawdownPauseDays: z.number().positive().nullable().default(null),
  /** Money at risk between entries and their stops, % of equity. */
  portfolioHeatPct: percent(25),
  /** Losing trips in a row after which a strategy may not enter for `coolDownMs`. */
  coolDownLosses: count(null),
  coolDownMs: windowMs(3_600_000),
  /** Whether every entry needs a protective stop. */
  requireStop: z.boolean().default(false),
  /** Refuse orders that would trade with an own resting order; null leaves that to the venue. */
  selfMatch: z.literal('refuse').nullable().default('refuse'),
  /** Order types that may open a position; null allows all. */
  orderTypes: z.array(z.enum(ORDER_TYPES)).nullable().default(null),
});
export type LimitsDefinition = z.input<typeof limitsSchema>;
export type Limits = z.output<typeof limitsSchema>;

/** Doubles that differ by less than this, relatively, are the same amount: sums of money carry rounding of 1e-16 a step. */
const TOLERANCE = 1e-9;

/** {@link Limits} as plain numbers for the hot path: shares instead of percent, infinity where a limit is off. */
export class CompiledLimits {
  readonly definition: Limits;
  readonly leverage: number;
  readonly orderValueShare: number;
  readonly orderValueQuote: number;
  readonly orderSizeLots: number;
  readonly positionShare: number;
  readonly positionLots: number;
  readonly instrumentShare: number;
  readonly grossShare: number;
  readonly netShare: number;
  /** 1 where leverage is limited, infinity where not: leverage is compared with the account's own gross exposure. */
  readonly leverageShare: number;
  readonly freeCapitalShare: number;
  readonly collarShare: number;
  readonly bandShare: number;
  readonly strategyOpenOrders: number;
  readonly accountOpenOrders: number;
  /** 0 where off, as there is nothing to remember. */
  readonly messageOrders: number;
  readonly messageWindowMs: number;
  readonly duplicateOrders: number;
  readonly duplicateWindowMs: number;
  readonly repeatedEntryFills: number;
  readonly repeatedEntryWindowMs: number;
  readonly dailyLossShare: number;
  readonly drawdownShare: number;
  readonly drawdownPauseMs: number;
  readonly heatShare: number;
  readonly coolDownLosses: number;
  readonly coolDownMs: number;
  readonly requireStop: boolean;
  readonly selfMatch: boolean;
  /** Bit per order type. */
  readonly orderTypeBits: number;

  constructor(limits: Limits) {
    this.definition = limits;
    this.leverage = limits.leverageRatio ?? Number.POSITIVE_INFINITY;
    this.orderValueShare = share(limits.orderValuePct) * (1 + TOLERANCE);
    this.orderValueQuote = off(limits.orderValueQuote) * (1 + TOLERANCE);
    this.orderSizeLots = off(limits.orderSizeLots);
    this.positionShare = share(limits.positionPct) * (1 + TOLERANCE);
    this.positionLots = off(limits.positionLots);
    this.instrumentShare = share(limits.instrumentExposurePct) * (1 + TOLERANCE);
    this.grossShare = share(limits.grossExposurePct) * (1 + TOLERANCE);
    this.netShare = share(limits.netExposurePct) * (1 + TOLERANCE);
    this.leverageShare = limits.leverageRatio === null ? Number.POSITIVE_INFINITY : 1 + TOLERANCE;
    this.freeCapitalShare = share(limits.freeCapitalPct) * (1 + TOLERANCE);
    this.collarShare = share(limits.priceCollarPct) * (1 + TOLERANCE);
    this.bandShare = share(limits.passivePriceBandPct) * (1 + TOLERANCE);
    this.strategyOpenOrders = off(limits.strategyOpenOrders);
    this.accountOpenOrders = off(limits.accountOpenOrders);
    this.messageOrders = limits.messageOrders ?? 0;
    this.messageWindowMs = limits.messageWindowMs;
    this.duplicateOrders = limits.duplicateOrders ?? 0;
    this.duplicateWindowMs = limits.duplicateWindowMs;
    this.repeatedEntryFills = limits.repeatedEntryFills ?? 0;
    this.repeatedEntryWindowMs = limits.repeatedEntryWindowMs;
    this.dailyLossShare = share(limits.dailyLossPct);
    this.drawdownShare = share(limits.drawdownPct);
    this.drawdownPauseMs = off(limits.drawdownPauseDays) * 86_400_000;
    this.heatShare = share(limits.portfolioHeatPct) * (1 + TOLERANCE);
    this.coolDownLosses = off(limits.coolDownLosses);
    this.coolDownMs = limits.coolDownMs;
    this.requireStop = limits.requireStop;
    this.selfMatch = limits.selfMatch !== null;
    this.orderTypeBits = bitsOf(limits.orderTypes ?? ORDER_TYPES);
  }
}

function off(limit: number | null): number {
  return limit ?? Number.POSITIVE_INFINITY;
}

function bitsOf(types: readonly OrderType[]): number {
  let bits = 0;
  for (const type of types) bits |= 1 << TYPE[type];
  return bits;
}

function share(limitPct: number | null): number {
  return off(limitPct) / 100;
}

/** Parses a definition (missing fields take the strict defaults) and compiles it. Throws a `ZodError` on a wrong one. */
export function compileLimits(definition: LimitsDefinition = {}): CompiledLimits {
  return new CompiledLimits(limitsSchema.parse(definition));
}

/** One limit as a report shows it. */
export interface LimitLine {
  readonly name: keyof Limits;
  readonly value: number | boolean | string | null;
  /** `off` where the limit is null, so that nobody takes an absent number for a protection. */
  readonly status: 'on' | 'off';
}

/** Windows and pauses, with the limit that each belongs to: with that one off they mean nothing. */
export const SWITCH_OF: Readonly<Partial<Record<keyof Limits, keyof Limits>>> = {
  messageWindowMs: 'messageOrders',
  duplicateWindowMs: 'duplicateOrders',
  repeatedEntryWindowMs: 'repeatedEntryFills',
  coolDownMs: 'coolDownLosses',
};

/** All limits for a report, in declared order; a window is off with the limit that it belongs to. */
export function describeLimits(limits: Limits): readonly LimitLine[] {
  return (Object.keys(limitsSchema.shape) as (keyof Limits)[]).map((name) => {
    const value = limits[name];
    const switchedBy = limits[SWITCH_OF[name] ?? name];
    return {
      name,
      value: Array.isArray(value) ? value.join(' ') : value,
      status: switchedBy === null || switchedBy === false ? 'off' : 'on',
    };
  });
}
