import { useSyncExternalStore } from 'react';
import type { InputOf, StreamName, UpdateOf } from '../../../src/api/client/client.ts';
import { ProblemError } from '../../../src/api/client/problem.ts';
import { onceBack } from './connection.ts';
import { noteProblem, server } from './server.ts';

/** What is known of something that is shown. */
export type View<T> =
  | { readonly phase: 'loading' }
  | {
      readonly phase: 'there';
      readonly data: T;
      /** By the browser's clock. */
      readonly receivedAtMs: number;
      /** Why nothing newer comes; absent while it does. */
      readonly problem?: ProblemError | undefined;
      readonly again?: (() => void) | undefined;
    }
  | { readonly phase: 'problem'; readonly problem: ProblemError; readonly again?: (() => void) | undefined };

export const LOADING = { phase: 'loading' } as const;

interface Followed {
  readonly isNeverFrozen: boolean;
  view: View<unknown>;
  /** What will be shown with the next frame. */
  next: View<unknown> | null;
  readonly listeners: Set<() => void>;
  /** It failed, and nothing comes of it until it is followed again. */
  isFailed: boolean;
  /** Follows it anew, now. */
  again(): void;
  close(): void;
}

/** So long a stream goes on without anybody: pages that are changed between find it as it is. */
const LINGER_MS = 5_000;
const HIDDEN_MS = 500;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** Refusals of who asks or of what is asked for: asked again, the answer is the same. */
const FINAL: ReadonlySet<number | null> = new Set([400, 403, 422]);

const followed = new Map<string, Followed>();
const due = new Set<Followed>();
let isDrawing = false;
let frozenAtMs: number | null = null;
const frozenListeners = new Set<() => void>();

/** Shows updates no more, or again: what came meanwhile is shown then. */
export function freeze(isFrozen: boolean): void {
  frozenAtMs = isFrozen ? Date.now() : null;
  for (const listener of frozenListeners) listener();
  if (!isFrozen) draw();
}

export const frozen = (): boolean => frozenAtMs !== null;

/** Since when nothing changes, by the browser's clock; null while it does. */
export function useFrozenAtMs(): number | null {
  return useSyncExternalStore(
    (listener) => {
      frozenListeners.add(listener);
      return () => frozenListeners.delete(listener);
    },
    () => frozenAtMs,
  );
}

/** First values, and that something failed, are shown also where what changes is frozen. */
function isShownFrozen({ isNeverFrozen, view, next }: Followed): boolean {
  return isNeverFrozen || view.phase !== 'there' || (next !== null && isFailure(next));
}

const isFailure = (view: View<unknown>): boolean => view.phase !== 'loading' && view.problem !== undefined;

function draw(): void {
  isDrawing = false;
  for (const each of [...due]) {
    if (frozen() && !isShownFrozen(each)) continue;
    due.delete(each);
    each.view = each.next ?? each.view;
    each.next = null;
    for (const listener of each.listeners) listener();
  }
}

/** However often something comes, it is drawn once a frame. */
function show(entry: Followed, view: View<unknown>): void {
  entry.next = view;
  due.add(entry);
  if (isDrawing) return;
  isDrawing = true;
  // Nobody looks at a page that is hidden, and it gets no frames.
  if (document.hidden) setTimeout(draw, HIDDEN_MS);
  else requestAnimationFrame(draw);
}

export interface Source<T> {
  subscribe(listener: () => void): () => void;
  view(): View<T>;
}

/**
 * A stream as something to show: followed while anybody looks, once for all who ask the same. `fold` puts an update to what is known of it
 * already, which is null at first and after a gap. One that fails is shown as failed, beside what came before, and followed again after a
 * while. `isNeverFrozen`: it goes on where what changes is frozen.
 */
export function streamSource<N extends StreamName, T>(
  name: N,
  input: InputOf<N>,
  fold: (known: T | null, update: UpdateOf<N>) => T,
  foldName = 'newest',
  isNeverFrozen = false,
): Source<T> {
  const key = `${name} ${foldName} ${isNeverFrozen ? 'always ' : ''}${JSON.stringify(input)}`;
  return {
    subscribe(listener) {
      const known = followed.get(key);
      const entry = known ?? begin(name, input, fold, isNeverFrozen);
      if (known === undefined) followed.set(key, entry);
      else if (entry.isFailed && entry.listeners.size === 0) entry.again();
      entry.listeners.add(listener);
      return () => {
        entry.listeners.delete(listener);
        if (entry.listeners.size > 0) return;
        setTimeout(() => {
          if (entry.listeners.size > 0 || followed.get(key) !== entry) return;
          followed.delete(key);
          due.delete(entry);
          entry.close();
        }, LINGER_MS);
      };
    },
    view: () => (followed.get(key)?.view ?? LOADING) as View<T>,
  };
}

/** Follows anew at once whatever failed: the server is there again, or knows who asks. */
export function followAgain(): void {
  for (const entry of followed.values()) if (entry.isFailed) entry.again();
}

onceBack(followAgain);

function begin<N extends StreamName, T>(
  name: N,
  input: InputOf<N>,
  fold: (known: T | null, update: UpdateOf<N>) => T,
  isNeverFrozen: boolean,
): Followed {
  let close = (): void => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  let followedAtMs = 0;

  const follow = (): void => {
    clearTimeout(timer);
    close();
    entry.isFailed = false;
    let known: T | null = null;
    let isOurs = true;
    followedAtMs = performance.now();
    const subscription = server.subscribe(name, input, (update, { hasGap }) => {
      if (!isOurs) return;
      known = fold(hasGap ? null : known, update);
      show(entry, { phase: 'there', data: known, receivedAtMs: Date.now() });
    });
    close = () => {
      isOurs = false;
      subscription.close();
    };
    subscription.ended.then(
      // It told all there is, unless more comes of it later: a session that is started again.
      () => {
        if (isOurs) timer = setTimeout(follow, LONGEST_PAUSE_MS);
      },
      (error: unknown) => isOurs && fail(problemOf(error)),
    );
  };
  const followLater = (): void => {
    // What went well for a while is no longer held against it.
    if (performance.now() - followedAtMs > LONGEST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS;
    timer = setTimeout(follow, pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  };
  const fail = (problem: ProblemError): void => {
    entry.isFailed = true;
    noteProblem(problem);
    const newest = entry.next ?? entry.view;
    const told = { problem, again: follow };
    // What is refused for good is not shown as if it had only grown old.
    const isFinal = FINAL.has(problem.status);
    show(entry, newest.phase === 'there' && !isFinal ? { ...newest, ...told } : { phase: 'problem', ...told });
    if (!isFinal) followLater();
  };
  const entry: Followed = {
    ...{ isNeverFrozen, view: LOADING, next: null, listeners: new Set(), isFailed: false },
    again() {
      pauseMs = FIRST_PAUSE_MS;
      follow();
    },
    close() {
      clearTimeout(timer);
      close();
    },
  };
  follow();
  return entry;
}

export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new ProblemError('page-failed', text, {
    hint: 'Load the page again; if it comes back, report it with this text.',
  });
}
