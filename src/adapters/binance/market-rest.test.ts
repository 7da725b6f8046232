import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataMissing, readShared, readSharedJson } from '../../../test/shared-data.ts';
import { SimulatedClock } from '../../../test/simulated-world/clock.ts';
import { SimulatedHttp, type SimulatedReply } from '../../../test/simulated-world/http.ts';
import { Instrument } from '../../core/vocabulary/instrument.ts';
import { Random } from '../../core/vocabulary/random.ts';
import { type MarketProduct, SPOT_MARKET, USDM_MARKET } from './market-product.ts';
import { MarketRest } from './market-rest.ts';

const RECORDED = 'protocol/nautilus/binance.json.gz';
const LISTING = 'protocol/cryptofeed/BINANCE.0.gz';
const USDM_LISTING = 'protocol/cryptofeed/BINANCE_FUTURES.0.gz';

function open(market: MarketProduct, server: (url: URL) => SimulatedReply) {
  const clock = new SimulatedClock();
  const http = new SimulatedHttp((request) => server(new URL(request.url)), { clock });
  const rest = new MarketRest({ market, http, clock, random: new Random(1) });
  const wait = async <T>(promise: Promise<T>): Promise<T> => {
    const settled = promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await clock.advance(60_000);
    const outcome = await settled;
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  return { rest, http, wait };
}

describe('public REST of Binance', () => {
  test('recorded answers -> trades, aggregates and books', { skip: dataMissing(RECORDED) }, async () => {
    const recorded = readSharedJson<Readonly<Record<string, unknown>>>(RECORDED);
    const answer = (name: string): SimulatedReply => ({
      status: 200,
      body: recorded[`resources/http_responses/${name}.json`],
    });
    const spot = open(SPOT_MARKET, (url) =>
      answer(url.pathname.endsWith('depth') ? 'http_spot_market_depth' : 'http_spot_market_historical_trades'),
    );
    const rows = recorded['resources/http_responses/http_spot_market_historical_trades.json'] as readonly {
      readonly id: number;
      readonly price: string;
      readonly isBuyerMaker: boolean;
    }[];
    const trades = await spot.wait(spot.rest.trades('BTCUSDT', 1));
    assert.deepEqual(
      trades.map((t) => [t.id, t.price, t.takerSide]),
      rows.map((r) => [r.id, Number(r.price), r.isBuyerMaker ? -1 : 1]),
    );
    assert.ok(rows.length > 0);
    const book = await spot.wait(spot.rest.book('BTCUSDT'));
    assert.ok(book.bids[0]![0] < book.asks[0]![0] && book.updateId > 0);
    const usdm = open(USDM_MARKET, (url) =>
      answer(url.pathname.endsWith('depth') ? 'http_futures_market_depth' : 'http_futures_market_agg_trades'),
    );
    const aggregates = await usdm.wait(usdm.rest.trades('BTCUSDT', 1));
    assert.ok(aggregates.length > 0 && aggregates.every((t) => t.id > 0 && t.price > 0 && t.timeMs > 1.4e12));
    assert.ok((await usdm.wait(usdm.rest.book('BTCUSDT'))).bids.length > 0);
  });

  for (const [market, path] of [
    [SPOT_MARKET, LISTING],
    [USDM_MARKET, USDM_LISTING],
  ] as const)
    test(`${market.product}: a recorded listing -> instruments that the engine takes`, {
      skip: dataMissing(path),
    }, async () => {
      const line = readShared(path)
        .split('\n')
        .find((each) => each.includes('exchangeInfo ->'))!;
      const { rest, wait } = open(market, () => ({ status: 200, body: line.slice(line.indexOf('{')) }));
      const instruments = await wait(rest.instruments());
      assert.ok(instruments.length > 50);
      let exact = 0;
      for (const each of instruments) {
        const instrument = new Instrument(each);
        assert.equal(instrument.venue, market.venue);
        if (instrument.minNotional > 0) exact++;
      }
      assert.ok(exact > 50);
    });

  test('used weight in a header -> counted: the next read waits for the next minute', async () => {
    const clock = new SimulatedClock();
    const headers = { 'x-mbx-used-weight-1m': '5999' };
    const http = new SimulatedHttp(() => ({ status: 200, body: { serverTime: 5 }, headers }), { clock });
    const rest = new MarketRest({ market: SPOT_MARKET, http, clock, random: new Random(1) });
    const reads = [rest.timeMs()];
    await clock.advance(1_000);
    reads.push(rest.timeMs());
    await clock.advance(5_000);
    assert.equal(http.requests.length, 1);
    await clock.advance(60_000);
    assert.equal(http.requests.length, 2);
    assert.deepEqual(await Promise.all(reads), [5, 5]);
    rest.close();
  });

  test('a symbol of another script -> percent-encoded', async () => {
    const { rest, http, wait } = open(SPOT_MARKET, () => ({ status: 200, body: [] }));
    await wait(rest.trades('币安人生USDT', 7));
    assert.match(http.requests[0]!.url, /\/api\/v3\/historicalTrades\?symbol=%E5%B8%81.*USDT&fromId=7&limit=1000$/);
  });

  test('answers that are none -> answer-unreadable; a venue that is down -> asked again, then unavailable', async () => {
    for (const body of ['<html>', '[]', '{"lastUpdateId":1,"bids":[["NaN","1"]],"asks":[]}', '{"lastUpdateId":"x"}']) {
      const { rest, wait } = open(SPOT_MARKET, () => ({ status: 200, body }));
      await assert.rejects(wait(rest.book('BTCUSDT')), { code: 'answer-unreadable' }, body);
    }
    const { rest, http, wait } = open(SPOT_MARKET, () => ({ status: 502, body: '<html>' }));
    await assert.rejects(wait(rest.timeMs()), { code: 'unavailable' });
    assert.ok(http.requests.length > 1);
  });
});
