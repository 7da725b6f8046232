/**
 * One published limit. `meter` is what is counted (`weight`, `orders`); several windows may count one meter. `scope` is what the venue
 * blocks as a whole when it is exceeded (`ip`, `account`). `aligned` windows begin at multiples of their length of the venue's clock,
 * `sliding` ones end now.
 */
export interface RateWindow {
  readonly meter: string;
  readonly scope: string;
  readonly limit: number;
  readonly windowMs: number;
  readonly kind: 'aligned' | 'sliding';
}

/**
 * What a request costs, by meter. A meter with cost 0 counts nothing but still binds the request to the blocks of its scope: an order
 * that weighs nothing must stop, too, when its address is banned.
 */
export type RateCosts = Readonly<Record<string, number>>;

/** Part of a request's cost in one window, with how far that window may be filled by it. */
export interface RateCharge {
  readonly window: RateWindow;
  readonly cost: number;
  readonly ceiling: number;
}

/**
 * Where use is counted: in this process, or in one place that several share. Everything may answer at once or later. What is shared and
 * cannot be reached rejects.
 */
export interface RateCounters {
  /** Counts every charge, or none: 0 where counted, else milliseconds until it may be worth asking again. */
  take(charges: readonly RateCharge[]): number | Promise<number>;
  /** The venue says that this much is used in the window now: ours is raised to that. Never lowers. */
  observe(window: RateWindow, used: number): void | Promise<void>;
  /** How much is used now; absent where only {@link take} finds out. */
  used?(window: RateWindow): number;
  /** Tells those who share the counters that no charge of the scope may be taken for so long. Never shortens a block. */
  block?(scope: string, forMs: number): void | Promise<void>;
}

/** What a counter of a window goes by. */
export function windowKey(window: RateWindow): string {
  return `${window.meter}/${window.windowMs}`;
}
