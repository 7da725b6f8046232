import type { StrategyConfig } from '../../core/engine/engine-config.ts';
import { underId } from '../../core/strategy/define-strategy.ts';
import type { InstrumentDefinition } from '../../core/vocabulary/instrument.ts';
import type { Json } from '../../core/vocabulary/json.ts';
import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { FurtherStrategy } from '../operations/with-field.ts';
import type { World } from '../world.ts';
import { type LoadedStrategy, loadStrategy } from './load-strategy.ts';
import { checkedParams } from './run-config.ts';

export const idOf = ({ strategy }: LoadedStrategy): string => strategy.def.id;

/** The strategies of a run, each under its id there. Rejects with {@link Failure} as {@link loadStrategy} does, and where two have one id. */
export async function loadStrategies(
  first: string,
  further: readonly FurtherStrategy[],
  world: World,
): Promise<readonly LoadedStrategy[]> {
  const all = [await loadStrategy(first, world)];
  for (const { strategy, as } of further) {
    const loaded = await loadStrategy(strategy, world);
    const own = idOf(loaded);
    const next =
      as === undefined || as === own ? loaded : { ...loaded, strategy: underId(loaded.strategy, as), of: own };
    const id = idOf(next);
    if (all.some((each) => idOf(each) === id))
      throw new Failure('input-invalid', `with: expected another id for each strategy of a run, found ${id} twice`, {
        hint: `Give it another: --with ${strategy},as=${id.slice(0, 46)}-2.`,
        details: { field: 'with', found: id },
      });
    all.push(next);
  }
  return all;
}

/** What each strategy of a run is given: its parameters, its share of the capital, its instruments. Throws {@link Failure}. */
export function strategyConfigs(
  loaded: readonly LoadedStrategy[],
  given: { readonly param: Readonly<Record<string, Json>>; readonly with: readonly FurtherStrategy[] },
  instruments: readonly InstrumentDefinition[],
): readonly StrategyConfig[] {
  const params = paramsOf(loaded, given.param);
  const shares = sharesOf(loaded, given.with);
  return loaded.map((each, k) => {
    const on = given.with[k - 1]?.on;
    const share = shares[k];
    return {
      strategy: each.strategy,
      params: checkedParams(each, params[k]!),
      ...(share === undefined ? {} : { allocation: share }),
      ...(on === undefined ? {} : { instruments: on.map((name) => instrumentIn(name, instruments)) }),
    };
  });
}

/** Parameters by strategy: `fast` is the first one's, `rsi2-reversion.period` that of the strategy of this id. */
function paramsOf(
  loaded: readonly LoadedStrategy[],
  given: Readonly<Record<string, Json>>,
): readonly Readonly<Record<string, Json>>[] {
  const ids = loaded.map(idOf);
  const params = loaded.map((): Record<string, Json> => ({}));
  for (const [name, value] of Object.entries(given)) {
    const dot = name.indexOf('.');
    const id = dot < 0 ? ids[0]! : name.slice(0, dot);
    const own = name.slice(dot + 1);
    const at = ids.indexOf(id);
    if (at < 0) throw unknownId(name, id, ids);
    if (Object.hasOwn(params[at]!, own))
      throw refuse(`${ids[at]}: parameter ${own}: expected once, found twice`, name, '');
    params[at]![own] = value;
  }
  const [first, ...others] = loaded;
  for (const name of Object.keys(params[0]!)) {
    if (Object.hasOwn(first!.strategy.def.params, name)) continue;
    const owner = others.find((each) => Object.hasOwn(each.strategy.def.params, name));
    if (owner !== undefined)
      throw refuse(
        `${ids[0]} has no parameter "${name}"; it has ${Object.keys(first!.strategy.def.params).join(', ') || 'none'}`,
        name,
        `${idOf(owner)} has one: --param ${idOf(owner)}.${name}=…`,
      );
  }
  return params;
}

function unknownId(name: string, id: string, ids: readonly string[]): Failure {
  const near = closest(id, ids);
  return refuse(
    `there is no strategy "${id}" in this run, which has ${ids.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`,
    name,
    'Write --param <id>.<name>=<value> with the id of one of them; without an id it is the first one’s.',
  );
}

const refuse = (message: string, field: string, hint: string): Failure =>
  new Failure('parameter-invalid', message, { ...(hint === '' ? {} : { hint }), details: { field } });

/** What nobody is given is shared out evenly among those that say nothing; where nobody says anything, the engine does it. */
function sharesOf(
  loaded: readonly LoadedStrategy[],
  further: readonly FurtherStrategy[],
): readonly (number | undefined)[] {
  const said = [undefined, ...further.map(({ share }) => share)];
  const taken = said.reduce<number>((sum, share) => sum + (share ?? 0), 0);
  if (taken === 0) return said;
  const left = 1 - taken;
  if (left <= 0)
    throw new Failure('input-invalid', `with: expected shares of less than 1 together, found ${+taken.toFixed(6)}`, {
      hint: `Leave something for ${loaded
        .filter((_, k) => said[k] === undefined)
        .map(idOf)
        .join(', ')}: what is left is shared evenly by those that say no share.`,
      details: { field: 'with', found: +taken.toFixed(6) },
    });
  const each = left / said.filter((share) => share === undefined).length;
  return said.map((share) => share ?? each);
}

function instrumentIn(name: string, instruments: readonly InstrumentDefinition[]): string {
  const wanted = name.toUpperCase();
  const found = instruments.find(({ id }) =>
    [id, id.slice(id.indexOf(':') + 1)].some((each) => each.toUpperCase() === wanted),
  );
  if (found !== undefined) return found.id;
  const known = instruments.map(({ id }) => id);
  throw new Failure(
    'input-invalid',
    `with: on: there is no instrument ${name} in this run; there are ${known.join(', ')}`,
    {
      hint: 'Name one of them, or give its bars with a further --data or --symbol.',
      details: { field: 'with', found: name, expected: known },
    },
  );
}
