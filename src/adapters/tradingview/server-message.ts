import type { TimeMs } from '../../core/vocabulary/time.ts';

/** A message of the server about one session. */
export interface ServerMessage {
  readonly method: string;
  readonly session: string;
  readonly parameters: readonly unknown[];
  /** When the server sent it; null where it does not say. */
  readonly sentMs: TimeMs | null;
  /** Takes secrets out of the server's words. */
  readonly redact: (text: string) => string;
}

/** Index in the series, open time, open, high, low, close, volume (0 where the venue has none). */
export interface BarRow {
  readonly index: number;
  readonly openMs: TimeMs;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** TradingView writes 1e100 where it has no figure. */
const NO_FIGURE = 1e100;

export function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) < NO_FIGURE;
}

/** The first packet of a connection says who the server is, and what time it is there, and names no method. Null for other packets. */
export function sessionInfo(packet: unknown): { readonly timeMs: TimeMs | null } | null {
  if (!isRecord(packet) || packet['m'] !== undefined || typeof packet['session_id'] !== 'string') return null;
  const { timestampMs: timeMs, timestamp: seconds } = packet;
  return { timeMs: isFigure(timeMs) ? timeMs : isFigure(seconds) ? seconds * 1_000 : null };
}

/** Null where a packet is no message. */
export function serverMessage(packet: unknown, redact: (text: string) => string): ServerMessage | null {
  if (!isRecord(packet)) return null;
  const { m: method, p: parameters, t_ms: sentMs } = packet;
  if (typeof method !== 'string' || !Array.isArray(parameters)) return null;
  const [session] = parameters as readonly unknown[];
  return {
    method,
    session: typeof session === 'string' ? session : '',
    parameters,
    sentMs: isFigure(sentMs) ? sentMs : null,
    redact,
  };
}

/** Rows of a series in `timescale_update` or `du`, oldest first; null where the message is not about it. Throws a RangeError on a bad row. */
export function barRows(message: ServerMessage, series: string): readonly BarRow[] | null {
  const [, data] = message.parameters;
  const found = isRecord(data) ? data[series] : undefined;
  if (!isRecord(found)) return null;
  const rows = found['s'] ?? [];
  if (!Array.isArray(rows)) throw new RangeError(`expected rows of ${series}, found ${typeof rows}`);
  return rows.map((row) => barRow(row, message.redact)).sort((a, b) => a.openMs - b.openMs);
}

function barRow(row: unknown, redact: (text: string) => string): BarRow {
  const { i, v } = isRecord(row) ? row : {};
  const values = Array.isArray(v) ? (v as readonly unknown[]) : [];
  const [time, open, high, low, close, told] = values;
  // Indices and currencies have no volume.
  const volume = told === undefined || told === null || told === NO_FIGURE ? 0 : told;
  const numbers = [i, time, open, high, low, close, volume];
  if (!numbers.every(isFigure) || (volume as number) < 0) {
    throw new RangeError(`expected a bar of numbers, found ${redact(JSON.stringify(row) ?? 'nothing').slice(0, 120)}`);
  }
  const bar = { open, high, low, close, volume } as Omit<BarRow, 'index' | 'openMs'>;
  if (!(bar.low <= Math.min(bar.open, bar.close) && bar.high >= Math.max(bar.open, bar.close))) {
    throw new RangeError(`expected low <= open, close <= high, found ${redact(JSON.stringify(row)).slice(0, 120)}`);
  }
  return { index: i as number, openMs: Math.round((time as number) * 1000), ...bar };
}

/** Text of a parameter of an error message, without secrets. */
export function textAt(message: ServerMessage, place: number): string {
  const value = message.parameters[place];
  return message.redact(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

const DAY_MS = 86_400_000;

/** How late data are: `streaming`, `delayed_streaming_900` (seconds), `endofday`. A word that is not known counts as a day late. */
export function delayMs(mode: unknown): number {
  if (typeof mode !== 'string' || mode === 'streaming') return 0;
  const match = /^delayed_streaming_(\d{1,6})$/.exec(mode);
  return match === null ? DAY_MS : Number(match[1]) * 1_000;
}
