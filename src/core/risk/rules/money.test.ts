import { Instrument } from '../../vocabulary/instrument.ts';
import { LONG, order, runCases, SELL } from '../scene.test.ts';

/** A long whose close is on its way. */
const CLOSING = { ...LONG, strategyOpenSellLots: 1000, openSellLots: 1000, shortAllowed: true, takerFeeRate: 0.001 };

runCases('order value', [
  { name: 'all of the equity', draft: order('market', { lots: 10_000 }), expect: 'approved' },
  { name: 'one lot more', draft: order('market', { lots: 10_001 }), expect: 'order-value-limit' },
  { name: 'in quote, at the limit', draft: order(), limits: { orderValueQuote: 1000 }, expect: 'approved' },
  {
    name: 'in quote, one lot more',
    draft: order('market', { lots: 1001 }),
    limits: { orderValueQuote: 1000 },
    expect: 'order-value-limit',
  },
  {
    name: 'a flip counts what it opens',
    draft: order('market', { ...SELL, lots: 2000 }),
    view: { ...LONG, shortAllowed: true },
    limits: { orderValueQuote: 1000 },
    expect: 'approved',
  },
  {
    name: 'a settle rate of 2',
    draft: order('market', { lots: 501 }),
    view: { settleRate: 2 },
    limits: { orderValueQuote: 1000 },
    expect: 'order-value-limit',
  },
]);

runCases('order size', [
  { name: 'at the limit', draft: order(), limits: { orderSizeLots: 1000 }, expect: 'approved' },
  {
    name: 'one lot more',
    draft: order('market', { lots: 1001 }),
    limits: { orderSizeLots: 1000 },
    expect: 'order-size-limit',
  },
  {
    name: 'an exit above it',
    draft: order('market', SELL),
    view: LONG,
    limits: { orderSizeLots: 10 },
    expect: 'approved',
  },
]);

runCases('position', [
  {
    name: 'up to the limit',
    draft: order('market', { lots: 1500 }),
    view: LONG,
    limits: { positionPct: 25 },
    expect: 'approved',
  },
  {
    name: 'one lot more',
    draft: order('market', { lots: 1501 }),
    view: LONG,
    limits: { positionPct: 25 },
    expect: 'position-limit',
  },
  {
    name: 'open orders count as filled',
    draft: order('market', { lots: 1500 }),
    view: { ...LONG, strategyOpenBuyLots: 1 },
    limits: { positionPct: 25 },
    expect: 'position-limit',
  },
  { name: 'in lots', draft: order(), view: LONG, limits: { positionLots: 1999 }, expect: 'position-limit' },
  { name: "the strategy's own equity counts", draft: order(), view: { strategyEquity: 999 }, expect: 'position-limit' },
  {
    name: 'already above, a flip to what is allowed on the other side',
    draft: order('market', { ...SELL, lots: 1500 }),
    view: { ...LONG, shortAllowed: true },
    limits: { positionLots: 500 },
    expect: 'approved',
  },
  {
    name: 'already above, a flip to more than is allowed on the other side',
    draft: order('market', { ...SELL, lots: 1501 }),
    view: { ...LONG, shortAllowed: true },
    limits: { positionLots: 500 },
    expect: 'position-limit',
  },
  {
    name: 'a flip while a stop rests: should that fill first, all of the order opens',
    draft: order('market', { ...SELL, lots: 1400 }),
    view: { ...LONG, shortAllowed: true, strategyLegLots: 1000 },
    limits: { positionLots: 1399 },
    expect: 'position-limit',
  },
  {
    name: 'a flip while a stop rests, all of it within the limit',
    draft: order('market', { ...SELL, lots: 1400 }),
    view: { ...LONG, shortAllowed: true, strategyLegLots: 1000 },
    limits: { positionLots: 1400, orderValuePct: null, grossExposurePct: null, netExposurePct: null },
    expect: 'approved',
  },
  {
    name: 'a stop of the position says nothing against more of the same side',
    draft: order('market', { lots: 400 }),
    view: { ...LONG, strategyLegLots: 1000 },
    limits: { positionLots: 1400 },
    expect: 'approved',
  },
]);

