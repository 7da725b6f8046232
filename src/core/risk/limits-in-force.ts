import type { Scope } from '../vocabulary/commands.ts';
import { type Json, sameJson } from '../vocabulary/json.ts';
import {
  changesBetween,
  type LimitChange,
  ownOnly,
  SCOPED_LIMITS,
  type ScopedLimits,
  strictest,
  withChanges,
} from './limit-changes.ts';
import { CompiledLimits, type Limits, limitsSchema } from './limits.ts';

/** Limits in plain JSON: those of the account, and what strategies and instruments have of their own, by index. */
export interface ChangedLimits {
  readonly account: Limits;
  readonly strategies: readonly ScopedLimits[];
  readonly instruments: readonly ScopedLimits[];
}

type Changes = Readonly<Record<string, unknown>>;

/** Nothing is limited: what a strategy or an instrument has of its own begins with it. */
const NOTHING: Limits = {
  ...limitsSchema.parse({}),
  ...Object.fromEntries(SCOPED_LIMITS.map((name) => [name, name === 'requireStop' ? false : null])),
};

const isOwn = (scope: Scope): scope is 'strategy' | 'instrument' => scope === 'strategy' || scope === 'instrument';

/** The limits that hold now, which may be changed while a session runs. An order is judged by the strictest of account, strategy and instrument. */
export class LimitsInForce {
  declare account: CompiledLimits;
  readonly #first: CompiledLimits;
  readonly #own: { readonly strategy: ScopedLimits[]; readonly instrument: ScopedLimits[] };
  /** By strategy and instrument; null where all have those of the account. */
  #bySlot: readonly CompiledLimits[] | null = null;

  constructor(limits: CompiledLimits, strategies: number, instruments: number) {
    this.account = limits;
    this.#first = limits;
    this.#own = {
      strategy: new Array<ScopedLimits>(strategies).fill({}),
      instrument: new Array<ScopedLimits>(instruments).fill({}),
    };
  }

  of(strategy: number, instrument: number): CompiledLimits {
    return this.#bySlot === null ? this.account : this.#bySlot[strategy * this.#own.instrument.length + instrument]!;
  }

  /** What a strategy or an instrument has of its own. */
  own(scope: 'strategy' | 'instrument', index: number): ScopedLimits {
    return this.#own[scope][index]!;
  }

  /** What {@link set} would change. Throws {@link LimitsError}. */
  planned(scope: Scope, index: number, changes: Changes): readonly LimitChange[] {
    if (!isOwn(scope)) return changesBetween(this.account.definition, withChanges(this.account.definition, changes));
    const before = { ...NOTHING, ...this.#own[scope][index]! };
    return changesBetween(before, { ...before, ...ownOnly(withChanges(before, changes), Object.keys(changes)) });
  }

  /** Changes the limits of the account, or what a strategy or an instrument has of its own. Throws {@link LimitsError}, having changed nothing. */
  set(scope: Scope, index: number, changes: Changes): void {
    if (!isOwn(scope)) this.account = new CompiledLimits(withChanges(this.account.definition, changes));
    else {
      const names = [...Object.keys(this.#own[scope][index]!), ...Object.keys(changes)];
      const all = withChanges({ ...NOTHING, ...this.#own[scope][index]! }, changes);
      this.#own[scope][index] = Object.fromEntries(
        Object.entries(ownOnly(all, names)).filter(([, value]) => value !== null && value !== false),
      );
    }
    this.#derive();
  }

  /** Null where they are those of the beginning. */
  changed(): ChangedLimits | null {
    const { definition } = this.account;
    if (this.#bySlot === null && sameJson(definition as unknown as Json, this.#first.definition as unknown as Json))
      return null;
    const { strategy, instrument } = this.#own;
    return { account: definition, strategies: [...strategy], instruments: [...instrument] };
  }

  /** Those of a snapshot; those of the beginning where null. */
  restore(changed: ChangedLimits | null): void {
    this.account = changed === null ? this.#first : new CompiledLimits(changed.account);
    for (const [scope, own] of [
      ['strategy', changed?.strategies],
      ['instrument', changed?.instruments],
    ] as const)
      for (const k of this.#own[scope].keys()) this.#own[scope][k] = own?.[k] ?? {};
    this.#derive();
  }

  #derive(): void {
    const { strategy, instrument } = this.#own;
    const isPlain = [...strategy, ...instrument].every((own) => Object.keys(own).length === 0);
    this.#bySlot = isPlain
      ? null
      : strategy.flatMap((a) =>
          instrument.map((b) => new CompiledLimits(strictest(strictest(this.account.definition, a), b))),
        );
  }
}
