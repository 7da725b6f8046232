import { entryPrice } from '../../core/exchange/margin-position.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import type { Contract } from './contract.ts';
import { type ExchangeState, MARGIN_ASSET } from './exchange-state.ts';
import { decimalsText, markText } from './texts.ts';
import type { UsdmAccount } from './usdm-account.ts';

type Fields = { readonly [key: string]: Json };

/** Indexes of positions that are open or have open orders; in hedge mode a symbol's other leg is left out where it has neither. */
function activeIndexes(state: ExchangeState, account: UsdmAccount): number[] {
  return state.contracts.flatMap((contract) => {
    const open = state.openOrdersOf(account.account.index, contract);
    return account.shownIndexes(contract).filter((index) => {
      const hasOrders = open.some((o) => account.positionIndex(contract, o.positionSide) === index);
      return account.margin.positions[index]!.lots !== 0 || hasOrders;
    });
  });
}

/** Values of all the account's positions and orders of one symbol's leg. */
function marginsOf(account: UsdmAccount, index: number): Fields {
  const contract = account.contractOf(index);
  const position = account.margin.positions[index]!;
  const { positionQuanta, ordersQuanta } = account.initialMargins(index);
  return {
    initialMargin: contract.money(positionQuanta + ordersQuanta),
    maintMargin: contract.money(position.maintenanceQuanta),
    positionInitialMargin: contract.money(positionQuanta),
    openOrderInitialMargin: contract.money(ordersQuanta),
  };
}

function notionalText(account: UsdmAccount, index: number): string {
  const { lots, notionalQuanta } = account.margin.positions[index]!;
  return account.contractOf(index).money(lots < 0 ? -notionalQuanta : notionalQuanta);
}

function isolatedMargins(account: UsdmAccount, index: number): Fields {
  const contract = account.contractOf(index);
  const { mode, marginQuanta, unrealisedQuanta } = account.margin.positions[index]!;
  const isIsolated = mode === 'isolated';
  return {
    isolatedMargin: contract.money(isIsolated ? marginQuanta + unrealisedQuanta : 0),
    isolatedWallet: contract.money(isIsolated ? marginQuanta : 0),
  };
}

/** Sums over the whole account. */
export function totalsOf(account: UsdmAccount): Fields {
  const money = account.contracts[0]!;
  let positionQuanta = 0;
  let ordersQuanta = 0;
  for (const index of account.margin.positions.keys()) {
    const margins = account.initialMargins(index);
    positionQuanta += margins.positionQuanta;
    ordersQuanta += margins.ordersQuanta;
  }
  const wallet = account.walletQuanta;
  const unrealised = account.unrealisedQuanta;
  return {
    totalInitialMargin: money.money(positionQuanta + ordersQuanta),
    totalMaintMargin: money.money(account.maintenanceQuanta),
    totalWalletBalance: money.money(wallet),
    totalUnrealizedProfit: money.money(unrealised),
    totalMarginBalance: money.money(wallet + unrealised),
    totalPositionInitialMargin: money.money(positionQuanta),
    totalOpenOrderInitialMargin: money.money(ordersQuanta),
    totalCrossWalletBalance: money.money(account.margin.cashQuanta),
    totalCrossUnPnl: money.money(account.crossUnrealisedQuanta),
    availableBalance: money.money(account.availableQuanta),
    maxWithdrawAmount: money.money(account.withdrawableQuanta),
  };
}

/** The margin asset, as `account` shows it. */
export function assetJson(account: UsdmAccount): Fields {
  const t = totalsOf(account);
  return {
    asset: MARGIN_ASSET,
    walletBalance: t['totalWalletBalance']!,
    unrealizedProfit: t['totalUnrealizedProfit']!,
    marginBalance: t['totalMarginBalance']!,
    maintMargin: t['totalMaintMargin']!,
    initialMargin: t['totalInitialMargin']!,
    positionInitialMargin: t['totalPositionInitialMargin']!,
    openOrderInitialMargin: t['totalOpenOrderInitialMargin']!,
    crossWalletBalance: t['totalCrossWalletBalance']!,
    crossUnPnl: t['totalCrossUnPnl']!,
    availableBalance: t['availableBalance']!,
    maxWithdrawAmount: t['maxWithdrawAmount']!,
    updateTime: account.updatedMs,
  };
}

/** Rows of `balance`. */
export function balanceJson(account: UsdmAccount): Json {
  const t = totalsOf(account);
  return [
    {
      accountAlias: `local${account.account.uid}`,
      asset: MARGIN_ASSET,
      balance: t['totalWalletBalance']!,
      crossWalletBalance: t['totalCrossWalletBalance']!,
      crossUnPnl: t['totalCrossUnPnl']!,
      availableBalance: t['availableBalance']!,
      maxWithdrawAmount: t['maxWithdrawAmount']!,
      marginAvailable: true,
      updateTime: account.updatedMs,
    },
  ];
}

