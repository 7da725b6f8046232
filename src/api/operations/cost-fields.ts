import { z } from 'zod';
import { feeFraction, fraction, HIGHEST_FEE } from './fields.ts';

export type Slippage =
  | { readonly kind: 'none' }
  | { readonly kind: 'ticks'; readonly ticks: number }
  | { readonly kind: 'rate'; readonly rate: number }
  /** Impact: `rate` is that of an order as large as the volume of its bar. */
  | { readonly kind: 'square-root' | 'linear'; readonly rate: number };

/** `1tick`, `2ticks`, `5bps`, `0.05%`, `sqrt:50bps`, `linear:1%`, `none`. */
export const slippageField = z.string().transform((text, context): Slippage => {
  const plain = text.trim().toLowerCase();
  if (plain === 'none' || plain === '0') return { kind: 'none' };
  const ticks = /^(\d{1,4})\s*ticks?$/.exec(plain);
  if (ticks) return { kind: 'ticks', ticks: Number(ticks[1]) };
  const [law, coefficient] = plain.includes(':') ? plain.split(':', 2) : [null, plain];
  const rate = /(%|bps)$/.test(coefficient!) ? fraction(coefficient!) : null;
  if (law === null && rate !== null && rate >= 0 && rate <= HIGHEST_FEE) return { kind: 'rate', rate };
  const impact = law === 'sqrt' ? 'square-root' : law === 'linear' ? 'linear' : null;
  if (impact !== null && rate !== null && rate > 0 && rate <= 1) return { kind: impact, rate };
  context.addIssue({
    code: 'custom',
    message:
      law === null
        ? 'expected ticks (1tick), basis points (5bps) or percent (0.05%) up to 5 %, sqrt:50bps, linear:1%, or none'
        : 'expected the impact of an order as large as its bar, up to 100 %: sqrt:50bps or linear:1%',
  });
  return z.NEVER;
});

export interface Latency {
  readonly orderMs: number;
  /** Width above {@link orderMs} over which the delay is drawn evenly. */
  readonly jitterMs: number;
}

/** A day: more is a slip of the pen, and no bar of a backtest would show it. */
const LONGEST_LATENCY_MS = 86_400_000;

/** `250`, `250ms`, `250±100`: milliseconds, as much less or more drawn evenly. */
export const latencyField = z.string().transform((text, context): Latency => {
  const match = /^(\d+(?:\.\d+)?)\s*(?:ms)?\s*(?:(?:±|\+-|\+\/-)\s*(\d+(?:\.\d+)?)\s*(?:ms)?)?$/.exec(text.trim());
  const middle = Number(match?.[1] ?? Number.NaN);
  const spread = Number(match?.[2] ?? 0);
  if (middle + spread <= LONGEST_LATENCY_MS && spread <= middle)
    return { orderMs: middle - spread, jitterMs: 2 * spread };
  context.addIssue({
    code: 'custom',
    message: 'expected milliseconds from 0 to a day, such as 250 or 250±100; the jitter at most the latency',
  });
  return z.NEVER;
});

/** `10%`, `0.1`: above 0, at most the whole volume. */
export const participationField = z.string().transform((text, context): number => {
  const share = fraction(text);
  if (share !== null && share > 0 && share <= 1) return share;
  context.addIssue({
    code: 'custom',
    message: 'expected a share of the volume above 0 % and at most 100 %, such as 10% or 0.1',
  });
  return z.NEVER;
});

/** A percent a day is 365 a year: more is a slip of the pen. */
const HIGHEST_INTEREST = 0.01;

/** `0.03%`, `3bps`, `0.0003`: per day, above 0, at most 1 %. */
export const interestField = z.string().transform((text, context): number => {
  const rate = fraction(text);
  if (rate !== null && rate > 0 && rate <= HIGHEST_INTEREST) return rate;
  context.addIssue({
    code: 'custom',
    message: 'expected a rate for a day above 0 and at most 1 %, such as 0.03%, 3bps or 0.0003',
  });
  return z.NEVER;
});

export type FeeAssetChoice =
  | { readonly payIn: 'settle' | 'base' }
  | {
      readonly payIn: 'third';
      readonly code: string;
      readonly price: string;
      readonly balance: string;
      readonly discount: number;
    };

const POSITIVE = /^\d*\.?\d+$/;

/** `quote`, `base`, or `BNB,price=600,balance=2,discount=25%`. */
export const feeAssetField = z.string().transform((text, context): FeeAssetChoice => {
  const [code = '', ...rest] = text.split(',').map((word) => word.trim());
  if (rest.length === 0 && code === 'quote') return { payIn: 'settle' };
  if (rest.length === 0 && code === 'base') return { payIn: 'base' };
  const said = new Map(rest.map((word) => word.split('=', 2) as [string, string]));
  const { price = '', balance = '', discount = '0' } = Object.fromEntries(said);
  const share = fraction(discount);
  const isKnown = [...said.keys()].every((name) => ['price', 'balance', 'discount'].includes(name));
  const isWhole = POSITIVE.test(price) && Number(price) > 0 && POSITIVE.test(balance);
  if (/^[A-Za-z0-9]{1,20}$/.test(code) && isKnown && isWhole && share !== null && share >= 0 && share < 1)
    return { payIn: 'third', code, price, balance, discount: share };
  context.addIssue({
    code: 'custom',
    message:
      'expected quote, base, or an asset with its price and how much of it there is: BNB,price=600,balance=2,discount=25%',
  });
  return z.NEVER;
});

const rate = z.union([z.string(), z.number()]).transform((given, context): number => {
  const found = feeFraction(String(given));
  if (found !== null) return found;
  context.addIssue({ code: 'custom', message: 'expected a rate from −0.5 % to 5 %, such as "0.1%", "10bps" or 0.001' });
  return z.NEVER;
});
const amount = z.number().nonnegative('expected an amount of 0 or more').max(1e15);

/** What a file of `--fee-schedule` says; amounts are in the account's currency. */
export const feeScheduleFile = z.strictObject({
  tiers: z
    .array(z.strictObject({ from: amount, maker: rate, taker: rate }))
    .min(1, 'expected at least one tier')
    .refine((tiers) => tiers[0]!.from === 0, 'expected the first tier to be from 0')
    .refine(
      (tiers) => tiers.every((tier, i) => i === 0 || tier.from > tiers[i - 1]!.from),
      'expected tiers from less to more',
    ),
  perOrder: amount.default(0),
  minimum: amount.default(0),
});
