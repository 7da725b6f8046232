import { useSyncExternalStore } from 'react';

interface Asked {
  readonly answer: (isGiven: boolean) => void;
}

const listeners = new Set<() => void>();
let asked: Asked | null = null;

function put(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

/** Asks whoever sits there for their password; answers whether it was given and right. */
export function askPassword(): Promise<boolean> {
  asked?.answer(false);
  return new Promise((resolve) =>
    put({
      answer: (isGiven) => {
        put(null);
        resolve(isGiven);
      },
    }),
  );
}

/** The question that waits; null where none does. */
export function useAskedPassword(): Asked | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
  );
}
