import type { Json } from '../../core/vocabulary/json.ts';
import type { Params } from '../product.ts';
import {
  accountSettings,
  accountV2Json,
  accountV3Json,
  adlQuantile,
  balanceJson,
  positionRiskV2,
  positionRiskV3,
} from './account-json.ts';
import type { Contract } from './contract.ts';
import { type BoundEndpoint, signed } from './endpoint.ts';
import { symbolsOf } from './exchange-info.ts';
import { type ExchangeState, MARGIN_ASSET } from './exchange-state.ts';
import { queriedOrderJson, sideText } from './order.ts';
import { readContract } from './order-entry.ts';
import { fromId, type ParameterReader, within } from './parameters.ts';
import { type Refusal, refuse } from './refusals.ts';
import type { IncomeRow, UsdmAccount, UserTrade } from './usdm-account.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

const get = (path: string, weight: number | ((p: Params) => number), socket?: string) => ({
  method: 'GET' as const,
  path,
  security: 'user-data' as const,
  weight,
  ...(socket === undefined ? {} : { socket }),
});

/** The contract of an optional `symbol`; undefined where it was not sent, null with a refusal kept. */
function optionalContract(state: ExchangeState, read: ParameterReader): Contract | null | undefined {
  return read.has('symbol') ? readContract(state, read) : undefined;
}

function positions(
  json: (state: ExchangeState, account: UsdmAccount, contract: Contract | undefined) => Json,
): (state: ExchangeState, read: ParameterReader, account: UsdmAccount) => Json | Refusal {
  return (state, read, account) => {
    const contract = optionalContract(state, read);
    return contract === null ? (read.refusal ?? refuse(-1121)) : json(state, account, contract);
  };
}

function userTrades(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = readContract(state, read);
  const orderId = read.integer('orderId');
  const from = read.integer('fromId');
  const times = read.times(WEEK_MS);
  const limit = read.limit(500, 1000);
  if (from !== null && (times.start !== null || times.end !== null)) read.fail(refuse(-1128));
  if (contract === null || read.refusal) return read.refusal ?? refuse(-1121);
  const own = account.trades.filter(
    (t) => t.order.contract === contract && (orderId === null || t.order.id === orderId),
  );
  const bounded = times.start === null && times.end === null ? { start: null, end: null } : times;
  const rows = from === null ? within(own, (t) => t.timeMs, bounded, limit) : fromId(own, (t) => t.id, from, limit);
  return rows.map((trade) => userTradeJson(trade));
}

function userTradeJson({ order, ...trade }: UserTrade): Json {
  const { contract } = order;
  return {
    buyer: order.side > 0,
    commission: contract.money(trade.feeQuanta),
    commissionAsset: MARGIN_ASSET,
    id: trade.id,
    maker: trade.isMaker,
    orderId: order.id,
    price: contract.priceText(trade.ticks),
    qty: contract.quantityText(trade.lots),
    quoteQty: contract.tickLotsText(trade.ticks * trade.lots),
    realizedPnl: contract.money(trade.realisedQuanta),
    side: sideText(order.side),
    positionSide: order.positionSide,
    symbol: contract.symbol,
    time: trade.timeMs,
  };
}

function income(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = optionalContract(state, read);
  const type = read.text('incomeType');
  const times = read.times();
  const page = read.integer('page') ?? 1;
  const limit = read.limit(100, 1000);
  if (contract === null || read.refusal) return read.refusal ?? refuse(-1121);
  const own = account.income.filter(
    (row) => (contract === undefined || row.symbol === contract.symbol) && (type === null || row.type === type),
  );
  const start = times.start ?? (times.end === null ? state.nowMs - WEEK_MS : null);
  const found = within(own, (row) => row.timeMs, { start, end: times.end }, Number.POSITIVE_INFINITY);
  // Without a start the newest are wanted, with one the oldest; pages go on from there.
  const from = times.start === null ? Math.max(0, found.length - page * limit) : (page - 1) * limit;
  const to = times.start === null ? found.length - (page - 1) * limit : from + limit;
  return found.slice(from, Math.max(from, to)).map((row) => incomeJson(state, row));
}

function incomeJson(state: ExchangeState, row: IncomeRow): Json {
  return {
    symbol: row.symbol,
    incomeType: row.type,
    income: state.contracts[0]!.money(row.quanta),
    asset: MARGIN_ASSET,
    info: row.info,
    time: row.timeMs,
    tranId: row.id,
    tradeId: row.tradeId,
  };
}

