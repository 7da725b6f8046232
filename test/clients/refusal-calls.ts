import assert from 'node:assert/strict';
import {
  RESTING_SALE,
  SPOT_REFUSALS,
  SPOT_REFUSALS_OF_AN_ORDER,
} from '../local-exchange/spot-refusal-samples.ts';
import type { ReachCall } from './reach-call.ts';
import type { Loose } from './spot-clients.ts';

/** Methods of `@binance/spot` that send a request to an endpoint. */
const SPOT_METHODS: Readonly<Record<string, string>> = {
  'POST /api/v3/order': 'newOrder',
  'GET /api/v3/order': 'getOrder',
  'DELETE /api/v3/order': 'deleteOrder',
  'GET /api/v3/ticker': 'ticker',
  'GET /api/v3/ticker/price': 'tickerPrice',
  'GET /api/v3/ticker/24hr': 'ticker24hr',
  'GET /api/v3/depth': 'depth',
  'GET /api/v3/klines': 'klines',
  'GET /api/v3/myTrades': 'myTrades',
  'GET /api/v3/referencePrice': 'referencePrice',
  'POST /api/v3/orderList/oco': 'orderListOco',
  'POST /api/v3/orderList/opo': 'orderListOpo',
  'POST /api/v3/order/cancelReplace': 'orderCancelReplace',
  'PUT /api/v3/order/amend/keepPriority': 'orderAmendKeepPriority',
};

/** The code with which a client's call was refused; fails where it was not. */
export async function codeOf(call: Promise<Loose>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return String((error as { readonly code?: unknown }).code);
  }
  throw new Error('the call was carried out');
}

export const SPOT_REFUSAL_CALLS: readonly ReachCall[] = Object.entries(SPOT_REFUSALS).map(
  ([code, [endpoint, fields]]) => ({
    product: 'spot',
    client: '@binance/spot',
    call: `restAPI ${SPOT_METHODS[endpoint]}`,
    reaches: [code],
    async run(s) {
      const client = s.officialRefused;
      if (SPOT_REFUSALS_OF_AN_ORDER.includes(code) && !s.kept.has('resting')) {
        await client.newOrder(RESTING_SALE);
        s.kept.set('resting', true);
      }
      return codeOf(client[SPOT_METHODS[endpoint]!]({ ...fields }));
    },
    check: (found) => assert.equal(found, code),
  }),
);
