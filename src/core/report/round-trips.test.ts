import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { barsFromRows } from '../vocabulary/market-data.ts';
import { MINUTE_MS } from '../vocabulary/time.ts';
import { type RoundTrip, roundTrips, type TripFill } from './round-trips.ts';

/** `quantity` signed: buys positive. Minutes count from 0. */
const fill = (minute: number, quantity: number, price: number, extra: Partial<TripFill> = {}): TripFill => ({
  timeMs: minute * MINUTE_MS,
  side: quantity > 0 ? 1 : -1,
  quantity: Math.abs(quantity),
  price,
  fee: 1,
  role: 'exit',
  orderId: `o${minute}`,
  why: `why ${minute}`,
  ...extra,
});
const pick = <K extends keyof RoundTrip>(trips: readonly RoundTrip[], ...keys: K[]): RoundTrip[K][][] =>
  trips.map((trip) => keys.map((key) => trip[key]));

test('roundTrips: one entry, one exit -> net of both fees', () => {
  const [trip, ...rest] = roundTrips([fill(0, 2, 100, { stop: 95 }), fill(5, -2, 110, { role: 'target' })]);
  assert.deepEqual(rest, []);
  assert.deepEqual(trip, {
    side: 'long',
    open: false,
    quantity: 2,
    entryTimeMs: 0,
    entryPrice: 100,
    exitTimeMs: 5 * MINUTE_MS,
    exitPrice: 110,
    grossProfit: 20,
    fees: 2,
    funding: 0,
    profit: 18,
    profitRatio: 0.09,
    turnover: 420,
    holdingMs: 5 * MINUTE_MS,
    barsHeld: null,
    risk: 10,
    r: 1.8,
    mae: null,
    mfe: null,
    exitRole: 'target',
    entryOrder: 'o0',
    exitOrder: 'o5',
    entryWhy: 'why 0',
    exitWhy: 'why 5',
  });
});

const ADDS = [fill(0, 1, 100), fill(1, 1, 110), fill(2, -1, 120), fill(3, -1, 90)];

test('roundTrips: add and partial exit, average -> one trip at average prices', () => {
  assert.deepEqual(pick(roundTrips(ADDS), 'quantity', 'entryPrice', 'exitPrice', 'grossProfit', 'fees'), [
    [2, 105, 105, 0, 4],
  ]);
});

test('roundTrips: add and partial exit, fifo -> one trip an entry, oldest closed first', () => {
  const trips = roundTrips(ADDS, { accounting: 'fifo' });
  assert.deepEqual(pick(trips, 'quantity', 'entryPrice', 'exitPrice', 'grossProfit', 'fees'), [
    [1, 100, 120, 20, 2],
    [1, 110, 90, -20, 2],
  ]);
});

test('roundTrips: an exit that takes part of an entry, fifo -> the entry split with its fee', () => {
  const trips = roundTrips([fill(0, 4, 100, { fee: 4 }), fill(1, -1, 110), fill(2, -3, 90, { fee: 3 })], {
    accounting: 'fifo',
  });
  assert.deepEqual(pick(trips, 'quantity', 'grossProfit', 'fees', 'profit'), [
    [1, 10, 2, 8],
    [3, -30, 6, -36],
  ]);
});

test('roundTrips: an exit that takes part of an entry, fifo -> the very quantity of the exit, for every part', () => {
  for (let whole = 1; whole <= 60; whole++)
    for (let part = 1; part < whole; part++) {
      const trips = roundTrips([fill(0, whole, 20.14), fill(1, -part, 21.18), fill(2, part - whole, 22.6)], {
        accounting: 'fifo',
      });
      assert.deepEqual(
        trips.map((t) => t.quantity),
        [part, whole - part],
      );
    }
});

test('roundTrips: an exit across two entries, fifo -> two trips that share its fee by quantity', () => {
  const trips = roundTrips([fill(0, 1, 100), fill(1, 3, 100), fill(2, -4, 101, { fee: 4 })], { accounting: 'fifo' });
  assert.deepEqual(pick(trips, 'quantity', 'fees'), [
    [1, 2],
    [3, 4],
  ]);
});

test('roundTrips: a sell through zero -> closes the long and opens a short, its fee split', () => {
  const trips = roundTrips([fill(0, 1, 100), fill(1, -3, 90, { fee: 3 }), fill(2, 2, 80)]);
  assert.deepEqual(pick(trips, 'side', 'quantity', 'grossProfit', 'fees', 'entryWhy'), [
    ['long', 1, -10, 2, 'why 0'],
    ['short', 2, 20, 3, 'why 1'],
  ]);
});

test('roundTrips: a position left open -> a trip valued at the last price, or none without one', () => {
  const fills = [fill(0, 2, 100), fill(1, -1, 110)];
  assert.deepEqual(roundTrips(fills), []);
  const [trip] = roundTrips(fills, { last: { timeMs: 9 * MINUTE_MS, price: 130 } });
  assert.ok(trip);
  assert.deepEqual(
    [trip.open, trip.grossProfit, trip.exitPrice, trip.exitTimeMs, trip.exitRole, trip.turnover],
    [true, 40, 120, 9 * MINUTE_MS, null, 310],
  );
});

