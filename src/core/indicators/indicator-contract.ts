import { Random } from '../vocabulary/random.ts';
import { checkParameters, type Indicator, type ParameterRanges } from './indicator.ts';
import { runKernel, stepKernel } from './run.ts';

/** One broken clause of the contract, in words. */
export type Complaint = string;

/** A random walk with volume as the columns an indicator may ask for; the same for the same seed. */
export function contractColumns(count: number, seed: number): Record<string, Float64Array> {
  const random = new Random(seed);
  const names = ['openTimeMs', 'open', 'high', 'low', 'close', 'volume', 'value', 'other'] as const;
  const columns = Object.fromEntries(names.map((n) => [n, new Float64Array(count)])) as Record<
    (typeof names)[number],
    Float64Array
  >;
  let price = 100;
  for (let i = 0; i < count; i++) {
    const open = price;
    const close = open * (1 + 0.01 * random.normal());
    columns.openTimeMs[i] = 1_600_000_000_000 + i * 3_600_000;
    columns.open[i] = open;
    columns.close[i] = close;
    columns.high[i] = Math.max(open, close) * (1 + 0.004 * random.uniform());
    columns.low[i] = Math.min(open, close) * (1 - 0.004 * random.uniform());
    columns.volume[i] = 1 + random.integer(1000);
    columns.value[i] = close;
    columns.other[i] = close * (1 + 0.02 * random.normal());
    price = close;
  }
  return columns;
}

function run<P extends ParameterRanges>(
  spec: Indicator<P, readonly string[]>,
  params: Partial<Record<string, number>>,
  inputs: Float64Array[],
  how: 'step' | 'fill',
  blocks: readonly number[],
): Float64Array[] {
  const kernel = spec.create(checkParameters(spec, params as never));
  const count = inputs[0]!.length;
  const outputs = spec.outputs.map(() => new Float64Array(count));
  if (how === 'fill') runKernel(kernel, inputs, outputs, count, blocks);
  else
    for (let i = 0; i < count; i++) {
      if (blocks.includes(i)) kernel.rebase?.();
      stepKernel(kernel, inputs, outputs, i);
    }
  return outputs;
}

const same = (a: number, b: number): boolean => Object.is(a, b) || (a === 0 && b === 0);

/**
 * Every clause that all indicators must keep; an empty answer means kept:
 * streaming equals the fill loop bit for bit (with rebase blocks, and cut in two); the first finite value is exactly at the declared
 * warm-up and finite ever after, on random, constant, and zero-volume input; leading NaN shifts it; a NaN later gives NaN at
 * that row and does not poison the rest; bad parameters throw; two instances do not share state.
 */
export function contractComplaints<P extends ParameterRanges>(
  spec: Indicator<P, readonly string[]>,
  params: Partial<Record<string, number>> = {},
): Complaint[] {
  const complaints: Complaint[] = [];
  const values = checkParameters(spec, params as never);
  const warmups = [spec.warmup(values)].flat();
  const warmup = spec.outputs.map((_, k) => warmups[k] ?? warmups[0]!);
  const count = Math.max(400, Math.max(...warmup) * 3 + 50);
  const all = contractColumns(count, 7);
  const pick = (columns: Record<string, Float64Array>): Float64Array[] => spec.inputs.map((n) => columns[n]!);
  const blocks = [Math.floor(count / 5), Math.floor(count / 2)];

  const stepped = run(spec, params, pick(all), 'step', blocks);
  const filled = run(spec, params, pick(all), 'fill', blocks);
  for (let k = 0; k < spec.outputs.length; k++) {
    const row = stepped[k]!.findIndex((x, i) => !same(x, filled[k]![i]!));
    if (row >= 0)
      complaints.push(
        `output ${spec.outputs[k]}: next gives ${stepped[k]![row]} and fill ${filled[k]![row]} at row ${row}`,
      );
  }

  const flat = contractColumns(count, 7);
  for (const name of ['open', 'high', 'low', 'close', 'value', 'other']) flat[name]!.fill(100);
  const silent = contractColumns(count, 11);
  silent['volume']!.fill(0);
  for (const [name, columns] of [
    ['random', all],
    ['constant', flat],
    ['zero-volume', silent],
  ] as const) {
    const outputs = run(spec, params, pick(columns), 'step', []);
    for (let k = 0; k < spec.outputs.length; k++) {
      const first = outputs[k]!.findIndex((x) => !Number.isNaN(x));
      if (first !== warmup[k])
        complaints.push(
          `output ${spec.outputs[k]}: warm-up is declared ${warmup[k]} but the first value on ${name} input is at row ${first}`,
        );
      const bad = outputs[k]!.findIndex((x, i) => i >= warmup[k]! && !Number.isFinite(x));
      if (bad >= 0) complaints.push(`output ${spec.outputs[k]}: ${outputs[k]![bad]} at row ${bad} on ${name} input`);
    }
  }

  const late = contractColumns(count, 7);
  for (const column of pick(late)) column.fill(Number.NaN, 0, 3);
  const shifted = run(spec, params, pick(late), 'fill', []);
  for (let k = 0; k < spec.outputs.length; k++) {
    const first = shifted[k]!.findIndex((x) => !Number.isNaN(x));
    if (first !== warmup[k]! + 3)
      complaints.push(
        `output ${spec.outputs[k]}: after 3 leading NaN the first value is at row ${first}, expected ${warmup[k]! + 3}`,
      );
  }

  const holed = contractColumns(count, 7);
  const hole = count - 10;
  for (const column of pick(holed)) column[hole] = Number.NaN;
  const patched = run(spec, params, pick(holed), 'fill', []);
  for (let k = 0; k < spec.outputs.length; k++) {
    if (!Number.isNaN(patched[k]![hole]!))
      complaints.push(`output ${spec.outputs[k]}: NaN input at row ${hole} gave ${patched[k]![hole]}`);
    if (!Number.isFinite(patched[k]![hole + 1]!))
      complaints.push(`output ${spec.outputs[k]}: does not recover after a NaN input`);
  }

  const again = run(spec, params, pick(all), 'step', blocks);
  for (let k = 0; k < spec.outputs.length; k++)
    if (again[k]!.some((x, i) => !same(x, stepped[k]![i]!)))
      complaints.push(`output ${spec.outputs[k]}: a second instance gives other values`);

  for (const [name, range] of Object.entries(spec.params)) {
    for (const bad of [range.min - 1, Number.NaN, ...(range.integer ? [range.min + 0.5] : [])]) {
      try {
        checkParameters(spec, { [name]: bad } as never);
        complaints.push(`parameter ${name}: ${bad} was accepted`);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
  }
  return complaints;
}
