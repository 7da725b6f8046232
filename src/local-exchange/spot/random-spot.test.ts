import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Fields, plain, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';
import { SELF_TRADE_PREVENTIONS, type SpotOptions } from './spot-options.ts';

const SYMBOLS = ['AXB', 'NB'];
/** Prices of 0.01 × sizes of 0.0001 in five digits of B: values of fills are rounded. */
const options: SpotOptions = {
  symbols: [
    {
      symbol: 'AXB',
      base: 'A',
      quote: 'B',
      tickSize: '0.01',
      stepSize: '0.0001',
      maxQty: '1000',
      minNotional: '0',
      maxAlgoOrders: 8,
      maxOrderLists: 6,
      selfTradeModes: SELF_TRADE_PREVENTIONS,
    },
    {
      symbol: 'NB',
      base: 'N',
      quote: 'B',
      tickSize: '0.01',
      stepSize: '0.01',
      maxQty: '1000',
      minNotional: '0',
      maxAlgoOrders: 8,
      selfTradeModes: SELF_TRADE_PREVENTIONS,
    },
  ],
  assetScales: { A: 4, B: 5, N: 8 },
  fees: { makerRate: '0.0007', takerRate: '0.0013', discountAsset: 'N' },
};

const price = fc.integer({ min: 95, max: 105 }).map((n) => (n / 100).toFixed(2));
const quantity = fc.integer({ min: 1, max: 400 }).map((n) => (n / 100).toFixed(2));
const side = fc.constantFrom('BUY', 'SELL');
const timeInForce = fc.constantFrom('GTC', 'GTC', 'GTC', 'IOC', 'FOK');
const selfTradePreventionMode = fc.constantFrom(...SELF_TRADE_PREVENTIONS);
const peg = fc.constantFrom({}, {}, {}, { pegPriceType: 'PRIMARY_PEG' }, { pegPriceType: 'MARKET_PEG' });
const common = { side, quantity, selfTradePreventionMode };
/** Any kind of order; many are refused, which must leave no trace. */
const orderFields: fc.Arbitrary<Fields> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.record({ ...common, price, timeInForce }), fc.constantFrom({}, {}, { icebergQty: '0.5' }), peg)
      .map(([f, iceberg, pegged]) => ({ type: 'LIMIT', ...f, ...iceberg, ...pegged })),
  },
  { weight: 2, arbitrary: fc.record({ ...common }).map((f) => ({ type: 'MARKET', ...f })) },
  {
    weight: 1,
    arbitrary: fc
      .record({ side, quoteOrderQty: quantity, selfTradePreventionMode })
      .map((f) => ({ type: 'MARKET', ...f })),
  },
  { weight: 2, arbitrary: fc.record({ ...common, price }).map((f) => ({ type: 'LIMIT_MAKER', ...f })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('STOP_LOSS', 'TAKE_PROFIT'),
        fc.record({ ...common, stopPrice: price }),
        fc.constantFrom({}, { trailingDelta: 100 }),
      )
      .map(([type, f, trailing]) => ({ type, ...f, ...trailing })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('STOP_LOSS_LIMIT', 'TAKE_PROFIT_LIMIT'),
        fc.record({ ...common, price, timeInForce, stopPrice: price }),
        peg,
      )
      .map(([type, f, pegged]) => ({ type, ...f, ...pegged })),
  },
);
const pair = fc.record({
  above: fc.boolean(),
  high: price,
  low: price,
  limit: price,
  stopType: fc.constantFrom('STOP_LOSS', 'STOP_LOSS_LIMIT'),
});
type Pair = { above: boolean; high: string; low: string; limit: string; stopType: string };

