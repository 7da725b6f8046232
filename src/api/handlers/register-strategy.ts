import { findCandidate } from '../../core/promotion/standing.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { candidateName, registration } from './evidence.ts';
import { loadStrategy } from './load-strategy.ts';
import { toldParams } from './promotion.ts';
import { checkedParams } from './run-config.ts';
import { type Saying, say } from './strategy-history.ts';

export async function strategyRegister(
  input: Input<'strategy-register'>,
  world: World,
): Promise<Output<'strategy-register'>> {
  const loaded = await loadStrategy(input.strategy, world);
  const { id } = loaded.strategy.def;
  const params = checkedParams(loaded, input.param);
  const { codeHash } = loaded;
  const name = candidateName({ strategy: id, codeHash, params });
  let isNew = { newVersion: false, newParams: false };
  const now = await say(world, id, world.actor, (before) => {
    const found = registration(before, loaded, params);
    isNew = {
      newVersion: found.some(({ fact }) => fact.type === 'version-seen'),
      newParams: found.some(({ fact }) => fact.type === 'params-seen'),
    };
    const again: Saying = { fact: { type: 'activity-changed', active: true }, reason: 'registered again' };
    return before.active ? found : [...found, again];
  });
  const { stage } = findCandidate(now, name)!;
  return { id, code: codeHash, params: toldParams(params), stage, ...isNew };
}
