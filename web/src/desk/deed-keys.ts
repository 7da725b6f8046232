import type { ProblemError } from '../../../src/api/client/problem.ts';
import { makeKey } from '../../../src/api/client/request.ts';
import type { OperationName } from '../../../src/api/client/served.ts';

/** The idempotency key of a deed whose outcome is not known. */
export interface KeptKey {
  readonly key: string;
  /** When it was asked for first, by the browser's clock. */
  readonly askedAtMs: number;
}

/** Of the tab: neither another page nor loading it anew forgets what may have been done. */
const PLACE = 'tradewright.deeds';
const MOST = 100;
/** So long a server remembers what was asked for under a key. */
const KEPT_MS = 86_400_000;

function read(): Record<string, KeptKey> {
  try {
    const kept = JSON.parse(sessionStorage.getItem(PLACE) ?? '{}') as Record<string, KeptKey>;
    return Object.fromEntries(Object.entries(kept).filter(([, { askedAtMs }]) => Date.now() - askedAtMs < KEPT_MS));
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

/**
 * Deeds of which two are twice as much. Whatever else is done sets what it sets: asked for again it must act again, as a kill must that was lifted
 * meanwhile, and is never answered from memory.
 */
const ADDING: ReadonlySet<OperationName> = new Set(['order place', 'order buy', 'order sell', 'execution execute']);

const nameOf = (operation: OperationName, input: unknown): string => `${operation} ${JSON.stringify(input)}`;

/** The key under which the same deed is asked for again; a new one where its outcome is known, or it was never asked for. */
export function keyOf(operation: OperationName, input: unknown): KeptKey & { readonly isAgain: boolean } {
  const made = { key: makeKey(), askedAtMs: Date.now() };
  if (!ADDING.has(operation)) return { ...made, isAgain: false };
  const kept = read();
  const name = nameOf(operation, input);
  const known = kept[name];
  if (known !== undefined) return { ...known, isAgain: true };
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

/** Whether a deed that failed so may have been done all the same, and must not be done again unasked. */
export function isUnknown(operation: OperationName, { code, status, details }: ProblemError): boolean {
  if (!ADDING.has(operation)) return false;
  if (UNANSWERED.has(code) || UNPROVEN.has(code)) return true;
  if (code === 'server-busy') return false;
  // The session never took it.
  if (code === 'session-silent' && details['isWithdrawn'] === true) return false;
  return status === null || status >= 500;
}
