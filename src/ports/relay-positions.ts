import type { TimeMs } from '../core/vocabulary/time.ts';

/** How far the events of a topic were given to a bus. */
export interface RelayPosition {
  /** The bus, without a password. */
  readonly bus: string;
  readonly topic: string;
  /** Number of the first event that the bus is not known to have. */
  readonly next: number;
  /** Events that had happened by then and were not given. */
  readonly behind: number;
  readonly atMs: TimeMs;
}

/** Where relays keep how far they are; it outlives them. Rejects with LatchError (`ports/latches.ts`). */
export interface RelayPositions {
  /** 0 where nothing was given yet. */
  next(bus: string, topic: string): Promise<number>;
  keep(bus: string, topic: string, next: number, behind: number): Promise<void>;
  all(): Promise<readonly RelayPosition[]>;
}
