import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NO_LIMITS } from '../../../test/scenario.ts';
import { SIMULATED } from '../execution/capabilities.ts';
import { compileLimits } from '../risk/limits.ts';
import { bars } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import type { InstrumentDefinition } from '../vocabulary/instrument.ts';
import { ORDER_STATUSES } from '../vocabulary/order.ts';
import { type OrderReport, REPORT, type ReportKind } from '../vocabulary/report.ts';
import { timeframe } from '../vocabulary/time.ts';
import { Engine } from './engine.ts';

const SPOT: InstrumentDefinition[] = ['A', 'B'].map((base) => ({
  id: `X:${base}USD`,
  base,
  quote: 'USD',
  tick: '0.01',
  lot: '1',
}));
const PERPETUALS: InstrumentDefinition[] = SPOT.map((d) => ({ ...d, id: `${d.id}P`, kind: 'linear-perpetual' }));
const quiet = defineStrategy({
  id: 'quiet',
  params: {},
  data: { a: bars('1h'), b: bars('1h', 'BUSD') },
  indicators: () => ({}),
});
const quietPerpetual = defineStrategy({
  id: 'quiet',
  params: {},
  data: { a: bars('1h'), b: bars('1h', 'BUSDP') },
  indicators: () => ({}),
});

/** One order, and what the venue says of it in the order in which it happened there. */
interface Life {
  readonly instrument: number;
  readonly side: 'buy' | 'sell';
  readonly lots: number;
  /** Lots of each fill; at most `lots` together. */
  readonly fills: readonly number[];
  readonly ticks: readonly number[];
  /** How it ends where it does not fill whole. */
  readonly end: 'open' | 'canceled' | 'expired' | 'rejected';
  readonly isTriggered: boolean;
  readonly cancelFailed: boolean;
}

/** An engine with these orders placed and nothing heard of them. */
function placed(lives: readonly Life[], kind: 'cash' | 'margin'): Engine {
  const instruments = kind === 'cash' ? SPOT : PERPETUALS;
  const engine = new Engine({
    session: 'test',
    instruments,
    account: { currency: 'USD', cash: 1_000_000, kind, leverage: 10, takerFeeRate: 0.001 },
    capabilities: SIMULATED,
    limits: compileLimits(NO_LIMITS),
    feeds: instruments.map((i) => ({ instrument: i.id, timeframe: timeframe('1h') })),
    strategies: [{ strategy: kind === 'cash' ? quiet : quietPerpetual }],
  });
  for (const feed of [0, 1])
    engine.handle({ type: 'bar-closed', feed, openTimeMs: 0, open: 100, high: 101, low: 99, close: 100, volume: 1 });
  engine.handle({ type: 'instant-ended', timeMs: 3_600_000 });
  for (const life of lives)
    engine.handle({
      type: 'command-given',
      command: {
        type: 'place-order',
        reason: 'test',
        strategy: 'quiet',
        instrument: instruments[life.instrument]!.id,
        side: life.side,
        entry: { size: { qty: life.lots }, limit: life.side === 'buy' ? 99 : 101, why: 'test' },
      },
    });
  assert.equal(engine.state.orders.count, lives.length, 'every order of the test is placed');
  engine.state.outbox.count = 0;
  return engine;
}

/** All that the venue has to say, in the order in which it happened; trades have numbers of their own. */
function reportsOf(engine: Engine, lives: readonly Life[]): OrderReport[] {
  const reports: OrderReport[] = [];
  let trade = 0;
  lives.forEach((life, row) => {
    const instrument = engine.state.instruments[life.instrument]!;
    let timeMs = 3_600_000 + row;
    const say = (kind: ReportKind, lots = 0, ticks = 0): void => {
      const value = lots > 0 ? instrument.value(ticks, lots) : 0;
      reports.push({
        kind: REPORT[kind],
        row,
        instrument: life.instrument,
        lots,
        ticks,
        referenceTicks: ticks,
        value,
        fee: Math.floor(value / 1000),
        feeAsset: -1,
        maker: false,
        timeMs: timeMs++,
        trade: lots > 0 ? trade++ : -1,
        reason: kind === 'rejected' ? 'no' : '',
        rate: 0,
      });
    };
    if (life.end === 'rejected' && life.fills.length === 0) {
      say('rejected');
      return;
    }
    say('accepted');
    if (life.isTriggered) say('triggered');
    let left = life.lots;
    life.fills.forEach((lots, k) => {
      left -= lots;
      say(left === 0 ? 'filled' : 'partly-filled', lots, life.ticks[k]!);
    });
    if (life.cancelFailed) say('cancel-rejected');
    if (left > 0 && (life.end === 'canceled' || life.end === 'expired')) say(life.end);
  });
  return reports;
}

const life = (side: fc.Arbitrary<'buy' | 'sell'>): fc.Arbitrary<Life> =>
  fc
    .record({
      instrument: fc.integer({ min: 0, max: 1 }),
      side,
      fills: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }),
      unfilled: fc.integer({ min: 0, max: 3 }),
      ticks: fc.array(fc.integer({ min: 9_000, max: 11_000 }), { minLength: 4, maxLength: 4 }),
      end: fc.constantFrom('open', 'canceled', 'expired', 'rejected'),
      isTriggered: fc.boolean(),
      cancelFailed: fc.boolean(),
    })
    .map(({ unfilled, ...rest }) => ({
      ...rest,
      lots: Math.max(1, rest.fills.reduce((sum, lots) => sum + lots, 0) + unfilled),
    }));

