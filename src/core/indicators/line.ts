import type { Indicator, ParameterRanges } from './indicator.ts';
import type { Series, SeriesOwner } from './series.ts';

/** The series of a one-output indicator on given input series; the first input's bars are its clock. */
export function line<P extends ParameterRanges>(
  spec: Indicator<P, readonly string[]>,
  inputs: readonly [Series, ...Series[]],
  params: Readonly<Record<string, number>>,
): Series {
  return inputs[0].owner.node(spec as unknown as Indicator, inputs, params).outputs[0]!;
}

/** All output series of an indicator, by name. */
export function lines<P extends ParameterRanges, const O extends readonly string[]>(
  spec: Indicator<P, O>,
  inputs: readonly [Series, ...Series[]],
  params: Readonly<Record<string, number>>,
): { readonly [K in O[number]]: Series } {
  const node = inputs[0].owner.node(spec as unknown as Indicator, inputs, params);
  return Object.fromEntries(spec.outputs.map((name, k) => [name, node.outputs[k]!])) as { [K in O[number]]: Series };
}

/** The input series that an indicator on bars declares, e.g. high, low, close. */
export function fieldsOf(spec: { readonly inputs: Indicator['inputs'] }, bars: SeriesOwner): [Series, ...Series[]] {
  return spec.inputs.map((name) => bars.field(name)) as [Series, ...Series[]];
}
