const FIRST_MS = Date.UTC(2022, 0, 1);
const MINUTE_MS = 60_000;
/** Of so many frames one closes a bar; the others are trades and the forming bar. */
export const FRAMES_PER_BAR = 20;

/** Frames of Binance spot as they come over a combined stream: bar after bar, each with trades and forming states before its close. */
export function marketFrames(bars: number): readonly Buffer[] {
  const frames: Buffer[] = [];
  let tradeId = 1_000;
  for (let bar = 0; bar < bars; bar++) {
    const openMs = FIRST_MS + bar * MINUTE_MS;
    const open = 60_000 + 500 * Math.sin(bar / 40);
    for (let k = 1; k <= FRAMES_PER_BAR; k++) {
      const isClosed = k === FRAMES_PER_BAR;
      const price = (open + k / 10).toFixed(8);
      const eventMs = openMs + (k * MINUTE_MS) / FRAMES_PER_BAR;
      const event =
        k % 4 === 0
          ? {
              ...{ e: 'kline', E: eventMs, s: 'BTCUSDT' },
              k: {
                ...{ t: openMs, T: openMs + MINUTE_MS - 1, s: 'BTCUSDT', i: '1m', f: 100, L: 200 },
                ...{
                  o: open.toFixed(8),
                  c: price,
                  h: price,
                  l: open.toFixed(8),
                  v: `${k}.50000000`,
                  n: k,
                  x: isClosed,
                },
                ...{ q: '60026.85364100', V: '1.30000000', Q: '21503.28870900', B: '0' },
              },
            }
          : {
              ...{ e: 'trade', E: eventMs, s: 'BTCUSDT', t: tradeId++, p: price, q: '0.01200000' },
              ...{ T: eventMs - 1, m: k % 2 === 0, M: true },
            };
      const stream = k % 4 === 0 ? 'btcusdt@kline_1m' : 'btcusdt@trade';
      frames.push(Buffer.from(JSON.stringify({ stream, data: event })));
    }
  }
  return frames;
}