/** `positions` of account v3: only what is open. */
export function accountV3Json(state: ExchangeState, account: UsdmAccount): Json {
  return {
    ...totalsOf(account),
    assets: [assetJson(account)],
    positions: activeIndexes(state, account).map((index) => {
      const contract = account.contractOf(index);
      const position = account.margin.positions[index]!;
      const { initialMargin, maintMargin } = marginsOf(account, index);
      return {
        symbol: contract.symbol,
        positionSide: account.sideOf(index),
        positionAmt: contract.marketQuantity(position.lots),
        unrealizedProfit: contract.money(position.unrealisedQuanta),
        ...isolatedMargins(account, index),
        notional: notionalText(account, index),
        initialMargin: initialMargin!,
        maintMargin: maintMargin!,
        updateTime: account.records[index]!.updatedMs,
      };
    }),
  };
}

/** What accountConfig and account v2 say of the account. */
export function accountSettings(account: UsdmAccount): Fields {
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: true,
    canWithdraw: true,
    feeBurn: account.burnsFees,
    tradeGroupId: -1,
    updateTime: 0,
    multiAssetsMargin: account.isMultiAsset,
  };
}

/** account v2: positions of all symbols. */
export function accountV2Json(state: ExchangeState, account: UsdmAccount): Json {
  return {
    ...accountSettings(account),
    ...totalsOf(account),
    assets: [{ ...assetJson(account), marginAvailable: true }],
    positions: shownIndexes(state, account).map((index) => {
      const contract = account.contractOf(index);
      const position = account.margin.positions[index]!;
      return {
        symbol: contract.symbol,
        ...marginsOf(account, index),
        unrealizedProfit: contract.money(position.unrealisedQuanta),
        leverage: `${position.leverage}`,
        isolated: position.mode === 'isolated',
        entryPrice: decimalsText(entryPrice(position)),
        breakEvenPrice: decimalsText(account.breakEvenPrice(index)),
        maxNotional: `${contract.maxNotional(position.leverage)}`,
        bidNotional: contract.money(position.buyQuanta),
        askNotional: contract.money(position.sellQuanta),
        positionSide: account.sideOf(index),
        positionAmt: contract.marketQuantity(position.lots),
        notional: notionalText(account, index),
        ...isolatedMargins(account, index),
        updateTime: account.records[index]!.updatedMs,
      };
    }),
  };
}

function shownIndexes(state: ExchangeState, account: UsdmAccount): number[] {
  return state.contracts.flatMap((contract) => {
    const both = account.positionIndex(contract, 'BOTH');
    // Hedge mode shows all three, one-way mode the one.
    return account.isHedged ? [...account.indexes(contract)] : [both];
  });
}

/** Price at which the position is liquidated; `0` where none is. */
function liquidationText(account: UsdmAccount, index: number): string {
  const price = account.margin.liquidationPrice(index);
  const contract = account.contractOf(index);
  if (price === null || price > contract.instrument.price(contract.maxTicks)) return '0';
  return decimalsText(price);
}

function riskFields(account: UsdmAccount, index: number): Fields {
  const contract = account.contractOf(index);
  const position = account.margin.positions[index]!;
  return {
    symbol: contract.symbol,
    positionSide: account.sideOf(index),
    positionAmt: contract.marketQuantity(position.lots),
    entryPrice: decimalsText(entryPrice(position)),
    breakEvenPrice: decimalsText(account.breakEvenPrice(index)),
    markPrice: markText(position.markPrice),
    unRealizedProfit: contract.money(position.unrealisedQuanta),
    liquidationPrice: liquidationText(account, index),
    ...isolatedMargins(account, index),
    notional: notionalText(account, index),
    updateTime: account.records[index]!.updatedMs,
  };
}

export function positionRiskV3(state: ExchangeState, account: UsdmAccount, contract: Contract | undefined): Json {
  return activeIndexes(state, account)
    .filter((index) => contract === undefined || account.contractOf(index) === contract)
    .map((index) => {
      const position = account.margin.positions[index]!;
      const of = account.contractOf(index);
      return {
        ...riskFields(account, index),
        marginAsset: MARGIN_ASSET,
        ...marginsOf(account, index),
        adl: adlQuantile(account, index),
        bidNotional: of.money(position.buyQuanta),
        askNotional: of.money(position.sellQuanta),
      };
    });
}

export function positionRiskV2(state: ExchangeState, account: UsdmAccount, contract: Contract | undefined): Json {
  return shownIndexes(state, account)
    .filter((index) => contract === undefined || account.contractOf(index) === contract)
    .map((index) => {
      const position = account.margin.positions[index]!;
      return {
        ...riskFields(account, index),
        leverage: `${position.leverage}`,
        marginType: position.mode,
        isAutoAddMargin: 'false',
        maxNotionalValue: `${account.contractOf(index).maxNotional(position.leverage)}`,
      };
    });
}

/** Place in the queue of auto-deleveraging, 0 to 4. There is no such queue here; the number is that of profit over margin, in fifths. */
export function adlQuantile(account: UsdmAccount, index: number): number {
  const { unrealisedQuanta } = account.margin.positions[index]!;
  const { positionQuanta } = account.initialMargins(index);
  if (unrealisedQuanta <= 0 || positionQuanta === 0) return 0;
  return Math.min(4, Math.floor((unrealisedQuanta / positionQuanta) * 5));
}