/** Parameters of an OCO pair; `name` makes a leg's parameter. */
function pairFields(p: Pair, isSell: boolean, name: (leg: 'above' | 'below', parameter: string) => string): Fields {
  const stop = isSell ? ('below' as const) : ('above' as const);
  const profit = isSell ? ('above' as const) : ('below' as const);
  const profitFields: Fields = p.above
    ? { [name(profit, 'Type')]: 'LIMIT_MAKER', [name(profit, 'Price')]: isSell ? p.high : p.low }
    : { [name(profit, 'Type')]: 'TAKE_PROFIT', [name(profit, 'StopPrice')]: isSell ? p.high : p.low };
  return {
    ...profitFields,
    [name(stop, 'Type')]: p.stopType,
    [name(stop, 'StopPrice')]: isSell ? p.low : p.high,
    ...(p.stopType === 'STOP_LOSS_LIMIT' ? { [name(stop, 'Price')]: p.limit, [name(stop, 'TimeInForce')]: 'GTC' } : {}),
  };
}
const capital = (leg: string): string => leg.charAt(0).toUpperCase() + leg.slice(1);

const command = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('order' as const), fields: orderFields }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('oco' as const), common: fc.record(common), pair }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('oto' as const),
      working: fc.record({ side, quantity, price, timeInForce }),
      pending: fc.record({ side, quantity, price }),
      stp: selfTradePreventionMode,
      pair: fc.option(pair),
      opo: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('amend' as const),
      pick: fc.nat(),
      percent: fc.integer({ min: 1, max: 99 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      pick: fc.nat(),
      fields: orderFields,
      mode: fc.constantFrom('STOP_ON_FAILURE', 'ALLOW_FAILURE'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('quote' as const),
      middle: fc.integer({ min: 97, max: 103 }),
      sizes: fc.array(quantity, { minLength: 0, maxLength: 6 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      price,
      quantity,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('burn' as const), on: fc.boolean() }) },
);
const step = fc.record({ who: fc.integer({ min: 1, max: 3 }), symbol: fc.constantFrom(...SYMBOLS), command });

function run(
  s: SpotScene,
  who: number,
  symbol: string,
  c: typeof command extends fc.Arbitrary<infer T> ? T : never,
): void {
  const open = (pick: number): number => {
    const orders = s.list('GET /api/v3/openOrders', { symbol }, who);
    return orders.length === 0 ? 999_999 : Number(orders[pick % orders.length]!['orderId']);
  };
  const { house } = s.product;
  if (c.kind === 'order') s.call('POST /api/v3/order', { symbol, ...c.fields }, who);
  else if (c.kind === 'oco') {
    const fields = pairFields(c.pair, c.common.side === 'SELL', (leg, parameter) => leg + parameter);
    s.call('POST /api/v3/orderList/oco', { symbol, ...c.common, ...fields }, who);
  } else if (c.kind === 'oto') {
    const fields: Record<string, string | number | boolean> = {
      symbol,
      workingType: 'LIMIT',
      selfTradePreventionMode: c.stp,
    };
    for (const [name, value] of Object.entries(c.working)) fields[`working${capital(name)}`] = value;
    if (c.opo) fields['workingSide'] = 'BUY';
    fields['pendingSide'] = c.opo ? 'SELL' : c.pending.side;
    if (!c.opo) fields['pendingQuantity'] = c.pending.quantity;
    const name = c.opo ? (c.pair ? 'opoco' : 'opo') : c.pair ? 'otoco' : 'oto';
    if (c.pair) {
      Object.assign(
        fields,
        pairFields(c.pair, fields['pendingSide'] === 'SELL', (leg, p) => `pending${capital(leg)}${p}`),
      );
    } else Object.assign(fields, { pendingType: 'LIMIT', pendingTimeInForce: 'GTC', pendingPrice: c.pending.price });
    s.call(`POST /api/v3/orderList/${name}`, fields, who);
  } else if (c.kind === 'cancel') s.call('DELETE /api/v3/order', { symbol, orderId: open(c.pick) }, who);
  else if (c.kind === 'amend') {
    const orderId = open(c.pick);
    const { status, body } = s.call('GET /api/v3/order', { symbol, orderId }, who);
    const lots = status === 200 ? Number((body as Row)['origQty']) : 1;
    s.call(
      'PUT /api/v3/order/amend/keepPriority',
      { symbol, orderId, newQty: ((lots * c.percent) / 100).toFixed(2) },
      who,
    );
  } else if (c.kind === 'replace') {
    const fields = { symbol, cancelOrderId: open(c.pick), cancelReplaceMode: c.mode, ...c.fields };
    s.call('POST /api/v3/order/cancelReplace', fields, who);
  } else if (c.kind === 'quote') {
    const level = (away: number, q: string) => ({ price: ((c.middle + away) / 100).toFixed(2), quantity: q });
    const half = c.sizes.length >> 1;
    house.quote(
      symbol,
      c.sizes.slice(0, half).map((q, i) => level(-1 - i, q)),
      c.sizes.slice(half).map((q, i) => level(1 + i, q)),
    );
  } else if (c.kind === 'trade') house.trade(symbol, c.side, c.price, c.quantity);
  else s.ok('POST /sapi/v1/bnbBurn', { spotBNBBurn: c.on }, who);
}

/** What an account's own events say of its orders and balances, nothing else asked. */
function replayed(events: readonly Row[]): { orders: Map<string, string>; balances: Map<string, string> } {
  const orders = new Map<string, string>();
  const balances = new Map<string, string>();
  for (const e of events) {
    if (e['e'] === 'executionReport') {
      orders.set(`${e['s']} ${e['i']}`, [e['X'], e['q'], e['z'], e['Z'], e['eR'] ?? '-', e['A'] ?? '-'].join(' '));
    } else if (e['e'] === 'outboundAccountPosition') {
      for (const b of e['B'] as readonly Row[]) balances.set(String(b['a']), `${b['f']} ${b['l']}`);
    }
  }
  return { orders, balances };
}

function checkEvents(s: SpotScene): void {
  for (const who of [1, 2, 3]) {
    const { orders, balances } = replayed(s.events[who]!);
    let known = 0;
    for (const symbol of SYMBOLS) {
      for (const o of s.list('GET /api/v3/allOrders', { symbol, limit: 1000 }, who)) {
        const id = `${symbol} ${o['orderId']}`;
        const queried = [
          o['status'],
          o['origQty'],
          o['executedQty'],
          o['cummulativeQuoteQty'],
          o['expiryReason'] ?? '-',
          o['preventedQuantity'] ?? '-',
        ].join(' ');
        assert.equal(orders.get(id), queried, id);
        known++;
      }
    }
    assert.equal(orders.size, known, 'no event of an order that is not there');
    for (const b of s.ok('GET /api/v3/account', {}, who)['balances'] as readonly Row[]) {
      assert.equal(
        balances.get(String(b['asset'])) ?? '0',
        balances.has(String(b['asset'])) ? `${b['free']} ${b['locked']}` : '0',
      );
    }
    const ids = s.events[who]!.filter((e) => e['e'] === 'executionReport' && e['s'] === 'AXB').map((e) =>
      Number(e['I']),
    );
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
    );
    assert.equal(new Set(ids).size, ids.length);
  }
}

