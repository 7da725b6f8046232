import type { Json } from '../../core/vocabulary/json.ts';
import { placeAlgo } from './algo-entry.ts';
import { type AlgoOrder, algoJson, queriedAlgoJson } from './algo-order.ts';
import { cancelAlgo } from './algo-triggers.ts';
import { type BoundEndpoint, signed } from './endpoint.ts';
import type { ExchangeState } from './exchange-state.ts';
import { readContract } from './order-entry.ts';
import type { ParameterReader } from './parameters.ts';
import { missing, Refusal, refuse } from './refusals.ts';
import type { UsdmAccount } from './usdm-account.ts';

const WEEK_MS = 604_800_000;

function findAlgo(
  state: ExchangeState,
  read: ParameterReader,
  account: UsdmAccount,
  notFound: -2011 | -2013,
): AlgoOrder | Refusal {
  const id = read.integer('algoId');
  const clientId = read.text('clientAlgoId');
  if (read.refusal) return read.refusal;
  if (id === null && clientId === null) return missing('algoId');
  const own = [...state.algoOrders.values()].filter((o) => o.account === account.account.index);
  return own.findLast((o) => (id === null ? o.clientId === clientId : o.id === id)) ?? refuse(notFound);
}

function cancel(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const found = findAlgo(state, read, account, -2011);
  if (found instanceof Refusal) return found;
  return cancelAlgo(state, found) ?? { algoId: found.id, clientAlgoId: found.clientId, code: '200', msg: 'success' };
}

function cancelAll(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = readContract(state, read);
  if (contract === null) return read.refusal ?? refuse(-1121);
  for (const order of state.openAlgoOrdersOf(account.account.index, contract)) cancelAlgo(state, order);
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

function openOrders(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = read.has('symbol') ? readContract(state, read) : undefined;
  const id = read.integer('algoId');
  if (contract === null || read.refusal) return read.refusal ?? refuse(-1121);
  return state
    .openAlgoOrdersOf(account.account.index, contract)
    .filter((o) => o.status === 'NEW' && (id === null || o.id === id))
    .map((o) => queriedAlgoJson(state, o));
}

function allOrders(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = readContract(state, read);
  const id = read.integer('algoId');
  const times = read.times(WEEK_MS);
  const limit = read.limit(500, 1000);
  if (contract === null || read.refusal) return read.refusal ?? refuse(-1121);
  const start = times.start ?? (times.end ?? state.nowMs) - WEEK_MS;
  const end = times.end ?? Number.POSITIVE_INFINITY;
  const found = [...state.algoOrders.values()].filter(
    (o) =>
      o.account === account.account.index &&
      o.contract === contract &&
      (id === null ? o.createdMs >= start && o.createdMs <= end : o.id >= id),
  );
  const isFromStart = id !== null || times.start !== null;
  return (isFromStart ? found.slice(0, limit) : found.slice(-limit)).map((o) => queriedAlgoJson(state, o));
}

const algo = (method: 'GET' | 'POST' | 'DELETE', name: string, weight: number) => ({
  method,
  path: `/fapi/v1/${name}`,
  security: method === 'GET' ? ('user-data' as const) : ('trade' as const),
  weight,
});

export const ALGO_ROUTES: readonly BoundEndpoint[] = [
  signed({ ...algo('POST', 'algoOrder', 0), orders: 1, socket: 'algoOrder.place' }, (state, read, account) => {
    const placed = placeAlgo(state, account, read);
    return placed instanceof Refusal ? placed : algoJson(placed);
  }),
  signed({ ...algo('DELETE', 'algoOrder', 1), socket: 'algoOrder.cancel' }, cancel),
  signed(algo('DELETE', 'algoOpenOrders', 1), cancelAll),
  signed(algo('GET', 'algoOrder', 1), (state, read, account) => {
    const found = findAlgo(state, read, account, -2013);
    return found instanceof Refusal ? found : queriedAlgoJson(state, found);
  }),
  signed({ ...algo('GET', 'openAlgoOrders', 1), weight: (p) => (p.has('symbol') ? 1 : 40) }, openOrders),
  signed(algo('GET', 'allAlgoOrders', 5), allOrders),
];
