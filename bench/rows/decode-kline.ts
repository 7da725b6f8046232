import { decodeRow, sink } from '../decode-row.ts';

interface Kline {
  readonly E: number;
  readonly k: {
    readonly t: number;
    readonly o: string;
    readonly h: string;
    readonly l: string;
    readonly c: string;
    readonly v: string;
    readonly x: boolean;
  };
}

/** A forming bar of Binance spot, as it comes over a combined stream. */
export const row = decodeRow(
  'decode-kline',
  'kline',
  4,
  (i) => ({
    stream: 'btcusdt@kline_1m',
    data: {
      ...{ e: 'kline', E: 1_795_200_000_000 + i, s: 'BTCUSDT' },
      k: {
        ...{ t: 1_795_199_940_000, T: 1_795_199_999_999, s: 'BTCUSDT', i: '1m', f: 100, L: 200 + i },
        ...{
          o: '61841.77000000',
          c: (61_840.15 + (i % 100) / 100).toFixed(8),
          h: '61841.77000000',
          l: '61840.15000000',
        },
        ...{ v: '3.62900000', n: i % 997, x: i % 30 === 0, q: '60026.85364100', V: '1.30000000', Q: '21503.28870900' },
        B: '0',
      },
    },
  }),
  ({ E, k }: Kline) => {
    sink[0] = E;
    sink[1] = k.t;
    sink[2] = Number(k.o);
    sink[3] = Number(k.h);
    sink[4] = Number(k.l);
    sink[5] = Number(k.c);
    sink[6] = Number(k.v);
    sink[7] = k.x ? 1 : 0;
  },
);
