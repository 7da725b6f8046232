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

/** First row at which every input is finite, or `count`. */
export function firstFinite(inputs: readonly Float64Array[], count: number): number {
  let start = 0;
  for (const column of inputs) while (start < count && Number.isNaN(column[start]!)) start++;
  return start;
}

/** Whether NaN or ∞ occurs in rows [from, to): from there on only stepping is right, because kernels are fed neither. */
function hasNaN(inputs: readonly Float64Array[], from: number, to: number): boolean {
  for (const column of inputs) {
    // Sums of four, two at a time: one by one, each would wait for the addition before it. What is not finite stays so, also times 0.
    let a = 0;
    let b = 0;
    let i = from;
    for (; i + 7 < to; i += 8) {
      a += (column[i]! + column[i + 1]! + (column[i + 2]! + column[i + 3]!)) * 0;
      b += (column[i + 4]! + column[i + 5]! + (column[i + 6]! + column[i + 7]!)) * 0;
    }
    for (; i < to; i++) a += column[i]! * 0;
    if (Number.isNaN(a + b)) return true;
  }
  return false;
}

/** Rows a call of a fill loop: a loop that is left and entered again is replaced by fully optimised code, one long one is not. */
export const FILL_ROWS = 4096;

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
  let isFilled = kernel.fill !== undefined;
  let from = start;
  for (const block of [...blocks, count]) {
    if (block <= from) continue;
    for (let i = from; i < block; i += FILL_ROWS) {
      const end = Math.min(block, i + FILL_ROWS);
      // Looked at chunk by chunk, what is looked at is still in the cache when it is computed with.
      isFilled &&= !hasNaN(inputs, i, end);
      if (isFilled) kernel.fill!(inputs, outputs, i, end);
      else for (let k = i; k < end; k++) stepKernel(kernel, inputs, outputs, k);
    }
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
