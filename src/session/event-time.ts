import type { TimeMs } from '../core/vocabulary/time.ts';

/**
 * When an event was, of a session that began then. One with an account says what it finds at the venue before the market has told any time, which is
 * 0 for the engine: that was when it began.
 */
export const timeOfEvent = (at: TimeMs, begunAtMs: TimeMs): TimeMs => (at === 0 ? begunAtMs : at);
