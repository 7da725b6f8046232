import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { parseTime, parseTimeframe, type Timeframe } from '../../core/vocabulary/time.ts';

/** Fields that several operations take. On the wire they are text as a person would write it; inside they are parsed. */

const PERCENT = /^(-?\d+(?:\.\d+)?)\s*(%|bps)?$/;

/** `0.1%`, `10bps` and `0.001` are the same fraction; null where it is none of them. */
export function fraction(text: string): number | null {
  const match = PERCENT.exec(text.trim());
  if (!match) return null;
  const value = Number(match[1]);
  return match[2] === '%' ? value / 100 : match[2] === 'bps' ? value / 10_000 : value;
}

/** More than this is a slip of the pen: `0.1` is 10 %. */
export const HIGHEST_FEE = 0.05;
const LOWEST_FEE = -0.005;

/** A fee's fraction of the traded value as a person writes it; null where it is none, or beyond what fees are. */
export function feeFraction(text: string): number | null {
  const rate = fraction(text);
  return rate === null || rate > HIGHEST_FEE || rate < LOWEST_FEE ? null : rate;
}

export interface FeeRates {
  readonly maker: number;
  readonly taker: number;
}

/** One rate for maker and taker, or `maker/taker`. */
export const feeField = z.string().transform((text, context): FeeRates => {
  const rates = text.split('/').map(fraction);
  const [maker = null, taker = maker] = rates;
  if (rates.length > 2 || maker === null || taker === null) {
    context.addIssue({
      code: 'custom',
      message: 'expected a rate such as 0.1%, 10bps or 0.001, or maker/taker such as 0.02%/0.05%',
    });
    return z.NEVER;
  }
  if (Math.max(maker, taker) > HIGHEST_FEE || Math.min(maker, taker) < LOWEST_FEE) {
    const given = `${+(Math.max(maker, taker) * 100).toFixed(6)} %`;
    context.addIssue({
      code: 'custom',
      message: `expected −0.5 % to 5 % of the traded value (this is ${given}); a tenth of a percent is 0.1% or 0.001`,
    });
    return z.NEVER;
  }
  return { maker, taker };
});

/** A day or an instant, UTC unless it says otherwise. */
export const timeField = z.string().transform((text, context): number => {
  const time = parseTime(text);
  if (time !== null) return time;
  context.addIssue({
    code: 'custom',
    message: 'expected a day such as 2024-01-31 or a time such as 2024-01-31T13:05Z',
  });
  return z.NEVER;
});

export const timeframeField = z.string().transform((text, context): Timeframe => {
  const spec = parseTimeframe(text);
  if (spec) return spec.text;
  context.addIssue({ code: 'custom', message: 'expected a timeframe such as 1m, 15m, 4h, 1d, 1w or 1mo' });
  return z.NEVER;
});

export const symbolField = z
  .string()
  .regex(/^(?:[^:\s]+:)?[^:\s]+$/, 'expected SYMBOL or VENUE:SYMBOL, e.g. BINANCE:BTCUSDT');
/** More bytes than that are no name of a folder, in which a series lies. */
const LONGEST_PART_BYTES = 200;
/** A symbol under which a series is kept, so that it is found again: what stands behind an @ is a timeframe. */
export const keptSymbolField = symbolField
  .refine((text) => !text.includes('@'), 'expected VENUE:SYMBOL without @timeframe, which --timeframe says')
  .refine(
    (text) =>
      text.isWellFormed() && text.split(':').every((part) => encodeURIComponent(part).length <= LONGEST_PART_BYTES),
    `expected a venue and a symbol of at most ${LONGEST_PART_BYTES} bytes each`,
  );
export const stepField = z.string().regex(/^(?=.*[1-9])\d*\.?\d+$/, 'expected a positive step such as 0.01');

export const dateOrderField = z
  .enum(['dmy', 'mdy'])
  .optional()
  .meta({ description: 'Which comes first in dates of a file such as 3/10/2004: the day or the month' });

/** Parameters of a strategy by name; text is read by the parameter's own kind. */
export const paramsField = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Of what can be followed. */
export const followFields = lazy(() => ({
  follow: z.boolean().default(false).meta({ description: 'Go on telling what is new, until Ctrl-C' }),
  seconds: z
    .number()
    .positive()
    .optional()
    .meta({ description: 'With --follow: end by itself after so long', placeholder: 'n' }),
}));
