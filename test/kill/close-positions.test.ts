import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closePositions } from '../../src/kill/close-positions.ts';
import type { Quotes } from '../../src/kill/quotes.ts';
import type { ExchangeGateway, OrderPlacement } from '../../src/ports/exchange-gateway.ts';
import { VenueError } from '../../src/ports/venue-error.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';

const RULES = { tick: '0.1', lot: '0.001', minQuantity: '0.001', minNotional: '5' } as const;

test('one symbol fails while the order of another is on its way -> no second order for that one before it is back', async () => {
  const clock = new SimulatedClock();
  const placed: OrderPlacement[] = [];
  let inFlight = 0;
  let most = 0;
  // A stand-in: answers an order after five seconds, and lists two symbols.
  const gateway = {
    capabilities: { timesInForce: ['ioc'], reduceOnly: true },
    instruments: async () =>
      ['AAAUSDT', 'BBBUSDT'].map((symbol) => ({
        ...{ id: `LOCAL:${symbol}`, kind: 'linear-perpetual', base: symbol.slice(0, 3), quote: 'USDT', ...RULES },
      })),
    place: (placement: OrderPlacement) => {
      placed.push(placement);
      most = Math.max(most, ++inFlight);
      return new Promise((resolve) => {
        clock.after(5_000, () => {
          inFlight--;
          resolve({ outcome: 'rejected', code: 'rejected', message: 'nobody' });
        });
      });
    },
  } as unknown as ExchangeGateway;
  let asked = 0;
  const quotes: Quotes = {
    of: async (symbol) => {
      if (symbol === 'AAAUSDT' && asked++ === 0) throw new VenueError('unavailable', 'LOCAL', 'away');
      return { bid: 100, bidQuantity: 1, ask: 100.1, askQuantity: 1 };
    },
    close: async () => {},
  };
  let ids = 0;
  const closing = closePositions(gateway, clock, {
    ...{ quotes, collar: 0.1, patienceMs: 4_000, nextId: () => `k${ids++}` },
    holdings: async () =>
      ['AAAUSDT', 'BBBUSDT'].map((symbol) => ({ symbol, quantity: '1', positionSide: 'net' as const })),
  });
  await clock.advance(60_000);
  const { faults } = await closing;
  assert.ok(faults.some((fault) => fault.includes('away')));
  assert.deepEqual([placed.map(({ symbol }) => symbol), most], [['BBBUSDT'], 1]);
});

test('a position of less than the least value of an order -> closed where orders that only reduce are exempt, left on spot', async () => {
  for (const [kind, reduceOnly, expected] of [
    ['linear-perpetual', true, ['0.001']],
    ['spot', false, []],
  ] as const) {
    const clock = new SimulatedClock();
    const placed: OrderPlacement[] = [];
    const gateway = {
      capabilities: { timesInForce: ['ioc'], reduceOnly },
      instruments: async () => [
        { ...{ id: 'LOCAL:BTCUSDT', kind, base: 'BTC', quote: 'USDT' }, ...RULES, minNotional: '100' },
      ],
      place: async (placement: OrderPlacement) => {
        placed.push(placement);
        return { outcome: 'accepted', value: { status: 'filled', filledQuantity: placement.quantity } };
      },
    } as unknown as ExchangeGateway;
    const quotes: Quotes = {
      of: async () => ({ bid: 90_000, bidQuantity: 1, ask: 90_000.1, askQuantity: 1 }),
      close: async () => {},
    };
    const closing = closePositions(gateway, clock, {
      ...{ quotes, collar: 0.1, patienceMs: 4_000, nextId: () => 'k0' },
      holdings: async () =>
        placed.length > 0 ? [] : [{ symbol: 'BTCUSDT', quantity: '0.001', positionSide: 'net' as const }],
    });
    await clock.advance(60_000);
    const { verified } = await closing;
    assert.deepEqual([placed.map(({ quantity }) => quantity), verified], [expected, true], kind);
    assert.ok(placed.every((each) => each.reduceOnly === true));
  }
});

test('too little for an order at first, and a fill that is told late -> the position is closed, and what is left is dust by what is held then', async () => {
  const clock = new SimulatedClock();
  const fill = 1;
  let held = 0.001;
  // A stand-in: fills what is ordered at once.
  const gateway = {
    capabilities: { timesInForce: ['ioc'], reduceOnly: false },
    instruments: async () => [{ id: 'LOCAL:AAAUSDT', kind: 'spot', base: 'AAA', quote: 'USDT', ...RULES }],
    place: async ({ quantity }: OrderPlacement) => {
      held -= Number(quantity);
      return { outcome: 'accepted', value: { status: 'filled', filledQuantity: quantity } };
    },
  } as unknown as ExchangeGateway;
  const quotes: Quotes = {
    of: async () => ({ bid: 100, bidQuantity: 100, ask: 100.1, askQuantity: 100 }),
    close: async () => {},
  };
  let looks = 0;
  let ids = 0;
  const closing = closePositions(gateway, clock, {
    ...{ quotes, collar: 0.1, patienceMs: 30_000, nextId: () => `k${ids++}` },
    holdings: async () => {
      if (looks++ === 1) held += fill;
      return [{ symbol: 'AAAUSDT', quantity: held.toFixed(3), positionSide: 'net' as const }];
    },
  });
  await clock.advance(60_000);
  const { closed, left, verified } = await closing;
  assert.deepEqual(closed, { AAAUSDT: '1.001' });
  assert.deepEqual(
    left.map(({ quantity }) => quantity),
    ['0.000'],
  );
  assert.equal(verified, true);
});
