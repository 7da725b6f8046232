import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readShared } from '../../../test/shared-data.ts';
import { VENUE_ERRORS, type VenueErrorCode } from '../../ports/venue-error.ts';
import { type BinanceProduct, bannedForMs, countedOutForMs, judgeRefusal, meaningOf, type Refusal } from './errors.ts';

const PRODUCTS: readonly BinanceProduct[] = ['spot', 'usdm'];

/** Every code that a protocol text names, ranges filled: `-4049…-4055`, `-1165/-1166`, `−1003`. */
function codesOf(text: string): number[] {
  const codes = new Set<number>();
  for (const [, from, to] of text.matchAll(/-([1-5]\d{3})(?!\d)(?:…-(\d{4}))?/g))
    for (let n = Number(from); n <= Number(to ?? from); n++) codes.add(-n);
  return [...codes].sort((a, b) => b - a);
}

function refusal(status: number, code: number | null = null, text = ''): Refusal {
  return { status, code, text };
}

const codeFor = (product: BinanceProduct, of: Refusal): VenueErrorCode => judgeRefusal(product, of).code;

describe('errors of Binance', () => {
  for (const product of PRODUCTS) {
    const path = `../protocols/binance-${product}.md`;
    test(`${product}: every code of the protocol -> mapped`, { skip: dataMissing(path) }, () => {
      const shared = dataMissing('../protocols/binance-spot.md') ? '' : readShared('../protocols/binance-spot.md');
      const general = /^## 18\. Error codes$[\s\S]*?^20xx/m.exec(shared)?.[0] ?? '';
      // The spot text names USD-M codes nowhere; the USD-M text builds on the general codes of spot.
      const codes = codesOf(product === 'spot' ? readShared(path) : readShared(path) + general);
      assert.ok(codes.length > 90, `the protocol names ${codes.length} codes`);
      // Known to say nothing certain, by the table itself.
      const silent = product === 'spot' ? [-1010, -2021] : [-1010, -4083];
      assert.deepEqual(
        codes.filter((code) => meaningOf(product, code, '') === 'answer-unreadable'),
        silent,
      );
    });
  }

  test('a code that nobody knows -> proves nothing', () => {
    for (const product of PRODUCTS) {
      assert.equal(meaningOf(product, -9999, 'something new'), 'answer-unreadable');
      assert.equal(VENUE_ERRORS[meaningOf(product, -9999, '')].proof, false);
    }
  });

  test('fate unknown: -1000, -1001, -1006, -1007 and every 5xx -> no proof, whatever the code', () => {
    for (const product of PRODUCTS) {
      for (const code of [-1000, -1001, -1006, -1007])
        assert.equal(VENUE_ERRORS[meaningOf(product, code, '')].proof, false, `${product} ${code}`);
      for (const status of [408, 500, 502, 503, 504, 599])
        for (const code of [null, -1000, -1001, -1006, -1007, -2010, -1013, -2019]) {
          const found = codeFor(product, refusal(status, code, 'Service Unavailable.'));
          assert.equal(VENUE_ERRORS[found].proof, false, `${product} ${status} ${code}`);
        }
    }
  });

  test('throttle -1008: USD-M -> not carried out; spot -> unknown', () => {
    assert.equal(codeFor('usdm', refusal(503, -1008)), 'rate-limited');
    assert.equal(codeFor('spot', refusal(503, -1008)), 'unavailable');
  });

  test('statuses without a code -> what the status alone says', () => {
    const found = [401, 403, 404, 418, 429, 400].map((status) => codeFor('spot', refusal(status)));
    assert.deepEqual(found, [
      'key-invalid',
      'unavailable',
      'answer-unreadable',
      'banned',
      'rate-limited',
      'answer-unreadable',
    ]);
  });

  test('one number, two products -> each has its own meaning', () => {
    assert.equal(meaningOf('usdm', -2021, 'Order would immediately trigger.'), 'would-trigger-immediately');
    assert.equal(meaningOf('spot', -2021, 'Order cancel-replace partially failed.'), 'answer-unreadable');
    assert.equal(meaningOf('usdm', -2022, 'ReduceOnly Order is rejected.'), 'reduce-only-rejected');
    assert.equal(meaningOf('spot', -2022, 'Order cancel-replace failed.'), 'order-refused');
    assert.equal(meaningOf('usdm', -2026, ''), 'request-invalid');
    assert.equal(meaningOf('spot', -2026, ''), 'unknown-order');
  });

  test('codes with many reasons: the text -> which one', () => {
    const texts: readonly (readonly [number, string, string])[] = [
      [-2010, 'Account has insufficient balance for requested action.', 'insufficient-balance'],
      [-2010, 'Order would immediately match and take.', 'post-only-would-take'],
      [-2010, 'Order would trigger immediately.', 'would-trigger-immediately'],
      [-2010, 'Duplicate order sent.', 'duplicate-order'],
      [-2010, 'Market is closed.', 'market-closed'],
      [-2010, 'This symbol is not permitted for this account.', 'trading-not-permitted'],
      [-2010, 'This action is disabled on this account.', 'trading-not-permitted'],
      [-2010, 'Trailing stop orders are not supported for this symbol.', 'unsupported'],
      [-2010, 'Unsupported order combination', 'order-refused'],
      [-2010, 'Price * QTY is zero or less.', 'filter-violated'],
      [-2010, 'Order book liquidity is less than LOT_SIZE filter minimum quantity.', 'order-refused'],
      [-2010, 'A reason of tomorrow.', 'order-refused'],
      [-2011, 'Unknown order sent.', 'unknown-order'],
      [-2011, 'Order was not canceled due to cancel restrictions.', 'order-refused'],
      [-2038, 'Order amend (quantity increase) is not supported.', 'unsupported'],
      [-2038, 'The requested action would change no state; rejecting.', 'order-refused'],
      [-1013, 'Filter failure: NOTIONAL', 'filter-violated'],
      [-1013, 'Filter failure: MAX_NUM_ORDERS', 'too-many-orders'],
      [-1013, 'Filter failure: EXCHANGE_MAX_NUM_ALGO_ORDERS', 'too-many-orders'],
      [-1010, 'Account has insufficient balance for requested action.', 'insufficient-balance'],
    ];
    for (const [code, text, meaning] of texts) assert.equal(meaningOf('spot', code, text), meaning, `${code} ${text}`);
  });

  test('a ban -> says for how long in its text', () => {
    const text = 'Way too much request weight used; IP banned until 1795200060000.';
    const { code, venueCode, message } = judgeRefusal('spot', refusal(418, -1003, text));
    assert.deepEqual([code, venueCode, message], ['banned', '-1003', `status 418, code -1003: ${text}`]);
    assert.equal(bannedForMs(text, 1_795_200_000_000), 60_000);
    assert.equal(bannedForMs('Too many requests.', 0), null);
  });

  test('an order count that is used up -> to the end of the window that its text names, a minute at most', () => {
    const text = (window: string): string => `Too many new orders; current limit is 50 orders per ${window}.`;
    const nowMs = 1_795_200_003_000;
    assert.equal(countedOutForMs(text('10 SECOND'), nowMs), 7_000);
    assert.equal(countedOutForMs(text('1 MINUTE'), nowMs), 57_000);
    assert.equal(countedOutForMs(text('1 DAY'), nowMs), 60_000);
    assert.equal(countedOutForMs(text('0 SECOND'), nowMs), null);
    assert.equal(countedOutForMs('Too many new orders.', nowMs), null);
  });
});
