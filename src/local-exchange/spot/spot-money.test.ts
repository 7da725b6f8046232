import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Fields, plain, type Row, SpotScene } from '../../../test/local-exchange/spot-scene.ts';

const ANN = 1;
const BOB = 2;

function scene(fees: Partial<{ makerRate: string; takerRate: string }> = {}): SpotScene {
  const s = new SpotScene({ fees: { makerRate: '0.001', takerRate: '0.002', ...fees } });
  for (const who of [ANN, BOB]) {
    s.deposit(who, 'USDT', '100000');
    s.deposit(who, 'BTC', '10');
  }
  return s;
}
const fees = (row: Row): string[] =>
  (row['fills'] as readonly Row[]).map((f) => `${plain(f['commission'])} ${f['commissionAsset']}`);

describe('spot commission', () => {
  test('spot commission: buy and sell without BNB -> rate of what is received, in it, rounded down; the exchange has the rest', () => {
    const s = scene();
    s.limit('SELL', '1.23457', '333.33', BOB);
    const bought = s.order({ side: 'BUY', type: 'MARKET', quantity: '1.23457' });
    assert.deepEqual(fees(bought), ['0.00246914 BTC']);
    assert.equal(s.balance('BTC', ANN), '11.23210086/0');
    // 1.23457 × 333.33 = 411.5192181; a thousandth of it, down to eight digits.
    assert.equal(s.balance('USDT', BOB), '100411.10769889/0');
    assert.deepEqual(
      s.list('GET /api/v3/myTrades', { symbol: 'BTCUSDT' }, BOB).map((t) => [t['commission'], t['isMaker']]),
      [['0.41151921', true]],
    );
    assert.deepEqual(s.complaints(), []);
  });

  test('spot commission: with BNB -> three quarters of the fee at the last BNB price; the event and the position name BNB', () => {
    const s = scene();
    s.deposit(ANN, 'BNB', '1');
    s.product.house.trade('BNBUSDT', 'buy', '600', '1');
    s.limit('SELL', '1', '600', BOB);
    const from = s.events[ANN]!.length;
    const bought = s.order({ side: 'BUY', type: 'MARKET', quantity: '1' });
    // 600 × 0.2 % × 0.75 = 0.9 USDT = 0.0015 BNB.
    assert.deepEqual(fees(bought), ['0.0015 BNB']);
    assert.deepEqual([s.balance('BTC'), s.balance('BNB')], ['11/0', '0.9985/0']);
    assert.match(s.reports(ANN, from, 'n', 'N').at(-1)!, /TRADE FILLED n=0.00150000 N=BNB$/);
    const position = s.events[ANN]!.at(-1)!['B'] as readonly Row[];
    assert.deepEqual(
      position.map((b) => b['a']),
      ['BTC', 'USDT', 'BNB'],
    );
  });

  test('spot commission: too little BNB, no BNB price, or switched off -> the whole fee from what is received', () => {
    const s = scene();
    s.deposit(ANN, 'BNB', '0.001');
    s.limit('SELL', '3', '600', BOB);
    const buy: Fields = { side: 'BUY', type: 'MARKET', quantity: '1' };
    assert.deepEqual(fees(s.order(buy)), ['0.002 BTC'], 'no price yet');
    s.product.house.trade('BNBUSDT', 'buy', '600', '1');
    assert.deepEqual(fees(s.order(buy)), ['0.002 BTC'], '0.0015 are needed');
    s.deposit(ANN, 'BNB', '1');
    assert.equal(s.ok('POST /sapi/v1/bnbBurn', { spotBNBBurn: 'false' })['spotBNBBurn'], false);
    assert.deepEqual(fees(s.order(buy)), ['0.002 BTC']);
    assert.equal(
      (s.ok('GET /api/v3/account/commission', { symbol: 'BTCUSDT' })['discount'] as Row)['enabledForAccount'],
      false,
    );
    assert.deepEqual(s.complaints(), []);
  });

  test('spot commission: buying BNB itself -> the discounted fee comes out of what is bought, even with none before', () => {
    const s = scene();
    s.product.house.quote('BNBUSDT', [], [{ price: '600', quantity: '10' }]);
    assert.deepEqual(fees(s.order({ symbol: 'BNBUSDT', side: 'BUY', type: 'MARKET', quantity: '1' })), ['0.0015 BNB']);
  });

  test('spot commission: selling BNB with more of it free -> the discounted share of what is sold, in BNB', () => {
    const s = scene();
    s.deposit(ANN, 'BNB', '2');
    s.product.house.quote('BNBUSDT', [{ price: '600', quantity: '10' }], []);
    assert.deepEqual(fees(s.order({ symbol: 'BNBUSDT', side: 'SELL', type: 'MARKET', quantity: '1' })), ['0.0015 BNB']);
    assert.deepEqual(fees(s.order({ symbol: 'BNBUSDT', side: 'SELL', type: 'MARKET', quantity: '0.998' })), [
      '1.1976 USDT',
    ]);
  });

  test('spot commission: a pair whose quote has a BNB pair of its own -> converted by it', () => {
    const s = scene();
    s.deposit(ANN, 'BNB', '1');
    s.product.house.trade('BNBBTC', 'buy', '0.006', '1');
    s.product.house.quote('ETHBTC', [], [{ price: '0.04', quantity: '10' }]);
    // 0.04 BTC × 0.2 % × 0.75 / 0.006 = 0.01 BNB.
    assert.deepEqual(fees(s.order({ symbol: 'ETHBTC', side: 'BUY', type: 'MARKET', quantity: '1' })), ['0.01 BNB']);
  });
});

