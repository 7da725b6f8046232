import { KILL } from '../core/risk/kill-ladder.ts';
import { EVENT } from '../core/vocabulary/events.ts';
import { FLAG, ROLE, STATUS } from '../core/vocabulary/order.ts';
import type { Clock } from '../ports/clock.ts';
import type { RemoteSide } from './remote-side.ts';
import type { SessionInput } from './session-input.ts';

/** What is done about a position whose stop is gone: people are told, or people are told and it is closed. */
export type NakedPolicy = 'alert' | 'close';

/** A stop that is placed anew is away for as long as a cancel and a placement take; longer is a fault. */
export const NAKED_AFTER_MS = 5_000;
/** A close that did not come about is decided anew after so long. */
const CLOSE_AGAIN_MS = 60_000;
/** A close that has come to nothing is told of after so long: before that its command may not have been taken yet. */
const CLOSE_TOLD_MS = 2_000;

export interface GuardWorld {
  readonly clock: Clock;
  readonly side: RemoteSide;
  readonly onNaked: NakedPolicy;
  readonly nakedAfterMs: number;
  /** Why the books may not be the venue's at the moment; null where they are. */
  readonly notReady: () => string | null;
}

interface Naked {
  readonly sinceMs: number;
  isTold: boolean;
  closedAtMs: number;
  /** Whether people know that closing it came to nothing. */
  isFailureTold: boolean;
}

/**
 * Finds positions that were to have a stop and have none: refused, canceled by somebody, expired, or gone from the venue's books. After a
 * while it pages, once, and closes the position where that is the policy. It never closes while an order of the position is in doubt, as that
 * may have closed it already.
 */
export class ProtectionGuard {
  readonly #world: GuardWorld;
  readonly #naked = new Map<number, Naked>();

  constructor(world: GuardWorld) {
    this.#world = world;
  }

  /** Looks at every position; answers what follows. */
  look(): readonly SessionInput[] {
    const inputs: SessionInput[] = [];
    const { side, clock, nakedAfterMs, onNaked } = this.#world;
    const { state, reports } = side.engine;
    const nowMs = clock.elapsedMs();
    for (let slot = 0; slot < state.book.positions.count; slot++) {
      // Who kills wants no orders, stops included.
      const lots = this.#isKilled(slot) ? 0 : reports.brackets.naked(slot);
      if (lots === 0) {
        this.#naked.delete(slot);
        continue;
      }
      const naked = this.#naked.get(slot) ?? {
        ...{ sinceMs: nowMs, isTold: false, closedAtMs: Number.NEGATIVE_INFINITY, isFailureTold: false },
      };
      this.#naked.set(slot, naked);
      if (nowMs - naked.sinceMs < nakedAfterMs) continue;
      if (!naked.isTold) inputs.push(this.#alarm(slot, lots));
      naked.isTold = true;
      const sinceCloseMs = nowMs - naked.closedAtMs;
      if (
        !naked.isFailureTold &&
        Number.isFinite(sinceCloseMs) &&
        sinceCloseMs >= CLOSE_TOLD_MS &&
        !this.#isInDoubt(slot)
      ) {
        inputs.push(this.#failure(slot, lots));
        naked.isFailureTold = true;
      }
      if (onNaked === 'close' && nowMs - naked.closedAtMs >= CLOSE_AGAIN_MS && !this.#isInDoubt(slot)) {
        naked.closedAtMs = nowMs;
        inputs.push(this.#close(slot));
      }
    }
    return inputs;
  }

  #isKilled(slot: number): boolean {
    const { state, risk } = this.#world.side.engine;
    const level = risk.state.ladder.strictest(state.strategyOf[slot]!, state.instrumentOf[slot]!);
    return level >= KILL['cancel-all'];
  }

  #alarm(slot: number, lots: number): SessionInput {
    const { nakedAfterMs } = this.#world;
    return {
      type: 'alarm-raised',
      level: 'page',
      message: `${this.#what(slot, lots)} have been without their stop for ${nakedAfterMs / 1000} s; ${this.#plan(slot)}`,
    };
  }

  /** That it is held all the same: who read that it is closed must not believe it any longer. */
  #failure(slot: number, lots: number): SessionInput {
    const reason = this.#rejection(slot);
    return {
      type: 'alarm-raised',
      level: 'page',
      message: `${this.#what(slot, lots)} are still held, without their stop: closing them came to nothing${reason === null ? '' : `, ${reason}`}; it is tried again every ${CLOSE_AGAIN_MS / 1000} s`,
    };
  }

  #what(slot: number, lots: number): string {
    const { state } = this.#world.side.engine;
    const instrument = state.instruments[state.instrumentOf[slot]!]!;
    return `${instrument.quantityText(lots)} ${instrument.symbol}`;
  }

  /** Why the newest exit of a position was rejected; null where it was not. */
  #rejection(slot: number): string | null {
    const { state } = this.#world.side.engine;
    const { orders, log } = state;
    const isOfSlot = (row: number): boolean =>
      orders.column.role[row] === ROLE.exit &&
      orders.column.strategy[row] === state.strategyOf[slot] &&
      orders.column.instrument[row] === state.instrumentOf[slot];
    let exit = orders.count - 1;
    while (exit >= 0 && !isOfSlot(exit)) exit--;
    if (exit < 0 || orders.column.status[exit] !== STATUS.rejected) return null;
    const { type, ref, a } = log.column;
    for (let seq = log.count - 1; seq >= 0; seq--)
      if (type[seq] === EVENT['order-rejected'] && ref[seq] === exit) return state.texts[a[seq]!] ?? null;
    return null;
  }

  #plan(slot: number): string {
    if (this.#world.onNaked === 'alert') return 'by policy nothing is done about it';
    return this.#isInDoubt(slot)
      ? 'it will be closed if they still are once it is known what became of its orders'
      : 'the position is being closed at the market';
  }

  #close(slot: number): SessionInput {
    const { state, seats } = this.#world.side.engine;
    return {
      type: 'command-given',
      command: {
        type: 'close-position',
        strategy: seats[state.strategyOf[slot]!]!.strategy.def.id,
        instrument: state.instruments[state.instrumentOf[slot]!]!.id,
        reason: 'the position was without its stop',
      },
    };
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
