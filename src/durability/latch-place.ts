import { KILL_LEVELS, type KillLevel, SCOPES, type Scope } from '../core/vocabulary/commands.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Latch, LatchStore } from '../ports/latches.ts';

/** A latch as a place stores it: words that may be of another version. */
export interface LatchRow {
  readonly scope: string;
  readonly target: string;
  /** Empty for none. */
  readonly level: string;
  readonly epoch: number;
  readonly into: string;
  readonly actor: string;
  readonly reason: string;
  readonly atMs: TimeMs;
}

/** Rows under scope and target. */
export interface LatchPlace {
  rows(): Promise<readonly LatchRow[]>;
  /** Reads a row, and writes what `make` makes of it; nobody else writes in between. `nowMs`: by the clock of the place. */
  change(scope: string, target: string, make: (row: LatchRow | null, nowMs: TimeMs) => LatchRow): Promise<LatchRow>;
  close(): Promise<void>;
}

const rank = (level: KillLevel | null): number => (level === null ? -1 : KILL_LEVELS.indexOf(level));
const isOneOf = <T extends string>(words: readonly T[], word: string): word is T =>
  (words as readonly string[]).includes(word);

/** What a row means; one that cannot be understood halts. */
export function latchOf({ scope, target, level, epoch, into, actor, reason, atMs }: LatchRow): Latch {
  const isKnown = isOneOf(SCOPES, scope);
  const isRight = isKnown && Number.isSafeInteger(epoch) && (level === '' || isOneOf(KILL_LEVELS, level));
  return {
    scope: isKnown ? scope : 'system',
    target: isKnown ? target : '',
    level: isRight ? (level === '' ? null : level) : 'halt',
    epoch: Number.isSafeInteger(epoch) ? epoch : 0,
    into: into === 'reducing' ? 'reducing' : 'active',
    actor,
    reason: isRight ? reason : `a latch that this version cannot read: ${scope} ${target} ${level} (${reason})`,
    atMs,
  };
}

/** The one set of rules of latches, wherever their rows lie. */
export function storedLatches(place: LatchPlace): LatchStore {
  const change = async (
    scope: Scope,
    target: string,
    make: (latch: Latch | null) => Omit<LatchRow, 'scope' | 'target' | 'atMs'> | null,
  ): Promise<Latch> =>
    latchOf(
      await place.change(scope, target, (row, nowMs) => {
        const made = make(row === null ? null : latchOf(row));
        return made === null ? row! : { scope, target, ...made, atMs: nowMs };
      }),
    );
  return {
    all: async () => (await place.rows()).map(latchOf),
    raise: (scope, target, level, { actor, reason }) =>
      change(scope, target, (latch) =>
        rank(level) > rank(latch?.level ?? null)
          ? { level, epoch: latch?.epoch ?? 0, into: latch?.into ?? 'active', actor, reason }
          : null,
      ),
    rearm: (scope, target, into, { actor, reason }) =>
      change(scope, target, (latch) => ({ level: '', epoch: (latch?.epoch ?? 0) + 1, into, actor, reason })),
    close: () => place.close(),
  };
}
