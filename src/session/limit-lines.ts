import type { Engine } from '../core/engine/engine.ts';
import { ROLE } from '../core/vocabulary/order.ts';
import type { SessionCore } from './session-core.ts';

/** How much of a limit is used, with every open order filled. Null where a limit is off, or nothing is known yet. */
export interface LimitLine {
  readonly limit: string;
  /** `account`, or what the limit is looked at for: a strategy, an instrument, a position, an order. */
  readonly of: string;
  readonly unit: 'account currency' | 'orders' | 'fills' | 'losses' | 'lots' | 'times';
  readonly used: number | null;
  readonly allowed: number | null;
}

export const isAbove = ({ used, allowed }: LimitLine): boolean =>
  used !== null && allowed !== null && used > allowed * (1 + 1e-9);

/**
 * Every limit that fills up, and those that an open order or position is held to. Risk reckons the next order in the same way, but for one
 * that turns a position over: with that, it counts what resting stops and targets may take first (`assessment.ts`).
 */
export function limitLines({ engine }: SessionCore): readonly LimitLine[] {
  const { instruments } = engine.state;
  const lines = accountLines(engine);
  for (const [index, seat] of engine.seats.entries()) {
    lines.push(...strategyLines(engine, index, seat.strategy.def.id));
    for (const { index: instrument, id } of instruments)
      lines.push(...positionLines(engine, index, instrument, `${seat.strategy.def.id} ${id}`));
  }
  for (const { index, id } of instruments) lines.push(...instrumentLines(engine, index, id));
  return lines.map((each) => ({ ...each, used: finite(each.used), allowed: finite(each.allowed) }));
}

type Line = { readonly [K in keyof LimitLine]: K extends 'used' | 'allowed' ? number : LimitLine[K] };

const moneyLine = (limit: string, of: string, used: number, allowed: number): Line => ({
  ...{ limit, of, unit: 'account currency', used, allowed },
});

function accountLines(engine: Engine): Line[] {
  const { state: s, risk, desk } = engine;
  const { limits, state: memory } = risk;
  const equity = s.clock[1]!;
  const leverage = Math.min(limits.leverage, s.account.leverage);
  const capital = equity * leverage;
  const view = desk.pictureOf(0);
  const gross = view.grossExposure + view.openOrderExposure;
  const net = Math.max(
    Math.abs(view.netExposure + view.openBuyExposure),
    Math.abs(view.netExposure - view.openSellExposure),
  );
  const money = (limit: string, used: number, allowed: number): Line => moneyLine(limit, 'account', used, allowed);
  return [
    { limit: 'leverageRatio', of: 'account', unit: 'times', used: gross / equity, allowed: limits.leverage },
    money('grossExposurePct', gross, limits.grossShare * capital),
    money('netExposurePct', net, limits.netShare * capital),
    money('dailyLossPct', Math.max(0, memory.dayStartEquity - equity), memory.dayStartEquity - memory.dailyLossEquity),
    money('drawdownPct', Math.max(0, memory.peakEquity - equity), memory.peakEquity - memory.drawdownEquity),
    money('portfolioHeatPct', view.heat, limits.heatShare * equity),
    {
      ...{ limit: 'accountOpenOrders', of: 'account', unit: 'orders' },
      ...{ used: desk.open.total, allowed: limits.accountOpenOrders },
    },
  ];
}

function strategyLines({ state: s, risk, desk }: Engine, strategy: number, of: string): Line[] {
  const { limits, state: memory } = risk;
  const nowMs = s.clock[0]!;
  const off = (size: number): number => (size === 0 ? Number.POSITIVE_INFINITY : size);
  return [
    {
      ...{ limit: 'strategyOpenOrders', of, unit: 'orders' },
      ...{ used: desk.open.countOf(strategy), allowed: limits.strategyOpenOrders },
    },
    {
      ...{ limit: 'messageOrders', of, unit: 'orders' },
      ...{ used: memory.messages.count(strategy, nowMs, limits.messageWindowMs), allowed: off(limits.messageOrders) },
    },
    {
      ...{ limit: 'repeatedEntryFills', of, unit: 'fills' },
      used: memory.entries.count(strategy, nowMs, limits.repeatedEntryWindowMs),
      allowed: off(limits.repeatedEntryFills),
    },
    { limit: 'coolDownLosses', of, unit: 'losses', used: memory.losses[strategy]!, allowed: limits.coolDownLosses },
  ];
}

/** Largest |position| with every open order filled, or none. */
const worst = (held: number, buys: number, sells: number): number =>
  Math.max(Math.abs(held + buys), Math.abs(held - sells));

function positionLines(engine: Engine, strategy: number, instrument: number, of: string): Line[] {
  const { state: s, risk, desk } = engine;
  const slot = strategy * s.instruments.length + instrument;
  const view = desk.pictureOf(slot);
  const lots = worst(view.strategyLots, view.strategyOpenBuyLots, view.strategyOpenSellLots);
  const limits = risk.inForce.of(strategy, instrument);
  const leverage = Math.min(limits.leverage, s.account.leverage);
  const unit = unitValue(engine, instrument);
  const lines: Line[] = [
    moneyLine('positionPct', of, lots === 0 ? 0 : lots * unit, limits.positionShare * leverage * view.strategyEquity),
    { limit: 'positionLots', of, unit: 'lots', used: lots, allowed: limits.positionLots },
  ];
  const c = s.orders.column;
  for (const row of desk.rowsOf(slot)) {
    if (c.role[row] !== ROLE.entry && c.role[row] !== ROLE.manual) continue;
    const open = c.lots[row]! - c.filledLots[row]!;
    const order = `order ${desk.clientId(row)}`;
    const price = c.limitTicks[row]! || c.triggerTicks[row]!;
    const value = open * (price > 0 ? unitValue(engine, instrument, s.instruments[instrument]!.price(price)) : unit);
    lines.push(
      moneyLine('orderValuePct', order, value, limits.orderValueShare * leverage * s.clock[1]!),
      moneyLine('orderValueQuote', order, value, limits.orderValueQuote),
      { limit: 'orderSizeLots', of: order, unit: 'lots', used: open, allowed: limits.orderSizeLots },
    );
  }
  return lines;
}

function instrumentLines(engine: Engine, instrument: number, of: string): Line[] {
  const { state: s, risk, desk } = engine;
  const slots = engine.seats.map((_, strategy) => strategy * s.instruments.length + instrument);
  const open = (side: number): number => slots.reduce((sum, slot) => sum + desk.open.lotsOf(slot, side), 0);
  const lots = worst(s.book.netLots[instrument]!, open(1), open(-1));
  // The laxest strategy's: another one's own limit may be lower, and then stands at its position.
  const allowed = engine.seats.map((_, strategy) => {
    const limits = risk.inForce.of(strategy, instrument);
    return limits.instrumentShare * Math.min(limits.leverage, s.account.leverage) * s.clock[1]!;
  });
  return [
    moneyLine('instrumentExposurePct', of, lots === 0 ? 0 : lots * unitValue(engine, instrument), Math.max(...allowed)),
  ];
}

/** Account currency for one lot at a price; at the last one where none is given. */
function unitValue({ state: s }: Engine, instrument: number, price = s.price[instrument]!): number {
  return s.instruments[instrument]!.valueAt(price, 1) * s.book.settleRate(instrument, s.price);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
