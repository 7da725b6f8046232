import { FLAG } from '../../vocabulary/order.ts';
import type { LimitsDefinition } from '../limits.ts';
import { LONG, order, PERPETUAL, runCases, SELL } from '../scene.test.ts';

/** All limits of money off, so that a case meets the one rule it is about. */
const WIDE: LimitsDefinition = {
  leverageRatio: null,
  orderValuePct: null,
  positionPct: null,
  instrumentExposurePct: null,
  grossExposurePct: null,
  netExposurePct: null,
  freeCapitalPct: null,
};

runCases('trading state', [
  { name: 'active', draft: order(), expect: 'approved' },
  { name: 'reducing, a buy from flat', draft: order(), view: { state: 1 }, expect: 'reduce-only-state' },
  { name: 'reducing, a full exit', draft: order('market', SELL), view: { ...LONG, state: 1 }, expect: 'approved' },
  {
    name: 'reducing, a flip',
    draft: order('market', { ...SELL, lots: 1001 }),
    view: { ...LONG, state: 1, shortAllowed: true },
    expect: 'reduce-only-state',
  },
  { name: 'halted, an exit', draft: order('market', SELL), view: { ...LONG, state: 2 }, expect: 'trading-halted' },
]);

runCases('strategy ready', [
  { name: 'not settled, an entry', draft: order(), view: { settled: false }, expect: 'warming-up' },
  { name: 'stopped, an entry', draft: order(), view: { running: false }, expect: 'strategy-stopped' },
  {
    name: 'neither settled nor running, an exit',
    draft: order('market', SELL),
    view: { ...LONG, settled: false, running: false },
    expect: 'approved',
  },
]);

runCases('instrument filters', [
  { name: 'the least lots', draft: order('market', { lots: 5 }), expect: 'approved' },
  { name: 'value below 5', draft: order('market', { lots: 4 }), expect: 'notional-below-minimum' },
  { name: 'fewer lots than the least', draft: order('market', { lots: 1 }), expect: 'size-below-minimum' },
  { name: 'no lots', draft: order('market', { lots: 0 }), expect: 'size-below-minimum' },
  { name: 'negative lots', draft: order('market', { lots: -5 }), expect: 'size-below-minimum' },
  { name: 'lots that are no number', draft: order('market', { lots: Number.NaN }), expect: 'size-below-minimum' },
  { name: 'half a lot', draft: order('market', { lots: 10.5 }), expect: 'size-below-minimum' },
  { name: 'the most lots', draft: order('market', { lots: 100_000 }), limits: WIDE, expect: 'approved' },
  { name: 'one lot above', draft: order('market', { lots: 100_001 }), limits: WIDE, expect: 'size-above-maximum' },
  { name: 'limit off tick', draft: order('limit', { limitTicks: 1000.5 }), expect: 'price-off-tick' },
  { name: 'limit of 0', draft: order('limit'), expect: 'price-not-positive' },
  { name: 'stop without trigger', draft: order('stop-market'), expect: 'price-not-positive' },
  { name: 'trail without distance', draft: order('trailing-stop'), expect: 'price-not-positive' },
  { name: 'trail of 100 %', draft: order('trailing-stop', { trailFraction: 1 }), expect: 'price-not-positive' },
  { name: 'trail of 5 ticks', draft: order('trailing-stop', { trailTicks: 5 }), expect: 'approved' },
  {
    name: 'reduce-only dust of a perpetual',
    draft: order('market', { ...SELL, lots: 4, flags: FLAG.reduceOnly }),
    view: { ...LONG, instrument: PERPETUAL },
    expect: 'approved',
  },
  {
    name: 'reduce-only dust of a spot position',
    draft: order('market', { ...SELL, lots: 4, flags: FLAG.reduceOnly }),
    view: LONG,
    expect: 'notional-below-minimum',
  },
]);

runCases('price collar', [
  { name: 'buy limit 5 % above', draft: order('limit', { limitTicks: 1050 }), expect: 'approved' },
  { name: 'buy limit a tick more', draft: order('limit', { limitTicks: 1051 }), expect: 'price-outside-collar' },
  { name: 'buy limit 50 % below', draft: order('limit', { limitTicks: 500 }), expect: 'approved' },
  { name: 'buy limit a tick further', draft: order('limit', { limitTicks: 499 }), expect: 'price-outside-collar' },
  {
    name: 'sell limit 5 % below',
    draft: order('limit', { ...SELL, limitTicks: 950 }),
    view: { shortAllowed: true },
    expect: 'approved',
  },
  {
    name: 'sell limit a tick lower, an exit',
    draft: order('limit', { ...SELL, limitTicks: 949 }),
    view: LONG,
    expect: 'price-outside-collar',
  },
  {
    name: 'target at three times',
    draft: order('limit', { ...SELL, limitTicks: 3000 }),
    view: LONG,
    expect: 'approved',
  },
  {
    name: 'stop-limit 20 % up, limit 5 % above its trigger',
    draft: order('stop-limit', { triggerTicks: 1200, limitTicks: 1260 }),
    expect: 'approved',
  },
  {
    name: 'stop-limit, a tick more above its trigger',
    draft: order('stop-limit', { triggerTicks: 1200, limitTicks: 1261 }),
    expect: 'price-outside-collar',
  },
  {
    name: 'protective stop 60 % away',
    draft: order('stop-market', { ...SELL, triggerTicks: 400 }),
    view: LONG,
    expect: 'approved',
  },
  { name: 'trigger 50 % away', draft: order('stop-market', { triggerTicks: 1500 }), expect: 'approved' },
  {
    name: 'trigger a tick further',
    draft: order('stop-market', { triggerTicks: 1501 }),
    expect: 'price-outside-collar',
  },
]);

