import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readSharedJson } from '../../../../test/shared-data.ts';
import { SimulatedClock } from '../../../../test/simulated-world/clock.ts';
import { SimulatedHttp, type SimulatedReply } from '../../../../test/simulated-world/http.ts';
import type { BarColumns } from '../../../core/vocabulary/market-data.ts';
import { Random } from '../../../core/vocabulary/random.ts';
import type { Timeframe } from '../../../core/vocabulary/time.ts';
import type { HttpRequest } from '../../../ports/transport.ts';
import { BinanceHistory } from './binance-history.ts';

const NOW_MS = 1_795_200_030_000;
const MINUTE_MS = 60_000;

/** A row as the venue writes it. */
function row(openMs: number, lengthMs = MINUTE_MS, unit = 1): unknown[] {
  const close = `${100 + ((openMs / MINUTE_MS) % 7)}.50000000`;
  const time = (ms: number): number => ms * unit;
  return [
    time(openMs),
    '100.00000000',
    '109.00000000',
    '99.00000000',
    close,
    '12.30000000',
    time(openMs + lengthMs) - 1,
    '0',
    3,
    '0',
    '0',
    '0',
  ];
}

function world(product: 'spot' | 'usdm', server: (url: URL, request: HttpRequest) => SimulatedReply) {
  const clock = new SimulatedClock(NOW_MS);
  const http = new SimulatedHttp((request) => server(new URL(request.url), request), { clock });
  const history = new BinanceHistory({ product, http, clock, random: new Random(1) });
  const settled = async <T>(asked: Promise<T>): Promise<T> => {
    const answer = asked.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await clock.advance(60_000);
    const outcome = await answer;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  const ask = (timeframe: Timeframe, fromMs: number, toMs: number, symbol = 'BTCUSDT'): Promise<BarColumns> =>
    settled(history.bars(symbol, timeframe, fromMs, toMs));
  const funding = (fromMs: number) => settled(history.fundingRates!('BTCUSDT', fromMs));
  return { history, http, ask, funding };
}

describe('history of Binance', () => {
  for (const [product, host, path, limit] of [
    ['spot', 'api.binance.com', '/api/v3/klines', 1000],
    ['usdm', 'fapi.binance.com', '/fapi/v1/klines', 1500],
  ] as const)
    test(`${product}: a range -> one page from its start, ends left out as asked`, async () => {
      const { history, ask, http } = world(product, (url) => {
        const from = Number(url.searchParams.get('startTime'));
        const to = Number(url.searchParams.get('endTime'));
        const rows = [];
        for (let t = Math.ceil(from / MINUTE_MS) * MINUTE_MS; t <= to && rows.length < limit; t += MINUTE_MS)
          rows.push(row(t));
        return { status: 200, body: rows };
      });
      assert.equal(history.largestPage, limit);
      const fromMs = NOW_MS - 30_000 - 5000 * MINUTE_MS;
      const bars = await ask('1m', fromMs, fromMs + 10 * MINUTE_MS);
      assert.deepEqual(
        Array.from(bars.openTimeMs),
        Array.from({ length: 10 }, (_, i) => fromMs + i * MINUTE_MS),
      );
      assert.deepEqual([bars.open[3], bars.high[3], bars.low[3], bars.volume[3]], [100, 109, 99, 12.3]);
      assert.equal((await ask('1m', fromMs, fromMs + 5000 * MINUTE_MS)).close.length, limit);
      const url = new URL(http.requests[0]!.url);
      assert.deepEqual([url.host, url.pathname, url.searchParams.get('interval')], [host, path, '1m']);
      assert.equal(url.searchParams.get('endTime'), String(fromMs + 10 * MINUTE_MS - 1));
    });

  test('the running bar -> left out, also where it ended this instant', async () => {
    const openMs = NOW_MS - 30_000;
    const { ask } = world('spot', () => ({ status: 200, body: [row(openMs - MINUTE_MS), row(openMs)] }));
    const bars = await ask('1m', openMs - MINUTE_MS, openMs + MINUTE_MS);
    assert.deepEqual(Array.from(bars.openTimeMs), [openMs - MINUTE_MS]);
  });

  test('times in microseconds -> milliseconds', async () => {
    const openMs = NOW_MS - 30_000 - 10 * MINUTE_MS;
    const { ask } = world('spot', () => ({ status: 200, body: [row(openMs, MINUTE_MS, 1000)] }));
    assert.deepEqual(Array.from((await ask('1m', openMs, openMs + MINUTE_MS)).openTimeMs), [openMs]);
  });

  test('months -> asked for as 1M', async () => {
    const { ask, http } = world('spot', () => ({ status: 200, body: [] }));
    assert.equal((await ask('1mo', 0, NOW_MS)).close.length, 0);
    assert.equal(new URL(http.requests[0]!.url).searchParams.get('interval'), '1M');
  });

  test('what cannot be had -> errors of the closed union', async () => {
    const cases: readonly (readonly [SimulatedReply, string])[] = [
      [{ status: 400, body: { code: -1121, msg: 'Invalid symbol.' } }, 'symbol-unknown'],
      [{ status: 200, body: 'no json' }, 'answer-unreadable'],
      [{ status: 200, body: { rows: 1 } }, 'answer-unreadable'],
      [{ status: 200, body: [[1, '2', '3', '4', 'NaN', '5', 6]] }, 'answer-unreadable'],
      [{ status: 200, body: [row(2 * MINUTE_MS), row(MINUTE_MS)] }, 'answer-unreadable'],
      [{ status: 418, body: '', headers: { 'retry-after': '120' } }, 'banned'],
      [{ status: 503, body: '' }, 'unavailable'],
    ];
    for (const [reply, code] of cases) {
      const { ask } = world('spot', () => reply);
      await assert.rejects(ask('1m', 0, NOW_MS), { code }, JSON.stringify(reply));
    }
    const { ask } = world('usdm', () => ({ status: 200, body: [] }));
    await assert.rejects(ask('1s', 0, NOW_MS), { code: 'unsupported' });
  });

  test('funding of USD-M -> from a time on, with the mark price where it is named; spot has none', async () => {
    const body = [
      { symbol: 'BTCUSDT', fundingRate: '-0.00012300', fundingTime: 1_795_190_400_005, markPrice: '' },
      { symbol: 'BTCUSDT', fundingRate: '0.00010000', fundingTime: 1_795_219_200_000, markPrice: '95000.12345678' },
    ];
    const { http, funding } = world('usdm', () => ({ status: 200, body }));
    assert.deepEqual(await funding(1_795_190_400_000), [
      { timeMs: 1_795_190_400_005, rate: -0.000123, markPrice: null },
      { timeMs: 1_795_219_200_000, rate: 0.0001, markPrice: 95000.12345678 },
    ]);
    const { host, pathname, searchParams } = new URL(http.requests[0]!.url);
    assert.deepEqual([host, pathname], ['fapi.binance.com', '/fapi/v1/fundingRate']);
    assert.deepEqual(Object.fromEntries(searchParams), {
      ...{ symbol: 'BTCUSDT', startTime: '1795190400000', limit: '1000' },
    });
    assert.equal(world('spot', () => ({ status: 200, body })).history.fundingRates, undefined);
    for (const wrong of [{ rows: 1 }, [{ ...body[1], fundingRate: 'NaN' }], [{ ...body[1], fundingTime: '1' }]]) {
      const broken = world('usdm', () => ({ status: 200, body: wrong }));
      await assert.rejects(broken.funding(0), { code: 'answer-unreadable' });
    }
  });

  const RECORDED = 'protocol/nautilus/binance.json.gz';
  test('recorded answers -> read', { skip: dataMissing(RECORDED) }, async () => {
    const recorded = readSharedJson<Readonly<Record<string, unknown>>>(RECORDED);
    for (const [product, name] of [
      ['spot', 'http_spot_market_klines'],
      ['usdm', 'http_futures_market_klines'],
    ] as const) {
      const body = recorded[`resources/http_responses/${name}.json`] as readonly (readonly unknown[])[];
      const { ask } = world(product, () => ({ status: 200, body }));
      const bars = await ask('1m', 0, NOW_MS);
      assert.deepEqual(
        Array.from(bars.openTimeMs, (t, i) => [
          t,
          bars.open[i],
          bars.high[i],
          bars.low[i],
          bars.close[i],
          bars.volume[i],
        ]),
        body.map((each) => each.slice(0, 6).map(Number)),
      );
      assert.ok(body.length > 0);
    }
  });
});