describe('spot self-trade prevention', () => {
  /** Ann asks 2 at 100 and 3 at 101, then buys 4 at 101 under a mode. */
  const modes: readonly (readonly [
    mode: string,
    taker: string,
    makers: readonly string[],
    prevented: readonly string[],
  ])[] = [
    ['NONE', 'FILLED 4 0', ['FILLED 2 0', 'PARTIALLY_FILLED 2 0'], []],
    ['EXPIRE_TAKER', 'EXPIRED_IN_MATCH 0 4', ['NEW 0 0', 'NEW 0 0'], ['taker 4']],
    ['EXPIRE_MAKER', 'NEW 0 0', ['EXPIRED_IN_MATCH 0 2', 'EXPIRED_IN_MATCH 0 3'], ['maker 2', 'maker 3']],
    ['EXPIRE_BOTH', 'EXPIRED_IN_MATCH 0 4', ['EXPIRED_IN_MATCH 0 2', 'NEW 0 0'], ['maker 2 taker 4']],
    ['DECREMENT', 'EXPIRED_IN_MATCH 0 4', ['EXPIRED_IN_MATCH 0 2', 'NEW 0 2'], ['maker 2 taker 2', 'maker 2 taker 2']],
    ['TRANSFER', 'EXPIRED_IN_MATCH 0 4', ['EXPIRED_IN_MATCH 0 2', 'NEW 0 2'], ['maker 2 taker 2', 'maker 2 taker 2']],
  ];
  for (const [mode, taker, makers, prevented] of modes) {
    test(`spot self-trade prevention: taker ${mode} -> ${taker}; makers ${makers.join(', ')}`, () => {
      const s = new SpotScene({
        fees: { makerRate: '0', takerRate: '0' },
        symbols: [
          {
            symbol: 'BTCUSDT',
            base: 'BTC',
            quote: 'USDT',
            tickSize: '0.01',
            stepSize: '0.00001',
            selfTradeModes: ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH', 'DECREMENT', 'TRANSFER'],
          },
        ],
      });
      s.deposit(ANN, 'USDT', '1000');
      s.deposit(ANN, 'BTC', '10');
      const asks = [s.limit('SELL', '2', '100'), s.limit('SELL', '3', '101')];
      const from = s.events[ANN]!.length;
      const bought = s.limit('BUY', '4', '101', ANN, { selfTradePreventionMode: mode });
      const state = (id: Row['x']): string => {
        const o = s.query(id!);
        return `${o['status']} ${plain(o['executedQty'])} ${plain(o['preventedQuantity'] ?? '0')}`;
      };
      assert.equal(state(bought['orderId']!), taker);
      assert.deepEqual(
        asks.map((a) => state(a['orderId']!)),
        makers,
      );
      const matches = s.list('GET /api/v3/myPreventedMatches', {
        symbol: 'BTCUSDT',
        orderId: Number(bought['orderId']),
      });
      const lots = (m: Row): string =>
        [
          ['maker', m['makerPreventedQuantity']],
          ['taker', m['takerPreventedQuantity']],
        ]
          .filter(([, q]) => q !== undefined)
          .map(([side, q]) => `${side} ${plain(q!)}`)
          .join(' ');
      assert.deepEqual(matches.map(lots), prevented);
      assert.equal((bought['preventedMatches'] as readonly Row[] | undefined)?.length ?? 0, prevented.length);
      const reports = s.reports(ANN, from, 'A', 'B', 'U').filter((r) => r.includes('TRADE_PREVENTION'));
      const reported =
        mode === 'NONE' ? 0 : mode === 'EXPIRE_TAKER' ? 1 : mode === 'DECREMENT' || mode === 'TRANSFER' ? 4 : 2;
      assert.equal(reports.length, reported, reports.join('; '));
      assert.deepEqual(s.complaints(), []);
    });
  }
});

