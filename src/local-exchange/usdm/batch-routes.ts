import type { Json } from '../../core/vocabulary/json.ts';
import type { Params } from '../product.ts';
import { type BoundEndpoint, signed } from './endpoint.ts';
import type { ExchangeState } from './exchange-state.ts';
import { cancel, modify, place } from './order-routes.ts';
import { ParameterReader } from './parameters.ts';
import { Refusal, refuse } from './refusals.ts';
import type { UsdmAccount } from './usdm-account.ts';

const MOST_PLACED = 5;
const MOST_CANCELLED = 10;

type One = (state: ExchangeState, read: ParameterReader, account: UsdmAccount) => Json | Refusal;

/** Parameters of one order of a batch: texts as they are, numbers and booleans as JSON prints them. */
function paramsOf(row: unknown): Params | null {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return null;
  const params = new Map<string, string>();
  for (const [name, value] of Object.entries(row))
    params.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  return params;
}

/** Does each for itself, in order; what is refused answers its code in its place. */
function each(one: One): One {
  return (state, read, account) => {
    if (!read.has('batchOrders')) return read.refusal ?? refuse(-1102, 'batchOrders');
    const rows = read.list('batchOrders');
    if (read.refusal) return read.refusal;
    if (rows.length === 0 || rows.length > MOST_PLACED) return refuse(-4082);
    return rows.map((row) => {
      const params = paramsOf(row);
      return params === null ? told(refuse(-4083)) : told(one(state, new ParameterReader(params), account));
    });
  };
}

function told(result: Json | Refusal): Json {
  return result instanceof Refusal ? result.answer.body : result;
}

function cancelBatch(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const symbol = read.needed('symbol');
  const ids = read.list('orderIdList');
  const clientIds = read.list('origClientOrderIdList');
  if (read.refusal) return read.refusal;
  const wanted = ids.length > 0 ? ids : clientIds;
  if (wanted.length === 0 || wanted.length > MOST_CANCELLED) return refuse(-4082);
  const name = ids.length > 0 ? 'orderId' : 'origClientOrderId';
  return wanted.map((id) =>
    told(
      cancel(
        state,
        new ParameterReader(
          new Map([
            ['symbol', symbol],
            [name, String(id)],
          ]),
        ),
        account,
      ),
    ),
  );
}

/** Orders that a batch counts as. */
function batchLength(params: Params): number {
  const rows = new ParameterReader(params).list('batchOrders').length;
  return Math.min(MOST_PLACED, Math.max(1, rows));
}

const batch = (method: 'POST' | 'PUT' | 'DELETE', weight: number) => ({
  method,
  path: '/fapi/v1/batchOrders',
  security: 'trade' as const,
  weight,
});

export const BATCH_ROUTES: readonly BoundEndpoint[] = [
  signed(
    { ...batch('POST', 5), orders: batchLength },
    each((state, read, account) => place(state, read, account)),
  ),
  signed({ ...batch('PUT', 5), orders: batchLength }, each(modify)),
  signed(batch('DELETE', 1), cancelBatch),
];
