import { z } from 'zod';

/** A decimal from a strategy: a number, or text where it must be exact. Rounded to tick or lot by the engine. */
export const numSchema = z.union([z.number(), z.string(), z.bigint()]);
export type Num = z.output<typeof numSchema>;

/** How much: each is turned into lots by `core/risk/sizing.ts`. */
export const sizeSchema = z.union([
  /** Base quantity (or contracts). */
  z.strictObject({ qty: numSchema }),
  /** Value in quote. */
  z.strictObject({ notional: numSchema }),
  /** Fraction of the strategy's equity, 1 = all of it (times leverage where the account has margin). */
  z.strictObject({ pctEquity: z.number() }),
  /** Fraction of equity lost if the stop is hit; needs a stop. */
  z.strictObject({ riskPct: z.number() }),
  /** Fraction of equity that one ATR (in price units) may move. */
  z.strictObject({ atrPct: z.number(), atr: z.number() }),
  /** Kelly from win rate and payoff, times `fraction` (half Kelly = 0.5). */
  z.strictObject({
    kelly: z.strictObject({ winRate: z.number(), payoff: z.number(), fraction: z.number().optional() }),
  }),
  /** Position whose annualised volatility is `target`, given the instrument's annualised volatility `vol`. */
  z.strictObject({ volTarget: z.strictObject({ target: z.number(), vol: z.number() }) }),
]);
export type Size = z.output<typeof sizeSchema>;

/** A price level, absolute or as a distance from the entry (always given positive; the side is understood). */
export const levelSchema = z.union([
  z.strictObject({ price: numSchema }),
  /** Fraction of the entry price. */
  z.strictObject({ pct: z.number() }),
  /** Multiples of `value`, the ATR in price units (by default the engine's ATR 14 of the feed). */
  z.strictObject({ atr: z.number(), value: z.number().optional() }),
  z.strictObject({ ticks: z.number() }),
]);
export type Level = z.output<typeof levelSchema>;

export const tifSchema = z.union([z.enum(['gtc', 'ioc', 'fok', 'day']), z.strictObject({ gtd: z.number() })]);

/** How a large order is worked: equal slices over time, a visible tip, or a ladder of limits. */
export const workSchema = z.union([
  z.strictObject({ twap: z.strictObject({ slices: z.number().int().min(2), everyMs: z.number().positive() }) }),
  z.strictObject({ iceberg: z.strictObject({ visible: numSchema }) }),
  z.strictObject({ scale: z.strictObject({ orders: z.number().int().min(2), to: numSchema }) }),
]);

/** What a strategy asks for. Every intent says why. */
export const entrySchema = z.strictObject({
  size: sizeSchema,
  /** Limit price: the entry rests as a limit order. With `trigger`: a stop-limit. */
  limit: numSchema.optional(),
  /** Stop entry: becomes a market (or limit) order when the price reaches this. */
  trigger: numSchema.optional(),
  /** Protective stop, part of the entry. */
  stop: levelSchema.optional(),
  /** Profit target; `r` is a multiple of the distance to the stop. */
  target: z.union([levelSchema, z.strictObject({ r: z.number() })]).optional(),
  /** Trailing stop. */
  trail: levelSchema.optional(),
  tif: tifSchema.optional(),
  postOnly: z.boolean().optional(),
  reduceOnly: z.boolean().optional(),
  work: workSchema.optional(),
  why: z.string(),
  tag: z.string().optional(),
});
export type Entry = z.output<typeof entrySchema>;
