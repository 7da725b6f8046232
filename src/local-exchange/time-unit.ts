import type { Json } from '../core/vocabulary/json.ts';

export type TimeUnit = 'ms' | 'us';

/** Reads `X-MBX-TIME-UNIT` or `timeUnit`; null where it is neither unit. */
export function readTimeUnit(text: string | undefined | null): TimeUnit | null {
  if (text === undefined || text === null || text === '') return 'ms';
  const upper = text.toUpperCase();
  return upper === 'MILLISECOND' ? 'ms' : upper === 'MICROSECOND' ? 'us' : null;
}

/** Fields of Binance's answers and events that hold a time. Some (`t`, `C`, `O`) hold ids or texts elsewhere: {@link isTime} tells. */
const TIME_FIELDS = new Set(
  (
    'serverTime time updateTime transactTime transactionTime workingTime trailingTime openTime closeTime timestamp ' +
    'authorizedSince connectedSince E T t O C W D u'
  ).split(' '),
);

/** Whether a number is an instant in milliseconds of 2001 to 2286. Ids of a local exchange never grow that large. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 1e12 && value < 1e13;
}

/** A kline row tells its times by position: 0 opens, 6 closes. */
function isKline(value: readonly unknown[]): boolean {
  return value.length === 12 && isTime(value[0]) && isTime(value[6]);
}

/** JSON text, with times as milliseconds (as products make them) or as microseconds. */
export function toJson(value: Json, unit: TimeUnit): string {
  if (unit === 'ms') return JSON.stringify(value);
  return JSON.stringify(value, (key, member: unknown) => {
    if (TIME_FIELDS.has(key) && isTime(member)) return member * 1000;
    if (Array.isArray(member) && isKline(member))
      return member.map((cell: unknown, i) => ((i === 0 || i === 6) && isTime(cell) ? cell * 1000 : cell));
    return member;
  });
}
