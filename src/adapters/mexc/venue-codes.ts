import type { RestFailure, RestRequest } from '../../connectivity/rest-caller.ts';
import type { HttpAnswer } from '../../ports/transport.ts';
import type { VenueErrorCode } from '../../ports/venue-error.ts';

/**
 * MEXC's codes in our words. From the venue's page "Error Code"; −1121 and −1128 are what its Binance-like routes answer besides.
 * A code that stands here proves that the request was not carried out, except for those of `unavailable`.
 */
const CODES: Readonly<Record<number, VenueErrorCode>> = {
  [-2011]: 'unknown-order',
  [-1121]: 'symbol-unknown',
  [-1128]: 'request-invalid',
  26: 'trading-not-permitted',
  400: 'key-invalid',
  401: 'trading-not-permitted',
  403: 'trading-not-permitted',
  406: 'ip-not-allowed',
  429: 'rate-limited',
  500: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
  510: 'rate-limited',
  602: 'signature-invalid',
  10001: 'key-invalid',
  10007: 'symbol-unknown',
  10072: 'key-invalid',
  10073: 'clock-skewed',
  10095: 'filter-violated',
  10096: 'filter-violated',
  10097: 'filter-violated',
  10098: 'filter-violated',
  10101: 'insufficient-balance',
  10102: 'filter-violated',
  22222: 'unknown-order',
  30000: 'market-closed',
  30001: 'order-refused',
  30002: 'filter-violated',
  30003: 'filter-violated',
  30004: 'insufficient-balance',
  30005: 'insufficient-balance',
  30010: 'order-refused',
  30014: 'symbol-unknown',
  30016: 'market-closed',
  30018: 'order-refused',
  30019: 'order-refused',
  30020: 'trading-not-permitted',
  30021: 'symbol-unknown',
  30025: 'order-refused',
  30026: 'request-invalid',
  30027: 'order-refused',
  30028: 'order-refused',
  30029: 'too-many-orders',
  30032: 'order-refused',
  30041: 'order-refused',
  33333: 'request-invalid',
  44444: 'request-invalid',
  60005: 'trading-not-permitted',
  70011: 'trading-not-permitted',
  700001: 'key-invalid',
  700002: 'signature-invalid',
  700003: 'clock-skewed',
  700004: 'request-invalid',
  700005: 'request-invalid',
  700006: 'ip-not-allowed',
  700007: 'trading-not-permitted',
  700008: 'request-invalid',
};

/** Codes of bodies that are a success: `{ "code": 200, "data": … }`, `{ "code": 0, … }`. */
const SUCCESS = new Set([0, 200]);

function codeOf(venueCode: number): VenueErrorCode {
  const known = CODES[venueCode];
  if (known !== undefined) return known;
  // Sub-accounts' own range; none of it is about an order that could have been carried out.
  return venueCode >= 730_000 && venueCode < 731_000 ? 'trading-not-permitted' : 'answer-unreadable';
}

/** The `code` and `msg` of an error body, or null where the body is no such object. */
function errorBody(body: Uint8Array): { readonly code: number; readonly msg: string } | null {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    // A page of the venue's edge, such as a firewall's, is no JSON: the caller judges by the status alone.
    return null;
  }
  if (typeof json !== 'object' || json === null || !('code' in json)) return null;
  const code = Number(json.code);
  const msg = 'msg' in json && typeof json.msg === 'string' ? json.msg : '';
  return Number.isInteger(code) ? { code, msg } : null;
}

/**
 * Why an answer is no success; null where it is one. 5xx never proves anything, whatever its body says; a 4xx whose code is not known
 * proves nothing either, and is therefore `answer-unreadable`.
 */
export function judgeAnswer(answer: HttpAnswer, request: Pick<RestRequest, 'method' | 'path'>): RestFailure | null {
  const { status } = answer;
  const error = errorBody(answer.body);
  const venueCode = error === null ? null : String(error.code);
  const message = `${request.method} ${request.path}: HTTP ${status}${error === null ? '' : `, ${error.code} ${error.msg}`}`;
  if (status >= 500) return { code: status === 504 ? 'timeout' : 'unavailable', venueCode, message };
  if (status === 429) return { code: 'rate-limited', venueCode, message };
  if (status === 418) return { code: 'banned', venueCode, message };
  if (status >= 200 && status < 300) {
    if (error === null || SUCCESS.has(error.code)) return null;
    return { code: codeOf(error.code), venueCode, message };
  }
  return {
    code: error === null || SUCCESS.has(error.code) ? 'answer-unreadable' : codeOf(error.code),
    venueCode,
    message,
  };
}