describe('spot funds', () => {
  test('spot funds: market buy past own asks, which prevention takes away -> what is behind them must be affordable', () => {
    const s = scene({ makerRate: '0', takerRate: '0' });
    s.deposit(3, 'USDT', '105');
    s.deposit(3, 'BTC', '1');
    s.limit('SELL', '1', '100', 3);
    s.limit('SELL', '1', '110', BOB);
    const buy: Fields = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '1' };
    assert.equal(
      s.refused('POST /api/v3/order', buy, 3),
      '-2010 Account has insufficient balance for requested action.',
    );
    s.deposit(3, 'USDT', '5');
    assert.equal(s.ok('POST /api/v3/order', buy, 3)['status'], 'FILLED');
    assert.deepEqual([s.balance('USDT', 3), s.balance('BTC', 3)], ['0/0', '2/0']);
    assert.deepEqual(s.complaints(), []);
  });

  test('spot funds: market buy by more value than is free, in a book that has less -> refused; past counting -> refused', () => {
    const s = scene();
    s.product.house.quote('BTCUSDT', [], [{ price: '100', quantity: '1' }]);
    const buy = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET' };
    const insufficient = '-2010 Account has insufficient balance for requested action.';
    assert.equal(s.refused('POST /api/v3/order', { ...buy, quoteOrderQty: '100000.01' }), insufficient);
    assert.equal(
      s.refused('POST /api/v3/order', { ...buy, quoteOrderQty: '99999999' }),
      "-1108 Parameter 'quoteOrderQty' overflowed.",
    );
  });

  test('spot funds: a peg to a price that the filters forbid -> refused', () => {
    const s = scene();
    s.product.house.quote('BTCUSDT', [{ price: '19.99', quantity: '1' }], []);
    s.product.house.trade('BTCUSDT', 'buy', '100', '1');
    const peg = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '1',
      pegPriceType: 'PRIMARY_PEG',
    };
    assert.equal(s.refused('POST /api/v3/order', peg), '-1013 Filter failure: PERCENT_PRICE_BY_SIDE');
  });
});

describe('spot listing', () => {
  const pair = { symbol: 'AB', base: 'A', quote: 'B', tickSize: '0.01', stepSize: '1', maxQty: '1000' };
  const cases: readonly (readonly [name: string, make: () => SpotScene, says: RegExp])[] = [
    [
      'a step finer than its asset',
      () => new SpotScene({ symbols: [{ ...pair, stepSize: '0.001' }], assetScales: { A: 2 } }),
      /stepSize 0.001 is finer than A is counted/,
    ],
    [
      'more than can be counted',
      () => new SpotScene({ symbols: [{ ...pair, maxQty: '46116860414' }] }),
      /maxQty 46116860414 in 8 digits is more than can be counted/,
    ],
    [
      'a tick that is none',
      () => new SpotScene({ symbols: [{ ...pair, tickSize: '0' }] }),
      /tickSize to be a positive decimal/,
    ],
    [
      'a bound off the grid',
      () => new SpotScene({ symbols: [{ ...pair, minPrice: '0.015' }] }),
      /minPrice to be a whole number of its step/,
    ],
    ['a symbol twice', () => new SpotScene({ symbols: [pair, pair] }), /listed twice/],
    ['a fee above everything', () => new SpotScene({ fees: { takerRate: '1.5' } }), /fees.takerRate between 0 and 1/],
  ];
  for (const [name, make, says] of cases) {
    test(`spot listing: ${name} -> refused with what is wrong`, () => {
      assert.throws(make, says);
    });
  }

  test('spot listing: an asset that comes by the billion, counted in two digits -> trades exactly', () => {
    const s = new SpotScene({
      symbols: [
        {
          symbol: 'SHIBUSDT',
          base: 'SHIB',
          quote: 'USDT',
          tickSize: '0.00000001',
          stepSize: '1',
          maxQty: '46116860414',
          minNotional: '1',
        },
      ],
      assetScales: { SHIB: 2 },
      fees: { makerRate: '0.001', takerRate: '0.001' },
    });
    s.deposit(ANN, 'USDT', '1000000');
    s.product.house.quote('SHIBUSDT', [], [{ price: '0.00001234', quantity: '40000000000' }]);
    const bought = s.order({ symbol: 'SHIBUSDT', side: 'BUY', type: 'MARKET', quantity: '40000000000' });
    assert.deepEqual(
      [bought['cummulativeQuoteQty'], bought['executedQty'], fees(bought)],
      ['493600.00000000', '40000000000.00000000', ['40000000 SHIB']],
    );
    assert.equal(s.balance('SHIB'), '39960000000/0');
    assert.deepEqual(s.complaints(), []);
  });
});

