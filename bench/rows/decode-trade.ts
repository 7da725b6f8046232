import { decodeRow, sink } from '../decode-row.ts';

interface Trade {
  readonly E: number;
  readonly t: number;
  readonly p: string;
  readonly q: string;
  readonly T: number;
  readonly m: boolean;
}

/** A trade of Binance spot, as it comes over a combined stream. */
export const row = decodeRow(
  'decode-trade',
  'trade',
  5,
  (i) => ({
    stream: 'btcusdt@trade',
    data: {
      ...{ e: 'trade', E: 1_795_200_000_000 + i, s: 'BTCUSDT', t: 3_735_683_259 + i },
      ...{ p: (61_837 + i / 100).toFixed(8), q: (0.02 + (i % 97) / 1000).toFixed(8) },
      ...{ T: 1_795_199_999_999 + i, m: i % 2 === 0, M: true },
    },
  }),
  (event: Trade) => {
    sink[0] = event.E;
    sink[1] = event.t;
    sink[2] = Number(event.p);
    sink[3] = Number(event.q);
    sink[4] = event.T;
    sink[5] = event.m ? 1 : 0;
  },
);
