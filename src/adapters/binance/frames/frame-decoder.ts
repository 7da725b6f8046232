import { FieldTable } from '../../../connectivity/field-table.ts';
import { excerptOf, type FrameFault, fillRecord } from '../../../connectivity/fill-record.ts';
import { ascii, isLiteral, ODD, skipText } from '../../../connectivity/json-bytes.ts';
import { RecordScanner } from '../../../connectivity/record-scanner.ts';
import { FRAME_KINDS, type FrameKind, makeTables, SLOT, TEXT } from './tables.ts';

/** What is no data: an answer to a subscription, or the venue's word that it goes away. */
export type ControlFrame =
  | { readonly kind: 'answer'; readonly id: string; readonly error: string | null }
  | { readonly kind: 'shutdown' };

const CLOSE = 125;
/** Keeps a byte order mark, which JSON does not allow. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
const STREAM_PREFIX_BYTES = 10;
const DATA_PREFIX_BYTES = 8;
const EVENT_PREFIX_BYTES = 6;

/** Code of a kind: its place in {@link FRAME_KINDS}. */
export const FRAME: Readonly<Record<FrameKind, number>> = {
  none: 0,
  trade: 1,
  aggTrade: 2,
  bookTicker: 3,
  kline: 4,
  depthUpdate: 5,
  partialDepth: 6,
  markPriceUpdate: 7,
};

/** What follows `{"e":"` of an event. */
const EVENT_NAMES = FRAME_KINDS.map((kind) => ascii(`${kind}",`));
/** Event by the first letter of its name; the table checks the rest. */
const BY_LETTER = new Uint8Array(256);
for (const kind of FRAME_KINDS.slice(1)) if (kind !== 'partialDepth') BY_LETTER[kind.charCodeAt(0)] = FRAME[kind];

/**
 * Reads market frames of Binance, spot and USD-M, raw (`/ws`) or wrapped (`/stream`), into columns that every frame uses again. What is
 * not compact JSON of a known shape goes through JSON.parse, so that nothing the venue may send is lost for being written otherwise; what
 * cannot be used at all is a fault and never an exception. Nothing is allocated for a frame of known shape.
 */
export class FrameDecoder {
  readonly scanner = new RecordScanner();
  /** What was wrong or new in the last frame. */
  readonly faults: FrameFault[] = [];
  /** The last frame where it was no data. */
  control: ControlFrame | null = null;
  /** Whether the last frame went the slow way. */
  wasSlow = false;
  readonly #tables: readonly FieldTable[];
  readonly #envelopes: readonly FieldTable[];
  readonly #unknown = new FieldTable('frame', []);

