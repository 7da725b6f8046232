import { type BrowserSession, CSRF_HEADER } from '../browser-session.ts';
import { fieldKind, shapeOf } from '../field-shape.ts';
import type { Operation, Warning } from '../operation.ts';
import { ProblemError, problemFrom, unreachable } from './problem.ts';

export interface CallOptions {
  /** Of a command: names the deed. One is made where it is left out; give the same one to ask for the same deed again. */
  readonly key?: string;
  /** Hears how far it is. */
  readonly progress?: (phase: string, done: number, total: number) => void;
  /** Hears what is worth knowing and no failure. */
  readonly warn?: (warning: Warning) => void;
  /** Ends the waiting. A command goes on at the server. */
  readonly signal?: AbortSignal;
}

export interface Target {
  /** Where the server answers, without a slash at its end. */
  readonly url: string;
  readonly key: string | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** Of the sign-in whose cookie the browser sends; null before it is known. */
  csrfToken: string | null;
}

/** A command under its key, and anything that only reads, may be asked for again where no answer came. */
const TRIES = 3;
const FIRST_PAUSE_MS = 250;

interface Envelope {
  readonly data: unknown;
  readonly warnings: readonly Warning[];
}

/** Carries an operation out at the server. Rejects with {@link ProblemError}. */
export async function request(
  target: Target,
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  { key, progress, warn, signal }: CallOptions,
): Promise<unknown> {
  const isCommand = operation.kind === 'command';
  const deed = key ?? makeKey();
  const path = `${target.url}/api/${operation.name.replaceAll(' ', '/')}`;
  const words = isCommand ? '' : queryOf(operation, input);
  // Of a stream, lines go on without end.
  const wantsLines = progress !== undefined && operation.kind !== 'stream';
  const init = (): RequestInit => ({
    method: isCommand ? 'POST' : 'GET',
    headers: {
      accept: wantsLines ? 'application/x-ndjson' : 'application/json',
      ...(target.key === undefined ? {} : { authorization: `Bearer ${target.key}` }),
      ...(isCommand ? { 'content-type': 'application/json', 'idempotency-key': deed } : {}),
      ...(isCommand && target.csrfToken !== null ? { [CSRF_HEADER]: target.csrfToken } : {}),
    },
    ...(isCommand ? { body: JSON.stringify(input) } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
  let refused = 0;
  for (let pauseMs = FIRST_PAUSE_MS, tries = 1; ; tries++, pauseMs *= 2) {
    try {
      const { data, warnings } = await once(target, `${path}${words}`, init(), progress);
      for (const warning of warnings) warn?.(warning);
      return data;
    } catch (error) {
      if (signal?.aborted === true) throw new ProblemError('interrupted', 'it was not waited for to the end');
      // Nobody has said yet what token the cookie has, or another sign-in has taken its place. Nothing was done.
      if (error instanceof ProblemError && error.code === 'csrf-refused' && refused++ === 0) {
        target.csrfToken = (await readSession(target)).csrfToken;
        continue;
      }
      if (error instanceof ProblemError) throw error;
      if (tries >= TRIES) throw unreachable(target.url, error);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/** Who the server takes this browser for. Rejects with {@link ProblemError}. */
export function readSession(target: Target): Promise<BrowserSession> {
  return sessionCall(target, 'session', null);
}

/** One of the paths by which people sign in and out; null for the one that only reads. Rejects with {@link ProblemError}; it is asked once. */
export async function sessionCall(
  target: Target,
  path: 'session' | 'sign-in' | 'sign-out' | 'step-up',
  body: object | null,
): Promise<BrowserSession> {
  const headers = {
    accept: 'application/json',
    ...(target.key === undefined ? {} : { authorization: `Bearer ${target.key}` }),
    ...(body === null ? {} : { 'content-type': 'application/json' }),
    ...(body === null || target.csrfToken === null ? {} : { [CSRF_HEADER]: target.csrfToken }),
  };
  const init = body === null ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  let data: BrowserSession;
  try {
    data = (await once(target, `${target.url}/api/${path}`, init, undefined)).data as BrowserSession;
  } catch (error) {
    throw error instanceof ProblemError ? error : unreachable(target.url, error);
  }
  target.csrfToken = data.csrfToken;
  return data;
}

/** A deed's name that nobody else has: 128 random bits. Pages without TLS have no `randomUUID`. */
export function makeKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function once(
  { fetch }: Target,
  url: string,
  init: RequestInit,
  progress: CallOptions['progress'],
): Promise<Envelope> {
  const response = await fetch(url, init);
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('application/x-ndjson') && response.body !== null) return lastLine(response.body, progress);
  const told: unknown = type.includes('json') ? await response.json() : await response.text();
  return envelopeOf(told, response.status);
}

function envelopeOf(told: unknown, status: number | null): Envelope {
  const { ok, data, warnings } = (told ?? {}) as Partial<Envelope> & { readonly ok?: unknown };
  if (ok !== true) throw problemFrom(told, status);
  return { data, warnings: Array.isArray(warnings) ? warnings : [] };
}

/** Reads lines of progress up to the result or the problem. */
async function lastLine(body: ReadableStream<Uint8Array>, progress: CallOptions['progress']): Promise<Envelope> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    text += done ? decoder.decode() : decoder.decode(value, { stream: true });
    const lines = text.split('\n');
    text = lines.pop()!;
    for (const line of lines) {
      const told = JSON.parse(line) as { k: string; phase: string; done: number; total: number };
      if (told.k === 'progress') progress?.(told.phase, told.done, told.total);
      else if (told.k === 'problem') throw problemFrom(told);
      else if (told.k === 'result') return envelopeOf(told, null);
    }
    if (done) throw new Error('the answer was cut off');
  }
}

/** Input as words of an address, as the server reads them back: lists by repeating, pairs as `name=value`. */
export function queryOf({ input: { shape } }: Operation, input: Readonly<Record<string, unknown>>): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
    const isPairs =
      schema !== undefined && fieldKind(shapeOf(schema as Parameters<typeof shapeOf>[0]).base) === 'pairs';
    if (isPairs && typeof value === 'object')
      for (const [key, each] of Object.entries(value ?? {})) words.append(name, `${key}=${wordOf(each)}`);
    else for (const each of Array.isArray(value) ? value : [value]) words.append(name, wordOf(each));
  }
  const text = words.toString();
  return text === '' ? '' : `?${text}`;
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