/** The book that the diff-depth stream builds. */
function builtBook(s: SpotScene, symbol: string): { bids: string[]; asks: string[] } {
  const sides = { b: new Map<string, string>(), a: new Map<string, string>() };
  let last = 0;
  for (const { stream, data } of s.published) {
    if (stream !== `${symbol.toLowerCase()}@depth@100ms`) continue;
    const update = data as Row;
    assert.equal(update['U'], last + 1, 'updates follow each other without a gap');
    last = Number(update['u']);
    for (const side of ['b', 'a'] as const) {
      for (const [p, q] of update[side] as readonly (readonly [string, string])[]) {
        if (Number(q) === 0) sides[side].delete(p);
        else sides[side].set(p, q);
      }
    }
  }
  assert.equal(s.ok('GET /api/v3/depth', { symbol })['lastUpdateId'], last);
  const sorted = (levels: Map<string, string>, direction: number): string[] =>
    [...levels].sort((x, y) => direction * (Number(x[0]) - Number(y[0]))).map(([p, q]) => `${plain(p)} x ${plain(q)}`);
  return { bids: sorted(sides.b, -1), asks: sorted(sides.a, 1) };
}

describe('spot exchange, random commands', () => {
  test('spot exchange: any commands of three accounts and the house -> money conserved, locks fit, events, queries and depth agree', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 20, maxLength: 90, size: 'max' }),
        fc.constantFrom('20', '20', '2.00001', '1.5'),
        (steps, quote) => {
          const s = new SpotScene(options);
          for (const symbol of SYMBOLS) s.listen(`${symbol.toLowerCase()}@depth@100ms`);
          for (const who of [1, 2, 3]) {
            for (const [asset, amount] of [
              ['A', '20'],
              ['B', quote],
              ['N', '5'],
            ] as const)
              s.deposit(who, asset, amount);
          }
          for (const { who, symbol, command: c } of steps) {
            run(s, who, symbol, c);
            s.advance(50);
            assert.deepEqual(s.complaints(), []);
          }
          checkEvents(s);
          s.advance(100);
          for (const symbol of SYMBOLS) {
            const built = builtBook(s, symbol);
            assert.deepEqual(built, { bids: s.book('bids', symbol), asks: s.book('asks', symbol) });
          }
          for (const symbol of SYMBOLS) {
            for (const who of [1, 2, 3]) s.call('DELETE /api/v3/openOrders', { symbol }, who);
            s.product.house.quote(symbol, [], []);
            assert.deepEqual([s.book('bids', symbol), s.book('asks', symbol)], [[], []]);
          }
          assert.deepEqual(s.complaints(), []);
          for (const who of [1, 2, 3]) {
            for (const b of s.ok('GET /api/v3/account', {}, who)['balances'] as readonly Row[])
              assert.equal(Number(b['locked']), 0);
            for (const e of s.events[who]!)
              if (e['e'] === 'executionReport') kinds.add(`${e['x']} ${e['X']} ${e['eR'] ?? ''}`.trim());
          }
        },
      ),
      { numRuns: 250 },
    );
    // The commands must reach every kind of end, or the property says little.
    for (const kind of [
      'NEW NEW',
      'NEW PENDING_NEW',
      'TRADE FILLED',
      'TRADE PARTIALLY_FILLED',
      'CANCELED CANCELED',
      'REPLACED NEW',
      'TRADE_PREVENTION EXPIRED_IN_MATCH',
      'EXPIRED EXPIRED OCO_TRIGGER',
      'EXPIRED EXPIRED OTO_PHASE_ONE_EXPIRED',
      'EXPIRED EXPIRED INSUFFICIENT_LIQUIDITY',
      'EXPIRED EXPIRED UNFILLED_IOC_QUANTITY_EXPIRED',
      'EXPIRED EXPIRED UNFILLED_FOK_ORDER_EXPIRED',
      'EXPIRED EXPIRED REJECTED',
    ])
      assert.ok(kinds.has(kind), `never seen: ${kind}; seen ${[...kinds].join(', ')}`);
  });

  test('spot exchange: the same commands twice -> the same answers, events and streams', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
        const told = [1, 2].map(() => {
          const s = new SpotScene(options, 7);
          s.listen(
            'axb@trade',
            'axb@aggTrade',
            'axb@bookTicker',
            'axb@depth',
            'axb@ticker',
            '!miniTicker@arr',
            'axb@kline_1s',
          );
          for (const who of [1, 2, 3]) s.deposit(who, 'B', '20');
          for (const { who, symbol, command: c } of steps) {
            run(s, who, symbol, c);
            s.advance(400);
          }
          return JSON.stringify([s.events, s.published]);
        });
        assert.equal(told[0], told[1]);
      }),
      { numRuns: 20 },
    );
  });
});
