import { VENUE_REFUSAL } from '../../core/exchange/venue-refusal.ts';
import { toUnits } from '../../core/vocabulary/decimal.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { type BoundEndpoint, signed } from './endpoint.ts';
import type { ExchangeState } from './exchange-state.ts';
import { readContract, readPositionSide } from './order-entry.ts';
import { type ParameterReader, within } from './parameters.ts';
import { missing, type Refusal, refuse } from './refusals.ts';
import type { UsdmAccount } from './usdm-account.ts';
import { tellAccount, tellLeverage, tellMultiAssets } from './user-events.ts';

const SUCCESS = { code: 200, msg: 'success' };

type Run = (state: ExchangeState, read: ParameterReader, account: UsdmAccount) => Json | Refusal;

const setLeverage: Run = (state, read, account) => {
  const contract = readContract(state, read);
  const leverage = read.neededInteger('leverage');
  if (contract === null || read.refusal) return read.refusal ?? refuse(-1121);
  if (leverage < 1 || leverage > contract.maxLeverage) return refuse(-4028, leverage);
  const before = account.leverage(contract);
  const indexes = account.indexes(contract);
  for (const index of indexes) {
    const code = account.margin.setLeverage(index, leverage);
    if (code === VENUE_REFUSAL.accepted) continue;
    // All legs of a symbol have one leverage: what was changed before the one that cannot goes back.
    for (const changed of indexes) account.margin.positions[changed]!.leverage = before;
    if (code === VENUE_REFUSAL['isolated-position-open']) return refuse(-4161);
    return refuse(code === VENUE_REFUSAL['leverage-above-tier'] ? -2027 : -2028);
  }
  if (leverage !== before) tellLeverage(state, account, contract);
  return { leverage, maxNotionalValue: `${contract.maxNotional(leverage)}`, symbol: contract.symbol };
};

const setMarginType: Run = (state, read, account) => {
  const contract = readContract(state, read);
  const type = read.mustBeOneOf('marginType', ['ISOLATED', 'CROSSED'], () => refuse(-1130, 'marginType'));
  if (contract === null || read.refusal) return read.refusal ?? refuse(-1121);
  if (account.isCross(contract) === (type === 'CROSSED')) return refuse(-4046);
  if (account.isMultiAsset && type === 'ISOLATED') return refuse(-4168);
  const { index } = account.account;
  if (state.openOrdersOf(index, contract).length > 0 || hasOpenAlgo(state, account, contract.symbol))
    return refuse(-4047);
  if (account.indexes(contract).some((i) => account.margin.positions[i]!.lots !== 0)) return refuse(-4048);
  account.setMode(contract, type === 'CROSSED' ? 'cross' : 'isolated');
  return SUCCESS;
};

function hasOpenAlgo(state: ExchangeState, account: UsdmAccount, symbol?: string): boolean {
  return state
    .openAlgoOrdersOf(account.account.index)
    .some((o) => o.status === 'NEW' && (symbol === undefined || o.contract.symbol === symbol));
}

const setPositionMode: Run = (state, read, account) => {
  if (!read.has('dualSidePosition')) return missing('dualSidePosition');
  const isHedged = read.flag('dualSidePosition', false);
  if (read.refusal) return read.refusal;
  if (isHedged === account.isHedged) return refuse(-4059);
  if (state.openOrdersOf(account.account.index).length > 0 || hasOpenAlgo(state, account)) return refuse(-4067);
  if (account.margin.positions.some((p) => p.lots !== 0)) return refuse(-4068);
  account.isHedged = isHedged;
  return SUCCESS;
};

const setMultiAssets: Run = (state, read, account) => {
  if (!read.has('multiAssetsMargin')) return missing('multiAssetsMargin');
  const isMultiAsset = read.flag('multiAssetsMargin', false);
  if (read.refusal) return read.refusal;
  if (isMultiAsset === account.isMultiAsset) return refuse(-4171);
  if (state.contracts.some((contract) => !account.isCross(contract))) return refuse(-4167);
  if (state.openOrdersOf(account.account.index).length > 0) return refuse(-4170);
  account.isMultiAsset = isMultiAsset;
  tellMultiAssets(state, account);
  return SUCCESS;
};

