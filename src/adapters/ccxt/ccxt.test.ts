import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingMarketSink } from '../../../test/recording-market-sink.ts';
import { SimulatedClock } from '../../../test/simulated-world/clock.ts';
import { CCXT_ABSENT, loadCcxt } from '../../../test/stand-ins/ccxt-present.ts';
import { InvariantError } from '../../core/vocabulary/assert.ts';
import { Instrument } from '../../core/vocabulary/instrument.ts';
import { Random } from '../../core/vocabulary/random.ts';
import type { CcxtExchange, CcxtModule, CcxtOrder, CcxtTrade } from './exchange-shape.ts';
import { openCcxtFeed } from './feed.ts';
import { openCcxtGateway } from './gateway.ts';
import { instrumentOf } from './instruments.ts';
import { openExchange } from './open-exchange.ts';
import { searchOrder } from './order-search.ts';
import { balancesOf, venueFillOf, venueOrderOf } from './order-shapes.ts';
import { shownMessage, venueErrorOf } from './venue-codes.ts';

const ccxt = await loadCcxt();
const codeOf = (error: Error, exchange = 'okx'): string => venueErrorOf(error, 'OKX', exchange, []).code;
const clock = new SimulatedClock();
const OPTIONS = { exchange: 'okx', clock, random: new Random(1) };

test('ccxt sends on a connection that closes, and waits for nothing -> no rejection that nobody takes; who waits gets it', {
  skip: CCXT_ABSENT,
}, async () => {
  const exchange = (await openExchange(OPTIONS, 'double')) as unknown as {
    client(url: string): { connection: object; send(message: string): Promise<unknown> };
  };
  const client = exchange.client('wss://127.0.0.1:9/');
  client.connection = {
    send(_message: string, _options: object, done: (error: Error) => void) {
      done(new Error('WebSocket is not open: readyState 2 (CLOSING)'));
    },
  };
  const untaken: unknown[] = [];
  const hear = (reason: unknown): void => void untaken.push(reason);
  process.on('unhandledRejection', hear);
  try {
    void client.send('subscribe');
    await assert.rejects(exchange.client('wss://127.0.0.1:9/').send('subscribe'), /CLOSING/);
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', hear);
  }
  assert.deepEqual(untaken, []);
});

describe('ccxt errors', { skip: CCXT_ABSENT }, () => {
  test('classes -> our codes; the nearest class decides', () => {
    assert.equal(codeOf(new ccxt.InsufficientFunds('x')), 'insufficient-balance');
    assert.equal(codeOf(new ccxt.OrderNotFound('x')), 'unknown-order');
    assert.equal(codeOf(new ccxt.BadSymbol('x')), 'symbol-unknown');
    assert.equal(codeOf(new ccxt.PermissionDenied('x')), 'trading-not-permitted');
    assert.equal(codeOf(new ccxt.OrderImmediatelyFillable('x')), 'post-only-would-take');
    assert.equal(codeOf(new ccxt.InvalidNonce('x')), 'clock-skewed');
    assert.equal(codeOf(new ccxt.RateLimitExceeded('x')), 'rate-limited');
  });

  test('every class of ccxt -> a code; what proves nothing keeps the fate open', () => {
    const classes = Object.entries(ccxt).filter(
      ([, value]) => typeof value === 'function' && value.prototype instanceof ccxt.BaseError,
    );
    assert.ok(classes.length > 30);
    for (const [name, ErrorClass] of classes) {
      const error = venueErrorOf(new (ErrorClass as new (message: string) => Error)('x'), 'X', 'x', []);
      const isOpen =
        /^(NetworkError|RequestTimeout|ExchangeNotAvailable|OnMaintenance|OperationFailed|BadResponse|NullResponse|CancelPending|ExchangeError|ExchangeClosedByUser|ChecksumError|UnsubscribeError)$/;
      assert.equal(error.isProof, !isOpen.test(name), `${name} became ${error.code}`);
    }
  });

  test('codes of OKX -> ours, the item before the envelope', () => {
    const answer = (sCode: string): Error => new ccxt.ExchangeError(`okx {"code":"1","data":[{"sCode":"${sCode}"}]}`);
    assert.equal(codeOf(answer('51016')), 'duplicate-order');
    assert.equal(codeOf(answer('51121')), 'filter-violated');
    assert.equal(codeOf(answer('51025')), 'too-many-orders');
    assert.equal(codeOf(answer('50004')), 'timeout');
    assert.equal(codeOf(answer('59999')), 'answer-unreadable');
    assert.equal(
      codeOf(new ccxt.AuthenticationError('okx {"code":"50113","msg":"Invalid Sign"}')),
      'signature-invalid',
    );
    assert.equal(codeOf(answer('51016'), 'other'), 'answer-unreadable');
  });

  test('a refusal of OKX that nobody knows, such as one for lack of time -> proves nothing', () => {
    const error = new ccxt.ExchangeError('okx {"code":"1","data":[{"sCode":"51149","sMsg":"Order timed out."}]}');
    assert.equal(venueErrorOf(error, 'OKX', 'okx', []).isProof, false);
  });

  test('an error that is none of ccxt -> answer-unreadable; a broken invariant passes through', () => {
    assert.equal(codeOf(new TypeError('x is undefined')), 'answer-unreadable');
    assert.throws(() => codeOf(new InvariantError('ours')), InvariantError);
  });

  test('messages -> without secrets, keys and signatures', () => {
    const text = 'mexc GET https://x/api?symbol=A&apiKey=abc&signature=0123abcd failed for key-1';
    assert.equal(shownMessage(text, ['key-1']), 'mexc GET https://x/api?symbol=A&apiKey=…&signature=… failed for …');
  });
});

