import { useSyncExternalStore } from 'react';

export interface ConnectionState {
  readonly state: 'connecting' | 'open' | 'lost';
  /** By the browser's clock; null while it is there. */
  readonly lostAtMs: number | null;
}

const listeners = new Set<() => void>();
let connection: ConnectionState = { state: 'connecting', lostAtMs: null };

/** What streams come over has been made or lost. */
export function noteConnection(state: 'open' | 'lost'): void {
  const lostAtMs = state === 'open' ? null : (connection.lostAtMs ?? Date.now());
  const isBack = state === 'open' && connection.state === 'lost';
  connection = { state, lostAtMs };
  for (const listener of listeners) listener();
  if (isBack) for (const hear of whenBack) hear();
}

const whenBack = new Set<() => void>();

/** Calls it whenever the server is there again after a loss. */
export function onceBack(hear: () => void): void {
  whenBack.add(hear);
}

export function useConnection(): ConnectionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}
