import { builtInStrategies } from '../../core/strategy/catalogue.ts';
import { type BarsSpec, ruleText, type UniverseSpec } from '../../core/strategy/data.ts';
import type { AnyStrategy } from '../../core/strategy/define-strategy.ts';
import type { ParamSpec } from '../../core/strategy/params.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';
import { loadStrategy } from './load-strategy.ts';

type StrategyEntry = Output<'strategies'>['strategies'][number];

export async function strategies(input: Input<'strategies'>, world: World): Promise<Output<'strategies'>> {
  const list =
    input.strategy === undefined ? builtInStrategies : [(await loadStrategy(input.strategy, world)).strategy];
  return { strategies: list.map(entry) };
}

function entry({ def }: AnyStrategy): StrategyEntry {
  const feeds = Object.entries(def.data as Readonly<Record<string, BarsSpec | UniverseSpec>>);
  const params = Object.entries(def.params as Readonly<Record<string, ParamSpec<number | boolean | string>>>);
  return {
    id: def.id,
    version: def.version ?? '1',
    about: def.about ?? '',
    failsWhen: def.failsWhen ?? '',
    feeds: feeds.map(([name, spec]) => ({
      name,
      bars: `${ruleText(spec.rule)}${spec.kind === 'universe' ? ' of every instrument' : spec.view === 'heikin-ashi' ? ' as Heikin-Ashi' : ''}`,
      symbol: spec.kind === 'bars' ? (spec.symbol ?? null) : null,
    })),
    params: params.map(([name, { kind, default: byDefault, range, options }]) => ({
      name,
      kind,
      default: byDefault,
      min: range.min ?? null,
      max: range.max ?? null,
      step: range.step ?? null,
      options: [...options],
    })),
  };
}
