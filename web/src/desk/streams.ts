import type { InputOf, StreamName, UpdateOf } from '../../../src/api/client/client.ts';
import { ProblemError } from '../../../src/api/client/problem.ts';
import { server } from './server.ts';

/** What is known of something that is shown. */
export type View<T> =
  | { readonly phase: 'loading' }
  | { readonly phase: 'there'; readonly data: T /** By the browser's clock. */; readonly receivedAtMs: number }
  | { readonly phase: 'problem'; readonly problem: ProblemError };

export const LOADING = { phase: 'loading' } as const;

interface Followed {
  view: View<unknown>;
  /** What will be shown with the next frame. */
  next: View<unknown> | null;
  readonly listeners: Set<() => void>;
  close(): void;
}

/** So long a stream goes on without anybody: pages that are changed between find it as it is. */
const LINGER_MS = 5_000;
const HIDDEN_MS = 500;

const followed = new Map<string, Followed>();
const due = new Set<Followed>();
let isDrawing = false;
let isFrozen = false;

/** Shows updates no more, or again: what came meanwhile is shown then. */
export function freeze(frozen: boolean): void {
  isFrozen = frozen;
  if (!frozen) draw();
}

export const frozen = (): boolean => isFrozen;

function draw(): void {
  isDrawing = false;
  if (isFrozen) return;
  const now = [...due];
  due.clear();
  for (const each of now) {
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
 * already, which is null at first and after a gap.
 */
export function streamSource<N extends StreamName, T>(
  name: N,
  input: InputOf<N>,
  fold: (known: T | null, update: UpdateOf<N>) => T,
  foldName = 'newest',
): Source<T> {
  const key = `${name} ${foldName} ${JSON.stringify(input)}`;
  return {
    subscribe(listener) {
      const entry = followed.get(key) ?? begin(key, name, input, fold);
      entry.listeners.add(listener);
      return () => {
        entry.listeners.delete(listener);
        if (entry.listeners.size > 0) return;
        setTimeout(() => {
          if (entry.listeners.size > 0 || followed.get(key) !== entry) return;
          followed.delete(key);
          entry.close();
        }, LINGER_MS);
      };
    },
    view: () => (followed.get(key)?.view ?? LOADING) as View<T>,
  };
}

function begin<N extends StreamName, T>(
  key: string,
  name: N,
  input: InputOf<N>,
  fold: (known: T | null, update: UpdateOf<N>) => T,
): Followed {
  const entry: Followed = { view: LOADING, next: null, listeners: new Set(), close: () => subscription.close() };
  let known: T | null = null;
  const subscription = server.subscribe(name, input, (update, { hasGap }) => {
    known = fold(hasGap ? null : known, update);
    show(entry, { phase: 'there', data: known, receivedAtMs: Date.now() });
  });
  subscription.ended.then(
    () => {},
    (error: unknown) => {
      // Whoever asks for it again begins anew.
      if (followed.get(key) === entry) followed.delete(key);
      show(entry, { phase: 'problem', problem: problemOf(error) });
    },
  );
  followed.set(key, entry);
  return entry;
}

export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new ProblemError('page-failed', text, {
    hint: 'Load the page again; if it comes back, report it with this text.',
  });
}
