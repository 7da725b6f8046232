import { limitsSchema } from '../../core/risk/limits.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { usageOf } from '../../session/limit-usage.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { followingSession, withSession } from './shared-sessions.ts';

/** The limits that a session's orders are judged by, and how far those of its account are used. */
export function limitsShow(input: Input<'limits-show'>, world: World, call: Call): Promise<Output<'limits-show'>> {
  return withSession({ session: input.session }, world, async (shared) => {
    const { name, core } = shared.read;
    const defaults: Readonly<Record<string, Json>> = limitsSchema.parse({});
    const limits = Object.entries(core.engine.risk.limits.definition as Readonly<Record<string, Json>>).map(
      ([limit, value]) => ({
        ...{ limit, value: value as Output<'limits-show'>['limits'][number]['value'] },
        isDefault: JSON.stringify(value) === JSON.stringify(defaults[limit]),
      }),
    );
    const view = (): Output<'limits-show'> => ({
      ...{ session: name, time: Number.isFinite(core.lastMs) ? formatTime(core.lastMs) : null },
      ...{ currency: core.engine.state.account.currency, limits, usage: [...usageOf(core)] },
    });
    await followingSession(shared, input, world, call, view);
    return view();
  });
}
