import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Instrument } from '../vocabulary/instrument.ts';
import { OrderDraft, type OrderType, TYPE } from '../vocabulary/order.ts';
import { compileLimits, type LimitsDefinition } from './limits.ts';
import { Risk } from './review.ts';
import { RiskView } from './view.ts';

/** Integers of cents: fast-check draws doubles evenly over exponents, nearly all of them next to nothing. */
export const money = (max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: max * 100 }).map((cents) => cents / 100);

/** Tick 0.1, lot 0.01, at least 5 of quote: at the price of 100 a lot is worth 1. */
export const SPOT = new Instrument({
  id: 'TEST:ABCUSD',
  base: 'ABC',
  quote: 'USD',
  tick: '0.1',
  lot: '0.01',
  minQuantity: '0.02',
  maxQuantity: '1000',
  minNotional: '5',
});

export const PERPETUAL = new Instrument({
  id: 'TEST:ABCPERP',
  kind: 'linear-perpetual',
  base: 'ABC',
  quote: 'USD',
  tick: '0.1',
  lot: '0.01',
  minNotional: '5',
});

/** An account of 10,000 without positions, price 100: everything is allowed until a test changes one thing. */
export function view(change: Partial<RiskView> = {}): RiskView {
  return Object.assign(new RiskView(), {
    nowMs: Date.UTC(2024, 0, 10, 12),
    instrument: SPOT,
    price: 100,
    equity: 10_000,
    strategyEquity: 10_000,
    freeCapital: 10_000,
    ...change,
  });
}

/** A market buy of 1,000 lots (worth 1,000) of strategy 0. */
export function order(type: OrderType = 'market', change: Partial<OrderDraft> = {}): OrderDraft {
  return Object.assign(new OrderDraft(), { type: TYPE[type], lots: 1000, ...change });
}

export function risk(limits: LimitsDefinition = {}): Risk {
  return new Risk(compileLimits(limits), 2, 2);
}

/** Name of the refusal, `approved` where there is none. */
export function verdict(gate: Risk, draft: OrderDraft, seen: RiskView): string {
  const approved = gate.review(draft, seen);
  return approved === null ? gate.refusalName : 'approved';
}

/** A draft, what is seen, limits and history, and the refusal expected. */
export interface Case {
  readonly name: string;
  readonly draft: OrderDraft;
  readonly view?: Partial<RiskView>;
  readonly limits?: LimitsDefinition;
  readonly before?: (gate: Risk) => void;
  readonly expect: string;
}

export const LONG = { strategyLots: 1000, netLots: 1000, grossExposure: 1000, netExposure: 1000 };
export const SELL = { side: -1 };
export const NOON = view().nowMs;
export const MINUTE = 60_000;

export function runCases(subject: string, cases: readonly Case[]): void {
  for (const c of cases)
    test(`${subject}: ${c.name} -> ${c.expect}`, () => {
      const gate = risk(c.limits);
      c.before?.(gate);
      assert.equal(verdict(gate, c.draft, view(c.view)), c.expect);
    });
}