function forceOrders(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const contract = optionalContract(state, read);
  const type = read.oneOf('autoCloseType', ['LIQUIDATION', 'ADL'], 'LIQUIDATION', () => refuse(-1130, 'autoCloseType'));
  const times = read.times();
  const limit = read.limit(50, 100);
  if (contract === null || read.refusal) return read.refusal ?? refuse(-1121);
  if (type === 'ADL') return [];
  const own = (state.ordersOf.get(account.account.index) ?? []).filter(
    (o) => o.origin.isLiquidation && (contract === undefined || o.contract === contract),
  );
  return within(own, (o) => o.createdMs, times, limit).map(queriedOrderJson);
}

function adlQuantiles(state: ExchangeState, read: ParameterReader, account: UsdmAccount): Json | Refusal {
  const symbol = read.text('symbol');
  const contracts = symbolsOf(state, symbol);
  if (contracts === null) return refuse(-1121);
  const rows = contracts
    .filter((contract) => account.indexes(contract).some((i) => account.margin.positions[i]!.lots !== 0))
    .map((contract) => {
      const [both, long, short] = account.indexes(contract).map((index) => adlQuantile(account, index));
      const legs = account.isHedged ? { HEDGE: 0 } : { BOTH: both! };
      return { symbol: contract.symbol, adlQuantile: { LONG: long!, SHORT: short!, ...legs } };
    });
  return rows;
}

export const ACCOUNT_ROUTES: readonly BoundEndpoint[] = [
  signed(get('/fapi/v2/balance', 5, 'account.balance'), (_state, _read, account) => balanceJson(account)),
  signed(get('/fapi/v3/balance', 5, 'v2/account.balance'), (_state, _read, account) => balanceJson(account)),
  signed(get('/fapi/v2/account', 5, 'account.status'), (state, _read, account) => accountV2Json(state, account)),
  signed(get('/fapi/v3/account', 5, 'v2/account.status'), (state, _read, account) => accountV3Json(state, account)),
  signed(get('/fapi/v2/positionRisk', 5, 'account.position'), positions(positionRiskV2)),
  signed(get('/fapi/v3/positionRisk', 5, 'v2/account.position'), positions(positionRiskV3)),
  signed(get('/fapi/v1/userTrades', 5), userTrades),
  signed(get('/fapi/v1/income', 30), income),
  signed(
    get('/fapi/v1/forceOrders', (p) => (p.has('symbol') ? 20 : 50)),
    forceOrders,
  ),
  signed(get('/fapi/v1/adlQuantile', 5), adlQuantiles),
  signed(get('/fapi/v1/accountConfig', 5), (_state, _read, account) => ({
    ...accountSettings(account),
    dualSidePosition: account.isHedged,
  })),
  signed(get('/fapi/v1/symbolConfig', 5), (state, read, account) => {
    const contracts = symbolsOf(state, read.text('symbol'));
    if (contracts === null) return refuse(-1121);
    return contracts.map((contract) => ({
      symbol: contract.symbol,
      marginType: account.isCross(contract) ? 'CROSSED' : 'ISOLATED',
      isAutoAddMargin: false,
      leverage: account.leverage(contract),
      maxNotionalValue: `${contract.maxNotional(account.leverage(contract))}`,
    }));
  }),
  signed(get('/fapi/v1/leverageBracket', 1), (state, read) => {
    const symbol = read.text('symbol');
    const contracts = symbolsOf(state, symbol);
    if (contracts === null) return refuse(-1121);
    const rows = contracts.map(bracketsJson);
    return symbol === null ? rows : rows[0]!;
  }),
  signed(get('/fapi/v1/commissionRate', 20), (state, read) => {
    const contract = readContract(state, read);
    if (contract === null) return read.refusal ?? refuse(-1121);
    const { maker, taker } = state.fees;
    return {
      symbol: contract.symbol,
      makerCommissionRate: maker,
      takerCommissionRate: taker,
      rpiCommissionRate: '0.00005',
    };
  }),
  signed(
    get('/fapi/v1/apiTradingStatus', (p) => (p.has('symbol') ? 1 : 10)),
    (state) => ({
      indicators: {},
      updateTime: state.nowMs,
    }),
  ),
];

function bracketsJson(contract: Contract): Json {
  return {
    symbol: contract.symbol,
    notionalCoef: 1,
    brackets: contract.brackets.map((b, i) => ({
      bracket: i + 1,
      initialLeverage: b.maxLeverage,
      notionalCap: b.notionalCap,
      notionalFloor: b.notionalFloor,
      maintMarginRatio: b.maintenanceRate,
      cum: b.maintenanceAmount,
    })),
  };
}
