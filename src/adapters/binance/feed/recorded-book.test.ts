import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordingMarketSink } from '../../../../test/recording-market-sink.ts';
import { dataMissing, readShared } from '../../../../test/shared-data.ts';
import { SimulatedClock } from '../../../../test/simulated-world/clock.ts';
import { SimulatedHttp } from '../../../../test/simulated-world/http.ts';
import { Random } from '../../../core/vocabulary/random.ts';
import { FRAME, FrameDecoder } from '../frames/frame-decoder.ts';
import { SLOT } from '../frames/tables.ts';
import { SPOT_MARKET, USDM_MARKET } from '../market-product.ts';
import { MarketRest } from '../market-rest.ts';
import { Audience } from './audience.ts';
import { DepthTaker } from './depth-taker.ts';

const MOST_LINES = 25_000;

describe('recorded book of Binance', () => {
  for (const [market, path] of [
    [SPOT_MARKET, 'orderbook/binance_spot_BTCUSDT_20240808_235413.jsonl.gz'],
    [USDM_MARKET, 'orderbook/binance_usdm_BTCUSDT_20240808_235415.jsonl.gz'],
  ] as const)
    test(`${market.product}: changes and snapshot as they came -> the best quotes that the venue sent beside them`, {
      skip: dataMissing(path),
    }, async () => {
      const lines = readShared(path).split('\n').slice(0, MOST_LINES);
      const snapshot = lines.find((line) => line.includes('"lastUpdateId"'))!;
      const clock = new SimulatedClock();
      const http = new SimulatedHttp(() => ({ status: 200, body: snapshot.slice(snapshot.indexOf('{')) }), { clock });
      const rest = new MarketRest({ market, http, clock, random: new Random(1) });
      const audience = new Audience();
      const sink = new RecordingMarketSink();
      audience.add({ id: 1, request: { channel: 'depth', symbol: 'BTCUSDT' }, sink });
      const taker = new DepthTaker(
        { symbol: 'BTCUSDT', audience, rest, clock, venueTimeMs: () => clock.nowMs(), countGap: () => {} },
        { tick: '0.01', levels: 5 },
      );
      const decoder = new FrameDecoder();
      const quotes = new Map<number, readonly number[]>();
      let compared = 0;
      for (const line of lines) {
        const at = line.indexOf('{"stream"');
        const kind = at < 0 ? 0 : decoder.decode(Buffer.from(line.slice(at)));
        const n = decoder.scanner.numbers;
        if (kind === FRAME.bookTicker)
          quotes.set(
            n[SLOT.id]!,
            [SLOT.bid, SLOT.bidQuantity, SLOT.ask, SLOT.askQuantity].map((slot) => n[slot]!),
          );
        if (kind === FRAME.depthUpdate) taker.frame(decoder, clock.nowMs());
        if (line === snapshot) await clock.advance(2_000);
        const quote = taker.isInStep && kind === FRAME.depthUpdate ? quotes.get(sink.book.updateId) : undefined;
        if (!quote) continue;
        assert.deepEqual([...sink.book.bids[0]!, ...sink.book.asks[0]!], quote);
        compared++;
      }
      taker.close();
      assert.ok(compared > 100, `${compared} compared`);
      assert.deepEqual(sink.gaps, []);
      assert.deepEqual(sink.anomalies, []);
    });
});
