import { type FieldSpec, FieldTable } from '../../../connectivity/field-table.ts';

/**
 * Market stream events of Binance, spot and USD-M, letter by letter. Source: binance-spot-api-docs web-socket-streams (2026-07) and the
 * USD-M stream pages of developers.binance.com (2026-05). Both products share one table an event: fields that only one of them has are
 * optional.
 */

/** Places among the scanner's numbers. Every event keeps its time in `eventTime` and its sequence number in `id`. */
export const SLOT = {
  eventTime: 0,
  id: 1,
  /** First id that the event covers: `U` of depth, `f` of an aggregate trade. */
  firstId: 2,
  /** Last id of the event before, where the venue says it: `pu`. */
  previousId: 3,
  price: 4,
  quantity: 5,
  /** When the trade happened, or the engine's time of a book. */
  tradeTime: 6,
  buyerIsMaker: 7,
  /** Place in {@link TRADE_KINDS}, NaN where the venue does not say. */
  tradeKind: 8,
  bid: 9,
  bidQuantity: 10,
  ask: 11,
  askQuantity: 12,
  openTime: 13,
  open: 14,
  high: 15,
  low: 16,
  close: 17,
  volume: 18,
  isClosed: 19,
  mark: 20,
  index: 21,
  fundingRate: 22,
  nextFundingTime: 23,
} as const;

/** Places among the scanner's texts. */
export const TEXT = { symbol: 0, interval: 1, stream: 2 } as const;

/** What `X` of a USD-M trade says. Only the first is trading; the others are the insurance fund's and the deleveraging's. */
export const TRADE_KINDS = ['MARKET', 'INSURANCE_FUND', 'ADL', 'NA'] as const;

/** Events in the order of their codes; the name is the venue's `e`, or ours where it has none. */
export const FRAME_KINDS = [
  'none',
  'trade',
  'aggTrade',
  'bookTicker',
  'kline',
  'depthUpdate',
  'partialDepth',
  'markPriceUpdate',
] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

const skip = (...names: string[]): FieldSpec[] => names.map((name) => ({ name, kind: 'skip' }));
const event = (name: FrameKind): FieldSpec => ({ name: 'e', kind: 'constant', values: [name] });
const EVENT_TIME: FieldSpec = { name: 'E', kind: 'time', slot: SLOT.eventTime };
const SYMBOL: FieldSpec = { name: 's', kind: 'text', slot: TEXT.symbol };
const TRADE: readonly FieldSpec[] = [
  EVENT_TIME,
  SYMBOL,
  { name: 'p', kind: 'decimal', slot: SLOT.price },
  { name: 'q', kind: 'decimal', slot: SLOT.quantity },
  { name: 'T', kind: 'time', slot: SLOT.tradeTime },
  { name: 'm', kind: 'flag', slot: SLOT.buyerIsMaker },
];

const BAR: readonly FieldSpec[] = [
  { name: 't', kind: 'time', slot: SLOT.openTime },
  { name: 'i', kind: 'text', slot: TEXT.interval },
  { name: 'o', kind: 'decimal', slot: SLOT.open },
  { name: 'c', kind: 'decimal', slot: SLOT.close },
  { name: 'h', kind: 'decimal', slot: SLOT.high },
  { name: 'l', kind: 'decimal', slot: SLOT.low },
  { name: 'v', kind: 'decimal', slot: SLOT.volume },
  { name: 'x', kind: 'flag', slot: SLOT.isClosed },
  ...skip('T', 's', 'f', 'L', 'n', 'q', 'V', 'Q', 'B'),
];

/** Fields of each event: `st` and `ps` (kind of contract, pair) appear on some USD-M streams and are not needed. */
const FIELDS: Readonly<Record<Exclude<FrameKind, 'none'>, readonly FieldSpec[]>> = {
  trade: [
    event('trade'),
    ...TRADE,
    { name: 't', kind: 'integer', slot: SLOT.id },
    { name: 'X', kind: 'choice', slot: SLOT.tradeKind, values: TRADE_KINDS, optional: true },
    ...skip('M', 'b', 'a', 'st', 'ps'),
  ],
  aggTrade: [
    event('aggTrade'),
    ...TRADE,
    { name: 'a', kind: 'integer', slot: SLOT.id },
    ...skip('f', 'l', 'nq', 'M', 'st', 'ps'),
  ],
  bookTicker: [
    { ...event('bookTicker'), optional: true },
    { ...EVENT_TIME, optional: true },
    { name: 'T', kind: 'time', slot: SLOT.tradeTime, optional: true },
    SYMBOL,
    { name: 'u', kind: 'integer', slot: SLOT.id },
    { name: 'b', kind: 'decimal', slot: SLOT.bid },
    { name: 'B', kind: 'decimal', slot: SLOT.bidQuantity },
    { name: 'a', kind: 'decimal', slot: SLOT.ask },
    { name: 'A', kind: 'decimal', slot: SLOT.askQuantity },
    ...skip('st', 'ps'),
  ],
  kline: [event('kline'), EVENT_TIME, SYMBOL, { name: 'k', kind: 'record' }, ...skip('st', 'ps')],
  depthUpdate: [
    event('depthUpdate'),
    EVENT_TIME,
    SYMBOL,
    { name: 'T', kind: 'time', slot: SLOT.tradeTime, optional: true },
    { name: 'U', kind: 'integer', slot: SLOT.firstId },
    { name: 'u', kind: 'integer', slot: SLOT.id },
    { name: 'pu', kind: 'integer', slot: SLOT.previousId, optional: true },
    { name: 'b', kind: 'levels', slot: 0 },
    { name: 'a', kind: 'levels', slot: 1 },
    ...skip('st', 'ps'),
  ],
  partialDepth: [
    { name: 'lastUpdateId', kind: 'integer', slot: SLOT.id },
    { name: 'bids', kind: 'levels', slot: 0 },
    { name: 'asks', kind: 'levels', slot: 1 },
  ],
  markPriceUpdate: [
    event('markPriceUpdate'),
    EVENT_TIME,
    SYMBOL,
    { name: 'p', kind: 'decimal', slot: SLOT.mark },
    { name: 'i', kind: 'decimal', slot: SLOT.index },
    // Empty for contracts without funding.
    { name: 'r', kind: 'signed', slot: SLOT.fundingRate, optional: true },
    { name: 'T', kind: 'time', slot: SLOT.nextFundingTime },
    ...skip('ap', 'P', 'st', 'ps'),
  ],
};

export type FrameTables = Readonly<Record<Exclude<FrameKind, 'none'>, FieldTable>>;

/** One table an event, of its own for every decoder, as tables learn. */
export function makeTables(): FrameTables {
  const table = (kind: Exclude<FrameKind, 'none'>): FieldTable =>
    new FieldTable(
      kind,
      FIELDS[kind].map((f) => (f.kind === 'record' ? { ...f, table: new FieldTable('kline.k', BAR) } : f)),
    );
  return {
    trade: table('trade'),
    aggTrade: table('aggTrade'),
    bookTicker: table('bookTicker'),
    kline: table('kline'),
    depthUpdate: table('depthUpdate'),
    partialDepth: table('partialDepth'),
    markPriceUpdate: table('markPriceUpdate'),
  };
}
