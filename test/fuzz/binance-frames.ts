import type { FrameDecoder } from '../../src/adapters/binance/frames/frame-decoder.ts';
import { FRAME_KINDS, SLOT, TEXT } from '../../src/adapters/binance/frames/tables.ts';
import type { Random } from '../../src/core/vocabulary/random.ts';

/** A decoded frame as plain data, for comparing. Numbers by the name of their slot. */
export interface FrameValues {
  readonly kind: string;
  readonly symbol: string;
  readonly stream: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly bids: readonly (readonly [number, number])[];
  readonly asks: readonly (readonly [number, number])[];
}

type Letters = Readonly<Record<string, unknown>>;
type SlotName = keyof typeof SLOT;

/** Slots of each event with the letter they come from: written down a second time, apart from the decoder's own tables. */
const LETTERS: Readonly<Record<string, Readonly<Partial<Record<SlotName, string>>>>> = {
  trade: { eventTime: 'E', id: 't', price: 'p', quantity: 'q', tradeTime: 'T', buyerIsMaker: 'm' },
  aggTrade: { eventTime: 'E', id: 'a', price: 'p', quantity: 'q', tradeTime: 'T', buyerIsMaker: 'm' },
  bookTicker: { eventTime: 'E', tradeTime: 'T', id: 'u', bid: 'b', bidQuantity: 'B', ask: 'a', askQuantity: 'A' },
  kline: {
    eventTime: 'E',
    openTime: 'k.t',
    open: 'k.o',
    high: 'k.h',
    low: 'k.l',
    close: 'k.c',
    volume: 'k.v',
    isClosed: 'k.x',
  },
  depthUpdate: { eventTime: 'E', tradeTime: 'T', firstId: 'U', id: 'u', previousId: 'pu' },
  partialDepth: { id: 'lastUpdateId' },
  markPriceUpdate: { eventTime: 'E', mark: 'p', index: 'i', fundingRate: 'r', nextFundingTime: 'T' },
};
const TIMES: readonly string[] = ['eventTime', 'tradeTime', 'openTime', 'nextFundingTime'];

/** What `JSON.parse` and `Number` make of a frame that is right. */
export function parsedFrame(text: string): FrameValues {
  const root = JSON.parse(text) as Letters;
  const wrapped = Object.hasOwn(root, 'data') && Object.hasOwn(root, 'stream');
  const event = (wrapped ? root['data'] : root) as Letters;
  const unnamed = Object.hasOwn(event, 'lastUpdateId') ? 'partialDepth' : 'bookTicker';
  const kind = (event['e'] as string | undefined) ?? unnamed;
  const numbers: Record<string, number> = {};
  for (const [slot, path] of Object.entries(LETTERS[kind] ?? {})) {
    const [first, second] = path.split('.');
    const value = second ? (event[first!] as Letters)[second] : event[first!];
    const number = value === undefined || value === '' ? Number.NaN : Number(value);
    numbers[slot] = TIMES.includes(slot) && number >= 1e14 ? number / 1000 : number;
  }
  const levels = (side: unknown) => (side as string[][]).map(([p, q]) => [Number(p), Number(q)] as const);
  const isDiff = kind === 'depthUpdate';
  return {
    kind,
    symbol: ((event['s'] as string | undefined) ?? '').toWellFormed(),
    stream: wrapped ? (root['stream'] as string).toWellFormed() : '',
    numbers,
    bids: levels(isDiff ? event['b'] : kind === 'partialDepth' ? event['bids'] : []),
    asks: levels(isDiff ? event['a'] : kind === 'partialDepth' ? event['asks'] : []),
  };
}