  constructor() {
    const tables = makeTables();
    this.#tables = FRAME_KINDS.map((kind) => (kind === 'none' ? this.#unknown : tables[kind]));
    this.#envelopes = this.#tables.map(
      (table) =>
        new FieldTable('frame', [
          { name: 'stream', kind: 'text', slot: TEXT.stream },
          { name: 'data', kind: 'record', table },
        ]),
    );
  }

  /** Reads a frame; answers the code of its kind, 0 where it is no data: {@link faults} or {@link control} say what it is. */
  decode(bytes: Uint8Array): number {
    if (this.faults.length > 0) this.faults.length = 0;
    this.control = null;
    const kind = this.#scan(bytes);
    this.wasSlow = kind <= 0;
    return kind > 0 ? kind : this.#parse(bytes);
  }

  #scan(bytes: Uint8Array): number {
    const end = bytes.length;
    // With it every loop over digits ends inside the frame.
    if (bytes[end - 1] !== CLOSE) return ODD;
    const { scanner } = this;
    let at = 0;
    let streamEnd = 0;
    let last = end;
    if (startsStream(bytes)) {
      const text = skipText(bytes, STREAM_PREFIX_BYTES);
      if (text === ODD || !startsData(bytes, text)) return ODD;
      streamEnd = text - 1;
      at = text + DATA_PREFIX_BYTES;
      last = end - 1;
    }
    let kind: number;
    let after: number;
    if (startsEvent(bytes, at)) {
      const nameAt = at + EVENT_PREFIX_BYTES;
      kind = BY_LETTER[bytes[nameAt]!]!;
      const name = EVENT_NAMES[kind]!;
      if (kind === 0 || !isLiteral(bytes, nameAt, name)) return ODD;
      // The name is field 0 of its table, and has just been read.
      after = scanner.scanRest(this.#tables[kind]!, bytes, nameAt + name.length, 1);
    } else {
      // Best quotes and partial books of spot have no event name.
      const letter = bytes[at + 2];
      kind = letter === 117 ? FRAME.bookTicker : letter === 108 ? FRAME.partialDepth : 0;
      if (kind === 0) return ODD;
      after = scanner.scan(this.#tables[kind]!, bytes, at);
    }
    if (after !== last) return ODD;
    scanner.textFrom[TEXT.stream] = at === 0 ? 0 : STREAM_PREFIX_BYTES + 1;
    scanner.textTo[TEXT.stream] = streamEnd;
    return this.#complaint(kind) === null ? kind : ODD;
  }

  /** What the fields cannot say one by one; null where all is well. */
  #complaint(kind: number): string | null {
    const { numbers: n } = this.scanner;
    if (kind === FRAME.trade || kind === FRAME.aggTrade) {
      // Trades of other kinds than the market's may be zero.
      if (n[SLOT.price]! > 0 && n[SLOT.quantity]! > 0) return null;
      return kind === FRAME.trade && n[SLOT.tradeKind]! > 0 ? null : 'a trade of nothing, or at no price';
    }
    if (kind === FRAME.kline) {
      const low = n[SLOT.low]!;
      const high = n[SLOT.high]!;
      // Whether open and close lie between them is for the data guard to say.
      return low > 0 && low <= high ? null : `a bar with low ${low} and high ${high}`;
    }
    return kind === FRAME.depthUpdate && n[SLOT.firstId]! > n[SLOT.id]!
      ? 'an update whose first id is above its last'
      : null;
  }

  #parse(bytes: Uint8Array): number {
    // Not the name that the frame before had.
    this.scanner.textTo[TEXT.stream] = 0;
    this.scanner.textFrom[TEXT.stream] = 0;
    let root: unknown;
    try {
      root = JSON.parse(UTF8.decode(bytes));
    } catch (error) {
      return this.#fault('malformed', `no JSON: ${error instanceof Error ? excerptOf(error.message) : ''}`);
    }
    if (!isRecord(root)) return this.#fault('malformed', `the frame is ${excerptOf(root)}, expected an object`);
    const isWrapped = Object.hasOwn(root, 'stream') && Object.hasOwn(root, 'data');
    const event = isWrapped ? root['data'] : root;
    if (!isRecord(event)) return this.#fault('malformed', `data is ${excerptOf(event)}, expected an object`);
    this.control = controlOf(event);
    if (this.control) return 0;
    const kind = kindOf(event);
    if (kind === 0) {
      const name = event['e'] ?? Object.keys(event).slice(0, 8).join();
      if (!this.#unknown.learn(excerptOf(name))) return 0;
      return this.#fault('schema-drift', `event ${excerptOf(name)} is unknown`);
    }
    const table = (isWrapped ? this.#envelopes : this.#tables)[kind]!;
    if (!fillRecord(this.scanner, table, root, this.faults)) return 0;
    const complaint = this.#complaint(kind);
    return complaint === null ? kind : this.#fault('out-of-range', `${FRAME_KINDS[kind]}: ${complaint}`);
  }

  #fault(code: FrameFault['code'], detail: string): 0 {
    this.faults.push({ code, detail });
    return 0;
  }
}

// Written out, as these run for every frame and a loop costs three times as much.

/** `{"stream":` */
function startsStream(b: Uint8Array): boolean {
  if (b[0] !== 123 || b[1] !== 34 || b[2] !== 115 || b[3] !== 116 || b[4] !== 114) return false;
  return b[5] === 101 && b[6] === 97 && b[7] === 109 && b[8] === 34 && b[9] === 58;
}

/** `,"data":` */
function startsData(b: Uint8Array, at: number): boolean {
  if (b[at] !== 44 || b[at + 1] !== 34 || b[at + 2] !== 100 || b[at + 3] !== 97) return false;
  return b[at + 4] === 116 && b[at + 5] === 97 && b[at + 6] === 34 && b[at + 7] === 58;
}

/** `{"e":"` */
function startsEvent(b: Uint8Array, at: number): boolean {
  if (b[at] !== 123 || b[at + 1] !== 34 || b[at + 2] !== 101) return false;
  return b[at + 3] === 34 && b[at + 4] === 58 && b[at + 5] === 34;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(event: Readonly<Record<string, unknown>>): number {
  const name = event['e'];
  if (typeof name === 'string')
    return FRAME_KINDS.indexOf(name as FrameKind) > 0 && name !== 'partialDepth' ? FRAME[name as FrameKind] : 0;
  if (name !== undefined) return 0;
  if (Object.hasOwn(event, 'lastUpdateId')) return FRAME.partialDepth;
  return Object.hasOwn(event, 'u') && Object.hasOwn(event, 'B') ? FRAME.bookTicker : 0;
}

function controlOf(event: Readonly<Record<string, unknown>>): ControlFrame | null {
  if (event['e'] === 'serverShutdown') return { kind: 'shutdown' };
  if (Object.hasOwn(event, 'e')) return null;
  const error = isRecord(event['error']) ? event['error'] : Object.hasOwn(event, 'code') ? event : null;
  if (!error && !Object.hasOwn(event, 'result')) return null;
  const id = event['id'];
  return {
    kind: 'answer',
    id: typeof id === 'number' || typeof id === 'string' ? String(id) : '',
    error: error ? `${excerptOf(error['code'])} ${excerptOf(error['msg'])}` : null,
  };
}
