import type { Clock } from '../../ports/clock.ts';

/** Waits so long, or until somebody wants the call to end. */
export function pause(clock: Clock, delayMs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(delayMs, done);
    function done(): void {
      stop.removeEventListener('abort', done);
      timer.cancel();
      resolve();
    }
    stop.addEventListener('abort', done, { once: true });
    if (stop.aborted) done();
  });
}
