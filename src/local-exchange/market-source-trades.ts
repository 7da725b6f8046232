import type { TradeColumns } from '../core/vocabulary/market-data.ts';
import type { OutsideTrade } from './market-source.ts';

/**
 * Recorded trades of a symbol. Where the taker's side is unknown it is told from the price: up or first is a buyer, down a seller, unchanged
 * as the one before (the tick rule; Lee & Ready 1991).
 */
export function* recordedTrades(symbol: string, trades: TradeColumns): Generator<OutsideTrade> {
  let last = 0;
  let takerSide: 'buy' | 'sell' = 'buy';
  for (let i = 0; i < trades.timeMs.length; i++) {
    const price = trades.price[i]!;
    const side = trades.side[i]!;
    if (side !== 0) takerSide = side > 0 ? 'buy' : 'sell';
    else if (price !== last) takerSide = price > last ? 'buy' : 'sell';
    last = price;
    yield { kind: 'trade', timeMs: trades.timeMs[i]!, symbol, price, quantity: trades.quantity[i]!, takerSide };
  }
}