/** What a decoder has just read, in the same form; null where it was no data. */
export function decodedFrame(decoder: FrameDecoder, code: number): FrameValues | null {
  if (code === 0) return null;
  const { scanner } = decoder;
  const kind = FRAME_KINDS[code]!;
  const text = (slot: number): string =>
    Buffer.from(scanner.textBytes.subarray(scanner.textFrom[slot], scanner.textTo[slot])).toString();
  const names = Object.keys(LETTERS[kind]!) as SlotName[];
  const levels = (side: 0 | 1) =>
    Array.from(
      { length: scanner.sides[side].count },
      (_, i) => [scanner.sides[side].price[i]!, scanner.sides[side].quantity[i]!] as const,
    );
  const isBook = kind === 'depthUpdate' || kind === 'partialDepth';
  return {
    kind,
    symbol: kind === 'partialDepth' ? '' : text(TEXT.symbol),
    stream: text(TEXT.stream),
    numbers: Object.fromEntries(names.map((name) => [name, scanner.numbers[SLOT[name]]!])),
    bids: isBook ? levels(0) : [],
    asks: isBook ? levels(1) : [],
  };
}

/** A frame of either product with numbers of every length that the venue may print, as an object in the venue's order of fields. */
export function sampleFrame(random: Random): object {
  const whole = (most: number): number => Math.floor(random.uniform() * most);
  const one = <T>(...of: readonly T[]): T => of[whole(of.length)]!;
  const padded = (x: number): string => x.toFixed(one(0, 1, 2, 3, 5, 8, 8, 8));
  const price = (): string => padded(one(1, 10, 1e-4, 100, 6e4, 1e6) * (0.6 + random.uniform()) + 1);
  const size = (): string => padded(one(0, 1e-3, 1, 1e4, 1e12) * random.uniform());
  const ms = one(1, 1000) * (1_600_000_000_000 + whole(2e11));
  const s = one('BTCUSDT', 'ETHBTC', '1000SHIBUSDT', '币安人生USDT');
  const id = (): number => whole(Number.MAX_SAFE_INTEGER / 2 / one(1, 1e3, 1e9));
  const levels = (): string[][] => Array.from({ length: one(0, 1, 5, 20, 90) }, () => [price(), size()]);
  const isUsdm = random.uniform() < 0.5;
  const first = id();
  const fields = {
    trade: () => ({
      ...{ e: 'trade', E: ms, ...(isUsdm ? { T: ms } : {}), s, t: id(), p: price(), q: `1${size()}` },
      ...(isUsdm ? { X: 'MARKET', m: one(true, false) } : { T: ms, m: one(true, false), M: true }),
    }),
    aggTrade: () => ({
      ...{ e: 'aggTrade', E: ms, s, a: id(), p: price(), q: `2${size()}`, ...(isUsdm ? { nq: '1' } : {}) },
      ...{ f: id(), l: id(), T: ms, m: one(true, false), ...(isUsdm ? { st: 1 } : { M: true }) },
    }),
    bookTicker: () => ({
      ...(isUsdm ? { e: 'bookTicker', u: id(), E: ms, T: ms } : { u: id() }),
      ...{ s, b: price(), B: size(), a: price(), A: size() },
    }),
    kline: () => {
      const o = price();
      const c = price();
      const [low, high] = Number(o) < Number(c) ? [o, c] : [c, o];
      return {
        ...{ e: 'kline', E: ms, s },
        k: {
          ...{ t: ms, T: ms, s, i: one('1m', '4h', '1M'), f: id(), L: id(), o, c, h: high, l: low, v: size(), n: id() },
          ...{ x: one(true, false), q: size(), V: size(), Q: size(), B: '0' },
        },
      };
    },
    depthUpdate: () => ({
      ...{ e: 'depthUpdate', E: ms, ...(isUsdm ? { T: ms } : {}), s, U: first, u: first + whole(50) },
      ...(isUsdm ? { pu: id() } : {}),
      ...{ b: levels(), a: levels() },
    }),
    partialDepth: () => ({ lastUpdateId: id(), bids: levels(), asks: levels() }),
    markPriceUpdate: () => ({
      ...{ e: 'markPriceUpdate', E: ms, s, p: price(), ap: price(), P: price(), i: price() },
      ...{ r: one('', `${random.uniform() < 0.5 ? '-' : ''}${(random.uniform() / 100).toFixed(8)}`), T: ms },
    }),
  };
  const kind = one(...(Object.keys(fields) as (keyof typeof fields)[]));
  const event = fields[kind]();
  return random.uniform() < 0.7 ? { stream: `${s.toLowerCase()}@${kind}`, data: event } : event;
}
