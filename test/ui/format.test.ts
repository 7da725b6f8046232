import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aroundSame } from '../../web/src/format/axis.ts';
import { count, money, percent, price, quantity, shortMoney, signOf } from '../../web/src/format/numerals.ts';
import { onTick, placesOn } from '../../web/src/format/ticks.ts';
import { duration, latency, timeText } from '../../web/src/format/times.ts';
import { textOf } from '../../web/src/format/words.ts';
import { latenciesOf, parseSamples } from '../../web/src/pages/system/metrics.ts';

const MINUS = '\u2212';

describe('numbers as the desk writes them', () => {
  for (const [value, text] of [
    [62_000.5, '62,000.50'],
    [1234.567, '1,234.57'],
    [12.345_6, '12.346'],
    [1.103_45, '1.1035'],
    [0.5, '0.50'],
    [0.123_456, '0.123456'],
    [0.000_012_34, '0.00001234'],
    [1e-7, '0.0000001'],
    [1.000_000_002_03e-2, '0.01'],
    [0, '0.00'],
    ['62000', '62,000'],
    ['0.000012340', '0.000012340'],
    [-0.000_25, `${MINUS}0.00025`],
    [null, '–'],
    ['', '–'],
    [Number.NaN, '–'],
  ] as const)
    test(`price(${JSON.stringify(value)}) -> ${text}`, () => assert.equal(price(value), text));

  test('price with the places of a tick -> so many, also where they are zeros', () => {
    assert.equal(price(1.1, 5), '1.10000');
    assert.equal(price(1.103_45, placesOn('0.00001')), '1.10345');
    assert.equal(price(62_000, placesOn('1')), '62,000');
  });

  for (const [value, text] of [
    [10_000, '10,000.00'],
    [1.239, '1.24'],
    [0.0123, '0.0123'],
    [0.5, '0.50'],
    [0.123_456, '0.1235'],
    [0.999_99, '1.00'],
    [0.000_012_34, '0.00001234'],
    ['0.00001234', '0.00001234'],
    [5.551e-17, '0.00'],
    [-0.004, `${MINUS}0.004`],
    [-1e-12, '0.00'],
    [undefined, '–'],
  ] as const)
    test(`money(${JSON.stringify(value)}) -> ${text}`, () => assert.equal(money(value), text));

  test('signs -> a real minus, a plus only where asked for, none at zero', () => {
    assert.equal(money(12, { isSigned: true }), '+12.00');
    assert.equal(money(-12, { isSigned: true }), `${MINUS}12.00`);
    assert.equal(money(0, { isSigned: true }), '0.00');
    assert.equal(percent(-0.0123, { isSigned: true }), `${MINUS}1.23 %`);
    assert.deepEqual([signOf('-0.1'), signOf(0), signOf(null), signOf(3)], [-1, 0, 0, 1]);
  });

  test('quantities -> the digits of an exact decimal, however many', () => {
    assert.equal(quantity('0.000000000123'), '0.000000000123');
    assert.equal(quantity('1200.5'), '1,200.5');
    assert.equal(quantity(0.1 + 0.2), '0.3');
    assert.equal(quantity('-2', { isSigned: true }), `${MINUS}2`);
  });

  test('large amounts and counts -> few characters', () => {
    assert.equal(shortMoney(1_234_567), '1.23M');
    assert.equal(shortMoney(-1_234_567), `${MINUS}1.23M`);
    assert.equal(shortMoney(99_999), '99,999.00');
    assert.equal(count(1_234_567), '1,234,567');
  });
});

describe('prices on a tick', () => {
  for (const [near, tick, text] of [
    [1.160_004, '0.00001', '1.16'],
    [1.103_452, '0.00001', '1.10345'],
    [62_000.37, '1', '62000'],
    [62_000.37, '0.5', '62000.5'],
    [62_000.37, '0.25', '62000.25'],
    [0.000_012_344, '0.00000001', '0.00001234'],
    [1.234e-7, '1e-8', '0.00000012'],
    [123_456.8, '10', '123460'],
  ] as const)
    test(`${near} on ${tick} -> ${text}`, () => assert.equal(onTick(near, tick), text));
});

describe('times and words as the desk writes them', () => {
  test('times -> as ISO 8601 writes them, in the clock that is chosen', () => {
    const timeMs = Date.UTC(2026, 2, 1, 12, 5, 9);
    assert.equal(timeText(timeMs, 'utc'), '2026-03-01 12:05:09');
    assert.equal(timeText('2026-03-01T12:05:09Z', 'utc', 'minute'), '2026-03-01 12:05');
    assert.equal(timeText(timeMs, 'utc', 'day'), '2026-03-01');
    assert.equal(timeText(timeMs, 'utc', 'time'), '12:05:09');
    assert.equal(timeText(null, 'utc'), '–');
  });

  test('durations -> the two largest units', () => {
    assert.deepEqual([200, 1_000, 200_000, 3_600_000, 90_000_000, -3, null].map(duration), [
      '200 ms',
      '1 s',
      '3 min 20 s',
      '1 h',
      '1 d 1 h',
      '0 ms',
      '–',
    ]);
  });

  test('values of JSON -> text as it is, nothing for nothing', () => {
    assert.deepEqual(['a b', null, undefined, 3, { a: 1 }].map(textOf), ['a b', '', '', '3', '{"a":1}']);
  });
});

test('an axis of values that are all the same -> a hundredth around them', () => {
  assert.deepEqual([null, 0, 10_000, -200].map(aroundSame), [
    [0, 1],
    [-0.01, 0],
    [9_900, 10_100],
    [-202, -198],
  ]);
});

test('latencies -> in the unit in which they have a few digits', () => {
  assert.deepEqual([0.000_34, 0.001_237, 0.0154, 0.25, 2.13].map(latency), [
    '340 µs',
    '1.24 ms',
    '15.4 ms',
    '250 ms',
    '2.13 s',
  ]);
});

test('metrics as they are told -> means of what was measured, nothing of what was not', () => {
  const text = [
    'tradewright_event_loop_delay_seconds{quantile="0.99"} 0.012',
    'tradewright_http_request_seconds_sum{route="GET /api/status"} 3',
    'tradewright_http_request_seconds_count{route="GET /api/status"} 1500',
    'tradewright_http_request_seconds_sum{route="GET /api/{x}"} 0',
    'tradewright_http_request_seconds_count{route="GET /api/{x}"} 0',
    'tradewright_session_order_latency_seconds_sum{session="btc",strategy="s",venue="local"} 0.5',
    'tradewright_session_order_latency_seconds_count{session="btc",strategy="s",venue="local"} 2',
    'process_start_time_seconds 5',
  ].join('\n');
  assert.deepEqual(
    latenciesOf(parseSamples(text)).map(({ of, seconds, count: asked }) => [of, seconds, asked]),
    [
      ['this server', 0.012, null],
      ['GET /api/status', 0.002, 1500],
      ['btc', 0.25, 2],
    ],
  );
});