const ELSEWHERE = { grossExposure: 9000, netExposure: 9000 };
runCases('exposure', [
  { name: 'gross at the limit', draft: order(), view: ELSEWHERE, expect: 'approved' },
  {
    name: 'gross one lot more',
    draft: order('market', { lots: 1001 }),
    view: ELSEWHERE,
    expect: 'gross-exposure-limit',
  },
  {
    name: 'open orders count into gross',
    draft: order(),
    view: { ...ELSEWHERE, openOrderExposure: 1 },
    expect: 'gross-exposure-limit',
  },
  {
    name: 'gross above its limit, a flip to the same size adds nothing',
    draft: order('market', { ...SELL, lots: 2000 }),
    view: { ...LONG, shortAllowed: true, grossExposure: 30_000, netExposure: 0 },
    expect: 'approved',
  },
  {
    name: 'instrument above its limit, a flip to the same size',
    draft: order('market', { ...SELL, lots: 2000 }),
    view: { ...LONG, shortAllowed: true },
    limits: { instrumentExposurePct: 1 },
    expect: 'instrument-exposure-limit',
  },
  {
    name: 'gross, a flip while a stop rests: both could fill',
    draft: order('market', { ...SELL, lots: 1400 }),
    view: { ...LONG, shortAllowed: true, strategyLegLots: 1000, grossExposure: 1000 },
    limits: { grossExposurePct: 13, netExposurePct: null },
    expect: 'gross-exposure-limit',
  },
  {
    name: 'net, a flip while a stop rests: both could fill',
    draft: order('market', { ...SELL, lots: 1400 }),
    view: { ...LONG, shortAllowed: true, strategyLegLots: 1000, netExposure: 1000 },
    limits: { netExposurePct: 13 },
    expect: 'net-exposure-limit',
  },
  {
    name: 'net at the limit',
    draft: order(),
    view: { netExposure: 3000, openBuyExposure: 1000 },
    limits: { netExposurePct: 50 },
    expect: 'approved',
  },
  {
    name: 'net one lot more',
    draft: order('market', { lots: 1001 }),
    view: { netExposure: 3000, openBuyExposure: 1000 },
    limits: { netExposurePct: 50 },
    expect: 'net-exposure-limit',
  },
  {
    name: 'net short one lot more',
    draft: order('market', { ...SELL, lots: 1001 }),
    view: { netExposure: -3000, openSellExposure: 1000, shortAllowed: true },
    limits: { netExposurePct: 50 },
    expect: 'net-exposure-limit',
  },
  {
    name: 'net, a sale against a long account',
    draft: order('market', SELL),
    view: { netExposure: 9000, shortAllowed: true },
    limits: { netExposurePct: 50 },
    expect: 'approved',
  },
  {
    name: 'instrument, all strategies together',
    draft: order('market', { lots: 1001 }),
    view: { netLots: 1500, openBuyLots: 500 },
    limits: { instrumentExposurePct: 30 },
    expect: 'instrument-exposure-limit',
  },
  {
    name: 'instrument at the limit',
    draft: order(),
    view: { netLots: 1500, openBuyLots: 500 },
    limits: { instrumentExposurePct: 30 },
    expect: 'approved',
  },
  {
    name: 'leverage without an exposure limit',
    draft: order('market', { lots: 1001 }),
    view: ELSEWHERE,
    limits: { grossExposurePct: null, netExposurePct: null },
    expect: 'leverage-limit',
  },
  {
    name: 'leverage of 2 allowed, instrument has 1',
    draft: order('market', { lots: 1001 }),
    view: ELSEWHERE,
    limits: { leverageRatio: 2 },
    expect: 'gross-exposure-limit',
  },
  {
    name: 'leverage of 2 allowed, instrument too',
    draft: order('market', { lots: 1001 }),
    view: { ...ELSEWHERE, leverage: 2 },
    limits: { leverageRatio: 2 },
    expect: 'approved',
  },
]);

runCases('free capital', [
  { name: 'value and fee fit', draft: order(), view: { freeCapital: 1001, takerFeeRate: 0.001 }, expect: 'approved' },
  {
    name: 'fee does not fit',
    draft: order(),
    view: { freeCapital: 1000.99, takerFeeRate: 0.001 },
    expect: 'free-capital',
  },
  {
    name: 'half at leverage 2',
    draft: order(),
    view: { freeCapital: 501, takerFeeRate: 0.001, leverage: 2 },
    limits: { leverageRatio: 2 },
    expect: 'approved',
  },
  {
    name: 'a limit far below costs its limit',
    draft: order('limit', { limitTicks: 500 }),
    view: { freeCapital: 500 },
    expect: 'approved',
  },
  {
    name: 'a flip releases what it closes',
    draft: order('market', { ...SELL, lots: 2000 }),
    view: { ...LONG, shortAllowed: true, freeCapital: 2, takerFeeRate: 0.001 },
    expect: 'approved',
  },
  {
    name: 'what a close that is on its way releases, less its fee',
    draft: order('market', SELL),
    view: { ...CLOSING, freeCapital: 2 },
    expect: 'approved',
  },
  {
    name: 'the same, and fees that do not fit',
    draft: order('market', SELL),
    view: { ...CLOSING, freeCapital: 1.99 },
    expect: 'free-capital',
  },
  {
    name: 'a close of a part that is on its way releases no more than that',
    draft: order('market', { ...SELL, lots: 2501 }),
    view: {
      ...LONG,
      strategyOpenSellLots: 500,
      openSellLots: 500,
      shortAllowed: true,
      freeCapital: 1000,
      takerFeeRate: 0,
    },
    expect: 'free-capital',
  },
  {
    name: 'a close of what another strategy holds the other way releases nothing',
    draft: order('market', SELL),
    view: { ...LONG, netLots: 0, strategyOpenSellLots: 1000, openSellLots: 1000, shortAllowed: true, freeCapital: 999 },
    expect: 'free-capital',
  },
  {
    name: 'a limit above the market is not paid for by a close at the market',
    draft: order('limit', { ...SELL, limitTicks: 1100 }),
    view: { ...LONG, strategyOpenSellLots: 1000, openSellLots: 1000, shortAllowed: true, freeCapital: 99 },
    expect: 'free-capital',
  },
  { name: 'an exit without any', draft: order('market', SELL), view: { ...LONG, freeCapital: -5 }, expect: 'approved' },
]);

runCases('inverse contracts', [
  {
    name: '100 contracts of 100 USD at 50,000 are 0.2 BTC, 10,000 USD',
    draft: order('market', { lots: 100 }),
    view: { instrument: inverse(), price: 50_000, settleRate: 50_000 },
    expect: 'approved',
  },
  {
    name: 'one contract more than the equity',
    draft: order('market', { lots: 101 }),
    view: { instrument: inverse(), price: 50_000, settleRate: 50_000 },
    expect: 'order-value-limit',
  },
]);

function inverse(): Instrument {
  return new Instrument({
    id: 'T:BTCUSD',
    kind: 'inverse-perpetual',
    base: 'BTC',
    quote: 'USD',
    tick: '0.5',
    lot: '1',
    contractSize: '100',
  });
}
