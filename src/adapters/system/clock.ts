import type { Clock } from '../../ports/clock.ts';

/** Longest delay that the runtime's timers take; a longer one would run at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The machine's own clock. */
export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    elapsedMs: () => performance.now(),
    after(delayMs, run) {
      const dueMs = performance.now() + delayMs;
      let timer = arm(delayMs);
      function arm(ms: number): NodeJS.Timeout {
        return setTimeout(wake, Math.max(0, Math.min(Math.ceil(ms), LONGEST_TIMER_MS))).unref();
      }
      // A timer may fire a fraction of a millisecond early, and the longest ones come in parts.
      function wake(): void {
        const leftMs = dueMs - performance.now();
        if (leftMs > 0) timer = arm(leftMs);
        else run();
      }
      return { cancel: () => clearTimeout(timer) };
    },
  };
}
