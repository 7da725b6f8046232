import { catalogue } from '../../core/indicators/catalogue.ts';
import type { Indicator } from '../../core/indicators/indicator.ts';
import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';

type IndicatorEntry = Output<'indicators'>['indicators'][number];

/** All indicators, the one of that name, or those whose name or title contains the text. */
export function indicators(input: Input<'indicators'>): Output<'indicators'> {
  const wanted = input.indicator?.toLowerCase();
  if (wanted === undefined) return { indicators: catalogue.map(entry) };
  const exact = catalogue.find((i) => i.name === wanted);
  const found = exact
    ? [exact]
    : catalogue.filter((i) => i.name.includes(wanted) || i.title.toLowerCase().includes(wanted));
  if (found.length > 0) return { indicators: found.map(entry) };
  const near = closest(
    wanted,
    catalogue.map((i) => i.name),
  );
  throw new Failure(
    'indicator-unknown',
    `there is no indicator "${wanted}"${near === null ? '' : `; did you mean ${near}?`}`,
    {
      details: { found: wanted },
    },
  );
}

function entry(indicator: Indicator): IndicatorEntry {
  const { name, group, title, formula, source, inputs, outputs, unit, params } = indicator;
  const defaults = Object.fromEntries(Object.entries(params).map(([key, range]) => [key, range.default]));
  const warmUpBars = Math.max(...[indicator.warmup(defaults)].flat());
  return {
    ...{ name, group, title, formula, source, unit, inputs: [...inputs], outputs: [...outputs] },
    params: Object.entries(params).map(([key, { default: byDefault, min, max, about }]) => ({
      name: key,
      default: byDefault,
      min,
      max,
      about,
    })),
    warmUpBars,
    settledBars: indicator.settle?.(defaults) ?? warmUpBars,
  };
}
