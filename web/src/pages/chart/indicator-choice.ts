import { useSyncExternalStore } from 'react';

const KEY = 'tradewright.chart-indicators';
const listeners = new Set<() => void>();
const BY_DEFAULT: readonly string[] = ['sma:length=20', 'sma:length=50'];
const MOST = 12;
let chosen = read();

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    return Array.isArray(kept) ? kept.map(String).slice(0, MOST) : BY_DEFAULT;
  } catch {
    // A browser that keeps nothing, or something that is not ours.
    return BY_DEFAULT;
  }
}

function put(next: readonly string[]): void {
  chosen = next;
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Where nothing can be kept, it holds until the page is left.
  }
  for (const listener of listeners) listener();
}

export const addIndicator = (indicator: string): void => {
  if (!chosen.includes(indicator)) put([...chosen, indicator].slice(-MOST));
};
export const removeIndicator = (indicator: string): void => put(chosen.filter((each) => each !== indicator));

/** Indicators of all charts, as the server is asked for them: `ema:length=20`; kept in the browser. */
export function useIndicators(): readonly string[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => chosen,
  );
}
