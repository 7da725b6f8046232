import { Instrument } from '../../vocabulary/instrument.ts';
import type { Risk } from '../review.ts';
import { LONG, MINUTE, NOON, order, runCases, SELL } from '../scene.test.ts';

runCases('open orders', [
  { name: 'the 50th of the strategy', draft: order(), view: { strategyOpenOrders: 49 }, expect: 'approved' },
  { name: 'the 51st of the strategy', draft: order(), view: { strategyOpenOrders: 50 }, expect: 'open-order-limit' },
  { name: 'the 201st of the account', draft: order(), view: { accountOpenOrders: 200 }, expect: 'open-order-limit' },
]);

const send =
  (orders: number, atMs: number, lots = 0) =>
  (gate: Risk) => {
    for (let i = 0; i < orders; i++) gate.placed(order('market', { lots: lots || 10 + i }), atMs);
  };
runCases('message rate', [
  { name: 'the 100th in a minute', draft: order(), before: send(99, NOON - MINUTE + 1), expect: 'approved' },
  { name: 'the 101st in a minute', draft: order(), before: send(100, NOON - MINUTE + 1), expect: 'message-rate-limit' },
  { name: 'a minute later', draft: order(), before: send(100, NOON - MINUTE), expect: 'approved' },
  { name: 'an exit', draft: order('market', SELL), view: LONG, before: send(100, NOON), expect: 'approved' },
  { name: 'another strategy', draft: order('market', { strategy: 1 }), before: send(100, NOON), expect: 'approved' },
]);

/** Sends tips of icebergs, each the part of a worked order in this row. */
const tips =
  (...rows: number[]) =>
  (gate: Risk): void => {
    for (const group of rows) gate.placed(order('limit', { limitTicks: 990, group }), NOON);
  };

runCases('duplicate intent, of orders that are worked', [
  {
    name: 'another tip of the same iceberg',
    draft: order('limit', { limitTicks: 990, group: 7 }),
    before: tips(7, 7, 7),
    expect: 'approved',
  },
  {
    name: 'an order equal to many tips of one iceberg',
    draft: order('limit', { limitTicks: 990 }),
    before: tips(7, 7, 7),
    expect: 'approved',
  },
  {
    name: 'a tip of the third iceberg that is the same',
    draft: order('limit', { limitTicks: 990, group: 9 }),
    before: tips(7, 8, 7, 8),
    expect: 'duplicate-intent',
  },
  {
    name: 'a tip of the third iceberg that is the same, where the last tips of the others were smaller',
    draft: order('limit', { limitTicks: 990, group: 9 }),
    before: (gate) => {
      tips(7, 8)(gate);
      for (const group of [7, 8]) gate.placed(order('limit', { limitTicks: 990, lots: 1, group }), NOON);
    },
    expect: 'duplicate-intent',
  },
  {
    name: 'a tip beside two equal orders',
    draft: order('limit', { limitTicks: 990, group: 7 }),
    before: tips(7, -1, 7, -1),
    expect: 'duplicate-intent',
  },
]);

runCases('duplicate intent', [
  { name: 'the second', draft: order(), before: send(1, NOON, 1000), expect: 'approved' },
  { name: 'the third', draft: order(), before: send(2, NOON, 1000), expect: 'duplicate-intent' },
  { name: 'the third, an instant later', draft: order(), before: send(2, NOON - 1, 1000), expect: 'approved' },
  {
    name: 'the third within the window',
    draft: order(),
    limits: { duplicateWindowMs: 1000 },
    before: send(2, NOON - 1000, 1000),
    expect: 'duplicate-intent',
  },
  { name: 'other lots', draft: order(), before: send(2, NOON, 999), expect: 'approved' },
  {
    name: 'equal ones with others between',
    draft: order(),
    before: (gate) => {
      send(2, NOON, 1000)(gate);
      send(40, NOON)(gate);
    },
    expect: 'duplicate-intent',
  },
]);

const fill = (fills: number, atMs: number) => (gate: Risk) => {
  for (let i = 0; i < fills; i++) gate.filled(0, atMs);
};
runCases('repeated execution', [
  {
    name: 'below the limit',
    draft: order(),
    limits: { repeatedEntryFills: 3 },
    before: fill(2, NOON),
    expect: 'approved',
  },
  {
    name: 'limit reached',
    draft: order(),
    limits: { repeatedEntryFills: 3 },
    before: fill(3, NOON),
    expect: 'repeated-execution-limit',
  },
  {
    name: 'limit reached, a day later',
    draft: order(),
    view: { nowMs: NOON + 24 * 60 * MINUTE },
    limits: { repeatedEntryFills: 3 },
    before: fill(3, NOON),
    expect: 'repeated-execution-limit',
  },
  {
    name: 're-armed',
    draft: order(),
    limits: { repeatedEntryFills: 3 },
    before: (gate) => {
      fill(3, NOON)(gate);
      gate.rearm('strategy', 0);
    },
    expect: 'approved',
  },
]);

const marks =
  (...equities: number[]) =>
  (gate: Risk) => {
    for (const equity of equities) gate.mark(equity, NOON);
  };
