import type { Indicator, ParameterRanges } from './indicator.ts';
import type { Node, Series, SeriesOwner } from './series.ts';

/**
 * The series of a one-output indicator on given input series; the first input's bars are its clock. Throws TypeError where an
 * input is no series, RangeError on bad parameters.
 */
export function line<P extends ParameterRanges>(
  spec: Indicator<P, readonly string[]>,
  inputs: readonly [Series, ...Series[]],
  params: Readonly<Record<string, number>>,
): Series {
  return nodeOf(spec, inputs, params).outputs[0]!;
}

/** All output series of an indicator, by name. Throws as {@link line}. */
export function lines<P extends ParameterRanges, const O extends readonly string[]>(
  spec: Indicator<P, O>,
  inputs: readonly [Series, ...Series[]],
  params: Readonly<Record<string, number>>,
): { readonly [K in O[number]]: Series } {
  const node = nodeOf(spec, inputs, params);
  return Object.fromEntries(spec.outputs.map((name, k) => [name, node.outputs[k]!])) as { [K in O[number]]: Series };
}

function nodeOf<P extends ParameterRanges>(
  spec: Indicator<P, readonly string[]>,
  inputs: readonly [Series, ...Series[]],
  params: Readonly<Record<string, number>>,
): Node {
  for (const input of inputs as readonly unknown[])
    if (!isSeries(input))
      throw new TypeError(
        `${spec.name}: takes a series, such as bars.close or another indicator; found ${kindOf(input)}`,
      );
  return inputs[0].owner.node(spec as unknown as Indicator, inputs, params);
}

/**
 * The input series that an indicator on bars declares, e.g. high, low, close. Throws TypeError where bars are not what was given.
 */
export function fieldsOf(spec: Pick<Indicator, 'name' | 'inputs'>, bars: SeriesOwner): [Series, ...Series[]] {
  const given: unknown = bars;
  if (!isBars(given))
    throw new TypeError(
      `${spec.name}: takes bars (${spec.inputs.join(', ')}), such as data.main; found ${kindOf(given)}`,
    );
  return spec.inputs.map((name) => bars.field(name)) as [Series, ...Series[]];
}

/** By what is asked of it, and not by class: a strategy may bring a copy of this module of its own. */
const isSeries = (value: unknown): value is Series => typeof (value as Series | null)?.owner?.node === 'function';

const isBars = (value: unknown): value is SeriesOwner =>
  typeof value === 'object' && value !== null && typeof (value as SeriesOwner).field === 'function';

/** What was given instead, and what of it was probably meant. */
export function kindOf(value: unknown): string {
  if (isSeries(value)) return 'a series';
  if (isBars(value)) return 'bars; name one of their series, such as bars.close';
  if (value === null || typeof value !== 'object')
    return typeof value === 'string' ? JSON.stringify(value) : String(value);
  const names = Object.entries(value).flatMap(([name, part]) => (isSeries(part) ? [name] : []));
  return names.length > 0 ? `the series ${names.join(', ')} together; name one of them` : 'an object that is none';
}
