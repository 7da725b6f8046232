import { z } from 'zod';
import type { VenuePosition } from '../../ports/exchange-gateway.ts';
import { POSITION_SIDES } from './usdm-gateway-events.ts';
import { amount, optionalAmount, orNull, timeMs, venueId } from './wire-values.ts';

/** `GET /fapi/v3/balance`. */
export const usdmBalances = z.array(z.object({ asset: z.string(), balance: amount }));

/** `GET /fapi/v1/accountConfig`. */
export const usdmAccountConfig = z.object({ canTrade: z.boolean(), dualSidePosition: z.boolean() });

/** `GET /fapi/v3/positionRisk`: symbols with a position or an open order. */
export const usdmPositionRisk = z.array(
  z.object({
    symbol: z.string(),
    positionSide: z.enum(['BOTH', 'LONG', 'SHORT']),
    positionAmt: amount,
    entryPrice: amount,
    markPrice: optionalAmount,
    liquidationPrice: optionalAmount,
  }),
);

/** `GET /fapi/v1/symbolConfig`: what the position endpoint does not tell any more. */
export const usdmSymbolConfig = z.array(
  z.object({ symbol: z.string(), marginType: z.string(), leverage: z.number().positive() }),
);

export function usdmPositions(
  rows: z.output<typeof usdmPositionRisk>,
  configs: z.output<typeof usdmSymbolConfig>,
): VenuePosition[] {
  const configOf = new Map(configs.map((row) => [row.symbol, row] as const));
  return rows
    .filter((row) => row.positionAmt !== '0')
    .map((row) => {
      const config = configOf.get(row.symbol);
      return {
        symbol: row.symbol,
        positionSide: POSITION_SIDES[row.positionSide],
        quantity: row.positionAmt,
        entryPrice: row.entryPrice,
        markPrice: orNull(row.markPrice ?? undefined),
        // Zero where no price would liquidate it.
        liquidationPrice: orNull(row.liquidationPrice ?? undefined),
        leverage: config?.leverage ?? null,
        isolated: config?.marginType === 'ISOLATED',
      };
    });
}

/** A row of `GET /fapi/v1/userTrades`. */
export const usdmTrade = z.object({
  symbol: z.string(),
  id: venueId,
  orderId: venueId,
  side: z.enum(['BUY', 'SELL']),
  price: amount,
  qty: amount,
  commission: amount,
  commissionAsset: z.string(),
  time: timeMs,
  maker: z.boolean(),
});
export type UsdmTrade = z.output<typeof usdmTrade>;

/** A row of `GET /fapi/v1/income` for funding. */
export const usdmFunding = z.object({
  symbol: z.string(),
  income: amount,
  asset: z.string(),
  time: timeMs,
  tranId: venueId,
});

/** Answer to a cancel of all. */
export const usdmAllCanceled = z.object({ code: z.union([z.literal(200), z.literal('200')]) });
