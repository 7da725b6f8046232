import type { RestFailure } from '../../connectivity/rest-caller.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type TimeMs } from '../../core/vocabulary/time.ts';
import type { VenueErrorCode } from '../../ports/venue-error.ts';

export type BinanceProduct = 'spot' | 'usdm';

/** Binance's codes without their minus sign; a pair is a range, both ends included. */
type Codes = readonly (number | readonly [from: number, to: number])[];
type Table = Partial<Record<VenueErrorCode, Codes>>;

/** Codes that mean the same on spot and USD-M futures. What proves nothing is told by `proof` in {@link VENUE_ERRORS}. */
const SHARED: Table = {
  // 1000, 1001, 1006 and 1016 say that something broke, not what became of the request.
  unavailable: [1000, 1001, 1006, 1016],
  timeout: [1007],
  'rate-limited': [1003, 1034],
  'too-many-orders': [1015],
  'key-invalid': [1002, 2014, 2015],
  'clock-skewed': [1021],
  'signature-invalid': [1022],
  'symbol-unknown': [1121],
  unsupported: [1020],
  'filter-violated': [1013, 1111],
  'order-refused': [1112, 2010],
  'unknown-order': [2011, 2013],
  // 1010 is whatever the engine said: only a text of TEXTS makes it a proof.
  'answer-unreadable': [1010],
  'request-invalid': [
    1014,
    1033,
    1035,
    1108,
    1130,
    1131,
    1134,
    1135,
    1139,
    1145,
    1151,
    1158,
    1160,
    1165,
    1166,
    1168,
    1194,
    1220,
    1221,
    [1100, 1106],
    [1114, 1120],
    [1122, 1128],
    [1152, 1155],
    [1161, 1161],
    [1169, 1191],
    [1196, 1199],
    [1210, 1211],
    [1222, 1225],
  ],
};

const SPOT: Table = {
  // The throttle of spot says nothing of a request that was under way.
  unavailable: [1008],
  'market-closed': [2016],
  // Half of a cancel-replace was done: nothing is proven of the whole.
  'answer-unreadable': [2021],
  'order-refused': [2022, 2038],
  // Archived: canceled or expired without a fill more than 90 days ago.
  'unknown-order': [2026],
  'request-invalid': [2035, 2036, 2039, 2042, 2043],
};

const USDM: Table = {
  // Documented as failed and not counted; closing orders are exempt.
  'rate-limited': [1008],
  'ip-not-allowed': [1004, 1005, 1011],
  'key-invalid': [1099, 4056, 4057],
  'insufficient-balance': [2018, 2019, 4050, 4051],
  'would-trigger-immediately': [2021, 4142],
  'reduce-only-rejected': [2022, 2024, 4118],
  'too-many-orders': [2025, 4045],
  'duplicate-order': [4116],
  'post-only-would-take': [5022],
  'clock-skewed': [5028],
  'symbol-unknown': [4144],
  'market-closed': [4140, 4141],
  unsupported: [4120, 5025],
  'trading-not-permitted': [2017, 2023, 4087, 4088, 4109, 4189, 4192, [4202, 4209], [4400, 4403]],
  'filter-violated': [[4001, 4007], 4013, 4014, 4016, 4023, 4024, 4131, 4135, 4164, 4183, 4184, 4210, 4211, 5029],
  'order-refused': [
    2012,
    2020,
    2027,
    2028,
    4000,
    4067,
    4068,
    [4105, 4107],
    4117,
    4161,
    [4167, 4172],
    4531,
    5021,
    5024,
    5026,
    5027,
    5041,
    5043,
  ],
  // Which orders of a batch were placed is not said.
  'answer-unreadable': [4083],
  'request-invalid': [
    1023,
    1109,
    1110,
    1113,
    1136,
    2026,
    4015,
    4021,
    4028,
    4031,
    4032,
    4044,
    [4046, 4049],
    [4052, 4055],
    [4059, 4062],
    4082,
    4104,
    4114,
    4115,
    [4137, 4139],
    4165,
    [5037, 5040],
  ],
};