describe('ccxt absent or unfit', () => {
  test('not installed -> unsupported, with what to run', async () => {
    const absent = Object.assign(new Error("Cannot find package 'ccxt'"), { code: 'ERR_MODULE_NOT_FOUND' });
    const load = (): Promise<never> => Promise.reject(absent);
    await assert.rejects(openCcxtFeed({ ...OPTIONS, load }), { code: 'unsupported', message: /npm install ccxt/ });
  });

  test('a venue that ccxt does not know -> unsupported', { skip: CCXT_ABSENT }, async () => {
    await assert.rejects(openCcxtFeed({ ...OPTIONS, exchange: 'nosuch' }), { code: 'unsupported' });
    await assert.rejects(openCcxtFeed({ ...OPTIONS, exchange: 'toString' }), { code: 'unsupported' });
  });

  test('trading without a key -> key-invalid', async () => {
    await assert.rejects(openCcxtGateway(OPTIONS), { code: 'key-invalid' });
  });
});

describe('ccxt, how long a request is good', { skip: CCXT_ABSENT }, () => {
  /** ccxt as it is, and every object that is made of one of its classes. */
  function caught(exchange: 'okx' | 'mexc'): {
    readonly made: CcxtExchange[];
    load(): Promise<{ default: CcxtModule }>;
  } {
    const made: CcxtExchange[] = [];
    const Real = ccxt.pro[exchange] as unknown as new (config: object) => object;
    class Caught extends Real {
      constructor(config: object) {
        super(config);
        made.push(this as unknown as CcxtExchange);
      }
    }
    return { made, load: () => Promise.resolve({ default: { pro: { [exchange]: Caught }, exchanges: [exchange] } }) };
  }

  test('a venue with a window for requests -> as wide as everybody counts with', async () => {
    const { made, load } = caught('mexc');
    await openCcxtGateway({ ...OPTIONS, exchange: 'mexc', credentials: { apiKey: 'a', secret: 'b' }, load });
    assert.equal(made[0]!.options['recvWindow'], 2_000);
  });

  test('OKX: deadline of an order -> its header, no part of its body; over before it is signed -> not sent', async () => {
    const { made, load } = caught('okx');
    const credentials = { apiKey: 'a', secret: 'b', password: 'c' };
    const gateway = await openCcxtGateway({ ...OPTIONS, credentials, load });
    const { sign } = made[0] as unknown as {
      sign(...parameters: unknown[]): { body: string; headers: Record<string, string> };
    };
    const nowMs = clock.nowMs();
    const signed = (path: string, deadlineMs: number): { body: string; headers: Record<string, string> } =>
      sign(path, 'private', 'POST', [{ instId: 'BTC-USDT', clOrdId: 'a1', expTime: deadlineMs }]);
    const order = signed('trade/batch-orders', nowMs + 1_500.5);
    assert.equal(order.headers['expTime'], String(Math.floor(nowMs + 1_500.5)));
    assert.equal(order.body, '[{"instId":"BTC-USDT","clOrdId":"a1"}]');
    assert.throws(() => signed('trade/amend-order', nowMs - 1), { code: 'not-sent' });
    await gateway.close();
  });
});

