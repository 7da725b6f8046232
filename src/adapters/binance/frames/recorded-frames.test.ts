import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodedFrame, parsedFrame } from '../../../../test/fuzz/binance-frames.ts';
import { dataMissing, readShared, readSharedJson } from '../../../../test/shared-data.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { FRAME_KINDS } from './tables.ts';

const MOST_FRAMES = 15_000;

/** Frames of a capture: the JSON of each line behind its time stamp, without snapshots and what is not of the market. */
function captured(path: string): string[] {
  const lines = readShared(path).split('\n').slice(0, MOST_FRAMES);
  return lines.flatMap((line) => {
    const at = line.indexOf('{"stream"');
    return at < 0 ? [] : [line.slice(at)];
  });
}

/** Every frame gives what JSON.parse and Number give; answers how many of each kind there were. */
function compare(frames: readonly string[], mayBeSlow: boolean): Record<string, number> {
  const decoder = new FrameDecoder();
  const counts: Record<string, number> = {};
  for (const text of frames) {
    const code = decoder.decode(Buffer.from(text));
    assert.ok(code > 0, `${text}: ${decoder.faults.map((f) => f.detail).join()}`);
    assert.deepEqual(decodedFrame(decoder, code), parsedFrame(text), text);
    assert.deepEqual(decoder.faults, [], text);
    if (!mayBeSlow) assert.equal(decoder.wasSlow, false, text);
    const kind = FRAME_KINDS[code]!;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe('recorded frames of Binance', () => {
  for (const [path, kinds] of [
    ['orderbook/binance_spot_BTCUSDT_20240808_235413.jsonl.gz', ['trade', 'bookTicker', 'depthUpdate']],
    ['orderbook/binance_usdm_BTCUSDT_20240808_235415.jsonl.gz', ['trade', 'bookTicker', 'depthUpdate']],
    ['protocol/cryptofeed/BINANCE.ws.1.0.gz', ['bookTicker', 'depthUpdate']],
    ['protocol/cryptofeed/BINANCE_US.ws.1.0.gz', ['bookTicker', 'depthUpdate']],
    ['protocol/cryptofeed/BINANCE_FUTURES.ws.1.0.gz', ['bookTicker', 'depthUpdate', 'kline', 'aggTrade']],
    // COIN-M is not a product of ours, and its frames have the same shape.
    ['protocol/cryptofeed/BINANCE_DELIVERY.ws.1.0.gz', ['bookTicker', 'depthUpdate', 'kline', 'aggTrade']],
  ] as const)
    test(`${path} -> as JSON.parse, without it`, { skip: dataMissing(path) }, () => {
      const frames = captured(path);
      const counts = compare(frames, false);
      for (const kind of kinds) assert.ok((counts[kind] ?? 0) > 0, `no ${kind} in ${JSON.stringify(counts)}`);
    });

  const SINGLE = 'protocol/nautilus/binance.json.gz';
  test('single messages of other libraries, spaced or not -> as JSON.parse', { skip: dataMissing(SINGLE) }, () => {
    const events = ['trade', 'aggTrade', 'bookTicker', 'kline', 'depthUpdate', 'markPriceUpdate'];
    const found: object[] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const own = value as { e?: string; data?: { e?: string; u?: unknown; lastUpdateId?: unknown } };
      if (own.data && (events.includes(own.data.e ?? '') || own.data.u || own.data.lastUpdateId)) found.push(own);
      else if (events.includes(own.e ?? '')) found.push(own);
      else for (const child of Object.values(value)) walk(child);
    };
    walk(readSharedJson(SINGLE));
    walk(readSharedJson('protocol/jkorf/binance.json.gz'));
    const counts = compare(
      found.map((frame) => JSON.stringify(frame)),
      false,
    );
    compare(
      found.map((frame) => JSON.stringify(frame, null, 1)),
      true,
    );
    for (const event of events) assert.ok((counts[event] ?? 0) > 0, `no ${event} in ${JSON.stringify(counts)}`);
  });

  const CASES = 'protocol/tardis/mapper_cases.json.gz';
  interface MapperCase {
    readonly exchange: string;
    readonly message: { readonly stream?: string; readonly data?: { readonly e?: string } };
    readonly expected: readonly {
      readonly type: string;
      readonly id?: string;
      readonly price?: number;
      readonly amount?: number;
      readonly side?: string;
      readonly timestamp: string;
      readonly bidPrice?: number;
      readonly bidAmount?: number;
      readonly askPrice?: number;
      readonly askAmount?: number;
    }[];
  }
  test('decodings of another library -> trades and quotes are the same', { skip: dataMissing(CASES) }, () => {
    const decoder = new FrameDecoder();
    let compared = 0;
    for (const { exchange, message, expected } of readSharedJson<readonly MapperCase[]>(CASES)) {
      if (!['binance', 'binance-futures'].includes(exchange) || !/@(trade|bookTicker)$/.test(message.stream ?? ''))
        continue;
      const values = decodedFrame(decoder, decoder.decode(Buffer.from(JSON.stringify(message))));
      const [event] = expected;
      if (!values || !event) continue;
      const n = values.numbers;
      if (event.type === 'trade') {
        const side = n['buyerIsMaker'] === 1 ? 'sell' : 'buy';
        assert.deepEqual(
          [String(n['id']), n['price'], n['quantity'], side, new Date(n['tradeTime']!).toISOString()],
          [event.id, event.price, event.amount, event.side, event.timestamp],
        );
      } else
        assert.deepEqual(
          [n['bid'], n['bidQuantity'], n['ask'], n['askQuantity']],
          [event.bidPrice, event.bidAmount, event.askPrice, event.askAmount],
        );
      compared++;
    }
    assert.ok(compared >= 3, `${compared} compared`);
  });
});
