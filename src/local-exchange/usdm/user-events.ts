import { entryPrice } from '../../core/exchange/margin-position.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import type { Contract } from './contract.ts';
import { type ExchangeState, MARGIN_ASSET } from './exchange-state.ts';
import { originalType, sideText, type UsdmOrder } from './order.ts';
import { decimalsText, markText } from './texts.ts';
import type { UsdmAccount } from './usdm-account.ts';

/** The trade that an order event tells of. */
export interface ToldFill {
  readonly ticks: number;
  readonly lots: number;
  readonly tradeId: number;
  readonly isMaker: boolean;
  readonly feeQuanta: number;
  readonly realisedQuanta: number;
}

export type ExecutionType = 'NEW' | 'TRADE' | 'CANCELED' | 'EXPIRED' | 'AMENDMENT' | 'CALCULATED';

/** ORDER_TRADE_UPDATE of an order as it stands. */
export function tellOrder(state: ExchangeState, order: UsdmOrder, execution: ExecutionType, fill?: ToldFill): void {
  const account = state.accountOf(order);
  const { contract } = order;
  const now = state.nowMs;
  const position = account.position(contract, order.positionSide);
  state.around.notify(account.account, {
    e: 'ORDER_TRADE_UPDATE',
    T: now,
    E: now,
    o: {
      s: contract.symbol,
      c: order.clientId,
      S: sideText(order.side),
      o: order.origin.isLiquidation ? 'LIQUIDATION' : order.type,
      f: order.timeInForce,
      q: contract.quantityText(order.lots),
      p: contract.priceText(order.ticks),
      ap: contract.averageText(order.filledTickLots, order.filledLots) ?? '0',
      sp: order.origin.stopPrice,
      x: execution,
      X: order.status,
      i: order.id,
      l: contract.quantityText(fill?.lots ?? 0),
      z: contract.quantityText(order.filledLots),
      L: contract.priceText(fill?.ticks ?? 0),
      ...(fill === undefined || fill.feeQuanta === 0 ? {} : { N: MARGIN_ASSET, n: contract.money(fill.feeQuanta) }),
      T: now,
      t: fill?.tradeId ?? 0,
      b: contract.money(position.buyQuanta),
      a: contract.money(position.sellQuanta),
      m: fill?.isMaker ?? false,
      R: order.reduceOnly,
      wt: order.origin.workingType,
      ot: order.origin.isLiquidation ? 'LIQUIDATION' : originalType(order),
      ps: order.positionSide,
      cp: order.origin.closePosition,
      rp: contract.money(fill?.realisedQuanta ?? 0),
      pP: order.origin.priceProtect,
      si: 0,
      ss: 0,
      V: order.selfTrade,
      pm: order.priceMatch,
      gtd: order.goodTillMs,
      er: order.expiry,
    },
  });
}

/** TRADE_LITE, the short form that comes first. */
export function tellTradeLite(state: ExchangeState, order: UsdmOrder, fill: ToldFill): void {
  const { contract } = order;
  const now = state.nowMs;
  state.around.notify(state.accountOf(order).account, {
    e: 'TRADE_LITE',
    E: now,
    T: now,
    s: contract.symbol,
    q: contract.quantityText(order.lots),
    p: contract.priceText(order.ticks),
    m: fill.isMaker,
    c: order.clientId,
    S: sideText(order.side),
    L: contract.priceText(fill.ticks),
    l: contract.quantityText(fill.lots),
    t: fill.tradeId,
    i: order.id,
  });
}

/**
 * ACCOUNT_UPDATE with the wallet and the positions given.
 *
 * @param changeQuanta change of the balance without profit and fee
 */
export function tellAccount(
  state: ExchangeState,
  account: UsdmAccount,
  reason: string,
  positions: readonly number[],
  changeQuanta = 0,
): void {
  const now = state.nowMs;
  account.updatedMs = now;
  const money = state.contracts[0]!;
  state.around.notify(account.account, {
    e: 'ACCOUNT_UPDATE',
    E: now,
    T: now,
    a: {
      m: reason,
      B: [
        {
          a: MARGIN_ASSET,
          wb: money.money(account.walletQuanta),
          cw: money.money(account.margin.cashQuanta),
          bc: money.money(changeQuanta),
        },
      ],
      P: positions.map((index) => positionOf(account, index)),
    },
  });
}

function positionOf(account: UsdmAccount, index: number): Json {
  const contract = account.contractOf(index);
  const position = account.margin.positions[index]!;
  return {
    s: contract.symbol,
    pa: contract.quantityText(position.lots),
    ep: decimalsText(entryPrice(position)),
    bep: decimalsText(account.breakEvenPrice(index)),
    cr: contract.money(account.records[index]!.realisedQuanta),
    up: contract.money(position.unrealisedQuanta),
    mt: position.mode,
    iw: contract.money(position.mode === 'isolated' ? position.marginQuanta : 0),
    ps: account.sideOf(index),
  };
}

export function tellLeverage(state: ExchangeState, account: UsdmAccount, contract: Contract): void {
  const now = state.nowMs;
  state.around.notify(account.account, {
    e: 'ACCOUNT_CONFIG_UPDATE',
    E: now,
    T: now,
    ac: { s: contract.symbol, l: account.leverage(contract) },
  });
}

export function tellMultiAssets(state: ExchangeState, account: UsdmAccount): void {
  const now = state.nowMs;
  state.around.notify(account.account, { e: 'ACCOUNT_CONFIG_UPDATE', E: now, T: now, ai: { j: account.isMultiAsset } });
}

/** MARGIN_CALL: these positions are close to their liquidation. */
export function tellMarginCall(state: ExchangeState, account: UsdmAccount, positions: readonly number[]): void {
  const isCross = positions.some((index) => account.margin.positions[index]!.mode === 'cross');
  state.around.notify(account.account, {
    e: 'MARGIN_CALL',
    E: state.nowMs,
    ...(isCross ? { cw: state.contracts[0]!.money(account.margin.cashQuanta) } : {}),
    p: positions.map((index) => {
      const contract = account.contractOf(index);
      const position = account.margin.positions[index]!;
      return {
        s: contract.symbol,
        ps: account.sideOf(index),
        pa: contract.quantityText(position.lots),
        mt: position.mode === 'cross' ? 'CROSSED' : 'ISOLATED',
        iw: contract.money(position.mode === 'isolated' ? position.marginQuanta : 0),
        mp: markText(position.markPrice),
        up: contract.money(position.unrealisedQuanta),
        mm: contract.money(position.maintenanceQuanta),
      };
    }),
  });
}
