import { refusal } from '../../connectivity/placement-check.ts';
import { decimal } from '../../core/vocabulary/decimal.ts';
import type { OrderPlacement } from '../../ports/exchange-gateway.ts';
import type { CcxtExchange } from './exchange-shape.ts';

/** ccxt rounds to the venue's steps without a word; an order that it would change is refused instead. Null for one that it would not. */
export function offStepsRefusal(
  exchange: CcxtExchange,
  symbol: string,
  order: OrderPlacement,
  messageOf: (error: unknown) => string,
): ReturnType<typeof refusal> | null {
  const { quantity, limit } = order;
  try {
    if (decimal(exchange.amountToPrecision(symbol, quantity)) !== decimal(quantity))
      return refusal('filter-violated', `quantity ${quantity} is not on the steps of ${order.symbol}`);
    if (limit !== undefined && decimal(exchange.priceToPrecision(symbol, limit)) !== decimal(limit))
      return refusal('filter-violated', `limit ${limit} is not on the ticks of ${order.symbol}`);
  } catch (error) {
    return refusal('filter-violated', messageOf(error));
  }
  return null;
}
