import { useSyncExternalStore } from 'react';

export type Step = 'fill' | 'why' | 'parameter' | 'kill' | 'put-away';

const KEY = 'tradewright.first-steps';
const listeners = new Set<() => void>();
let steps = read();

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    // A browser that keeps nothing, or something that is not ours.
    return [];
  }
}

function put(next: readonly string[]): void {
  steps = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(steps));
  } catch {
    // Where nothing can be kept, it holds until the page is left.
  }
  for (const listener of listeners) listener();
}

/** Somebody has done one of the first things to do. */
export function noteStep(step: Step): void {
  if (!steps.includes(step)) put([...steps, step]);
}

export const forgetSteps = (): void => put([]);
export const doneSteps = (): readonly string[] => steps;

export function useSteps(): readonly string[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => steps,
  );
}
