import { useSyncExternalStore } from 'react';
import type { InputOf, OutputOf } from '../../../../src/api/client/client.ts';
import type { ProblemError } from '../../../../src/api/client/problem.ts';
import { server } from '../../desk/server.ts';
import { problemOf } from '../../desk/streams.ts';

export type BacktestInput = InputOf<'backtest'>;

/** A backtest that was asked for here, as it stands. It goes on while other pages are looked at. */
export interface Asked {
  readonly id: number;
  readonly input: BacktestInput;
  readonly state: 'runs' | 'done' | 'failed' | 'left';
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  /** By the browser's clock. */
  readonly beganAtMs: number;
  readonly result: OutputOf<'backtest'> | null;
  readonly problem: ProblemError | null;
  /** Run that it is a change of; null for none. */
  readonly changed: string | null;
}

const listeners = new Set<() => void>();
const stops = new Map<number, AbortController>();
let asked: readonly Asked[] = [];
let count = 0;
const MOST = 8;

function put(next: readonly Asked[]): void {
  asked = next;
  for (const listener of listeners) listener();
}

const change = (id: number, part: Partial<Asked>): void =>
  put(asked.map((each) => (each.id === id ? { ...each, ...part } : each)));

/** Asks for a backtest: the only place where one is. Its result is null where it failed or was left. */
export function runBacktest(
  input: BacktestInput,
  changed: string | null = null,
): { readonly id: number; readonly ended: Promise<OutputOf<'backtest'> | null> } {
  const id = ++count;
  return { id, ended: run(id, input, changed) };
}

async function run(id: number, input: BacktestInput, changed: string | null): Promise<OutputOf<'backtest'> | null> {
  const stop = new AbortController();
  stops.set(id, stop);
  const begun = { id, input, changed, state: 'runs', phase: 'begins', done: 0, total: 0 } as const;
  put([...asked.slice(-MOST + 1), { ...begun, beganAtMs: Date.now(), result: null, problem: null }]);
  try {
    const result = await server.call('backtest', input, {
      signal: stop.signal,
      progress: (phase, done, total) => change(id, { phase, done, total }),
    });
    change(id, { state: 'done', result });
    return result;
  } catch (error) {
    change(id, stop.signal.aborted ? { state: 'left' } : { state: 'failed', problem: problemOf(error) });
    return null;
  } finally {
    stops.delete(id);
  }
}

/** It is not waited for any more. */
export const leaveBacktest = (id: number): void => stops.get(id)?.abort();
export const forgetBacktest = (id: number): void => put(asked.filter((each) => each.id !== id));

export function useAsked(): readonly Asked[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asked,
  );
}
