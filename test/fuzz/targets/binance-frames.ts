import assert from 'node:assert/strict';
import { FrameDecoder } from '../../../src/adapters/binance/frames/frame-decoder.ts';
import { readShared, sharedData } from '../../shared-data.ts';
import { decodedFrame, parsedFrame, sampleFrame } from '../binance-frames.ts';
import type { FuzzTarget } from '../target.ts';

const RECORDED = ['BINANCE', 'BINANCE_FUTURES'].map((name) => `protocol/cryptofeed/${name}.ws.1.0.gz`);
const MOST_RECORDED = 500;
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

const decoder = new FrameDecoder();

/** Market frames of Binance, spot and USD-M: what is taken must be what JSON.parse and Number make of it. */
export const target: FuzzTarget = {
  name: 'binance-frames',
  sample: (random) => Buffer.from(JSON.stringify(sampleFrame(random))),
  recorded: () =>
    RECORDED.filter((path) => sharedData(path)).flatMap((path) =>
      readShared(path)
        .split('\n')
        .slice(0, MOST_RECORDED)
        .filter((line) => line.includes('{"stream"'))
        .map((line) => Buffer.from(line.slice(line.indexOf('{"stream"')))),
    ),
  feed(frame) {
    const values = decodedFrame(decoder, decoder.decode(frame));
    if (values === null) {
      assert.ok(decoder.faults.every((f) => f.detail.length < 400));
      return false;
    }
    assert.deepEqual(values, parsedFrame(UTF8.decode(frame)));
    return true;
  },
};
