import { z } from 'zod';
import type { RateWindow } from '../../connectivity/rate-window.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/vocabulary/time.ts';
import type { BinanceProduct } from './errors.ts';

/** Letters of Binance's interval names. */
export const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/**
 * Published limits (protocol section 5 and 2). RAW_REQUESTS is left out: weight and order count end every request long before it.
 * {@link windowsOf} what the venue lists replaces them.
 */
export function rateWindows(product: BinanceProduct): readonly RateWindow[] {
  const weight = { meter: 'weight', scope: 'ip', windowMs: MINUTE_MS, kind: 'aligned' } as const;
  const orders = { meter: 'orders', scope: 'account', kind: 'aligned' } as const;
  return product === 'spot'
    ? [
        { ...weight, limit: 6000 },
        { ...orders, limit: 50, windowMs: 10 * SECOND_MS },
        { ...orders, limit: 160_000, windowMs: DAY_MS },
      ]
    : [
        { ...weight, limit: 2400 },
        { ...orders, limit: 300, windowMs: 10 * SECOND_MS },
        { ...orders, limit: 1200, windowMs: MINUTE_MS },
      ];
}

/** `rateLimits` of exchangeInfo as windows. */
export const rateLimitSchema = z.object({
  rateLimitType: z.string(),
  interval: z.string(),
  intervalNum: z.int().positive(),
  limit: z.int().positive(),
});

export function windowsOf(limits: readonly z.output<typeof rateLimitSchema>[]): readonly RateWindow[] {
  return limits.flatMap((each): RateWindow[] => {
    const windowMs = each.intervalNum * (UNIT_MS[each.interval.charAt(0).toLowerCase()] ?? 0);
    if (windowMs === 0) return [];
    if (each.rateLimitType === 'REQUEST_WEIGHT')
      return [{ meter: 'weight', scope: 'ip', limit: each.limit, windowMs, kind: 'aligned' }];
    if (each.rateLimitType === 'ORDERS')
      return [{ meter: 'orders', scope: 'account', limit: each.limit, windowMs, kind: 'aligned' }];
    return [];
  });
}
