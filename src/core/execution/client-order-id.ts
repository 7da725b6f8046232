import { hashText } from '../vocabulary/hash.ts';

/**
 * Client order id: session, order number and attempt in at most 32 alphanumerics, so that every venue takes it and a replay
 * makes the same one again. `session` is at most 12 alphanumerics.
 */
export function clientOrderId(session: string, row: number, attempt = 0): string {
  return `${session}o${row.toString(36)}a${attempt.toString(36)}`;
}

/** The order number in an id made by {@link clientOrderId} of the same session, or null for a stranger's id. */
export function orderOfClientId(session: string, id: string): { row: number; attempt: number } | null {
  if (!id.startsWith(`${session}o`)) return null;
  const match = /^([0-9a-z]+)a([0-9a-z]+)$/.exec(id.slice(session.length + 1));
  return match ? { row: Number.parseInt(match[1]!, 36), attempt: Number.parseInt(match[2]!, 36) } : null;
}

/** What {@link clientOrderId} is given for a session of this name: twelve characters that belong to it alone. */
export function orderSession(name: string, isLive: boolean): string {
  return `${isLive ? 'l' : 'p'}${hashText(name).slice(0, 11)}`;
}

/** What ids of orders begin with that close the positions of a session in its stead (`src/kill`). */
export function closingPrefix(session: string): string {
  return `k${session.slice(1)}t`;
}
