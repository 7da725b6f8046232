import { z } from 'zod';
import { DECIMAL_SCALE, decimal, formatDecimal, parseDecimal, unitsToText } from '../../core/vocabulary/decimal.ts';
import type { OrderPlacement } from '../../ports/exchange-gateway.ts';
import type { HttpAnswer } from '../../ports/transport.ts';
import { jsonOf } from './rest-answers.ts';

/** Type and time in force as MEXC's one word. */
export function orderType(order: OrderPlacement): string {
  if (order.type === 'market') return order.side === 'buy' ? 'IMMEDIATE_OR_CANCEL' : 'MARKET';
  if (order.postOnly === true) return 'LIMIT_MAKER';
  return order.tif === 'ioc' ? 'IMMEDIATE_OR_CANCEL' : order.tif === 'fok' ? 'FILL_OR_KILL' : 'LIMIT';
}

/** ask × (1 + reach), down to the tick but never below the ask itself. All of them decimal text. */
export function marketBuyLimit(ask: string, reach: string, tick: string): string {
  const step = decimal(tick);
  const askUnits = decimal(ask);
  const one = decimal('1');
  const bound = (askUnits * (one + decimal(reach))) / one;
  const onTick = bound - (bound % step);
  return unitsToText(onTick > askUnits ? onTick : askUnits, DECIMAL_SCALE);
}

const bookTicker = z.object({ askPrice: z.string() });

/** Best ask as canonical text. Throws where there is none: nobody sells. */
export function readAsk(answer: HttpAnswer): string {
  const { askPrice } = bookTicker.parse(jsonOf(answer));
  const parsed = parseDecimal(askPrice);
  if (parsed === null || parsed <= 0n) throw new RangeError(`expected a best ask, found ${JSON.stringify(askPrice)}`);
  return formatDecimal(parsed);
}
