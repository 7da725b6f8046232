/** What a column of a bar file can be. `date` and `clock` are the two halves of a time that stands in two columns. */
export type BarField = 'time' | 'date' | 'clock' | 'open' | 'high' | 'low' | 'close' | 'volume';

/** What a column of a trade file can be. `buyerIsMaker` is the venue's flag: true means that the taker sold. */
export type TradeField = 'time' | 'date' | 'clock' | 'price' | 'quantity' | 'side' | 'buyerIsMaker';

/** Index of each field's column, from 0; absent fields have none. */
export type ColumnMapping<F extends string> = Partial<Record<F, number>>;

/** Names in order of preference, as {@link normalHeader} writes them. */
const TIME_NAMES = [
  'ts tsms timems opentime opentimems timestamp timestampms unix unixtime unixtimestamp epoch epochms time datetime tsus tss tsns date',
  'opentimestamp starttime start startat bartime candlebegintime gmttime localtime utc utctime t dt eventtime tradetime transacttime indexlevel0 index',
]
  .join(' ')
  .split(' ');

const BAR_NAMES: Readonly<Record<Exclude<BarField, 'time' | 'date' | 'clock'>, readonly string[]>> = {
  open: ['open', 'o', 'openprice', 'first', 'priceopen'],
  high: ['high', 'h', 'highprice', 'max', 'pricehigh'],
  low: ['low', 'l', 'lowprice', 'min', 'pricelow'],
  close: ['close', 'c', 'closeprice', 'last', 'price', 'priceclose', 'closelast'],
  volume: [
    'volume',
    'vol',
    'v',
    'basevolume',
    'volumebase',
    'volumetraded',
    'qty',
    'quantity',
    'amount',
    'tickvol',
    'tickvolume',
  ],
};

const TRADE_NAMES: Readonly<Record<Exclude<TradeField, 'time' | 'date' | 'clock'>, readonly string[]>> = {
  price: ['price', 'p', 'px', 'rate', 'tradeprice'],
  quantity: ['quantity', 'qty', 'amount', 'size', 'volume', 'vol', 'q', 'tradequantity'],
  side: ['side', 'takerside', 'aggressorside', 'direction'],
  buyerIsMaker: ['isbuyermaker', 'buyermaker', 'buyerismaker', 'wasthebuyerthemaker', 'm'],
};

