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

/** The first packet of a connection says who the server is and names no method. */
export function isSessionInfo(packet: unknown): boolean {
  return isRecord(packet) && packet['m'] === undefined && typeof packet['session_id'] === 'string';
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
    sentMs: typeof sentMs === 'number' ? sentMs : null,
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
  const [time, open, high, low, close, volume = 0] = values;
  const numbers = [i, time, open, high, low, close, volume];
  if (!numbers.every((each) => typeof each === 'number' && Number.isFinite(each))) {
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

/** Seconds by which data without permission for real time are late: `delayed_streaming_900`. 0 where they are not. */
export function delaySeconds(mode: unknown): number {
  const match = typeof mode === 'string' ? /^delayed_streaming_(\d+)$/.exec(mode) : null;
  return match === null ? 0 : Number(match[1]);
}
