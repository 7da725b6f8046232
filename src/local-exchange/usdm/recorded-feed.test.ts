import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Row, UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';
import { dataMissing, readShared } from '../../../test/shared-data.ts';

const FEED = 'orderbook/binance_usdm_BTCUSDT_20240808_235415.jsonl.gz';
const LINES = 20_000;

/** Messages of the feed without their receive times. */
function messages(): Row[] {
  return readShared(FEED)
    .split('\n', LINES)
    .filter((line) => line.includes('{'))
    .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as Row);
}

/** Shape of a payload: names with types, and for texts of numbers how many decimals they have. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, inner]) => [name, shapeOf(inner)]),
    );
  }
  if (typeof value !== 'string' || !/^\d+(\.\d+)?$/.test(value)) return typeof value;
  return `text with ${value.split('.')[1]?.length ?? 0} decimals`;
}

const textsOf = (event: Row, ...names: string[]): string =>
  names.map((name) => String(event[name] as string)).join(' ');

describe('usdm recorded feed', () => {
  test('payloads: depth, best quotes, trades and the REST snapshot -> the names, types and decimals that Binance sent', {
    skip: dataMissing(FEED),
  }, () => {
    const all = messages();
    const recorded = (type: string): Row =>
      all.map((m) => m['data'] as Row | undefined).find((d) => d?.['e'] === type && (d['b'] as Row[]).length !== 0)!;
    const d = new UsdmDesk();
    for (const stream of ['btcusdt@depth@100ms', 'btcusdt@bookTicker', 'btcusdt@trade']) d.listen(stream);
    d.quote([['61800.2', '2.5']], [['61800.3', '2.51']]);
    d.trade('buy', '61800.3', '0.006');
    d.step(100);
    assert.deepEqual(shapeOf(d.heard('btcusdt@depth@100ms')[0]), shapeOf(recorded('depthUpdate')));
    assert.deepEqual(shapeOf(d.heard('btcusdt@bookTicker')[0]), shapeOf(recorded('bookTicker')));
    const trade = all.map((m) => m['data'] as Row | undefined).find((m) => m?.['e'] === 'trade')!;
    assert.deepEqual(shapeOf(d.heard('btcusdt@trade')[0]), shapeOf(trade));
    const snapshot = all.find((m) => 'lastUpdateId' in m)!;
    assert.deepEqual(shapeOf(d.ok('GET /fapi/v1/depth', { symbol: 'BTCUSDT' })), shapeOf(snapshot));
  });

  test('replay: quotes and trades of the feed through the house -> the exchange tells the same quotes and trades', {
    skip: dataMissing(FEED),
  }, () => {
    const d = new UsdmDesk();
    d.deposit('100000');
    for (const stream of ['btcusdt@bookTicker', 'btcusdt@trade']) d.listen(stream);
    const quotes: string[] = [];
    const trades: string[] = [];
    for (const { data } of messages() as { readonly data?: Row }[]) {
      if (data?.['e'] === 'bookTicker') {
        const [b, B, a, A] = ['b', 'B', 'a', 'A'].map((name) => String(data[name] as string)) as [
          string,
          string,
          string,
          string,
        ];
        d.quote([[b, B]], [[a, A]]);
        const text = `${b} ${B} ${a} ${A}`;
        if (quotes.at(-1) !== text) quotes.push(text);
      }
      if (data?.['e'] === 'trade' && data['X'] === 'MARKET') {
        d.trade(data['m'] === true ? 'sell' : 'buy', String(data['p'] as string), String(data['q'] as string));
        trades.push(`${textsOf(data, 'p', 'q')} ${data['m'] === true}`);
      }
    }
    assert.ok(quotes.length > 1000 && trades.length > 100, `${quotes.length} quotes, ${trades.length} trades`);
    assert.deepEqual(
      d.heard('btcusdt@bookTicker').map((e) => textsOf(e, 'b', 'B', 'a', 'A')),
      quotes,
    );
    assert.deepEqual(
      d.heard('btcusdt@trade').map((e) => `${textsOf(e, 'p', 'q')} ${e['m'] === true}`),
      trades,
    );
  });
});
