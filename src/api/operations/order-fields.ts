import { z } from 'zod';
import { numberToText } from '../../core/vocabulary/decimal.ts';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { fraction, timeField } from './fields.ts';
import { sessionName } from './session-fields.ts';

export const runningField = sessionName.optional().meta({
  description: 'Which session; default the only one that runs',
  placeholder: 'name',
});
export const reasonField = z
  .string()
  .min(1)
  .default('by hand')
  .meta({ description: 'Why, for the journal', placeholder: 'text' });
export const amount = (description: string) =>
  z
    .union([z.string(), z.number()])
    .transform((given) => (typeof given === 'number' && Number.isFinite(given) ? numberToText(given) : String(given)))
    .refine((text) => /^\d+(\.\d+)?$/.test(text) && Number(text) > 0, 'expected a decimal above 0')
    .refine((text) => !/\.\d{19}/.test(text), 'expected at most 18 digits after the point')
    .optional()
    .meta({ description, placeholder: 'amount' });
/** `like`: what it may be, as text in lower case. */
const level = (description: string, like: RegExp, expected: string) =>
  z
    .union([z.string(), z.number()])
    .transform((given) => String(given).toLowerCase())
    .refine((text) => like.test(text) && Number.parseFloat(text) > 0, `expected ${expected}`)
    .optional()
    .meta({ description, placeholder: 'level' });
/** `10` may be meant as 10 % and read as ten times the equity: from 1 on the unit is to be said. */
const isUnclear = (text: string): boolean => !/[%s]\s*$/.test(text) && Number(text) >= 1;
const share = (description: string) =>
  z
    .union([z.string(), z.number()])
    .transform((given, context) => {
      const text = String(given).trim();
      const part = fraction(text);
      const expected =
        part === null || !(part > 0)
          ? 'expected a share above 0 such as 10% or 0.1'
          : isUnclear(text)
            ? `expected the unit with it: ${text}%, or ${+(part * 100).toFixed(6)}% where that is meant`
            : part > 1
              ? 'expected 100% at most'
              : null;
      if (expected === null) return part!;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    })
    .optional()
    .meta({ description, placeholder: 'share' });

/** What an order is asked for with, but for its side. */
export const orderFields = lazy(() => ({
  symbol: z
    .string()
    .min(1)
    .transform((text) => text.toUpperCase())
    .meta({ description: 'Symbol that the session trades', placeholder: 'symbol' }),
  qty: amount('Quantity in the base asset, or contracts'),
  notional: amount('Value in the quote currency, in place of --qty'),
  pctEquity: share('Share of the equity, in place of --qty'),
  riskPct: share('Share of the equity that is lost at --stop, else at --trail, in place of --qty'),
  type: z
    .enum(['market', 'limit', 'stop', 'stop-limit'])
    .optional()
    .meta({ description: 'Checked against --limit and --trigger, which say it by themselves' }),
  limit: amount('Limit price'),
  trigger: amount(
    'Price at which the order becomes active: a stop where the price has to move against it first, else a take-profit',
  ),
  stop: level(
    'Protective stop: a price, or a distance such as 2%, 1.5atr, 50ticks',
    /^\d+(\.\d+)?(%|atr|ticks)?$/,
    'a price, or a distance such as 2%, 1.5atr or 50ticks',
  ),
  target: level(
    'Profit target: a price, a distance, or a multiple of the distance to the stop such as 2r',
    /^\d+(\.\d+)?(%|atr|ticks|r)?$/,
    'a price, a distance such as 4%, 3atr or 100ticks, or 2r',
  ),
  trail: level(
    'Trailing stop, a distance such as 2%, 1.5atr, 50ticks',
    /^\d+(\.\d+)?(%|atr|ticks)$/,
    'a distance such as 2%, 1.5atr or 50ticks',
  ),
  tif: z.enum(['gtc', 'ioc', 'fok', 'day']).optional().meta({ description: 'Time in force; default gtc' }),
  until: timeField
    .optional()
    .meta({ description: 'Cancel by then what has not filled, in place of --tif', placeholder: 'time' }),
  postOnly: z
    .boolean()
    .default(false)
    .meta({ description: 'Refuse it where its limit would trade at once, as a taker' }),
  reduceOnly: z.boolean().default(false).meta({ description: 'Refuse it where it would open or flip a position' }),
  session: runningField,
  reason: reasonField,
}));
