import type { Engine } from '../../core/engine/engine.ts';
import { StrategyError } from '../../core/engine/strategy-error.ts';
import { jsonOffence } from '../../core/vocabulary/json.ts';
import { LateCallError } from '../../core/vocabulary/late-call.ts';
import type { World } from '../world.ts';
import { strategyFailure } from './failure-of.ts';

/**
 * Lets promises and timers that the handlers of a strategy only began have a turn after a run that knows nothing of them. Throws the failure
 * `strategy-failed` where one of them has asked for something, has changed the strategy's state, or has thrown.
 */
export async function refuseLateCalls({ handlers, seats, state }: Engine, world: World): Promise<void> {
  const { strategyFiles } = world;
  const stateOf = (): string[] =>
    seats.map(({ context }) => jsonOffence(context.state) ?? JSON.stringify(context.state));
  const before = stateOf();
  const [thrown] = await strategyFiles.turn();
  const changed = stateOf().findIndex((text, i) => text !== before[i]);
  const idOf = (index: number): string => seats[index]!.strategy.def.id;
  const found: readonly { readonly strategy: string; readonly error: unknown }[] = [
    ...handlers.takeLate(),
    ...(changed < 0 ? [] : [{ strategy: idOf(changed), error: new LateCallError('state') }]),
    ...(thrown === undefined ? [] : [{ strategy: seats.map((_, i) => idOf(i)).join(' or '), error: thrown }]),
  ];
  if (found.length === 0) return;
  const [{ strategy, error }] = found as [(typeof found)[number]];
  throw strategyFailure(new StrategyError(strategy, null, state.nowMs, error), strategyFiles.placeOf(error));
}