runCases('loss limits', [
  { name: 'a day of -9.99 %', draft: order(), before: marks(10_000, 9001), view: { equity: 9001 }, expect: 'approved' },
  { name: 'a day of -10 %', draft: order(), before: marks(10_000, 9000), expect: 'daily-loss-limit' },
  {
    name: 'a day of -10 % that came back',
    draft: order(),
    before: marks(10_000, 9000, 9999),
    expect: 'daily-loss-limit',
  },
  {
    name: 'not marked yet, but -10 % in view',
    draft: order(),
    before: marks(10_000),
    view: { equity: 9000 },
    expect: 'daily-loss-limit',
  },
  {
    name: 'an exit after it',
    draft: order('market', SELL),
    view: LONG,
    before: marks(10_000, 9000),
    expect: 'approved',
  },
  {
    name: '-34.9 % from the peak',
    draft: order(),
    limits: { dailyLossPct: null },
    before: marks(10_000, 6510),
    expect: 'approved',
  },
  {
    name: '-35 % from the peak',
    draft: order(),
    limits: { dailyLossPct: null },
    before: marks(10_000, 6500),
    expect: 'drawdown-limit',
  },
]);

runCases('loss limits, not marked yet', [
  {
    name: '-35 % from the peak in view',
    draft: order(),
    limits: { dailyLossPct: null },
    before: marks(10_000),
    view: { equity: 6500 },
    expect: 'drawdown-limit',
  },
]);

runCases('portfolio heat', [
  { name: 'at 25 %', draft: order('market', { stopTicks: 500 }), view: { heat: 2000 }, expect: 'approved' },
  { name: 'above', draft: order('market', { stopTicks: 500 }), view: { heat: 2001 }, expect: 'portfolio-heat-limit' },
  { name: 'no stop', draft: order(), view: { heat: 2500 }, expect: 'approved' },
]);

const lose = (trips: number) => (gate: Risk) => {
  for (let i = 0; i < trips; i++) gate.tripClosed(0, -1, NOON);
};
runCases('cool-down', [
  { name: 'off by default', draft: order(), before: lose(50), expect: 'approved' },
  { name: 'two losses of three', draft: order(), limits: { coolDownLosses: 3 }, before: lose(2), expect: 'approved' },
  { name: 'three losses', draft: order(), limits: { coolDownLosses: 3 }, before: lose(3), expect: 'loss-cool-down' },
  {
    name: 'three losses, an hour later',
    draft: order(),
    view: { nowMs: NOON + 60 * MINUTE },
    limits: { coolDownLosses: 3 },
    before: lose(3),
    expect: 'approved',
  },
  {
    name: 'a win between',
    draft: order(),
    limits: { coolDownLosses: 3 },
    before: (gate) => {
      lose(2)(gate);
      gate.tripClosed(0, 1, NOON);
      lose(1)(gate);
    },
    expect: 'approved',
  },
]);

runCases('self-match', [
  {
    name: 'buy limit below the own ask',
    draft: order('limit', { limitTicks: 1019 }),
    view: { ownBestAskTicks: 1020 },
    expect: 'approved',
  },
  {
    name: 'buy limit at the own ask',
    draft: order('limit', { limitTicks: 1020 }),
    view: { ownBestAskTicks: 1020 },
    expect: 'self-match',
  },
  {
    name: 'market buy, own ask at the last price',
    draft: order(),
    view: { ownBestAskTicks: 1000 },
    expect: 'self-match',
  },
  { name: 'market buy, own ask above', draft: order(), view: { ownBestAskTicks: 1001 }, expect: 'approved' },
  {
    name: 'sell limit at the own bid',
    draft: order('limit', { ...SELL, limitTicks: 990 }),
    view: { shortAllowed: true, ownBestBidTicks: 990 },
    expect: 'self-match',
  },
  {
    name: 'left to the venue',
    draft: order(),
    view: { ownBestAskTicks: 1000 },
    limits: { selfMatch: null },
    expect: 'approved',
  },
]);

runCases('valuation', [
  { name: 'no price, an entry', draft: order(), view: { price: Number.NaN }, expect: 'no-reference-price' },
  {
    name: 'no price, a limit entry',
    draft: order('limit', { limitTicks: 1000 }),
    view: { price: Number.NaN },
    expect: 'no-reference-price',
  },
  { name: 'no price, an exit', draft: order('market', SELL), view: { ...LONG, price: Number.NaN }, expect: 'approved' },
  { name: 'a rate of 0', draft: order(), view: { settleRate: 0 }, expect: 'valuation-missing' },
  {
    name: 'a price of 0',
    draft: order('limit', { limitTicks: 1000 }),
    view: { price: 0 },
    limits: { priceCollarPct: null },
    expect: 'no-reference-price',
  },
  { name: 'no rate', draft: order(), view: { settleRate: Number.NaN }, expect: 'valuation-missing' },
  { name: 'no equity', draft: order(), view: { equity: Number.NaN }, expect: 'valuation-missing' },
  { name: 'no free capital', draft: order(), view: { freeCapital: Number.NaN }, expect: 'valuation-missing' },
  { name: 'no exposure', draft: order(), view: { grossExposure: Number.NaN }, expect: 'valuation-missing' },
]);

const FUTURE = new Instrument({
  id: 'T:ABCH4',
  kind: 'dated-future',
  base: 'ABC',
  quote: 'USD',
  tick: '0.1',
  lot: '0.01',
  expiryMs: NOON,
});
runCases('instrument expiry', [
  { name: 'a millisecond before', draft: order(), view: { instrument: FUTURE, nowMs: NOON - 1 }, expect: 'approved' },
  {
    name: 'at expiry, an exit',
    draft: order('market', SELL),
    view: { ...LONG, instrument: FUTURE },
    expect: 'instrument-expired',
  },
]);
