import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingSink } from '../../../test/recording-sink.ts';
import { API_KEY, ScriptedBinance, SECRET } from '../../../test/scripted-binance.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/vocabulary/time.ts';
import { VenueError } from '../../ports/venue-error.ts';
import { BinanceSpotGateway } from './spot-gateway.ts';

const ORDER = {
  symbol: 'BTCUSDT',
  orderId: 28,
  orderListId: -1,
  clientOrderId: 'my1',
  transactTime: 1795200000123,
  price: '95000.00000000',
  origQty: '0.50000000',
  executedQty: '0.00000000',
  origQuoteOrderQty: '0.000000',
  cummulativeQuoteQty: '0.00000000',
  status: 'NEW',
  timeInForce: 'GTC',
  type: 'LIMIT',
  side: 'BUY',
  workingTime: 1795200000123,
  selfTradePreventionMode: 'EXPIRE_MAKER',
};
const PLACEMENT = {
  clientOrderId: 'my1',
  symbol: 'BTCUSDT',
  side: 'buy',
  type: 'limit',
  tif: 'gtc',
  quantity: '0.5',
  limit: '95000',
} as const;

async function connected(venue = new ScriptedBinance()) {
  const gateway = new BinanceSpotGateway(venue.options);
  const sink = new RecordingSink();
  const facts = await venue.run(gateway.connect(sink));
  return { venue, gateway, sink, facts };
}

