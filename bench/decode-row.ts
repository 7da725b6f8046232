import { FrameDecoder } from '../src/adapters/binance/frames/frame-decoder.ts';
import { FRAME_KINDS, type FrameKind } from '../src/adapters/binance/frames/tables.ts';
import { bestOfEachMs, nsEach } from './measure.ts';
import type { BenchRow } from './row.ts';

const FRAMES = 1000;
const PASSES = 20;

/** Where the other reader puts its numbers, so that it cannot leave them out. */
export const sink = new Float64Array(64);

/**
 * Reading a frame from its bytes against `JSON.parse` and `Number` on the same frames in the same run: how many times as fast.
 * `parse` takes an event apart into {@link sink}.
 */
export function decodeRow(
  name: string,
  kind: FrameKind,
  target: number,
  frame: (i: number) => object,
  parse: (event: never) => void,
): BenchRow {
  const measure = () => {
    const frames = Array.from({ length: FRAMES }, (_, i) => Buffer.from(JSON.stringify(frame(i))));
    const decoder = new FrameDecoder();
    for (const bytes of frames)
      if (FRAME_KINDS[decoder.decode(bytes)] !== kind || decoder.wasSlow)
        return { value: null, note: `not read from bytes: ${bytes.toString()}` };
    const [ownMs, parseMs] = bestOfEachMs(
      [
        () => {
          for (let pass = 0; pass < PASSES; pass++) for (const bytes of frames) decoder.decode(bytes);
        },
        () => {
          for (let pass = 0; pass < PASSES; pass++)
            for (const bytes of frames) parse((JSON.parse(bytes.toString()) as { data: never }).data);
        },
      ],
      25,
      5,
    );
    return {
      value: parseMs! / ownMs!,
      beside: [
        { name: `${name}: from bytes`, value: nsEach(ownMs!, FRAMES * PASSES), unit: 'ns/frame' },
        { name: `${name}: JSON.parse + Number`, value: nsEach(parseMs!, FRAMES * PASSES), unit: 'ns/frame' },
      ],
    };
  };
  return { name, unit: 'x', target, atLeast: true, measure };
}
