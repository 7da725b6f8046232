import { limitsSchema } from '../../core/risk/limits.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { formatTime } from '../../core/vocabulary/time.ts';
import { usageOf } from '../../session/limit-usage.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { readSession, sessionOf } from './session-reader.ts';

/** The limits that a session's orders are judged by, and how far those of its account are used. */
export async function limitsShow(input: Input<'limits-show'>, world: World): Promise<Output<'limits-show'>> {
  const { name, core } = await readSession(await sessionOf(input.session, world), world);
  const defaults: Readonly<Record<string, Json>> = limitsSchema.parse({});
  const limits = Object.entries(core.engine.risk.limits.definition as Readonly<Record<string, Json>>).map(
    ([limit, value]) => ({
      ...{ limit, value: value as Output<'limits-show'>['limits'][number]['value'] },
      isDefault: JSON.stringify(value) === JSON.stringify(defaults[limit]),
    }),
  );
  return {
    ...{ session: name, time: Number.isFinite(core.lastMs) ? formatTime(core.lastMs) : null },
    ...{ currency: core.engine.state.account.currency, limits, usage: [...usageOf(core)] },
  };
}