runCases('bracket', [
  {
    name: 'long, stop below and target above',
    draft: order('market', { stopTicks: 990, targetTicks: 1010 }),
    expect: 'approved',
  },
  { name: 'long, stop at the price', draft: order('market', { stopTicks: 1000 }), expect: 'stop-on-wrong-side' },
  { name: 'long, target at the price', draft: order('market', { targetTicks: 1000 }), expect: 'target-on-wrong-side' },
  {
    name: 'long limit at 90, stop at 95',
    draft: order('limit', { limitTicks: 900, stopTicks: 950 }),
    expect: 'stop-on-wrong-side',
  },
  {
    name: 'short, stop above and target below',
    draft: order('market', { ...SELL, stopTicks: 1010, targetTicks: 990 }),
    view: { shortAllowed: true },
    expect: 'approved',
  },
  {
    name: 'short, stop below',
    draft: order('market', { ...SELL, stopTicks: 990 }),
    view: { shortAllowed: true },
    expect: 'stop-on-wrong-side',
  },
  { name: 'only a target', draft: order('market', { targetTicks: 1100 }), expect: 'approved' },
  { name: 'stop required and absent', draft: order(), limits: { requireStop: true }, expect: 'stop-required' },
  {
    name: 'stop required, only a target',
    draft: order('market', { targetTicks: 1100 }),
    limits: { requireStop: true },
    expect: 'stop-required',
  },
  {
    name: 'stop required, an exit',
    draft: order('market', SELL),
    view: LONG,
    limits: { requireStop: true },
    expect: 'approved',
  },
]);

runCases('order type', [
  { name: 'not on the list', draft: order(), limits: { orderTypes: ['limit'] }, expect: 'order-type-unsupported' },
  {
    name: 'not on the list, an exit',
    draft: order('market', SELL),
    view: LONG,
    limits: { orderTypes: ['limit'] },
    expect: 'approved',
  },
]);

runCases('short permission', [
  { name: 'sale from flat', draft: order('market', SELL), expect: 'short-not-allowed' },
  {
    name: 'sale from flat, shorts allowed',
    draft: order('market', SELL),
    view: { shortAllowed: true },
    expect: 'approved',
  },
  { name: 'sale of the whole position', draft: order('market', SELL), view: LONG, expect: 'approved' },
  { name: 'one lot more', draft: order('market', { ...SELL, lots: 1001 }), view: LONG, expect: 'short-not-allowed' },
  {
    name: 'another sale of it is open',
    draft: order('market', SELL),
    view: { ...LONG, strategyOpenSellLots: 1 },
    expect: 'short-not-allowed',
  },
]);

const REDUCE = { ...SELL, flags: FLAG.reduceOnly };
runCases('reduce-only', [
  { name: 'the whole position', draft: order('market', REDUCE), view: LONG, expect: 'approved' },
  {
    name: 'one lot more',
    draft: order('market', { ...REDUCE, lots: 1001 }),
    view: LONG,
    expect: 'reduce-only-would-increase',
  },
  { name: 'flat', draft: order('market', REDUCE), expect: 'reduce-only-would-increase' },
  {
    name: 'the same side',
    draft: order('market', { flags: FLAG.reduceOnly }),
    view: LONG,
    expect: 'reduce-only-would-increase',
  },
  {
    name: 'with 400 lots of reducing orders open, 600 more',
    draft: order('market', { ...REDUCE, lots: 600 }),
    view: { ...LONG, strategyOpenSellLots: 400 },
    expect: 'approved',
  },
  {
    name: 'with 400 lots of reducing orders open, 601 more',
    draft: order('market', { ...REDUCE, lots: 601 }),
    view: { ...LONG, strategyOpenSellLots: 400 },
    expect: 'reduce-only-would-increase',
  },
  {
    name: 'a buy that closes a short',
    draft: order('market', { flags: FLAG.reduceOnly }),
    view: { strategyLots: -1000 },
    expect: 'approved',
  },
  {
    name: 'a leg for all of its parent',
    draft: order('stop-market', { ...SELL, parent: 0, triggerTicks: 900 }),
    view: { parentLots: 1000 },
    expect: 'approved',
  },
  {
    name: 'a leg for more than its parent',
    draft: order('stop-market', { ...SELL, parent: 0, triggerTicks: 900, lots: 1001 }),
    view: { parentLots: 1000 },
    expect: 'reduce-only-would-increase',
  },
  {
    name: "a leg on its parent's side",
    draft: order('market', { parent: 0 }),
    view: { parentLots: 1000 },
    expect: 'reduce-only-would-increase',
  },
]);
