import { decodeRow, sink } from '../decode-row.ts';

interface Depth {
  readonly E: number;
  readonly U: number;
  readonly u: number;
  readonly b: readonly (readonly [string, string])[];
  readonly a: readonly (readonly [string, string])[];
}

/** Ten levels a side, a quarter of them removed. */
const levels = (i: number, best: number, step: number): string[][] =>
  Array.from({ length: 10 }, (_, k) => [
    (best + step * k + (i % 100) / 100).toFixed(8),
    k % 4 === 0 ? '0.00000000' : (0.001 * (k + 1 + (i % 7))).toFixed(8),
  ]);

/** Changes of twenty levels of a book of Binance spot, as they come over a combined stream. */
export const row = decodeRow(
  'decode-depth-20',
  'depthUpdate',
  6,
  (i) => ({
    stream: 'btcusdt@depth@100ms',
    data: {
      ...{
        e: 'depthUpdate',
        E: 1_795_200_000_000 + i,
        s: 'BTCUSDT',
        U: 50_093_239_189 + 10 * i,
        u: 50_093_239_198 + 10 * i,
      },
      ...{ b: levels(i, 61_500, -0.01), a: levels(i, 61_500.01, 0.01) },
    },
  }),
  (event: Depth) => {
    sink[0] = event.E;
    sink[1] = event.U;
    sink[2] = event.u;
    let at = 3;
    for (const side of [event.b, event.a])
      for (const level of side) {
        sink[at++ & 63] = Number(level[0]);
        sink[at++ & 63] = Number(level[1]);
      }
  },
);
