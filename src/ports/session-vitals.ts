import type { TimeMs } from '../core/vocabulary/time.ts';

/** Figures of a session that runs, by name; null where one has no value now. */
export type VitalFigures = Readonly<Record<string, number | null>>;

/** How a session does, as whoever runs it last told. */
export interface SessionVitals {
  readonly session: string;
  readonly strategy: string;
  readonly venue: string;
  readonly atMs: TimeMs;
  readonly figures: VitalFigures;
  /** Used share of each limit, 0 … 1 and above. */
  readonly limits: VitalFigures;
  /** Orders refused by code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** From the placing of an order to its acceptance: orders by upper end of the class, as in {@link LATENCY_BOUNDS_S}; and the sum, seconds. */
  readonly orderLatency: { readonly counts: readonly number[]; readonly count: number; readonly sum: number };
}

/** Upper ends of the classes of latency, seconds. */
export const LATENCY_BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] as const;

/** The place where sessions of a home tell how they do. Rejects with LatchError (`ports/latches.ts`). */
export interface VitalsBoard {
  put(vitals: SessionVitals): Promise<void>;
  /** What was told since. */
  since(atMs: TimeMs): Promise<readonly SessionVitals[]>;
  close(): Promise<void>;
}
