import type { ProblemError } from '../../../src/api/client/problem.ts';
import { makeKey } from '../../../src/api/client/request.ts';
import { type OperationName, servedOperation } from '../../../src/api/client/served.ts';

/** The idempotency key of a deed whose outcome is not known. */
export interface KeptKey {
  readonly key: string;
  /** When it was asked for first, by the browser's clock. */
  readonly askedAtMs: number;
}

/** Of the tab: neither another page nor loading it anew forgets what may have been done. */
const PLACE = 'tradewright.deeds';
const MOST = 100;

function read(): Record<string, KeptKey> {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) ?? '{}') as Record<string, KeptKey>;
  } catch {
    return {};
  }
}

function write(kept: Record<string, KeptKey>): void {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(Object.fromEntries(Object.entries(kept).slice(-MOST))));
  } catch {
    // A browser that keeps nothing: the key lives as long as the page, which cannot be helped.
  }
}

const nameOf = (operation: OperationName, input: unknown): string => `${operation} ${JSON.stringify(input)}`;

/** The key under which the same deed is asked for again; a new one where its outcome is known, or it was never asked for. */
export function keyOf(operation: OperationName, input: unknown): KeptKey & { readonly isAgain: boolean } {
  const kept = read();
  const name = nameOf(operation, input);
  const known = kept[name];
  if (known !== undefined) return { ...known, isAgain: true };
  const made = { key: makeKey(), askedAtMs: Date.now() };
  write({ ...kept, [name]: made });
  return { ...made, isAgain: false };
}

/** What became of it is known, or somebody wants another one: the next is a new deed. */
export function forgetKey(operation: OperationName, input: unknown): void {
  const { [nameOf(operation, input)]: _known, ...rest } = read();
  write(rest);
}

/** Nobody has answered, or something else in the place of the server: it may have been carried out, and asked again it tells. */
const UNANSWERED = new Set(['server-unreachable', 'server-different', 'page-failed']);
/** Answers below 500 that prove nothing. */
const UNPROVEN = new Set(['idempotency-unfinished', 'interrupted']);

/** Whether a deed that failed so may have been done all the same. */
export function isUnknown(operation: OperationName, { code, status, details }: ProblemError): boolean {
  if (UNANSWERED.has(code)) return true;
  // The session never took it.
  if (code === 'session-silent' && details['isWithdrawn'] === true) return false;
  if (status !== null && status < 500 && !UNPROVEN.has(code)) return false;
  // An order twice is two orders. Whatever else is done sets what it sets, and must act when it is asked for again.
  return servedOperation(operation).scope === 'trade';
}
