import type { Clock } from '../../ports/clock.ts';
import type { Heartbeat, Heartbeats } from '../../ports/heartbeats.ts';

/** Heartbeats that end with the process; for tests. */
export function memoryHeartbeats(clock: Clock): Heartbeats {
  const rows = new Map<string, Heartbeat>();
  return {
    all: async () => [...rows.values()].sort((a, b) => (a.session < b.session ? -1 : 1)),
    async beat(beat) {
      for (const row of rows.values())
        if (row.account === beat.account) rows.set(row.session, { ...row, isOver: true });
      rows.set(beat.session, { ...beat, atMs: clock.nowMs(), isOver: false });
    },
    async end(session, beats) {
      const row = rows.get(session);
      if (row === undefined || row.beats !== beats) return false;
      rows.set(session, { ...row, isOver: true });
      return true;
    },
    close: async () => {},
  };
}