const movePositionMargin: Run = (state, read, account) => {
  const contract = readContract(state, read);
  const amount = read.decimal('amount');
  const type = read.neededInteger('type');
  const side = readPositionSide(read);
  if (amount === null) read.fail(missing('amount'));
  if (type !== 1 && type !== 2) read.fail(refuse(-1130, 'type'));
  if (contract === null || amount === null || read.refusal) return read.refusal ?? refuse(-1121);
  if (account.isHedged === (side === 'BOTH')) return refuse(-4061);
  const index = account.positionIndex(contract, side);
  const position = account.margin.positions[index]!;
  if (position.mode !== 'isolated') return refuse(-4049);
  if (position.lots === 0) return refuse(-4054);
  const quanta = Number(toUnits(amount, 8, 'floor'));
  if (quanta <= 0 || !Number.isSafeInteger(quanta)) return refuse(-4055);
  const signed = type === 1 ? quanta : -quanta;
  if (account.margin.moveMargin(index, signed) !== VENUE_REFUSAL.accepted) return refuse(type === 1 ? -4050 : -4051);
  const timeMs = state.nowMs;
  account.marginChanges.push({
    symbol: contract.symbol,
    type,
    deltaType: 'USER_ADJUST',
    quanta,
    timeMs,
    positionSide: side,
  });
  account.records[index]!.updatedMs = timeMs;
  tellAccount(state, account, 'MARGIN_TRANSFER', [index]);
  const market = state.market(contract);
  market.mustReview = true;
  state.settle(market);
  return { amount: Number(contract.money(quanta)), code: 200, msg: 'Successfully modify position margin.', type };
};

const marginHistory: Run = (state, read, account) => {
  const contract = readContract(state, read);
  const type = read.integer('type');
  const times = read.times();
  const limit = read.limit(500, 500);
  if (contract === null || read.refusal) return read.refusal ?? refuse(-1121);
  const own = account.marginChanges.filter((c) => c.symbol === contract.symbol && (type === null || c.type === type));
  return within(own, (c) => c.timeMs, times, limit).map((c) => ({
    symbol: c.symbol,
    type: c.type,
    deltaType: c.deltaType,
    amount: contract.money(c.quanta),
    asset: contract.quote,
    time: c.timeMs,
    positionSide: c.positionSide,
  }));
};

const setFeeBurn: Run = (_state, read, account) => {
  if (!read.has('feeBurn')) return missing('feeBurn');
  const burns = read.flag('feeBurn', false);
  if (read.refusal) return read.refusal;
  account.burnsFees = burns;
  return SUCCESS;
};

const at = (method: 'GET' | 'POST', name: string, weight: number) => ({
  method,
  path: `/fapi/v1/${name}`,
  security: method === 'GET' ? ('user-data' as const) : ('trade' as const),
  weight,
});

export const CONFIGURATION_ROUTES: readonly BoundEndpoint[] = [
  signed(at('POST', 'leverage', 1), setLeverage),
  signed(at('POST', 'marginType', 1), setMarginType),
  signed(at('POST', 'positionSide/dual', 1), setPositionMode),
  signed(at('GET', 'positionSide/dual', 30), (_state, _read, account) => ({ dualSidePosition: account.isHedged })),
  signed(at('POST', 'multiAssetsMargin', 1), setMultiAssets),
  signed(at('GET', 'multiAssetsMargin', 30), (_state, _read, account) => ({ multiAssetsMargin: account.isMultiAsset })),
  signed(at('POST', 'positionMargin', 1), movePositionMargin),
  signed(at('GET', 'positionMargin/history', 1), marginHistory),
  signed(at('POST', 'feeBurn', 1), setFeeBurn),
  signed(at('GET', 'feeBurn', 30), (_state, _read, account) => ({ feeBurn: account.burnsFees })),
];
