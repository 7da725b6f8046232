import type { Clock } from '../ports/clock.ts';

export function pass(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

/** What a promise answers; null where it takes longer. Its rejection is passed on while somebody still waits. */
export function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => resolve(null));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}
