import { useSyncExternalStore } from 'react';
import { Badge } from './badge.tsx';
import { Button } from './button.tsx';

export interface Toast {
  readonly kind: 'done' | 'refused' | 'note';
  readonly text: string;
  readonly hint?: string;
  readonly code?: string;
  /** Something to do about it; it puts the toast away. */
  readonly action?: { readonly name: string; readonly act: () => void };
}

interface Shown extends Toast {
  readonly id: number;
}

const listeners = new Set<() => void>();
let shown: readonly Shown[] = [];
let count = 0;
const SHORT_MS = 5_000;
const MOST = 4;

/** Tells what became of a deed; what was refused stays until it is put away. */
export function tell(toast: Toast): void {
  const id = ++count;
  put([...shown.slice(-MOST + 1), { ...toast, id }]);
  if (toast.kind !== 'refused') setTimeout(() => dismiss(id), SHORT_MS);
}

function dismiss(id: number): void {
  put(shown.filter((each) => each.id !== id));
}

function put(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

const TONES = { done: 'good', refused: 'bad', note: 'accent' } as const;

export function Toasts() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed right-3 bottom-16 z-50 flex w-96 max-w-[calc(100vw-1.5rem)] flex-col gap-2 sm:bottom-3"
    >
      {toasts.map(({ id, kind, text, hint, code, action }) => (
        <div key={id} className="pointer-events-auto flex items-start gap-2 rounded-lg border bg-panel p-3 shadow-lg">
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={TONES[kind]}>{code ?? kind}</Badge>
              <span className="min-w-0 break-words">{text}</span>
            </p>
            {hint === undefined || hint === '' ? null : <p className="mt-1 text-sm text-soft">{hint}</p>}
            {action === undefined ? null : (
              <Button
                size="small"
                onClick={() => {
                  action.act();
                  dismiss(id);
                }}
              >
                {action.name}
              </Button>
            )}
          </div>
          <Button kind="quiet" size="small" aria-label="Put away" onClick={() => dismiss(id)}>
            ✕
          </Button>
        </div>
      ))}
    </div>
  );
}
