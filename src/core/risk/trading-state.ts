import { type Scope, TRADING_STATES, type TradingState } from '../vocabulary/commands.ts';

export type { Scope };

/** Why a scope may not trade freely. A cause is lifted on its own: the end of a day does not undo what an operator ordered. */
export const STATE_CAUSES = [
  'operator',
  'first-start',
  'daily-loss-limit',
  'drawdown-limit',
  'repeated-execution-limit',
  'strategy-fault',
  'data-fault',
  'venue-fault',
  'reconciliation-fault',
  'kill',
] as const;
export type StateCause = (typeof STATE_CAUSES)[number];

/** A change of a scope's state, as data: the engine makes the event. `index` is the strategy's or the instrument's, else 0. */
export interface StateTransition {
  readonly scope: Scope;
  readonly index: number;
  readonly from: TradingState;
  readonly to: TradingState;
  readonly cause: StateCause | 'day-ended' | 'pause-ended' | 're-armed';
}

/** A scope that may not trade freely. `index` is the strategy's or the instrument's, else 0. */
export interface HeldScope {
  readonly scope: Scope;
  readonly index: number;
  readonly state: TradingState;
  readonly causes: readonly StateCause[];
}

/** Trading states in plain JSON: per row (system, account, strategies, instruments) the level that each cause holds. */
export interface TradingStatesSnapshot {
  readonly strategies: number;
  readonly instruments: number;
  /** Row by row, one number (0 active, 1 reducing, 2 halted) a cause, in the order of {@link STATE_CAUSES}. */
  readonly held: readonly number[];
}

const CAUSES = STATE_CAUSES.length;

/** Place of a scope among system, account, strategies and instruments. Throws `RangeError` where there is none. */
export function rowOfScope(scope: Scope, index: number, strategies: number, instruments: number): number {
  const first = scope === 'system' ? 0 : scope === 'account' ? 1 : scope === 'strategy' ? 2 : 2 + strategies;
  const rows = scope === 'strategy' ? strategies : scope === 'instrument' ? instruments : 1;
  if (!(Number.isInteger(index) && index >= 0 && index < rows)) throw new RangeError(`no ${scope} ${index}`);
  return first + index;
}

/** The scope at a place, see {@link rowOfScope}. */
export function scopeOfRow(row: number, strategies: number): { readonly scope: Scope; readonly index: number } {
  if (row < 2) return { scope: row === 0 ? 'system' : 'account', index: 0 };
  const isStrategy = row < 2 + strategies;
  return { scope: isStrategy ? 'strategy' : 'instrument', index: row - 2 - (isStrategy ? 0 : strategies) };
}

/**
 * May we trade? One state each for system, account, strategies and instruments; the strictest wins, among scopes and among
 * the causes of one scope.
 *
 * `active`: everything. `reducing`: only orders that lower a position (kill level "reduce"). `halted`: nothing but cancels, the stops and
 * targets of entries that fill meanwhile, and what a kill closes positions with (kill levels from "halt" on). States and their meaning as in Nautilus Trader's TradingState
 * and the FIA guide of 2015, 1.11; the kill functionality itself is RTS 6 Art. 12.
 */
export class TradingStates {
  declare readonly strategies: number;
  declare readonly instruments: number;
  /** The strictest held level of each row: what the hot path reads. */
  declare private readonly level: Uint8Array;
  readonly #held: Uint8Array;

  constructor(strategies: number, instruments: number) {
    this.strategies = strategies;
    this.instruments = instruments;
    const rows = 2 + strategies + instruments;
    this.level = new Uint8Array(rows);
    this.#held = new Uint8Array(rows * CAUSES);
  }

  /** Strictest of all scopes that concern an order: 0 active, 1 reducing, 2 halted. */
  strictest(strategy: number, instrument: number): number {
    const level = this.level;
    let strict = level[0]!;
    const account = level[1]!;
    const own = level[2 + strategy]!;
    const market = level[2 + this.strategies + instrument]!;
    if (account > strict) strict = account;
    if (own > strict) strict = own;
    return market > strict ? market : strict;
  }

  state(scope: Scope, index = 0): TradingState {
    return TRADING_STATES[this.level[this.#row(scope, index)]!]!;
  }

  /** Causes that hold a scope back now. */
  causes(scope: Scope, index = 0): StateCause[] {
    const from = this.#row(scope, index) * CAUSES;
    return STATE_CAUSES.filter((_, i) => this.#held[from + i]! > 0);
  }

  /** Every scope that is not active, widest first. */
  held(): readonly HeldScope[] {
    return Array.from(this.level.keys())
      .filter((row) => this.level[row]! > 0)
      .map((row) => {
        const { scope, index } = scopeOfRow(row, this.strategies);
        return { scope, index, state: this.state(scope, index), causes: this.causes(scope, index) };
      });
  }

  /** Sets what one cause demands of a scope (`active` lifts it). Returns the change of the scope's state, null where none. */
  set(
    scope: Scope,
    index: number,
    to: TradingState,
    cause: StateCause,
    named: StateTransition['cause'] = cause,
  ): StateTransition | null {
    const row = this.#row(scope, index);
    this.#held[row * CAUSES + STATE_CAUSES.indexOf(cause)] = TRADING_STATES.indexOf(to);
    return this.#settle(scope, index, row, named);
  }

  /** A person trades a scope free: every cause of it is lifted. Other scopes keep theirs. */
  rearm(scope: Scope, index = 0): StateTransition | null {
    const row = this.#row(scope, index);
    this.#held.fill(0, row * CAUSES, (row + 1) * CAUSES);
    return this.#settle(scope, index, row, 're-armed');
  }

  clear(): void {
    this.level.fill(0);
    this.#held.fill(0);
  }

  snapshot(): TradingStatesSnapshot {
    return { strategies: this.strategies, instruments: this.instruments, held: Array.from(this.#held) };
  }

  /** Throws `RangeError` where the snapshot has other numbers of strategies or instruments. */
  restore(snapshot: TradingStatesSnapshot): void {
    if (snapshot.strategies !== this.strategies || snapshot.instruments !== this.instruments)
      throw new RangeError(
        `expected trading states of ${this.strategies} strategies and ${this.instruments} instruments, ` +
          `found ${snapshot.strategies} and ${snapshot.instruments}`,
      );
    if (
      snapshot.held.length !== this.#held.length ||
      snapshot.held.some((level) => TRADING_STATES[level] === undefined)
    )
      throw new RangeError('trading states of the snapshot are damaged');
    this.#held.set(snapshot.held);
    for (let row = 0; row < this.level.length; row++) this.level[row] = this.#strictestCause(row);
  }

  #row(scope: Scope, index: number): number {
    return rowOfScope(scope, index, this.strategies, this.instruments);
  }

  #strictestCause(row: number): number {
    return this.#held.subarray(row * CAUSES, (row + 1) * CAUSES).reduce((a, b) => Math.max(a, b), 0);
  }

  #settle(scope: Scope, index: number, row: number, cause: StateTransition['cause']): StateTransition | null {
    const from = this.level[row]!;
    const to = this.#strictestCause(row);
    if (from === to) return null;
    this.level[row] = to;
    return { scope, index, from: TRADING_STATES[from]!, to: TRADING_STATES[to]!, cause };
  }
}
