import { Cross, Series } from '../core/indicators/series.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { SessionCore } from './session-core.ts';

export interface IndicatorValue {
  readonly strategy: string;
  /** As the strategy calls it; parts of one with several lines have a dot between. */
  readonly name: string;
  /** Of a crossing: 1 upwards, −1 downwards, 0 none. Null while warming up. */
  readonly value: number | null;
}

/** What a strategy sees beside prices and positions. */
export interface Inspection {
  readonly indicators: readonly IndicatorValue[];
  readonly strategies: readonly {
    readonly strategy: string;
    readonly running: boolean;
    readonly settled: boolean;
    /** Its own state. */
    readonly state: Json;
  }[];
}

export function inspect({ engine: { seats } }: SessionCore): Inspection {
  return {
    indicators: seats.flatMap(({ strategy, context }) =>
      valuesIn(context.ind, '').map(([name, value]) => ({
        strategy: strategy.def.id,
        name,
        value: Number.isFinite(value) ? value : null,
      })),
    ),
    strategies: seats.map(({ strategy, running, settled, context }) => ({
      ...{ strategy: strategy.def.id, running, settled },
      // A copy: the strategy goes on with its own.
      state: JSON.parse(JSON.stringify(context.state)) as Json,
    })),
  };
}

function valuesIn(value: unknown, path: string): (readonly [string, number])[] {
  if (value instanceof Series) return [[path, value.value]];
  if (value instanceof Cross) return [[path, value.direction.value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => valuesIn(part, path === '' ? name : `${path}.${name}`));
}
