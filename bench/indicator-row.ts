import {
  checkParameters,
  type Indicator,
  type InputName,
  type ParameterRanges,
} from '../src/core/indicators/indicator.ts';
import { FILL_ROWS, runKernel } from '../src/core/indicators/run.ts';
import type { BarColumns } from '../src/core/vocabulary/market-data.ts';
import { BARE_KERNELS } from './bare-kernels.ts';
import { bestMs, bestOfEachMs, nsEach } from './measure.ts';
import { loadNpmPeers, type PeerIndicator } from './npm-peers.ts';
import type { BenchRow, BesideFigure, Measurement } from './row.ts';
import { syntheticBars } from './synthetic-bars.ts';

const VALUES = 1_000_000;

function columnOf(bars: BarColumns, name: InputName): Float64Array {
  return name === 'value' || name === 'other' ? bars.close : bars[name];
}

/** A loop that is fast because it computes something else is no measure. */
function requireSame(name: string, ours: Float64Array, bare: Float64Array): void {
  for (let i = 0; i < VALUES; i++) {
    const [a, b] = [ours[i]!, bare[i]!];
    if (Number.isNaN(a) === Number.isNaN(b) && !(Math.abs(a - b) > 1e-6 * Math.max(1, Math.abs(a)))) continue;
    throw new Error(`${name} at ${i}: expected the bare loop to come to ${a}, found ${b}`);
  }
}

/**
 * A row for one indicator over a million values: its own fill loop, into columns that exist already. `kernelNs` is what a loop written for it
 * alone takes on the reference machine; twice that is the target, as ours also keeps its place for the stream that follows.
 */
export function indicatorRow<P extends ParameterRanges>(
  name: string,
  spec: Indicator<P>,
  params: Readonly<Record<string, number>>,
  kernelNs: number,
  peer: PeerIndicator,
): BenchRow {
  const measure = async (): Promise<Measurement> => {
    const bars = syntheticBars(VALUES);
    const checked = checkParameters(spec, params as never);
    const inputs = spec.inputs.map((input) => columnOf(bars, input));
    const outputs = spec.outputs.map(() => new Float64Array(VALUES));
    const whole = (): void => runKernel(spec.create(checked), inputs, outputs, VALUES, []);
    const fill = (): void => {
      const kernel = spec.create(checked);
      for (let i = 0; i < VALUES; i += FILL_ROWS) kernel.fill!(inputs, outputs, i, Math.min(VALUES, i + FILL_ROWS));
    };
    const looking: BesideFigure = {
      ...{ name: `${name}: with a look for NaN`, value: nsEach(bestMs(whole, 15), VALUES), unit: 'ns/value' },
      note: 'as whole columns are computed',
    };
    const alone = bestMs(fill, 15);
    const bare = againstBare(fill, outputs, bars);
    return { value: nsEach(alone, VALUES), beside: [looking, bare, await againstPeers(fill, peer, bars)] };
  };
  const againstBare = (fill: () => void, outputs: readonly Float64Array[], bars: BarColumns): BesideFigure => {
    const kernel = BARE_KERNELS[peer];
    const bareOutputs = outputs.map(() => new Float64Array(VALUES));
    const [ours, bare] = bestOfEachMs([fill, () => kernel(bars, bareOutputs)], 15, 3);
    for (const [k, output] of outputs.entries()) requireSame(`${name} ${spec.outputs[k]}`, output, bareOutputs[k]!);
    return {
      ...{ name: `${name}: ours / bare loop`, value: ours! / bare!, unit: 'ratio', target: 2 },
      note: `a loop for it alone: ${nsEach(bare!, VALUES).toFixed(1)} ns/value`,
    };
  };
  const againstPeers = async (fill: () => void, of: PeerIndicator, bars: BarColumns): Promise<BesideFigure> => {
    const beside = { name: `${name}: ours / fastest npm peer`, unit: 'ratio', target: 0.5 };
    const { peers, absent } = await loadNpmPeers();
    if (peers.length === 0) return { ...beside, value: null, note: absent };
    const works = peers.map((p) => p.prepare(of, bars));
    const [ours, ...theirs] = bestOfEachMs([fill, ...works], 5, 2);
    const fastest = Math.min(...theirs);
    const { label } = peers[theirs.indexOf(fastest)]!;
    return { ...beside, value: ours! / fastest, note: `${label}: ${nsEach(fastest, VALUES).toFixed(1)} ns/value` };
  };
  return { name, unit: 'ns/value', target: 2 * kernelNs, measure };
}
