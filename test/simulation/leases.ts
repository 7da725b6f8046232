import { LeaseError, type LeaseRow, type LeaseStore } from '../../src/ports/lease.ts';
import type { SimulatedClock } from '../simulated-world/clock.ts';
import type { Chance } from './chance.ts';
import { type FaultMix, strike } from './fault-mix.ts';
import type { ProcessGate } from './process-gate.ts';
import type { RareEvents } from './rare-events.ts';

/** Rows of leases, which outlive processes. They know no rules but compare-and-set. */
export class LeaseRows {
  readonly #rows = new Map<string, LeaseRow>();
  isFaulty = true;
  readonly #clock: SimulatedClock;
  readonly #chance: Chance;
  readonly #mix: FaultMix;
  readonly #rare: RareEvents;

  constructor(clock: SimulatedClock, chance: Chance, mix: FaultMix, rare: RareEvents) {
    this.#clock = clock;
    this.#chance = chance;
    this.#mix = mix;
    this.#rare = rare;
  }

  /** Whether intents of this epoch may be written. */
  isHeld(name: string, epoch: number): boolean {
    const row = this.#rows.get(name);
    return (
      row !== undefined &&
      row.epoch === epoch &&
      !row.isReleased &&
      row.renewedAtMs + row.terms.ttlMs > this.#clock.nowMs()
    );
  }

  storeOf(gate: ProcessGate): LeaseStore {
    const change = (name: string, next: (row: LeaseRow | null) => LeaseRow | null): Promise<LeaseRow | null> =>
      this.#ask(gate, () => {
        const row = next(this.#rows.get(name) ?? null);
        if (row !== null) this.#rows.set(name, row);
        return row;
      });
    const isOf = (row: LeaseRow | null, { epoch, holder }: LeaseRow): row is LeaseRow =>
      row !== null && row.epoch === epoch && row.holder === holder && !row.isReleased;
    return {
      view: (name) => this.#ask(gate, () => ({ row: this.#rows.get(name) ?? null, nowMs: this.#clock.nowMs() })),
      take: (name, seen, holder, terms) =>
        change(name, (row) => {
          const isSeen =
            row === null || seen === null
              ? row === seen
              : row.epoch === seen.epoch && row.renewals === seen.renewals && row.isReleased === seen.isReleased;
          if (!isSeen) return null;
          const renewedAtMs = this.#clock.nowMs();
          return { name, epoch: (row?.epoch ?? 0) + 1, holder, renewals: 0, renewedAtMs, terms, isReleased: false };
        }),
      renew: (mine) =>
        change(mine.name, (row) =>
          isOf(row, mine) ? { ...row, renewals: row.renewals + 1, renewedAtMs: this.#clock.nowMs() } : null,
        ),
      release: async (mine) =>
        (await change(mine.name, (row) => (isOf(row, mine) ? { ...row, isReleased: true } : null))) !== null,
      close: async () => {},
    };
  }

  #ask<T>(gate: ProcessGate, work: () => T): Promise<T> {
    return new Promise((resolve, reject) =>
      gate.leave(() => {
        const fault = this.isFaulty ? strike(this.#mix.lease, this.#chance) : null;
        if (fault !== null) this.#rare.count(`lease: ${fault}`);
        const ms = fault === 'slow' ? this.#chance.between(500, 5_000) : this.#chance.between(0.2, 3);
        this.#clock.after(ms, () => {
          const failed = (): void => gate.enter(() => reject(new LeaseError('unavailable', 'the store is away')));
          if (fault === 'failed-before') {
            failed();
            return;
          }
          const result = work();
          if (fault === 'failed-after') failed();
          else gate.enter(() => resolve(result));
        });
      }),
    );
  }
}