/** The same reports, some of them more than once, in any order. */
const disturbed = (reports: readonly OrderReport[]): fc.Arbitrary<OrderReport[]> =>
  fc.array(fc.nat({ max: reports.length - 1 }), { maxLength: reports.length }).chain((repeats) => {
    const all = [...reports, ...repeats.map((k) => reports[k]!)];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });

/** Everything that must not depend on the order of arrival. When a position was opened is the time of the fill heard of first. */
function outcome(engine: Engine): object {
  const { orders, book, price } = engine.state;
  const c = orders.column;
  const p = book.positions.column;
  return {
    orders: Array.from({ length: orders.count }, (_, row) => [
      ORDER_STATUSES[c.status[row]!],
      c.filledLots[row],
      c.filledValue[row],
    ]),
    positions: [p.lots, p.cost, p.realized, p.fees, p.fills].map((column) => [...column]),
    net: [...book.netLots],
    ledger: [...book.ledger.balance],
    cash: [...book.wallet],
    equity: book.equity(price),
    open: [
      engine.desk.open.snapshot().map((_, slot) => [1, -1].map((side) => engine.desk.open.lotsOf(slot, side))),
      engine.desk.open.total,
      engine.desk.open.snapshot().map((rows) => rows.toSorted((a, b) => a - b)),
    ],
    fills: engine.state.fills.count,
  };
}

function afterAll(lives: readonly Life[], kind: 'cash' | 'margin', reports: readonly OrderReport[]): Engine {
  const engine = placed(lives, kind);
  for (const report of reports) engine.report(report);
  engine.state.book.ledger.verify();
  return engine;
}

describe('reports in any order', () => {
  for (const kind of ['cash', 'margin'] as const)
    test(`${kind} account: repeated, late and permuted reports of orders on one side -> the state of the orderly sequence`, () => {
      const lives = fc.array(life(fc.constant('buy')), { minLength: 1, maxLength: 4 });
      fc.assert(
        fc.property(
          lives.chain((list) => {
            const reports = reportsOf(placed(list, kind), list);
            return fc.record({ list: fc.constant(list), reports: fc.constant(reports), arrivals: disturbed(reports) });
          }),
          ({ list, reports, arrivals }) => {
            const orderly = afterAll(list, kind, reports);
            assert.deepEqual(outcome(afterAll(list, kind, arrivals)), outcome(orderly));
          },
        ),
        { numRuns: 150 },
      );
    });

  test('buys and sells of one position -> the same orders, lots and equity; which lots a sale realises follows the arrival', () => {
    const lives = fc.array(life(fc.constantFrom('buy', 'sell')), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(
        lives.chain((list) => {
          const reports = reportsOf(placed(list, 'margin'), list);
          return fc.record({ list: fc.constant(list), reports: fc.constant(reports), arrivals: disturbed(reports) });
        }),
        ({ list, reports, arrivals }) => {
          const a = afterAll(list, 'margin', reports);
          const b = afterAll(list, 'margin', arrivals);
          assert.deepEqual([...b.state.book.netLots], [...a.state.book.netLots]);
          assert.equal(b.state.fills.count, a.state.fills.count);
          // Costs are split in whole quanta (1e-8) when a position is reduced, one rounding a fill.
          const difference = b.state.book.equity(b.state.price) - a.state.book.equity(a.state.price);
          assert.ok(Math.abs(difference) < 1e-6, `equity differs by ${difference}`);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('a fill that comes after its cancel -> booked, and the order stays canceled', () => {
    const one: Life = {
      instrument: 0,
      side: 'buy',
      lots: 5,
      fills: [2],
      ticks: [9_900],
      end: 'canceled',
      isTriggered: false,
      cancelFailed: false,
    };
    const [accepted, fill, canceled] = reportsOf(placed([one], 'cash'), [one]);
    const engine = afterAll([one], 'cash', [accepted!, canceled!, fill!]);
    const c = engine.state.orders.column;
    assert.deepEqual([ORDER_STATUSES[c.status[0]!], c.filledLots[0], engine.state.book.netLots[0]], ['canceled', 2, 2]);
    assert.equal(engine.desk.open.total, 0);
  });

  test('rejected, then filled in part -> open again with what is left, and counted as such', () => {
    const one: Life = {
      instrument: 0,
      side: 'buy',
      lots: 5,
      fills: [2],
      ticks: [9_900],
      end: 'open',
      isTriggered: false,
      cancelFailed: false,
    };
    const [accepted, fill] = reportsOf(placed([one], 'cash'), [one]);
    const engine = afterAll([one], 'cash', [{ ...accepted!, kind: REPORT.rejected, reason: 'no' }, fill!]);
    assert.equal(ORDER_STATUSES[engine.state.orders.column.status[0]!], 'open');
    assert.deepEqual([engine.desk.open.total, engine.desk.open.lotsOf(0, 1)], [1, 3]);
  });
});
