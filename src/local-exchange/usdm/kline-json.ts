import type { Json } from '../../core/vocabulary/json.ts';
import type { Contract } from './contract.ts';
import type { Kline } from './kline-series.ts';

/** The twelve positions of a kline of traded prices. */
export function klineRow(contract: Contract, bar: Kline): Json {
  return [
    bar.openMs,
    contract.marketPrice(bar.open),
    contract.marketPrice(bar.high),
    contract.marketPrice(bar.low),
    contract.marketPrice(bar.close),
    contract.marketQuantity(bar.lots),
    bar.closeMs - 1,
    contract.tickLotsText(bar.tickLots),
    bar.trades,
    contract.marketQuantity(bar.takerBuyLots),
    contract.tickLotsText(bar.takerBuyTickLots),
    '0',
  ];
}

/** The twelve positions of a kline of mark, index or premium: no volumes. The count is that of the bar's seconds. */
export function priceKlineRow(bar: Kline, nowMs: number): Json {
  const text = (price: number): string => price.toFixed(8);
  const seconds = Math.max(0, Math.ceil((Math.min(nowMs, bar.closeMs) - bar.openMs) / 1000));
  return [
    bar.openMs,
    text(bar.open),
    text(bar.high),
    text(bar.low),
    text(bar.close),
    '0',
    bar.closeMs - 1,
    '0',
    seconds,
    '0',
    '0',
    '0',
  ];
}

/** `k` of a kline event. */
export function klineEvent(
  contract: Contract,
  bar: Kline,
  interval: string,
  isClosed: boolean,
): { readonly [key: string]: Json } {
  return {
    t: bar.openMs,
    T: bar.closeMs - 1,
    i: interval,
    f: bar.firstTradeId,
    L: bar.lastTradeId,
    o: contract.marketPrice(bar.open),
    c: contract.marketPrice(bar.close),
    h: contract.marketPrice(bar.high),
    l: contract.marketPrice(bar.low),
    v: contract.marketQuantity(bar.lots),
    n: bar.trades,
    x: isClosed,
    q: contract.tickLotsText(bar.tickLots),
    V: contract.marketQuantity(bar.takerBuyLots),
    Q: contract.tickLotsText(bar.takerBuyTickLots),
    B: '0',
  };
}