describe('ccxt, funding that has fallen due', { skip: CCXT_ABSENT }, () => {
  const instId = 'BTC-USDT-SWAP';
  /** ccxt's own class of OKX, with the venue's answers in the place of the venue. */
  function answering(data: readonly object[]) {
    const asked: unknown[] = [];
    const Real = ccxt.pro['okx'] as unknown as new (config: object) => object;
    class Answered extends Real {
      loadMarkets(): Promise<void> {
        const self = this as unknown as { setMarkets(all: readonly object[]): void };
        self.setMarkets([
          ...[{ id: instId, symbol: 'BTC/USDT:USDT', base: 'BTC', quote: 'USDT', settle: 'USDT', type: 'swap' }],
        ]);
        return Promise.resolve();
      }
      // ccxt puts a method of each route over those of the class.
      constructor(config: object) {
        super(config);
        const publicGetPublicFundingRateHistory = (parameters: unknown): Promise<object> => {
          asked.push(parameters);
          return Promise.resolve({ code: '0', msg: '', data });
        };
        Object.assign(this, { publicGetPublicFundingRateHistory });
      }
    }
    const load = (): Promise<{ default: CcxtModule }> =>
      Promise.resolve({ default: { pro: { okx: Answered }, exchanges: ['okx'] } as unknown as CcxtModule });
    return { asked, open: () => openCcxtFeed({ ...OPTIONS, markets: ['swap'], load }) };
  }

  test('OKX -> what was paid, oldest first, without a mark price', async () => {
    const row = (fundingTime: string, realizedRate: string) => ({ instId, fundingTime, realizedRate });
    const { asked, open } = answering([row('1597048800000', '-0.0002'), row('1597020000000', '0.0001')]);
    const { feed, history } = await open();
    assert.deepEqual(await history.fundingRates!(instId, 1_597_020_000_000), [
      { timeMs: 1_597_020_000_000, rate: 0.0001, markPrice: null },
      { timeMs: 1_597_048_800_000, rate: -0.0002, markPrice: null },
    ]);
    assert.deepEqual(asked, [{ instId, before: 1_597_019_999_999, limit: 100 }]);
    await feed.close();
  });

  test('a row without a rate -> answer-unreadable', async () => {
    const { feed, history } = await answering([{ instId, fundingTime: '1597048800000' }]).open();
    await assert.rejects(history.fundingRates!(instId, 0), { code: 'answer-unreadable' });
    await feed.close();
  });
});

describe('ccxt shapes', () => {
  const idOf = (symbol: string): string => symbol.replace('/', '-');

  test('orders -> ours, amounts as text; states of tomorrow stay open', () => {
    const order = {
      id: '7',
      clientOrderId: 'a1',
      symbol: 'BTC/USDT',
      type: 'limit',
      side: 'sell',
      timeInForce: 'IOC',
      price: '95000.10',
      amount: '0.0100',
      filled: '0.004',
      average: '95001',
      status: 'canceled',
      lastUpdateTimestamp: 5,
    };
    const ours = venueOrderOf(order, idOf, 9);
    assert.deepEqual(
      [ours.symbol, ours.status, ours.tif, ours.quantity, ours.limit, ours.filledValue, ours.updatedAtMs],
      ['BTC-USDT', 'expired', 'ioc', '0.01', '95000.1', '380.004', 5],
    );
    assert.equal(venueOrderOf({ ...order, status: 'paused' }, idOf, 9).status, 'unknown');
    assert.throws(() => venueOrderOf({ ...order, amount: 'x' }, idOf, 9), /amount/);
    assert.throws(() => venueOrderOf({ ...order, id: '' }, idOf, 9), /id is missing/);
  });

  test('trades -> with the client id that only the venue answer has', () => {
    const trade = {
      id: '1',
      order: '7',
      symbol: 'BTC/USDT',
      side: 'buy',
      price: '1',
      amount: '2',
      timestamp: 3,
      fee: { cost: '0.1', currency: 'USDT' },
      info: { clOrdId: 'a1' },
    };
    const fill = venueFillOf(trade, idOf);
    assert.deepEqual([fill.clientOrderId, fill.fee, fill.feeAsset, fill.isMaker], ['a1', '0.1', 'USDT', false]);
  });

  test('balances -> by asset, whatever ccxt puts beside them', () => {
    const found = balancesOf({
      info: {},
      free: { BTC: '1' },
      used: {},
      total: {},
      timestamp: 1,
      BTC: { free: '1', used: '0.5', total: '1.5' },
      ETH: { total: '2' },
    });
    assert.deepEqual(found, [
      { asset: 'BTC', free: '1', locked: '0.5' },
      { asset: 'ETH', free: '2', locked: '0' },
    ]);
  });

  test('markets -> instruments that the engine takes, or none', () => {
    const exchange = { id: 'okx', precisionMode: 4 } as CcxtExchange;
    const market = {
      id: 'BTC-USDT',
      symbol: 'BTC/USDT',
      base: 'BTC',
      quote: 'USDT',
      type: 'spot',
      precision: { amount: '1e-8', price: '0.1' },
    };
    const limits = { amount: { min: '0.00001', max: '9999999999' } };
    const definition = instrumentOf(exchange, { ...market, limits })!;
    assert.equal(new Instrument(definition).priceText(5), '0.5');
    assert.equal(definition.maxQuantity, undefined, 'a limit that no lot count reaches is none');
    assert.equal(instrumentOf(exchange, { ...market, precision: { amount: undefined, price: '0.1' } }), null);
    assert.equal(instrumentOf({ ...exchange, precisionMode: 3 }, market), null, 'significant digits are no step');
    assert.equal(
      instrumentOf({ ...exchange, precisionMode: 2 }, { ...market, precision: { amount: '3', price: '0' } })!.lot,
      '0.001',
    );
    assert.equal(instrumentOf(exchange, { ...market, type: 'option' }), null);
  });
});