/** A header without case, punctuation and blanks: `' Open_Time '` and `'<OPENTIME>'` are both `opentime`. */
export function normalHeader(header: string): string {
  return header.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Finds the columns of bars among headers, or those that are missing. A volume may be missing; it then counts as 0. */
export function mapBarColumns(headers: readonly string[]): ColumnMapping<BarField> {
  const names = headers.map(normalHeader);
  const mapping: ColumnMapping<BarField> = mapTime(names);
  for (const [field, accepted] of Object.entries(BAR_NAMES)) {
    let index = firstOf(names, accepted);
    // "Volume BTC", "volume_usd": the first of them is the base currency's in the archives that write so.
    if (index < 0 && field === 'volume') index = names.findIndex((name) => name.startsWith('volume'));
    if (index >= 0) mapping[field as BarField] = index;
  }
  return mapping;
}

/** Finds the columns of trades among headers. */
export function mapTradeColumns(headers: readonly string[]): ColumnMapping<TradeField> {
  const names = headers.map(normalHeader);
  const mapping: ColumnMapping<TradeField> = mapTime(names);
  for (const [field, accepted] of Object.entries(TRADE_NAMES)) {
    const index = firstOf(names, accepted);
    if (index >= 0) mapping[field as TradeField] = index;
  }
  return mapping;
}

const SYMBOL_NAMES = ['symbol', 'ticker', 'tic', 'instrument', 'instrumentid', 'instid', 'pair'];

/** Where the symbol of each row stands; −1 where the headers name no such column. */
export function symbolColumn(headers: readonly string[]): number {
  return firstOf(headers.map(normalHeader), SYMBOL_NAMES);
}

/** A header of the mapping that stands there a second time, so that which column is meant is anybody's guess; null where there is none. */
export function headerTwice(mapping: ColumnMapping<string>, headers: readonly string[]): string | null {
  const names = headers.map(normalHeader);
  const twice = Object.values(mapping).find(
    (index) => names.indexOf(names[index!]!) !== names.lastIndexOf(names[index!]!),
  );
  return twice === undefined ? null : headers[twice]!;
}

/** A field of numbers that would be taken from the column of a time; null where there is none. */
export function numberOfTimes(mapping: ColumnMapping<string>): string | null {
  const times = ['time', 'date', 'clock'];
  const columns = times.flatMap((field) => mapping[field] ?? []);
  const found = Object.entries(mapping).find(([field, index]) => !times.includes(field) && columns.includes(index!));
  return found?.[0] ?? null;
}

function firstOf(names: readonly string[], accepted: readonly string[]): number {
  for (const name of accepted) {
    const index = names.indexOf(name);
    if (index >= 0) return index;
  }
  return -1;
}

function mapTime(names: readonly string[]): { time?: number; date?: number; clock?: number } {
  const date = names.indexOf('date');
  const clock = firstOf(names, ['time', 'timeofday', 'hour']);
  if (date >= 0 && clock >= 0) return { date, clock };
  const time = firstOf(names, TIME_NAMES);
  return time >= 0 ? { time } : {};
}

/** Required fields that the mapping lacks, by name; empty where it is usable. */
export function missingBarFields(mapping: ColumnMapping<BarField>): readonly string[] {
  const missing: string[] = (['open', 'high', 'low', 'close'] as const).filter((field) => mapping[field] === undefined);
  return hasTime(mapping) ? missing : ['time', ...missing];
}

/** As {@link missingBarFields}, for trades; without a side the taker is unknown. */
export function missingTradeFields(mapping: ColumnMapping<TradeField>): readonly string[] {
  const missing: string[] = (['price', 'quantity'] as const).filter((field) => mapping[field] === undefined);
  return hasTime(mapping) ? missing : ['time', ...missing];
}

function hasTime(mapping: { readonly time?: number; readonly date?: number; readonly clock?: number }): boolean {
  return mapping.time !== undefined || (mapping.date !== undefined && mapping.clock !== undefined);
}

/** Columns as the user names them: a header, or a position counted from 1. */
export type ColumnChoice<F extends string> = Partial<Record<F, string | number>>;

/**
 * Reads `'time=Date,open=O,close=5'` (field = header or position from 1), or a plain list of fields in file order with `-` for a
 * column to leave out: `'time,open,high,low,close,-,volume'`. Returns null where a field is not one of `fields`, or is named twice.
 */
export function parseColumnChoice<F extends string>(text: string, fields: readonly F[]): ColumnChoice<F> | null {
  const choice: ColumnChoice<F> = {};
  const parts = text.split(',').map((part) => part.trim());
  for (const [i, part] of parts.entries()) {
    const equals = part.indexOf('=');
    if (equals < 0 && (part === '-' || part === '')) continue;
    const name = (equals < 0 ? part : part.slice(0, equals).trim()) as F;
    if (!fields.includes(name) || name in choice) return null;
    const value = equals < 0 ? String(i + 1) : part.slice(equals + 1).trim();
    if (value === '') return null;
    choice[name] = /^\d+$/.test(value) ? Number(value) : value;
  }
  return choice;
}

/**
 * Puts the user's choice over an automatic mapping. A header is looked for exactly, then without case and punctuation.
 * Returns the first header or position that is not there as text.
 */
export function applyColumnChoice<F extends string>(
  mapping: ColumnMapping<F>,
  choice: ColumnChoice<F>,
  headers: readonly string[],
): ColumnMapping<F> | string {
  const result: ColumnMapping<F> = { ...mapping };
  if ('time' in choice) for (const half of ['date', 'clock'] as const) delete result[half as unknown as F];
  if ('date' in choice) delete result['time' as F];
  const normal = headers.map(normalHeader);
  for (const [field, wanted] of Object.entries(choice) as [F, string | number][]) {
    const exact = typeof wanted === 'number' ? wanted - 1 : headers.indexOf(wanted);
    const index = exact >= 0 || typeof wanted === 'number' ? exact : normal.indexOf(normalHeader(wanted));
    if (index < 0 || index >= headers.length) return String(wanted);
    result[field] = index;
  }
  return result;
}

export const BAR_COLUMN_FIELDS: readonly BarField[] = [
  'time',
  'date',
  'clock',
  'open',
  'high',
  'low',
  'close',
  'volume',
];
export const TRADE_COLUMN_FIELDS: readonly TradeField[] = [
  'time',
  'date',
  'clock',
  'price',
  'quantity',
  'side',
  'buyerIsMaker',
];