/** Codes that stand for many reasons, of which the text tells the one. Binance's texts are part of its protocol. */
const TEXT_TOLD = new Set([1010, 1013, 2010, 2011, 2038]);
const TEXTS: readonly (readonly [RegExp, VenueErrorCode])[] = [
  [/unknown order sent/i, 'unknown-order'],
  [/duplicate order sent/i, 'duplicate-order'],
  [/market is closed/i, 'market-closed'],
  [/insufficient balance/i, 'insufficient-balance'],
  [/immediately match and take/i, 'post-only-would-take'],
  [/trigger immediately/i, 'would-trigger-immediately'],
  [/Filter failure: (?:EXCHANGE_)?MAX_NUM_(?!ORDER_AMENDS)/, 'too-many-orders'],
  [/Filter failure: MAX_NUM_ORDER_AMENDS/, 'order-refused'],
  [/Filter failure|QTY is zero|exceeds QTY|self-trade prevention mode/i, 'filter-violated'],
  [/not supported/i, 'unsupported'],
  [/disabled on this account|may not place|not permitted|restricted for this account/i, 'trading-not-permitted'],
  [
    /liquidity is less|relationship of the prices|cancel restrictions|change no state|origClOrdId and orderId|unsupported order combination/i,
    'order-refused',
  ],
];

function indexOf(tables: readonly Table[]): ReadonlyMap<number, VenueErrorCode> {
  const index = new Map<number, VenueErrorCode>();
  for (const table of tables)
    for (const [code, numbers] of Object.entries(table) as [VenueErrorCode, Codes][])
      for (const each of numbers) {
        const [from, to] = typeof each === 'number' ? [each, each] : each;
        for (let n = from; n <= to; n++) index.set(n, code);
      }
  return index;
}

const INDEX: Readonly<Record<BinanceProduct, ReadonlyMap<number, VenueErrorCode>>> = {
  spot: indexOf([SHARED, SPOT]),
  usdm: indexOf([SHARED, USDM]),
};

/**
 * What a code of Binance means. A code that the table does not know is `answer-unreadable`, which proves nothing: an order that it answered
 * stays open until the venue is asked.
 */
export function meaningOf(product: BinanceProduct, code: number, text: string): VenueErrorCode {
  const number = Math.abs(code);
  const told = TEXT_TOLD.has(number) ? TEXTS.find(([pattern]) => pattern.test(text))?.[1] : undefined;
  return told ?? INDEX[product].get(number) ?? 'answer-unreadable';
}

/** A refusal as it came: HTTP status, and code and text where the body had them. */
export interface Refusal {
  readonly status: number;
  readonly code: number | null;
  readonly text: string;
}

/**
 * The status says more than the code where the server itself is in trouble: every 5xx leaves the fate of the request open, except USD-M's
 * throttle (−1008), which is documented as not carried out. Statuses: protocol section 6; 403 is the web firewall, of which nothing is known.
 */
function codeOf(product: BinanceProduct, refusal: Refusal): VenueErrorCode {
  const { status, code, text } = refusal;
  if (status === 418) return 'banned';
  if (status === 408) return 'timeout';
  if (status >= 500) {
    if (code === -1007) return 'timeout';
    return product === 'usdm' && code === -1008 ? 'rate-limited' : 'unavailable';
  }
  if (code !== null) return meaningOf(product, code, text);
  if (status === 429) return 'rate-limited';
  if (status === 401) return 'key-invalid';
  return status === 403 ? 'unavailable' : 'answer-unreadable';
}

/** The refusal in our words and Binance's. */
export function judgeRefusal(product: BinanceProduct, refusal: Refusal): RestFailure {
  const { status, code, text } = refusal;
  const said = code === null ? `status ${status}` : `status ${status}, code ${code}`;
  return {
    code: codeOf(product, refusal),
    venueCode: code === null ? null : String(code),
    message: text === '' ? said : `${said}: ${text}`,
  };
}

const BANNED_UNTIL = /banned until (\d{13})/;

/** How long a ban lasts by its text, where no header says it; null where the text does not say it either. */
export function bannedForMs(text: string, nowMs: TimeMs): number | null {
  const until = BANNED_UNTIL.exec(text)?.[1];
  return until === undefined ? null : Math.max(0, Number(until) - nowMs);
}

const ORDERS_PER = /orders per (\d{1,4}) (SECOND|MINUTE|HOUR|DAY)/;
const LENGTH_MS = { SECOND: SECOND_MS, MINUTE: MINUTE_MS, HOUR: HOUR_MS, DAY: DAY_MS } as const;
/** The count of a day falls as orders fill: nobody waits for its end without having asked. */
const LONGEST_COUNT_MS = MINUTE_MS;

/**
 * How long orders must wait by the text of -1015, where no header says it: to the end of the window that it names, which the venue aligns to
 * its clock, a minute at most. Null where it names none.
 */
export function countedOutForMs(text: string, venueNowMs: TimeMs): number | null {
  const [, count, unit] = ORDERS_PER.exec(text) ?? [];
  const windowMs = Number(count) * (LENGTH_MS[unit as keyof typeof LENGTH_MS] ?? 0);
  return windowMs > 0 ? Math.min(LONGEST_COUNT_MS, windowMs - (venueNowMs % windowMs)) : null;
}
