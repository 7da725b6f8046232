/**
 * When a fault is decided. `request`: once for each REST request or WebSocket-API call that it may hit. `user-event`, `market-event`:
 * once for each event. `time`: by the exchange's clock, for a while.
 */
export type FaultOccasion = 'request' | 'user-event' | 'market-event' | 'time';

export interface FaultRow {
  readonly name: string;
  readonly occasion: FaultOccasion;
  /** What a client sees, and what has really happened. */
  readonly does: string;
  /** Which settings it reads, beyond `chance`, `everyMs`, `forMs` and `only`. */
  readonly reads?: readonly ('delayMs' | 'byMs' | 'filter')[];
}

/**
 * What can go wrong on purpose. Faults are applied between the products and the wire: a product always knows the truth, and a query
 * tells it.
 */
export const FAULTS = [
  {
    name: 'acknowledgement-lost',
    occasion: 'request',
    does: 'The request is carried out; its connection is cut instead of an answer (a WebSocket-API call is just never answered).',
  },
  {
    name: 'reply-late',
    occasion: 'request',
    does: 'The request is carried out at once and answered `delayMs` of real time later (default 3000).',
    reads: ['delayMs'],
  },
  {
    name: 'error-before-acceptance',
    occasion: 'request',
    does: 'HTTP 503, code -1008: nothing was carried out.',
  },
  {
    name: 'error-after-acceptance',
    occasion: 'request',
    does: 'The request is carried out; the answer is HTTP 503 with the code and text of an unknown status (-1007; -1000 on futures).',
  },
  {
    name: 'too-many-requests',
    occasion: 'request',
    does: 'HTTP 429, code -1003, with Retry-After: nothing was carried out.',
  },
  {
    name: 'address-banned',
    occasion: 'request',
    does: 'HTTP 418, code -1003, with Retry-After: the address is banned for two minutes at first, longer each time.',
  },
  {
    name: 'snapshot-crossed',
    occasion: 'request',
    does: 'A depth snapshot whose best bid stands above its best ask.',
  },
  { name: 'user-event-duplicated', occasion: 'user-event', does: 'An event of an account is sent twice.' },
  {
    name: 'user-events-reordered',
    occasion: 'user-event',
    does: 'An event of an account is held back and sent after the next one, or `delayMs` later (default 250) if none comes.',
    reads: ['delayMs'],
  },
  { name: 'user-event-lost', occasion: 'user-event', does: 'An event of an account is never sent.' },
  {
    name: 'depth-gap',
    occasion: 'market-event',
    does: 'A depthUpdate is not sent to anybody, so that the ids of the next do not follow.',
  },
  {
    name: 'streams-stalled',
    occasion: 'time',
    does: 'Connections stay open and are pinged, but no market or account data is sent; it is lost, not late.',
  },
  {
    name: 'connections-dropped',
    occasion: 'time',
    does: 'Every WebSocket is cut; new ones are refused with HTTP 503 for `forMs`.',
  },
  {
    name: 'listen-key-expired',
    occasion: 'time',
    does: 'Every listen key expires at once, with its event where there is one.',
  },
  {
    name: 'clock-skewed',
    occasion: 'time',
    does: "The server's clock, as told and as timestamps are checked against, is off by `byMs` (default 5000 fast).",
    reads: ['byMs'],
  },
  {
    name: 'filters-changed',
    occasion: 'time',
    does: 'exchangeInfo tells another tick or step, ten times as coarse unless `filter` says otherwise, and orders are held to it.',
    reads: ['filter'],
  },
  {
    name: 'maintenance',
    occasion: 'time',
    does: 'Every REST request and WebSocket-API call is answered with HTTP 503, code -1016.',
  },
  {
    name: 'market-closed',
    occasion: 'time',
    does: 'exchangeInfo tells status BREAK, and orders are refused; the rest works.',
  },
] as const satisfies readonly FaultRow[];

export type FaultName = (typeof FAULTS)[number]['name'];

/** A new rule for `filters-changed`: which filter of which symbols (`only.symbol`), and its grid as decimal text. */
export interface FilterChange {
  readonly type: 'PRICE_FILTER' | 'LOT_SIZE';
  readonly gridSize: string;
}

/** A fault that is switched on. */
export interface FaultSetting {
  readonly fault: FaultName;
  /** Probability at each occasion, 0 to 1; not for faults of time. */
  readonly chance?: number;
  /** Faults of time: mean pause between one and the next, exchange clock. Without it they come only when injected. */
  readonly everyMs?: number;
  /** Faults of time: how long it lasts, exchange clock. Default: until cleared. */
  readonly forMs?: number;
  readonly delayMs?: number;
  readonly byMs?: number;
  readonly filter?: FilterChange;
  /** Narrows what it hits; whatever is left out matches all. */
  readonly only?: FaultSubject;
}

/** What a fault may hit. */
export interface FaultSubject {
  readonly product?: 'spot' | 'usdm';
  /** A REST path or WebSocket-API method. */
  readonly path?: string;
  readonly method?: string;
  readonly symbol?: string;
  /** Name of an account. */
  readonly account?: string;
  /** Type of a user event (`executionReport`). */
  readonly event?: string;
}

export function faultRow(name: string): FaultRow {
  const row = FAULTS.find((f) => f.name === name);
  if (row === undefined)
    throw new RangeError(`unknown fault "${name}"; there are ${FAULTS.map((f) => f.name).join(', ')}`);
  return row;
}
