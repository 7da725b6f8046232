import type { Scope } from '../core/vocabulary/commands.ts';
import type { KillWorld } from '../ports/kill-world.ts';
import type { KillPlace, KillRequest, LatchWritten } from './kill-request.ts';
import type { LiveSession } from './live-sessions.ts';
import { tried } from './tried.ts';

/** What is to be latched. */
export interface LatchPlace {
  readonly scope: Scope;
  readonly target: string;
}

const SYSTEM: LatchPlace = { scope: 'system', target: '' };

/** What the latch of a kill holds, as far as it is known without the vault; null where only that knows. Everything, where nothing better is known. */
export function latchPlacesOf(
  place: KillPlace,
  meant: readonly LiveSession[] | null,
  all: readonly LiveSession[] | null,
): readonly LatchPlace[] | null {
  if (place.kind === 'strategy') return [{ scope: 'strategy', target: place.strategy }];
  if (place.kind === 'instrument') return [{ scope: 'instrument', target: place.instrument }];
  if (place.kind === 'account')
    return all?.some(({ account: { id } }) => id === place.account)
      ? [{ scope: 'account', target: place.account }]
      : null;
  if (place.kind === 'system' || meant === null || meant.length === 0) return [SYSTEM];
  return accountPlaces(meant.map(({ account }) => account.id));
}

/** One latch for each account; one for everything where none is known. */
export function accountPlaces(ids: readonly (string | null)[]): readonly LatchPlace[] {
  const known = [...new Set(ids)].filter((id) => id !== null);
  return known.length === 0 || ids.includes(null) ? [SYSTEM] : known.map((target) => ({ scope: 'account', target }));
}

/** Writes latches; what fails is in the answer. */
export async function writeLatches(
  { level, latchLevel, reason }: KillRequest,
  places: readonly LatchPlace[],
  world: KillWorld,
): Promise<LatchWritten[]> {
  if (latchLevel === null) return [];
  const { actor, clock } = world;
  const faults: string[] = [];
  const store = await tried('latches', () => world.latches(), clock, faults);
  if (store === null) return [{ written: false, why: faults.join('; ') }];
  try {
    const written: LatchWritten[] = [];
    for (const { scope, target } of places) {
      // Strategies are paused, not instruments.
      const wanted = latchLevel ?? level;
      const at = scope === 'instrument' && wanted === 'pause' ? 'reduce' : wanted;
      const latch = await tried('latches', () => store.raise(scope, target, at, { actor, reason }), clock, faults);
      written.push(
        latch === null ? { written: false, why: faults.at(-1)! } : { written: true, scope, target, level: latch.level },
      );
    }
    return written;
  } finally {
    await store.close();
  }
}