test('roundTrips: funding while held -> shared by open quantity, ignored when flat', () => {
  const funding = [0.5, 1.5, 9].map((minute) => ({ timeMs: minute * MINUTE_MS, amount: -4 }));
  const fills = [fill(0, 1, 100), fill(1, 3, 100), fill(2, -1, 100), fill(3, -3, 100)];
  assert.deepEqual(pick(roundTrips(fills, { funding, accounting: 'fifo' }), 'funding', 'profit'), [
    [-5, -5 - 1 - 1],
    [-3, -3 - 1 - 1],
  ]);
  assert.deepEqual(pick(roundTrips(fills, { funding }), 'funding'), [[-8]]);
});

test('roundTrips: quantities that do not add up in float64 -> flat all the same', () => {
  const trips = roundTrips([
    fill(0, 0.1, 100),
    fill(1, 0.2, 100),
    fill(2, -0.3, 101),
    fill(3, -1, 100),
    fill(4, 1, 99),
  ]);
  assert.deepEqual(pick(trips, 'side', 'open'), [
    ['long', false],
    ['short', false],
  ]);
});

test('roundTrips: bars -> excursions against the entry, bars held, exit bar not counted when left at its open', () => {
  const bars = barsFromRows([
    [0, 100, 103, 98, 101],
    [MINUTE_MS, 101, 108, 100, 107],
    [2 * MINUTE_MS, 107, 200, 10, 50],
  ]);
  const [long] = roundTrips([fill(0, 1, 100), fill(2, -1, 107)], { bars });
  assert.deepEqual([long?.mae, long?.mfe, long?.barsHeld], [-0.02, 0.08, 2]);
  const [short] = roundTrips([fill(0, -1, 100), fill(2, 1, 107)], { bars });
  assert.deepEqual([short?.mae, short?.mfe, short?.barsHeld], [-0.08, 0.02, 2]);
});

test('roundTrips: a contract multiplier -> scales money, not the return', () => {
  const [trip] = roundTrips([fill(0, 1, 100, { fee: 0 }), fill(1, -1, 110, { fee: 0 })], { multiplier: 50 });
  assert.deepEqual([trip?.profit, trip?.profitRatio, trip?.turnover], [500, 0.1, 10_500]);
});

test('roundTrips: inverse contracts -> coins, and a price that halves takes twice what one that doubles gives', () => {
  const inverse = { inverse: true, multiplier: 128 };
  // Ten of 128 USD are 10 coins at 128 USD, 5 at 256, 20 at 64.
  const [long] = roundTrips([fill(0, 10, 128, { stop: 64 }), fill(1, -10, 256)], inverse);
  assert.deepEqual(
    [long?.grossProfit, long?.profit, long?.profitRatio, long?.turnover, long?.risk, long?.r],
    [5, 3, 0.3, 15, 10, 0.3],
  );
  const [short] = roundTrips([fill(0, -10, 128, { stop: 256 }), fill(1, 10, 64)], inverse);
  assert.deepEqual([short?.grossProfit, short?.profit, short?.risk, short?.r], [10, 8, 5, 1.6]);
});

test('roundTrips: inverse contracts, entered at two prices -> one price at which they have the value of both', () => {
  const [trip] = roundTrips([fill(0, 10, 64), fill(1, 30, 192)], {
    inverse: true,
    multiplier: 64,
    last: { timeMs: 2 * MINUTE_MS, price: 256 },
  });
  // 10 coins each: 40 contracts of 64 USD for 20 coins are 128 USD a coin, not the 160 of prices weighed by contracts; 10 coins at 256.
  assert.deepEqual(
    [trip?.open, trip?.entryPrice, trip?.exitPrice, trip?.grossProfit, trip?.turnover],
    [true, 128, 256, 10, 20],
  );
});

test('roundTrips: a stop beyond the entry -> no unit of risk', () => {
  const [trip] = roundTrips([fill(0, 1, 100, { stop: 105 }), fill(1, -1, 110)]);
  assert.deepEqual([trip?.risk, trip?.r], [null, null]);
});

test('roundTrips: any fills -> both accountings carry the cash that moved, fees included', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 50, max: 150 })), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(steps, (moves) => {
      const fills = moves
        .filter(([quantity]) => quantity !== 0)
        .map(([quantity, price], i) => fill(i, quantity, price));
      const last = { timeMs: 1e6, price: 100 };
      let cash = 0;
      let position = 0;
      for (const f of fills) {
        cash -= f.side * f.quantity * f.price + f.fee;
        position += f.side * f.quantity;
      }
      for (const accounting of ['average', 'fifo'] as const) {
        const trips = roundTrips(fills, { accounting, last });
        const profit = trips.reduce((total, trip) => total + trip.profit, 0);
        assert.ok(Math.abs(profit - (cash + position * last.price)) < 1e-6, `${accounting}: ${profit}`);
        assert.equal(
          trips.some((trip) => trip.open),
          position !== 0,
        );
      }
    }),
  );
});
