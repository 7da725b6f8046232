import { KILL_LEVELS, type KillLevel, type Scope } from '../vocabulary/commands.ts';
import { rowOfScope, scopeOfRow } from './trading-state.ts';

/** Numbers of the levels, 0 for none; see {@link KILL_LEVELS}. */
export const KILL = Object.fromEntries(KILL_LEVELS.map((name, i) => [name, i + 1])) as {
  readonly [K in KillLevel]: number;
};

/** A scope that a kill holds. `index` is the strategy's or the instrument's, else 0. */
export interface Kill {
  readonly scope: Scope;
  readonly index: number;
  readonly level: KillLevel;
  readonly epoch: number;
  readonly reason: string;
}

/** The ladder in plain JSON, one entry a row: system, account, strategies, instruments. */
export interface KillLadderSnapshot {
  readonly levels: readonly number[];
  readonly epochs: readonly number[];
  readonly reasons: readonly string[];
  readonly owed: readonly number[];
}

/**
 * What kills have been given, as this session knows it: the level that holds each scope, and the epoch of the latch that demands it. A level
 * only rises, until its scope is re-armed. The kill functionality is RTS 6 Art. 12.
 */
export class KillLadder {
  declare private readonly strategies: number;
  declare private readonly instruments: number;
  declare private readonly levels: Uint8Array;
  declare private readonly epochs: Float64Array;
  declare private readonly reasons: string[];
  /** 1 for a strategy that runs again once no kill pauses it. */
  declare readonly owed: Uint8Array;
  /** Whether any scope is to be canceled or flattened: what the hot path reads. */
  isSweeping = false;

  constructor(strategies: number, instruments: number) {
    this.strategies = strategies;
    this.instruments = instruments;
    const rows = 2 + strategies + instruments;
    this.levels = new Uint8Array(rows);
    this.epochs = new Float64Array(rows);
    this.reasons = new Array<string>(rows).fill('');
    this.owed = new Uint8Array(strategies);
  }

  /** Level that holds a scope itself, 0 for none. */
  level(scope: Scope, index = 0): number {
    return this.levels[this.#row(scope, index)]!;
  }

  epoch(scope: Scope, index = 0): number {
    return this.epochs[this.#row(scope, index)]!;
  }

  /** Strictest level of all scopes that concern a strategy on an instrument, 0 for none. */
  strictest(strategy: number, instrument: number): number {
    return this.levels[this.#strictestRow(strategy, instrument)]!;
  }

  /** Why {@link strictest} holds. */
  reason(strategy: number, instrument: number): string {
    return this.reasons[this.#strictestRow(strategy, instrument)]!;
  }

  /** Whether a strategy may not run. A kill of one instrument leaves it to the others. */
  pauses(strategy: number): boolean {
    return this.levels[0]! > 0 || this.levels[1]! > 0 || this.levels[2 + strategy]! > 0;
  }

  /** Holds a scope at `level`, or where it is held more strictly already. Answers the level that holds it now. */
  raise(scope: Scope, index: number, level: number, epoch: number, reason: string): number {
    const row = this.#row(scope, index);
    if (level > this.levels[row]!) {
      this.levels[row] = level;
      this.reasons[row] = reason;
    }
    this.epochs[row] = epoch;
    this.#look();
    return this.levels[row]!;
  }

  clear(scope: Scope, index: number, epoch: number): void {
    const row = this.#row(scope, index);
    this.levels[row] = 0;
    this.reasons[row] = '';
    this.epochs[row] = epoch;
    this.#look();
  }

  /** Every scope that is held, widest first. */
  held(): readonly Kill[] {
    return Array.from(this.levels.keys())
      .filter((row) => this.levels[row]! > 0)
      .map((row) => ({
        ...scopeOfRow(row, this.strategies),
        ...{ level: KILL_LEVELS[this.levels[row]! - 1]!, epoch: this.epochs[row]!, reason: this.reasons[row]! },
      }));
  }

  reset(): void {
    this.levels.fill(0);
    this.epochs.fill(0);
    this.reasons.fill('');
    this.owed.fill(0);
    this.isSweeping = false;
  }

  snapshot(): KillLadderSnapshot {
    return {
      levels: Array.from(this.levels),
      epochs: Array.from(this.epochs),
      reasons: [...this.reasons],
      owed: Array.from(this.owed),
    };
  }

  /** Throws `RangeError` where the snapshot has other numbers of strategies or instruments, or an unknown level. */
  restore({ levels, epochs, reasons, owed }: KillLadderSnapshot): void {
    const rows = this.levels.length;
    const isWhole = [levels, epochs, reasons].every(({ length }) => length === rows) && owed.length === this.strategies;
    if (!isWhole || levels.some((level) => level !== 0 && KILL_LEVELS[level - 1] === undefined))
      throw new RangeError(`expected a kill ladder of ${rows} rows in the risk snapshot, found ${levels.length}`);
    this.levels.set(levels);
    this.epochs.set(epochs);
    this.reasons.splice(0, rows, ...reasons);
    this.owed.set(owed);
    this.#look();
  }

  #look(): void {
    this.isSweeping = this.levels.some((level) => level >= KILL['cancel-all']);
  }

  #strictestRow(strategy: number, instrument: number): number {
    const levels = this.levels;
    let strict = 0;
    for (const row of [1, 2 + strategy, 2 + this.strategies + instrument])
      if (levels[row]! > levels[strict]!) strict = row;
    return strict;
  }

  #row(scope: Scope, index: number): number {
    return rowOfScope(scope, index, this.strategies, this.instruments);
  }
}
