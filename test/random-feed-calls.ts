import { Random } from '../src/core/vocabulary/random.ts';
import type { FeedSink } from '../src/ports/market-feed.ts';

const ODD = [Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, 5e-324, 0.1 + 0.2];

/** Calls of every kind with any numbers, the same for the same seed. */
export function playRandomCalls(sink: FeedSink, id: number, seed: number, count: number): void {
  const random = new Random(seed);
  const number = (): number =>
    random.integer(4) === 0 ? ODD[random.integer(ODD.length)]! : random.uniform() * 10 - random.integer(1e9);
  const side = (levels: number) => ({
    count: levels,
    price: Float64Array.from({ length: levels + 3 }, number),
    quantity: Float64Array.from({ length: levels + 3 }, number),
  });
  const text = (): string => ['', 'plain', 'Zeichen: äß€𝄞 "\\\n'][random.integer(3)]!;
  for (let k = 0; k < count; k++) {
    const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, number) as [
      ...[number, number, number, number, number, number, number, number],
    ];
    switch (random.integer(8)) {
      case 0:
        sink.quote(id, a, b, c, d, e, f, g);
        break;
      case 1:
        sink.bar(id, a, b, c, d, e, f, g, h, random.integer(2) === 1);
        break;
      case 2:
        sink.depth(id, a, b, { updateId: c, bids: side(random.integer(70)), asks: side(random.integer(70)) });
        break;
      case 3:
        sink.mark(id, a, b, c, d, e, f);
        break;
      case 4:
        sink.gap(id, {
          outcome: random.integer(2) === 1 ? 'lost' : 'recovered',
          fromMs: k,
          toMs: k + 1,
          reason: text(),
        });
        break;
      case 5:
        sink.anomaly(id, 'malformed', text());
        break;
      default:
        sink.trade(id, a, b, c, d, e, f);
    }
  }
}

/** Keeps every call with all it was given; books are copied. */
export function callLog(calls: unknown[][]): FeedSink {
  return {
    trade: (...args) => void calls.push(['trade', ...args]),
    quote: (...args) => void calls.push(['quote', ...args]),
    bar: (...args) => void calls.push(['bar', ...args]),
    mark: (...args) => void calls.push(['mark', ...args]),
    gap: (...args) => void calls.push(['gap', ...args]),
    anomaly: (...args) => void calls.push(['anomaly', ...args]),
    depth: (id, eventMs, receivedMs, { updateId, bids, asks }) =>
      void calls.push([
        ...['depth', id, eventMs, receivedMs, updateId],
        ...[bids, asks].flatMap(({ count, price, quantity }) => [
          ...[count, ...price.subarray(0, count), ...quantity.subarray(0, count)],
        ]),
      ]),
  };
}
