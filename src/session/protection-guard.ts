import { FLAG, STATUS } from '../core/vocabulary/order.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { RemoteSide } from './remote-side.ts';
import type { SessionInput } from './session-input.ts';

/** What is done about a position whose stop is gone: people are told, or people are told and it is closed. */
export type NakedPolicy = 'alert' | 'close';

/** A stop that is placed anew is away for as long as a cancel and a placement take; longer is a fault. */
export const NAKED_AFTER_MS = 5_000;
const BEAT_MS = 1_000;
/** A close that did not come about is decided anew after so long. */
const CLOSE_AGAIN_MS = 60_000;

export interface GuardWorld {
  readonly clock: Clock;
  readonly side: RemoteSide;
  readonly onNaked: NakedPolicy;
  readonly nakedAfterMs: number;
  /** Why the books may not be the venue's at the moment; null where they are. */
  readonly notReady: () => string | null;
  /** Journals an input and lets the core take it. */
  readonly take: (input: SessionInput) => void;
}

interface Naked {
  readonly sinceMs: number;
  isTold: boolean;
  closedAtMs: number;
}

/**
 * Finds positions that were to have a stop and have none: refused, canceled by somebody, expired, or gone from the venue's books. After a
 * while it pages, once, and closes the position where that is the policy. It never closes while an order of the position is in doubt, as that
 * may have closed it already.
 */
export class ProtectionGuard {
  readonly #world: GuardWorld;
  readonly #naked = new Map<number, Naked>();
  #timer: Timer | null = null;
  #isClosed = false;

  constructor(world: GuardWorld) {
    this.#world = world;
  }

  start(): void {
    if (this.#isClosed) return;
    this.#timer = this.#world.clock.after(BEAT_MS, () => {
      this.watch();
      this.start();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  /** Looks at every position now. */
  watch(): void {
    const { side, clock, nakedAfterMs, onNaked } = this.#world;
    const { state, reports } = side.engine;
    const nowMs = clock.elapsedMs();
    for (let slot = 0; slot < state.book.positions.count; slot++) {
      const lots = reports.brackets.naked(slot);
      if (lots === 0) {
        this.#naked.delete(slot);
        continue;
      }
      const naked = this.#naked.get(slot) ?? { sinceMs: nowMs, isTold: false, closedAtMs: Number.NEGATIVE_INFINITY };
      this.#naked.set(slot, naked);
      if (nowMs - naked.sinceMs < nakedAfterMs) continue;
      if (!naked.isTold) this.#tell(slot, lots, naked);
      if (onNaked === 'close' && nowMs - naked.closedAtMs >= CLOSE_AGAIN_MS && !this.#isInDoubt(slot)) {
        naked.closedAtMs = nowMs;
        this.#close(slot);
      }
    }
  }

  #tell(slot: number, lots: number, naked: Naked): void {
    const { take, nakedAfterMs } = this.#world;
    const { state } = this.#world.side.engine;
    const instrument = state.instruments[state.instrumentOf[slot]!]!;
    naked.isTold = true;
    take({
      type: 'alarm-raised',
      level: 'page',
      message: `${instrument.quantityText(lots)} ${instrument.symbol} have been without their stop for ${nakedAfterMs / 1000} s; ${this.#plan(slot)}`,
    });
  }

  #plan(slot: number): string {
    if (this.#world.onNaked === 'alert') return 'by policy nothing is done about it';
    return this.#isInDoubt(slot)
      ? 'it will be closed if they still are once it is known what became of its orders'
      : 'the position is closed';
  }

  #close(slot: number): void {
    const { engine } = this.#world.side;
    const { state, seats } = engine;
    this.#world.take({
      type: 'command-given',
      command: {
        type: 'close-position',
        strategy: seats[state.strategyOf[slot]!]!.strategy.def.id,
        instrument: state.instruments[state.instrumentOf[slot]!]!.id,
        reason: 'the position was without its stop',
      },
    });
  }

  /** Whether something may have closed the position already, or is about to. */
  #isInDoubt(slot: number): boolean {
    const { side, notReady } = this.#world;
    const { state, desk } = side.engine;
    const { status, flags, side: sides } = state.orders.column;
    const lots = state.book.positions.column.lots[slot]!;
    const { symbol } = state.instruments[state.instrumentOf[slot]!]!;
    return (
      notReady() !== null ||
      side.orders.missing().includes(symbol) ||
      desk.rowsOf(slot).some((row) => {
        if (sides[row]! * lots > 0) return false;
        if (status[row] === STATUS.held) return (flags[row]! & FLAG.claimsHolding) !== 0;
        return status[row] !== STATUS.open;
      })
    );
  }
}
