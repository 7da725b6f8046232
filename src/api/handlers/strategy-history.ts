import { furthestOf, type Standing, standingOf } from '../../core/promotion/standing.ts';
import type { RegistryFact } from '../../core/vocabulary/promotion.ts';
import { RegistryError, type StrategyLine, type StrategyRegistry } from '../../ports/strategy-registry.ts';
import type { World } from '../world.ts';

/** How often one who was too slow reads again before giving up. */
const TRIES = 20;

/** Something to say of a strategy, and why. */
export interface Saying {
  readonly fact: RegistryFact;
  readonly reason: string;
}

export async function standing(strategy: string, registry: StrategyRegistry): Promise<Standing> {
  return standingOf(strategy, await registry.entries(strategy));
}

/**
 * Says what `decide` makes of where a strategy stands, and answers where it stands then. Nothing is appended where it has nothing to say; it
 * is asked again where somebody else has said something in between. What it throws comes through. Rejects with {@link RegistryError}.
 */
export async function say(
  world: World,
  strategy: string,
  actor: string,
  decide: (now: Standing) => readonly Saying[],
): Promise<Standing> {
  const registry = await world.strategyRegistry();
  for (let k = 0; k < TRIES; k++) {
    const entries = await registry.entries(strategy);
    const now = standingOf(strategy, entries);
    const atMs = world.clock.nowMs();
    const drafts = decide(now).map(({ fact, reason }) => ({ atMs, actor, reason, fact }));
    if (drafts.length === 0) return now;
    const added = drafts.map((draft, i) => ({ ...draft, strategy, seq: now.seq + 1 + i }));
    const next = standingOf(strategy, [...entries, ...added]);
    if (await registry.append(strategy, now.seq, drafts, lineOf(next, atMs))) return next;
  }
  throw new RegistryError('unavailable', `strategy ${strategy}: others write its history all the time; try again`);
}

function lineOf(of: Standing, updatedAtMs: number): StrategyLine {
  const furthest = furthestOf(of);
  return {
    ...{ id: of.strategy, name: of.versions.at(-1)?.path ?? of.strategy, active: of.active },
    ...{ status: furthest?.stage ?? 'research', codeHash: furthest?.codeHash ?? null },
    params: furthest === null ? null : JSON.stringify(furthest.params),
    ...{ versions: of.versions.length, updatedAtMs },
  };
}
