import type { EventLine } from '../../desk/events.ts';
import { textOf } from '../../format/words.ts';

export interface Wanted {
  readonly types: readonly string[];
  /** Each must stand somewhere in an event. */
  readonly words: readonly string[];
  /** Not older than so much before the newest. */
  readonly sinceMs: number | null;
  readonly order: string | null;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `type:order-filled BTCUSDT since:10m` as what is looked for. */
export function parseSearch(text: string): Wanted {
  const [types, words]: [string[], string[]] = [[], []];
  let sinceMs: number | null = null;
  let order: string | null = null;
  for (const word of text
    .toLowerCase()
    .split(/\s+/)
    .filter((each) => each !== '')) {
    const since = /^since:-?(\d+(?:\.\d+)?)([smhd])$/.exec(word);
    if (word.startsWith('type:')) types.push(word.slice(5));
    else if (word.startsWith('order:')) order = word.slice(6);
    else if (since !== null) sinceMs = Number(since[1]) * UNITS[since[2]!]!;
    else words.push(word);
  }
  return { types, words, sinceMs, order };
}

export function isWanted({ type, text, time, data }: EventLine, { types, words, sinceMs, order }: Wanted): boolean {
  if (types.length > 0 && !types.some((each) => type.includes(each))) return false;
  if (order !== null && textOf(data['order']).toLowerCase() !== order) return false;
  if (sinceMs !== null && Date.parse(time) < Date.now() - sinceMs) return false;
  if (words.length === 0) return true;
  const whole = `${type} ${text}`.toLowerCase();
  return words.every((word) => whole.includes(word));
}
