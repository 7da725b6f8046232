import { z } from 'zod';
import { parseDecimal } from '../../core/vocabulary/decimal.ts';
import type { InstrumentDefinition, InstrumentKind, MarginTier } from '../../core/vocabulary/instrument.ts';
import { rateLimitSchema } from './rate-limits.ts';
import { amount, timeMs } from './wire-values.ts';

/** Fields of the filters that become rules of an instrument; what else a filter has is left out. */
const filterSchema = z.object({
  filterType: z.string(),
  tickSize: amount.optional(),
  stepSize: amount.optional(),
  minQty: amount.optional(),
  maxQty: amount.optional(),
  minNotional: amount.optional(),
  /** USD-M's name of `minNotional`. */
  notional: amount.optional(),
});
type Filter = z.output<typeof filterSchema>;

const assets = { symbol: z.string(), baseAsset: z.string(), quoteAsset: z.string(), filters: z.array(filterSchema) };

/** `GET /api/v3/exchangeInfo`. */
export const spotListing = z.object({ rateLimits: z.array(rateLimitSchema), symbols: z.array(z.object(assets)) });

/** `GET /fapi/v1/exchangeInfo`. */
export const usdmListing = z.object({
  rateLimits: z.array(rateLimitSchema),
  symbols: z.array(
    z.object({ ...assets, contractType: z.string(), deliveryDate: timeMs.optional(), marginAsset: z.string() }),
  ),
});

/** `GET /fapi/v1/leverageBracket`; numbers, not text. */
export const leverageBrackets = z.array(
  z.object({
    symbol: z.string(),
    brackets: z.array(
      z.object({
        initialLeverage: z.number().min(1),
        notionalFloor: z.number().nonnegative(),
        maintMarginRatio: z.number().positive().max(1),
        cum: z.number().nonnegative(),
      }),
    ),
  }),
);

const CONTRACTS: Readonly<Record<string, InstrumentKind>> = {
  PERPETUAL: 'linear-perpetual',
  PERPETUAL_DELIVERING: 'linear-perpetual',
  TRADIFI_PERPETUAL: 'linear-perpetual',
  CURRENT_MONTH: 'dated-future',
  NEXT_MONTH: 'dated-future',
  CURRENT_QUARTER: 'dated-future',
  NEXT_QUARTER: 'dated-future',
};

function positive(text: string | undefined): string | undefined {
  return text !== undefined && (parseDecimal(text) ?? 0n) > 0n ? text : undefined;
}

type Steps = Pick<InstrumentDefinition, 'tick' | 'lot' | 'minQuantity' | 'maxQuantity' | 'minNotional'>;

/** Steps and bounds; null where the venue has switched tick or lot off, which makes an instrument that cannot be traded exactly. */
function stepsOf(filters: readonly Filter[]): Steps | null {
  const find = (...types: string[]): Filter | undefined => filters.find((each) => types.includes(each.filterType));
  const price = find('PRICE_FILTER');
  const size = find('LOT_SIZE');
  const value = find('NOTIONAL', 'MIN_NOTIONAL');
  const tick = positive(price?.tickSize);
  const lot = positive(size?.stepSize);
  if (tick === undefined || lot === undefined) return null;
  const minQuantity = positive(size?.minQty);
  const maxQuantity = positive(size?.maxQty);
  const minNotional = positive(value?.minNotional ?? value?.notional);
  return {
    tick,
    lot,
    ...(minQuantity === undefined ? {} : { minQuantity }),
    ...(maxQuantity === undefined ? {} : { maxQuantity }),
    ...(minNotional === undefined ? {} : { minNotional }),
  };
}

/** Every spot symbol whose prices and quantities have steps. `venue` is the first half of the ids. */
export function spotInstruments(listing: z.output<typeof spotListing>, venue: string): InstrumentDefinition[] {
  return listing.symbols.flatMap((row) => {
    const steps = stepsOf(row.filters);
    if (steps === null) return [];
    return [
      { id: `${venue}:${row.symbol}`, kind: 'spot' as const, base: row.baseAsset, quote: row.quoteAsset, ...steps },
    ];
  });
}

/** Every USD-M contract with steps, with the margin schedule of the account where it is known. */
export function usdmInstruments(
  listing: z.output<typeof usdmListing>,
  brackets: z.output<typeof leverageBrackets>,
  venue: string,
): InstrumentDefinition[] {
  const tiers = new Map(brackets.map((row) => [row.symbol, row.brackets] as const));
  return listing.symbols.flatMap((row): InstrumentDefinition[] => {
    const steps = stepsOf(row.filters);
    const kind = Object.hasOwn(CONTRACTS, row.contractType) ? CONTRACTS[row.contractType] : undefined;
    if (steps === null || kind === undefined) return [];
    const marginTiers: MarginTier[] = (tiers.get(row.symbol) ?? [])
      .map((tier) => ({
        notionalFloor: tier.notionalFloor,
        maintenanceRate: tier.maintMarginRatio,
        maxLeverage: tier.initialLeverage,
        maintenanceAmount: tier.cum,
      }))
      .sort((a, b) => a.notionalFloor - b.notionalFloor);
    return [
      {
        id: `${venue}:${row.symbol}`,
        kind,
        base: row.baseAsset,
        quote: row.quoteAsset,
        settle: row.marginAsset,
        ...steps,
        marginTiers,
        ...(kind === 'dated-future' && row.deliveryDate !== undefined ? { expiryMs: row.deliveryDate } : {}),
      },
    ];
  });
}
