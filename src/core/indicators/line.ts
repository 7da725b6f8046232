import type { Indicator, ParameterRanges } from './indicator.ts';
import type { Series, SeriesOwner } from './series.ts';

/** The series of a one-output indicator on given input series; the first input's bars are its clock. */
export function line<P extends ParameterRanges>(
  spec: Indicator<P, readonly string[]>,
  inputs: readonly [Series, ...Series[]],
  params: Readonly<Record<string, number>>,
): Series {
  return clockOf(spec, inputs).node(spec as unknown as Indicator, inputs, params).outputs[0]!;
}

/** All output series of an indicator, by name. */
export function lines<P extends ParameterRanges, const O extends readonly string[]>(
  spec: Indicator<P, O>,
  inputs: readonly [Series, ...Series[]],
  params: Readonly<Record<string, number>>,
): { readonly [K in O[number]]: Series } {
  const node = clockOf(spec, inputs).node(spec as unknown as Indicator, inputs, params);
  return Object.fromEntries(spec.outputs.map((name, k) => [name, node.outputs[k]!])) as { [K in O[number]]: Series };
}

/** The input series that an indicator on bars declares, e.g. high, low, close. */
export function fieldsOf(spec: Pick<Indicator, 'name' | 'inputs'>, bars: SeriesOwner): [Series, ...Series[]] {
  if (typeof bars?.field !== 'function')
    throw new TypeError(`${spec.name}: expected bars such as data.main, found ${kindOf(bars)}`);
  return spec.inputs.map((name) => bars.field(name)) as [Series, ...Series[]];
}

/** Whoever computes on these inputs. Without types a mistyped name is no series, and nothing that it is asked for is there. */
function clockOf(spec: { readonly name: string }, inputs: readonly [Series, ...Series[]]): SeriesOwner {
  for (const input of inputs as readonly (Series | undefined)[])
    if (typeof input?.owner?.node !== 'function')
      throw new TypeError(`${spec.name}: expected a series such as data.main.close, found ${kindOf(input)}`);
  return inputs[0].owner;
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof (value as Partial<SeriesOwner>).field === 'function') return 'bars';
  return typeof (value as Partial<Series>).at === 'function' ? 'a series' : `a ${typeof value}`;
}
