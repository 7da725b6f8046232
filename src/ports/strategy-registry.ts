import type { RegistryEntry, RegistryFact, Stage } from '../core/vocabulary/promotion.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';

/** Something to say of a strategy. `actor`: the person or the command that says it. */
export interface RegistryDraft {
  readonly atMs: TimeMs;
  readonly actor: string;
  readonly reason: string;
  readonly fact: RegistryFact;
}

/** Where a strategy stands, for whoever reads the tables: it follows from the history and is written with it. */
export interface StrategyLine {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  /** The furthest stage that any of its candidates has. */
  readonly status: Stage;
  /** That candidate's code and parameters (JSON); null where there is none. */
  readonly codeHash: string | null;
  readonly params: string | null;
  readonly versions: number;
  readonly updatedAtMs: TimeMs;
}

/** The place of registry and tables failed. What was asked for may have happened: ask again. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: 'unavailable' | 'damaged' | 'newer-version';

  constructor(code: RegistryError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * What is known of strategies: a history of facts for each, only ever appended to. Where a strategy stands is a fold of its history
 * (`src/core/promotion`). Rejects with {@link RegistryError}.
 */
export interface StrategyRegistry {
  /**
   * Appends to a strategy's history, all or nothing, and replaces its line, if `after` is still the number of its newest entry (0: none).
   * False where somebody else was faster: read again, and decide again.
   */
  append(strategy: string, after: number, drafts: readonly RegistryDraft[], line: StrategyLine): Promise<boolean>;
  /** The history of a strategy, oldest first; empty where it is not known. */
  entries(strategy: string): Promise<readonly RegistryEntry[]>;
  /** By id. */
  strategies(): Promise<readonly StrategyLine[]>;
  close(): Promise<void>;
}
