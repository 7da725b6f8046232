import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { generate } from 'selfsigned';
import { decodePackets, encodeCall, encodePacket } from '../../../src/adapters/tradingview/packets.ts';
import { SimulatedClock } from '../../simulated-world/clock.ts';
import { serveTradingView } from './serve.ts';
import { TradingViewStandIn } from './stand-in.ts';

const BTC = 'BINANCE:BTCUSDT';
const MINUTE_S = 60;

/** A client by hand. */
async function open() {
  const clock = new SimulatedClock();
  const venue = new TradingViewStandIn(clock, { heartbeatMs: 5_000, silenceMs: 30_000 });
  const said: { m?: string; p: unknown[] }[] = [];
  let [beats, isClosed] = [0, false];
  const client = venue.join({
    send(text) {
      for (const packet of decodePackets(text).packets) {
        if (packet.startsWith('~h~')) beats++;
        else said.push(JSON.parse(packet) as (typeof said)[number]);
      }
    },
    close: () => {
      isClosed = true;
    },
  });
  const call = (method: string, ...parameters: unknown[]): void => client.received(encodeCall(method, parameters));
  const load = async (symbol: string, interval: string, count: number): Promise<void> => {
    call('chart_create_session', 'cs_1', '');
    call('resolve_symbol', 'cs_1', 'any_name', symbol);
    call('create_series', 'cs_1', '$prices', 's1', 'any_name', interval, count);
    await clock.advance(100);
  };
  const named = (method: string) => said.filter((each) => each.m === method);
  return { clock, venue, client, said, named, call, load, beats: () => beats, isClosed: () => isClosed };
}

/** The client of somebody else, where somebody has put it on NODE_PATH. */
function client(): string | null {
  try {
    return createRequire(import.meta.url).resolve('@mathieuc/tradingview');
  } catch {
    return null;
  }
}

describe('stand-in for TradingView', () => {
  test('a chart -> loading, resolved, bars, completed, under the names that the client gave', async () => {
    const { said, load, named } = await open();
    await load(BTC, '1', 10);
    assert.ok('session_id' in said[0]!);
    assert.deepEqual(
      said.slice(1, 5).map((each) => each.m),
      ['symbol_resolved', 'series_loading', 'timescale_update', 'series_completed'],
    );
    const [, data] = named('timescale_update')[0]!.p as [string, { $prices: { s: { i: number; v: number[] }[] } }];
    const rows = data.$prices.s;
    assert.deepEqual(
      rows.map((row) => row.i),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.ok(rows.every((row, k) => k === 0 || row.v[0]! - rows[k - 1]!.v[0]! === MINUTE_S));
  });

  test('older bars -> negative indices; a minute on -> a new bar with the next index', async () => {
    const { clock, load, named, call, client: wire } = await open();
    await load(BTC, '1', 10);
    call('request_more_data', 'cs_1', '$prices', 5);
    const rowsOf = (k: number) => (named('timescale_update')[k]!.p[1] as { $prices: { s: { i: number }[] } }).$prices.s;
    assert.deepEqual(
      rowsOf(1).map((row) => row.i),
      [-5, -4, -3, -2, -1],
    );
    for (let k = 1; k <= 13; k++) {
      await clock.advance(5_000);
      wire.received(encodePacket(`~h~${k}`));
    }
    assert.deepEqual(
      rowsOf(2).map((row) => row.i),
      [10],
    );
    assert.ok(named('du').length > 60);
  });

  test('a client that echoes no heartbeat -> dropped after its time; one that does -> kept', async () => {
    const mute = await open();
    await mute.clock.advance(60_000);
    assert.ok(mute.isClosed() && mute.beats() >= 5);
    const alive = await open();
    for (let k = 0; k < 12; k++) {
      await alive.clock.advance(5_000);
      alive.client.received(encodePacket(`~h~${k + 1}`));
    }
    assert.ok(!alive.isClosed());
  });

  test('symbols, intervals, zones, texts that are none -> the errors of the notes', async () => {
    const { load, named, call, client: wire, isClosed } = await open();
    await load('BINANCE:NOSUCH', '1', 10);
    assert.equal(named('symbol_error')[0]!.p[2], 'invalid symbol');
    await load(BTC, '7', 10);
    assert.equal(named('series_error')[0]!.p[3], 'custom_resolution');
    await load('DELAYED:IBM', '1', 10);
    assert.equal(named('series_completed')[0]!.p[2], 'delayed_streaming_900');
    call('switch_timezone', 'cs_1', 'Mars');
    assert.equal(named('critical_error')[0]!.p[1], 'invalid timezone');
    wire.received('nonsense');
    assert.deepEqual(named('protocol_error')[0]!.p, ['wrong data']);
    assert.ok(isClosed());
  });

  const path = client();
  const skip =
    path === null ? 'TradingView client absent (npm install @mathieuc/tradingview elsewhere, NODE_PATH)' : false;
  test('an independent client over TLS -> its bars and quotes are those of the stand-in', {
    skip,
    timeout: 20_000,
  }, async () => {
    const pem = await generate([{ name: 'commonName', value: 'localhost' }]);
    const served = await serveTradingView({ tls: { key: pem.private, cert: pem.cert } });
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    // biome-ignore lint/suspicious/noExplicitAny: a package without types
    const theirs = createRequire(import.meta.url)(path!) as any;
    const other = new theirs.Client({ server: `localhost:${served.port}/tv?x=` });
    try {
      const chart = new other.Session.Chart();
      const bars = new Promise<number>((resolve, reject) => {
        chart.onError((...errors: unknown[]) => reject(new Error(errors.join(' '))));
        chart.onUpdate(() => {
          if (chart.periods.length >= 100) resolve(chart.periods.length as number);
        });
        chart.setMarket(BTC, { timeframe: '60', range: 100 });
      });
      const quotes = new other.Session.Quote({ fields: 'price' });
      const market = new quotes.Market(BTC);
      const price = new Promise<number>((resolve, reject) => {
        market.onError((...errors: unknown[]) => reject(new Error(errors.join(' '))));
        market.onData((data: { lp: number }) => resolve(data.lp));
      });
      assert.ok((await bars) >= 100);
      assert.ok((await price) > 40_000);
    } finally {
      await other.end();
      await served.close();
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });
});
