import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { serveTradingView } from '../stand-ins/tradingview/serve.ts';
import { type Envelope, Scene } from './command-line.ts';

describe('TradingView from the command line', () => {
  const scene = new Scene();
  after(() => scene.remove());
  const day = (back: number): string => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
  const download = ['data', 'get', 'tradingview', 'BINANCE:BTCUSDT', '1h', '--from', day(12), '--to', day(2), '--json'];

  test('not switched on -> refused, with the setting that switches it on', async () => {
    const ran = await scene.run(download);
    const { error } = JSON.parse(ran.out) as Envelope;
    assert.deepEqual([error.code, ran.code], ['venue-refused', 7]);
    assert.match(error.message, /TRADEWRIGHT_TRADINGVIEW=accept-terms/);
  });

  test('switched on -> bars of a stand-in come into the catalogue', async () => {
    const served = await serveTradingView();
    try {
      const ran = await scene.run(download, {
        TRADEWRIGHT_TRADINGVIEW: 'accept-terms',
        TRADEWRIGHT_TRADINGVIEW_ORIGIN: `ws://127.0.0.1:${served.port}`,
      });
      assert.equal(ran.code, 0, ran.out + ran.err);
      const listed = await scene.json(['data', 'ls']);
      const [series] = listed.body.data.series;
      assert.deepEqual([series.instrument, series.timeframe, series.bars], ['TRADINGVIEW:BINANCE:BTCUSDT', '1h', 240]);
    } finally {
      await served.close();
    }
  });
});
