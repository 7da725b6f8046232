import {
  checkParameters,
  type Indicator,
  type Kernel,
  type ParameterRanges,
  type ParameterValues,
} from './indicator.ts';

/**
 * Steps a kernel once from row `i` of its input columns, and writes its outputs there. Any input that is not finite gives NaN out,
 * and the kernel does not see the row: an infinite one would stay in its sums and averages.
 */
export function stepKernel(
  kernel: Kernel,
  inputs: readonly Float64Array[],
  outputs: readonly Float64Array[],
  i: number,
): void {
  const arity = inputs.length;
  const a = inputs[0]![i]!;
  const b = arity > 1 ? inputs[1]![i]! : 0;
  const c = arity > 2 ? inputs[2]![i]! : 0;
  const d = arity > 3 ? inputs[3]![i]! : 0;
  const e = arity > 4 ? inputs[4]![i]! : 0;
  const sum = a + b + c + d + e;
  // One that is not finite anywhere makes the sum so.
  if (!Number.isFinite(sum)) {
    for (let k = 0; k < outputs.length; k++) outputs[k]![i] = Number.NaN;
    return;
  }
  const first = kernel.next(a, b, c, d, e);
  if (outputs.length === 1) outputs[0]![i] = first;
  else for (let k = 0; k < outputs.length; k++) outputs[k]![i] = kernel.out![k]!;
}

/** Fills rows [from, to) with the kernel's own loop where it has one, else step by step. Inputs must be finite there. */
export function fillKernel(
  kernel: Kernel,
  inputs: readonly Float64Array[],
  outputs: readonly Float64Array[],
  from: number,
  to: number,
): void {
  if (kernel.fill) kernel.fill(inputs, outputs, from, to);
  else for (let i = from; i < to; i++) stepKernel(kernel, inputs, outputs, i);
}

/** First row at which every input is finite, or `count`. */
export function firstFinite(inputs: readonly Float64Array[], count: number): number {
  let start = 0;
  for (const column of inputs) while (start < count && Number.isNaN(column[start]!)) start++;
  return start;
}

/** Whether NaN or ∞ occurs in rows [from, to): then only stepping is right, because kernels are fed neither. */
function hasNaN(inputs: readonly Float64Array[], from: number, to: number): boolean {
  for (const column of inputs) {
    // Four sums side by side: one alone waits for each addition.
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let i = from;
    for (; i + 3 < to; i += 4) {
      a += column[i]! * 0;
      b += column[i + 1]! * 0;
      c += column[i + 2]! * 0;
      d += column[i + 3]! * 0;
    }
    for (; i < to; i++) a += column[i]! * 0;
    if (Number.isNaN(a + b + c + d)) return true;
  }
  return false;
}

/** Rows a call of a fill loop: a loop that is left and entered again is replaced by fully optimised code, one long one is not. */
const CHUNK = 4096;

/**
 * Runs a kernel over whole columns. `blocks` lists the rows at which a new rebase block begins (see `Kernel.rebase`), ascending.
 */
export function runKernel(
  kernel: Kernel,
  inputs: readonly Float64Array[],
  outputs: readonly Float64Array[],
  count: number,
  blocks: readonly number[],
): void {
  const start = firstFinite(inputs, count);
  for (const column of outputs) column.fill(Number.NaN, 0, start);
  const stepwise = hasNaN(inputs, start, count);
  let from = start;
  for (const block of [...blocks, count]) {
    if (block <= from) continue;
    if (stepwise) for (let i = from; i < block; i++) stepKernel(kernel, inputs, outputs, i);
    else for (let i = from; i < block; i += CHUNK) fillKernel(kernel, inputs, outputs, i, Math.min(block, i + CHUNK));
    from = block;
    if (block < count) kernel.rebase?.();
  }
}

/**
 * Computes an indicator over whole columns, for research and tests: inputs in the declared order, one output column each.
 * Throws RangeError on bad parameters or columns of different lengths.
 */
export function compute<P extends ParameterRanges, O extends readonly string[]>(
  spec: Indicator<P, O>,
  inputs: readonly Float64Array[],
  params: Partial<ParameterValues<P>> = {},
): { readonly [K in O[number]]: Float64Array } {
  if (inputs.length !== spec.inputs.length)
    throw new RangeError(
      `${spec.name}: expected ${spec.inputs.length} columns (${spec.inputs.join(', ')}), found ${inputs.length}`,
    );
  const count = inputs[0]!.length;
  for (const column of inputs)
    if (column.length !== count)
      throw new RangeError(`${spec.name}: columns differ in length: ${count} and ${column.length}`);
  const kernel = spec.create(checkParameters(spec, params));
  const outputs = spec.outputs.map(() => new Float64Array(count));
  runKernel(kernel, inputs, outputs, count, []);
  return Object.fromEntries(spec.outputs.map((name, k) => [name, outputs[k]!])) as { [K in O[number]]: Float64Array };
}
