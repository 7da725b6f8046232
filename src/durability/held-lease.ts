import { assert } from '../core/vocabulary/assert.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import { REQUEST_VALIDITY_MS } from '../ports/exchange-gateway.ts';
import { LeaseError, type LeaseRow, type LeaseStore, type LeaseTerms } from '../ports/lease.ts';

export const LEASE_TERMS: LeaseTerms = { ttlMs: 10_000, validityMs: REQUEST_VALIDITY_MS, clockErrorMs: 1_000 };

/** So long before the end of its time a holder stops, so that what it is doing then is over by the end. */
const STOP_BEFORE_MS = 3_000;

export interface LeaseRequest {
  readonly store: LeaseStore;
  readonly clock: Clock;
  /** What is leased: an account of a venue. */
  readonly name: string;
  /** Who we are, for people: host, process, session. */
  readonly holder: string;
  /** {@link LEASE_TERMS} by default. */
  readonly terms?: LeaseTerms;
  /** 3 s by default. */
  readonly stopBeforeMs?: number;
  /** Whether the process of a holder is certainly not running any more (`isProcessGone`); never by default. */
  readonly isGone?: (holder: string) => boolean;
  /** Told once, when the lease is no longer ours. Nothing may be sent from then on. */
  readonly onLost?: (cause: LeaseLoss) => void;
}

/**
 * `late`: not renewed in time. `overslept`: found out only when others could have it already, as after a process stood still. `taken`: another
 * has it, or the row is gone. `released`: given back.
 */
export type LeaseLoss = 'late' | 'overslept' | 'taken' | 'released';

export type LeaseOutcome =
  | { readonly isGranted: true; readonly lease: HeldLease }
  /** Somebody holds it and renews it. */
  | { readonly isGranted: false; readonly row: LeaseRow };

/** Two clocks at one moment. The wall clock may be set; the other may stand still while a machine sleeps. */
interface Moment {
  readonly wallMs: number;
  readonly elapsedMs: number;
}

function now(clock: Clock): Moment {
  return { wallMs: clock.nowMs(), elapsedMs: clock.elapsedMs() };
}

/** A holder believes whichever clock says that more time has passed. */
function longestSince(clock: Clock, then: Moment): number {
  return Math.max(clock.nowMs() - then.wallMs, clock.elapsedMs() - then.elapsedMs);
}

/** A contender believes whichever says less. */
function shortestSince(clock: Clock, then: Moment): number {
  return Math.min(clock.nowMs() - then.wallMs, clock.elapsedMs() - then.elapsedMs);
}

/**
 * Takes a lease that nobody has, or whose holder has certainly stopped; answers at once where the holder is seen to renew it. A silent
 * holder is watched for time to live + validity + clock error, on our own clocks: those of a store may jump, and the holder has not asked
 * them since. One whose process is known to be gone is waited for only until what it signed has run out. Rejects with {@link LeaseError}
 * where the store cannot be used.
 */
export async function acquireLease(request: LeaseRequest): Promise<LeaseOutcome> {
  const { store, clock, name, holder } = request;
  const terms = request.terms ?? LEASE_TERMS;
  const stopAfterMs = terms.ttlMs - (request.stopBeforeMs ?? STOP_BEFORE_MS);
  assert(stopAfterMs > 0, `a lease of ${terms.ttlMs} ms is too short to stop before its end`);
  let watched: { readonly row: LeaseRow; readonly since: Moment } | null = null;
  for (;;) {
    const { row } = await store.view(name);
    if (row !== null && (watched === null || row.epoch !== watched.row.epoch)) watched = { row, since: now(clock) };
    else if (row !== null && row.renewals !== watched!.row.renewals) return { isGranted: false, row };
    if (row === null || row.isReleased || isOver(row, watched!.since, request)) {
      const base = now(clock);
      const mine = await store.take(name, row, holder, terms);
      if (mine !== null) return { isGranted: true, lease: new HeldLease(request, mine, base, stopAfterMs) };
      // Another was faster: look again.
      continue;
    }
    await pass(clock, Math.min(terms.ttlMs, row.terms.ttlMs) / 10);
  }
}

function isOver(row: LeaseRow, since: Moment, { clock, terms = LEASE_TERMS, isGone }: LeaseRequest): boolean {
  const ttlMs = isGone?.(row.holder) ? 0 : Math.max(terms.ttlMs, row.terms.ttlMs);
  const validityMs = Math.max(terms.validityMs, row.terms.validityMs);
  return shortestSince(clock, since) >= ttlMs + validityMs + Math.max(terms.clockErrorMs, row.terms.clockErrorMs);
}

function pass(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** A lease that is ours, renewed until it is released or lost. Once lost it stays lost: a new one has a higher epoch. */
export class HeldLease {
  readonly name: string;
  readonly epoch: number;
  readonly #request: LeaseRequest;
  readonly #stopAfterMs: number;
  #row: LeaseRow;
  /** Before the store was last asked: it cannot have counted from earlier. */
  #base: Moment;
  #loss: LeaseLoss | null = null;
  #renewal: Timer | null = null;
  #end: Timer | null = null;

  constructor(request: LeaseRequest, row: LeaseRow, base: Moment, stopAfterMs: number) {
    this.name = row.name;
    this.epoch = row.epoch;
    this.#request = request;
    this.#row = row;
    this.#base = base;
    this.#stopAfterMs = stopAfterMs;
    this.#arm();
  }

  /** Why it is no longer ours; null while it is. Looks at the clocks: ask in the same turn in which something is sent. */
  get loss(): LeaseLoss | null {
    if (this.#loss === null && this.remainingMs <= 0)
      this.#lose(longestSince(this.#request.clock, this.#base) < this.#row.terms.ttlMs ? 'late' : 'overslept');
    return this.#loss;
  }

  /** For how long it may be relied upon without a renewal. */
  get remainingMs(): number {
    return this.#stopAfterMs - longestSince(this.#request.clock, this.#base);
  }

  /** Gives it back, so that the next one need not wait. Only when nothing that was signed under it can still reach the venue. */
  async release(): Promise<void> {
    if (this.#loss !== null) return;
    this.#lose('released');
    await this.#request.store.release(this.#row);
  }

  #arm(): void {
    const { clock } = this.#request;
    this.#renewal?.cancel();
    this.#end?.cancel();
    this.#renewal = clock.after(this.#stopAfterMs / 3, () => void this.#renew());
    this.#end = clock.after(Math.max(0, this.remainingMs), () => void this.loss);
  }

  async #renew(): Promise<void> {
    if (this.loss !== null) return;
    const base = now(this.#request.clock);
    let row: LeaseRow | null;
    try {
      row = await this.#request.store.renew(this.#row);
    } catch (error) {
      if (!(error instanceof LeaseError)) {
        this.#lose('taken');
        throw error;
      }
      // The store may be back before our time is over.
      if (this.loss === null)
        this.#renewal = this.#request.clock.after(this.#stopAfterMs / 10, () => void this.#renew());
      return;
    }
    // An answer that comes too late changes nothing.
    if (this.loss !== null) return;
    if (row === null) {
      this.#lose('taken');
      return;
    }
    this.#row = row;
    this.#base = base;
    this.#arm();
  }

  #lose(cause: LeaseLoss): void {
    if (this.#loss !== null) return;
    this.#loss = cause;
    this.#renewal?.cancel();
    this.#end?.cancel();
    this.#request.onLost?.(cause);
  }
}