describe('spot gateway', () => {
  test('connect: a kept key -> its facts, clock measured, one subscription', async () => {
    const { venue, gateway, facts } = await connected();
    assert.deepEqual(facts, { canTrade: true, canWithdraw: false, ipRestricted: true, expiresAtMs: null });
    assert.ok(Math.abs(gateway.clockSkew!.skewMs) < 40);
    assert.deepEqual(
      venue.dialer.openLinks.map((link) => link.url),
      ['wss://ws-api.binance.com:443/ws-api/v3'],
    );
    await venue.run(gateway.close());
  });

  test('connect: a key that may withdraw from anywhere -> told, so that live can refuse it', async () => {
    const venue = new ScriptedBinance();
    venue.on('GET /sapi/v1/account/apiRestrictions', () => ({
      ipRestrict: false,
      enableWithdrawals: true,
      enableSpotAndMarginTrading: false,
      tradingAuthorityExpirationTime: 1800000000000,
    }));
    const { gateway, facts } = await connected(venue);
    assert.deepEqual(facts, { canTrade: false, canWithdraw: true, ipRestricted: false, expiresAtMs: 1800000000000 });
    await venue.run(gateway.close());
  });

  test('connect: a network without that endpoint -> facts are not known, which is not harmless', async () => {
    const venue = new ScriptedBinance();
    venue.on('GET /sapi/v1/account/apiRestrictions', () => ({ status: 404, body: '<html>' }));
    const { gateway, facts } = await connected(venue);
    assert.deepEqual(facts, { canTrade: true, canWithdraw: null, ipRestricted: null, expiresAtMs: null });
    await venue.run(gateway.close());
  });

  test('connect: a subscription that is refused -> an error that says why, everything closed', async () => {
    const venue = new ScriptedBinance();
    venue.subscribes = false;
    const gateway = new BinanceSpotGateway(venue.options);
    await assert.rejects(
      venue.run(gateway.connect(new RecordingSink())),
      (error) => error instanceof VenueError && /-2015/.test(error.message) && !error.message.includes(API_KEY),
    );
    await venue.run(gateway.close());
    const { length } = venue.dialer.attemptsMs;
    await venue.clock.advance(10 * MINUTE_MS);
    assert.equal(venue.dialer.attemptsMs.length, length);
  });

  test('place -> one signed POST with our id; the answer as an order', async () => {
    const { venue, gateway } = await connected();
    venue.on('POST /api/v3/order', () => ORDER);
    const outcome = await venue.run(gateway.place(PLACEMENT));
    assert.deepEqual(venue.asked('POST /api/v3/order'), [
      'POST /api/v3/order symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.5&price=95000&timeInForce=GTC&newClientOrderId=my1&newOrderRespType=RESULT',
    ]);
    assert.deepEqual(outcome, {
      outcome: 'accepted',
      value: {
        symbol: 'BTCUSDT',
        clientOrderId: 'my1',
        venueOrderId: '28',
        side: 'buy',
        type: 'limit',
        tif: 'gtc',
        status: 'open',
        quantity: '0.5',
        filledQuantity: '0',
        filledValue: '0',
        limit: '95000',
        trigger: null,
        reduceOnly: false,
        updatedAtMs: 1795200000123,
        reason: '',
      },
    });
    await venue.run(gateway.close());
  });

  test('place: every answer -> the outcome that it proves', async () => {
    const { venue, gateway } = await connected();
    const answers: readonly (readonly [object, string])[] = [
      [
        { status: 400, body: { code: -2010, msg: 'Account has insufficient balance for requested action.' } },
        'rejected insufficient-balance',
      ],
      [{ status: 400, body: { code: -1013, msg: 'Filter failure: NOTIONAL' } }, 'rejected filter-violated'],
      [{ status: 400, body: { code: -9998, msg: 'New.' } }, 'unknown answer-unreadable'],
      [{ status: 400, body: { code: -1006, msg: 'An unexpected response.' } }, 'unknown unavailable'],
      [{ status: 400, body: { code: -1007, msg: 'Timeout waiting for response.' } }, 'unknown timeout'],
      [{ status: 504, body: '<html>' }, 'unknown unavailable'],
      [{ status: 403, body: '<html>' }, 'unknown unavailable'],
      [{ status: 404, body: '<html>' }, 'unknown answer-unreadable'],
      [{ status: 200, body: '' }, 'unknown answer-unreadable'],
      [{ status: 200, body: { ...ORDER, origQty: 1 } }, 'unknown answer-unreadable'],
      [{ fault: 'refused' }, 'rejected not-sent'],
      [{ fault: 'reset' }, 'unknown unavailable'],
      [{ lost: true }, 'unknown timeout'],
    ];
    for (const [answer, expected] of answers) {
      venue.on('POST /api/v3/order', () => answer);
      const before = venue.asked('POST /api/v3/order').length;
      const outcome = await venue.run(gateway.place(PLACEMENT));
      await venue.clock.advance(MINUTE_MS);
      assert.equal(venue.asked('POST /api/v3/order').length, before + 1, `sent once: ${expected}`);
      assert.equal(`${outcome.outcome} ${outcome.outcome === 'accepted' ? '' : outcome.code}`, expected);
    }
    await venue.run(gateway.close());
  });

  test('a status of tomorrow in an answer -> accepted, open as unknown, told as an anomaly', async () => {
    const { venue, gateway, sink } = await connected();
    venue.on('POST /api/v3/order', () => ({ ...ORDER, status: 'PARKED' }));
    const outcome = await venue.run(gateway.place(PLACEMENT));
    assert.equal(outcome.outcome === 'accepted' && outcome.value.status, 'unknown');
    assert.equal(sink.anomalies[0]?.[0], 'unknown-enum');
    await venue.run(gateway.close());
  });

  test('cancel -> the order under its own id, not that of the cancel', async () => {
    const { venue, gateway } = await connected();
    venue.on('DELETE /api/v3/order', () => ({
      ...ORDER,
      status: 'CANCELED',
      clientOrderId: 'web_1',
      origClientOrderId: 'my1',
    }));
    const outcome = await venue.run(gateway.cancel('BTCUSDT', 'my1'));
    assert.deepEqual(venue.asked('DELETE /api/v3/order'), [
      'DELETE /api/v3/order symbol=BTCUSDT&origClientOrderId=my1',
    ]);
    assert.deepEqual(outcome.outcome === 'accepted' && [outcome.value.clientOrderId, outcome.value.status], [
      'my1',
      'canceled',
    ]);
    await venue.run(gateway.close());
  });

  test('amend: a smaller quantity -> in place under the same id; a price -> unsupported, not sent', async () => {
    const { venue, gateway } = await connected();
    const { origQty: _, cummulativeQuoteQty: __, transactTime, ...row } = ORDER;
    venue.on('PUT /api/v3/order/amend/keepPriority', () => ({
      transactTime,
      executionId: 9,
      amendedOrder: {
        ...row,
        origClientOrderId: 'my1',
        qty: '0.20000000',
        executedQty: '0.1',
        cumulativeQuoteQty: '9500.0',
      },
    }));
    const outcome = await venue.run(gateway.amend('BTCUSDT', 'my1', { quantity: '0.2' }));
    assert.deepEqual(
      outcome.outcome === 'accepted' && [
        outcome.value.quantity,
        outcome.value.filledValue,
        outcome.value.clientOrderId,
      ],
      ['0.2', '9500', 'my1'],
    );
    assert.deepEqual(venue.asked('PUT /api/v3/order/amend/keepPriority'), [
      'PUT /api/v3/order/amend/keepPriority symbol=BTCUSDT&origClientOrderId=my1&newClientOrderId=my1&newQty=0.2',
    ]);
    const refused = await venue.run(gateway.amend('BTCUSDT', 'my1', { limit: '94000', quantity: '0.2' }));
    assert.equal(refused.outcome === 'rejected' && refused.code, 'unsupported');
    assert.equal(venue.asked('PUT /api/v3/order/amend/keepPriority').length, 1);
    await venue.run(gateway.close());
  });

  test('cancel all -> how many, lists counted by their legs; nothing open -> none', async () => {
    const { venue, gateway } = await connected();
    const canceled = { ...ORDER, status: 'CANCELED' };
    venue.on('DELETE /api/v3/openOrders', () => [canceled, { orderListId: 7, orderReports: [canceled, canceled] }]);
    assert.deepEqual(await venue.run(gateway.cancelAll('BTCUSDT')), { outcome: 'accepted', value: 3 });
    venue.refuse('DELETE /api/v3/openOrders', -2011, 'Unknown order sent.');
    assert.deepEqual(await venue.run(gateway.cancelAll('BTCUSDT')), { outcome: 'accepted', value: 0 });
    await venue.run(gateway.close());
  });

  test('find: not known -> null; a failure to ask -> never null', async () => {
    const { venue, gateway } = await connected();
    venue.refuse('GET /api/v3/order', -2013, 'Order does not exist.');
    assert.equal(await venue.run(gateway.findOrder('BTCUSDT', 'my1')), null);
    venue.on('GET /api/v3/order', () => ({ status: 503, body: '' }));
    await assert.rejects(venue.run(gateway.findOrder('BTCUSDT', 'my1')), VenueError);
    await venue.run(gateway.close());
  });

  test('fills -> named by our ids; an order that was not seen is asked for once', async () => {
    const { venue, gateway } = await connected();
    venue.on('POST /api/v3/order', () => ORDER);
    venue.on('GET /api/v3/order', (parameters) => ({
      ...ORDER,
      orderId: Number(parameters.get('orderId')),
      clientOrderId: 'other',
    }));
    const trade = {
      symbol: 'BTCUSDT',
      price: '95000',
      qty: '0.1',
      quoteQty: '9500',
      commission: '0.0001',
      commissionAsset: 'BTC',
      time: 1795200000200,
      isBuyer: true,
      isMaker: true,
      isBestMatch: true,
    };
    const trades = [28, 29, 29].map((orderId, k) => ({ ...trade, id: 57 + k, orderId }));
    venue.on('GET /api/v3/myTrades', (parameters) =>
      parameters.has('fromId') ? trades.filter((each) => each.id >= Number(parameters.get('fromId'))) : trades,
    );
    await venue.run(gateway.place(PLACEMENT));
    const fills = await venue.run(gateway.fills('BTCUSDT', { timeMs: 1795200000000 }));
    assert.deepEqual(
      fills.map((fill) => [fill.tradeId, fill.clientOrderId]),
      [
        ['57', 'my1'],
        ['58', 'other'],
        ['59', 'other'],
      ],
    );
    assert.deepEqual(venue.asked('GET /api/v3/order'), ['GET /api/v3/order symbol=BTCUSDT&orderId=29']);
    assert.deepEqual(venue.asked('GET /api/v3/myTrades'), [
      'GET /api/v3/myTrades symbol=BTCUSDT&startTime=1795200000000&endTime=1795286399999&limit=1000',
      'GET /api/v3/myTrades symbol=BTCUSDT&fromId=60&limit=1000',
    ]);
    await venue.run(gateway.close());
  });

  test('fills of many orders that are not known -> named by pages of orders, a few one by one', async () => {
    const { venue, gateway } = await connected();
    const many = Array.from({ length: 40 }, (_, k) => 100 + k);
    const trades = many.map((orderId, k) => ({
      ...{ id: 500 + k, orderId, symbol: 'BTCUSDT', price: '95000', qty: '0.1', quoteQty: '9500' },
      ...{ commission: '0.0001', commissionAsset: 'BTC', time: 1795200000200 + k, isBuyer: true, isMaker: true },
    }));
    venue.on('GET /api/v3/myTrades', (parameters) => (parameters.has('fromId') ? [] : trades));
    const row = (orderId: number) => ({ ...ORDER, orderId, clientOrderId: `own${orderId}` });
    // The newest one is not in lists yet.
    venue.on('GET /api/v3/allOrders', (parameters) =>
      many.filter((id) => id >= Number(parameters.get('orderId')) && id < 139).map(row),
    );
    venue.on('GET /api/v3/order', (parameters) => row(Number(parameters.get('orderId'))));
    const fills = await venue.run(gateway.fills('BTCUSDT', { timeMs: 1795200000000 }));
    assert.deepEqual(
      fills.map((fill) => fill.clientOrderId),
      many.map((id) => `own${id}`),
    );
    assert.deepEqual(venue.asked('GET /api/v3/allOrders'), [
      'GET /api/v3/allOrders symbol=BTCUSDT&orderId=100&limit=1000',
    ]);
    assert.deepEqual(venue.asked('GET /api/v3/order'), ['GET /api/v3/order symbol=BTCUSDT&orderId=139']);
    await venue.run(gateway.close());
  });

  test('stream: break, stall, end by the venue, planned rotation -> subscribed anew; all but the rotation told', async () => {
    const { venue, gateway, sink } = await connected();
    const [first] = venue.dialer.openLinks;
    first!.reset();
    await venue.clock.advance(10_000);
    assert.equal(sink.resumptions.length, 1);
    venue.tell({ e: 'eventStreamTerminated', E: 1 });
    await venue.clock.advance(10_000);
    assert.equal(sink.resumptions.length, 2);
    venue.on('POST /api/v3/order', () => ORDER);
    const sentMs = venue.clock.nowMs();
    await venue.run(gateway.place(PLACEMENT));
    await venue.clock.advance(20_000);
    assert.equal(sink.resumptions.length, 3, 'an accepted order without an event is a dead stream');
    assert.ok(sink.resumptions[2]! < sentMs);
    // Every 24 hours the venue would end it.
    for (let k = 0; k < 24; k++) {
      await venue.clock.advance(HOUR_MS);
      for (const link of venue.dialer.openLinks) link.ping();
    }
    assert.equal(sink.resumptions.length, 3);
    assert.equal(venue.dialer.openLinks.length, 1);
    await venue.run(gateway.close());
  });

  test('stream: one event lost, later ones come, the connection replaced -> resumed from before the lost one', async () => {
    for (const replaced of [false, true]) {
      const venue = new ScriptedBinance();
      const gateway = new BinanceSpotGateway({ ...venue.options, eventLimitMs: 60_000 });
      const sink = new RecordingSink();
      await venue.run(gateway.connect(sink));
      venue.on('POST /api/v3/order', () => ORDER);
      const sentMs = venue.clock.nowMs();
      await venue.run(gateway.place(PLACEMENT));
      for (let k = 0; k < 5; k++) {
        await venue.clock.advance(10_000);
        venue.tell({ e: 'outboundAccountPosition', E: 1, u: 1, B: [] });
      }
      if (replaced) venue.tell({ e: 'serverShutdown', E: 1 });
      await venue.clock.advance(30_000);
      assert.equal(sink.resumptions.length, 1, String(replaced));
      assert.ok(sink.resumptions[0]! <= sentMs);
      await venue.run(gateway.close());
    }
  });

  test('limits: what the headers say is used -> later requests wait for the next minute', async () => {
    const { venue, gateway } = await connected();
    venue.headers = { 'x-mbx-used-weight-1m': '5990' };
    await venue.run(gateway.balances());
    await venue.clock.advance(40_000);
    const askedMs = venue.clock.nowMs();
    await venue.run(gateway.balances());
    assert.ok(Math.floor(venue.clock.nowMs() / MINUTE_MS) > Math.floor(askedMs / MINUTE_MS));
    await venue.run(gateway.close());
  });

  test('too many orders, and no word of how long -> orders wait for the end of the window that it names', async () => {
    const { venue, gateway } = await connected();
    const place = (clientOrderId: string) => venue.run(gateway.place({ ...PLACEMENT, clientOrderId }));
    const text = 'Too many new orders; current limit is 100 orders per 10 SECOND.';
    venue.refuse('POST /api/v3/order', -1015, text, 429);
    const first = await place('many1');
    assert.equal(first.outcome === 'rejected' && first.code, 'too-many-orders', JSON.stringify(first));
    venue.on('POST /api/v3/order', () => ({ ...ORDER, clientOrderId: 'many3' }));
    const second = await place('many2');
    assert.equal(second.outcome === 'rejected' && second.code, 'not-sent', JSON.stringify(second));
    await venue.clock.advance(10_000);
    assert.equal((await place('many3')).outcome, 'accepted');
    await venue.run(gateway.close());
  });

  test('key, secret and signatures -> in no error, nowhere in the gateway as text', async () => {
    const { venue, gateway } = await connected();
    venue.refuse('POST /api/v3/order', -1022, 'Signature for this request is not valid.');
    const texts = [JSON.stringify(await venue.run(gateway.place(PLACEMENT))), JSON.stringify(gateway)];
    venue.refuse('GET /api/v3/account', -2015, `Invalid API-key ${API_KEY}, IP, or permissions for action.`, 401);
    await assert.rejects(venue.run(gateway.balances()), (error: Error) => {
      texts.push(`${error.message} ${error.stack} ${JSON.stringify(error)}`);
      return true;
    });
    for (const text of texts) for (const word of [API_KEY, SECRET]) assert.ok(!text.includes(word), text);
    await venue.run(gateway.close());
  });
});