describe('orders of venues that do not know our ids', () => {
  const order = (clientOrderId: string): CcxtOrder => ({ id: `v${clientOrderId}`, clientOrderId });
  const lists = (
    open: readonly string[],
    ended: readonly string[],
    has: object = { fetchOrders: true },
  ): CcxtExchange =>
    ({
      has,
      fetchOpenOrders: () => Promise.resolve(open.map(order)),
      fetchOrders: () => Promise.resolve(ended.map(order)),
    }) as unknown as CcxtExchange;
  const find = async (exchange: CcxtExchange): Promise<string | null> =>
    (await searchOrder(exchange, 'X', 'A/B', 'ours'))?.id ?? null;

  test('open, ended, in no list -> found, found, null', async () => {
    assert.equal(await find(lists(['a', 'ours'], [])), 'vours');
    assert.equal(await find(lists(['a'], ['ours'])), 'vours');
    assert.equal(await find(lists(['a'], ['b'])), null);
  });

  test('a venue that lists no ended orders -> unsupported, never "no such order"', async () => {
    await assert.rejects(find(lists(['a'], [], { fetchClosedOrders: true })), { code: 'unsupported' });
  });
});

/** An exchange object whose trades come when a test says so. */
class ScriptedExchange {
  static opened: ScriptedExchange[] = [];
  readonly id = 'okx';
  readonly has = { watchTrades: true };
  readonly precisionMode = 4;
  readonly urls = { api: {} };
  readonly options = {};
  readonly markets = { 'BTC/USDT': { id: 'BTC-USDT', symbol: 'BTC/USDT', type: 'spot', precision: {} } };
  isClosed = false;
  #resolve: ((trades: readonly CcxtTrade[]) => void) | null = null;

  constructor() {
    ScriptedExchange.opened.push(this);
  }

  loadMarkets(): Promise<void> {
    return Promise.resolve();
  }

  watchTrades(): Promise<readonly CcxtTrade[]> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  push(id: string): void {
    this.#resolve?.([{ id, price: 1, amount: 1, side: 'buy', timestamp: 1_795_200_000_000 }]);
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

describe('ccxt streams in simulated time', () => {
  test('silence beyond the limit, though nothing fails -> closed, opened anew, told as lost', async () => {
    ScriptedExchange.opened = [];
    const time = new SimulatedClock();
    const load = (): Promise<{ default: CcxtModule }> =>
      Promise.resolve({ default: { pro: { okx: ScriptedExchange }, exchanges: ['okx'] } });
    const { feed } = await openCcxtFeed({ exchange: 'okx', clock: time, random: new Random(1), load });
    const sink = new RecordingMarketSink();
    feed.subscribe({ channel: 'trades', symbol: 'BTC-USDT', silenceLimitMs: 20_000 }, sink);
    await time.advance(10);
    const [, first] = ScriptedExchange.opened;
    for (let k = 1; k <= 5; k++) {
      first!.push(String(k));
      await time.advance(15_000);
    }
    assert.deepEqual([sink.trades.length, first!.isClosed, feed.health().subscriptions[0]!.state], [5, false, 'live']);
    await time.advance(6_000);
    assert.equal(first!.isClosed, true);
    await time.advance(2_000);
    const third = ScriptedExchange.opened[2]!;
    assert.equal(feed.health().subscriptions[0]!.state, 'syncing');
    third.push('9');
    await time.advance(10);
    assert.equal(sink.trades.at(-1)!.id, 9);
    assert.deepEqual(
      sink.gaps.map((gap) => gap.outcome),
      ['lost'],
      'this exchange lists no past trades',
    );
    assert.equal(feed.health().connections[0]!.reconnects, 1);
    await feed.close();
    assert.ok(ScriptedExchange.opened.every((each) => each.isClosed));
  });
});