describe('spot deposits', () => {
  test('spot deposits: in and out -> balances and events; more out than is free -> false', () => {
    const s = new SpotScene();
    const ann = s.accounts[ANN]!;
    assert.equal(s.product.deposit(ann, 'USDT', '10.5'), true);
    assert.equal(s.product.deposit(ann, 'USDT', '-3'), true);
    assert.equal(s.product.deposit(ann, 'USDT', '-8'), false);
    assert.equal(s.balance('USDT'), '7.5/0');
    assert.deepEqual(
      s.events[ANN]!.map((e) => (e['e'] === 'balanceUpdate' ? `${e['a']} ${e['d']}` : e['e'])),
      ['USDT 10.50000000', 'outboundAccountPosition', 'USDT -3.00000000', 'outboundAccountPosition'],
    );
    assert.throws(() => s.product.deposit(ann, 'XYZ', '1'), /expected one of BTC, USDT/);
    assert.throws(() => s.product.deposit(ann, 'USDT', '1e3'), /expected decimal text/);
    assert.throws(() => s.product.deposit(ann, 'USDT', '40000001'), /at most 40000000/);
  });

  test('spot deposits: account without zero balances -> only what it has; house quotes of crossing sides -> refused', () => {
    const s = new SpotScene();
    s.deposit(ANN, 'USDT', '1');
    const { balances } = s.ok('GET /api/v3/account', { omitZeroBalances: 'true' });
    assert.deepEqual(balances, [{ asset: 'USDT', free: '1.00000000', locked: '0.00000000' }]);
    const level = (price: string) => [{ price, quantity: '1' }];
    assert.throws(() => s.product.house.quote('BTCUSDT', level('100'), level('100')), /best bid below its best ask/);
    assert.throws(() => s.product.house.quote('BTCUSDT', level('100.001'), []), /expected a price on 0.01/);
    assert.throws(() => s.product.house.quote('XYZ', [], []), /expected a listed symbol/);
  });

  test('spot house: a level that stays, shrinks and grows -> keeps its place before later clients, new lots queue behind them', () => {
    const s = scene({ makerRate: '0', takerRate: '0' });
    const ask = (quantity: string): void => s.product.house.quote('BTCUSDT', [], [{ price: '100', quantity }]);
    ask('2');
    const ann = s.limit('SELL', '1', '100', ANN);
    ask('3');
    s.order({ side: 'BUY', type: 'MARKET', quantity: '2' }, BOB);
    assert.equal(s.query(ann['orderId']!)['status'], 'NEW', 'the two of the house were first');
    s.order({ side: 'BUY', type: 'MARKET', quantity: '1' }, BOB);
    assert.equal(s.query(ann['orderId']!)['status'], 'FILLED', 'its third queued behind');
    assert.deepEqual(s.book('asks'), ['100 x 1']);
    assert.deepEqual(s.complaints(), []);
  });

  test('spot house: a quote through a client order -> trades with it at its price', () => {
    const s = scene({ makerRate: '0', takerRate: '0' });
    s.limit('SELL', '1', '100', ANN);
    s.product.house.quote('BTCUSDT', [{ price: '101', quantity: '3' }], []);
    assert.equal(s.balance('USDT', ANN), '100100/0');
    assert.deepEqual(s.book('bids'), ['101 x 2']);
  });
});
