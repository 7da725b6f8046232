import {
  checkParameters,
  type Indicator,
  type InputName,
  type ParameterRanges,
} from '../src/core/indicators/indicator.ts';
import { runKernel } from '../src/core/indicators/run.ts';
import type { BarColumns } from '../src/core/vocabulary/market-data.ts';
import { bestMs, bestOfEachMs, nsEach } from './measure.ts';
import { loadNpmPeers, type PeerIndicator } from './npm-peers.ts';
import type { BenchRow, BesideFigure, Measurement } from './row.ts';
import { syntheticBars } from './synthetic-bars.ts';

const VALUES = 1_000_000;

function columnOf(bars: BarColumns, name: InputName): Float64Array {
  return name === 'value' || name === 'other' ? bars.close : bars[name];
}

/**
 * A row for one indicator over a million values, into columns that exist already. `kernelNs` is what a loop written for it alone takes on
 * the reference machine; twice that is the target, as ours also keeps its place for the stream that follows.
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
    const fill = (): void => runKernel(spec.create(checked), inputs, outputs, VALUES, []);
    const alone = bestMs(fill, 15);
    return { value: nsEach(alone, VALUES), beside: [await againstPeers(fill, peer, bars)] };
  };
  const againstPeers = async (fill: () => void, of: PeerIndicator, bars: BarColumns): Promise<BesideFigure> => {
    const beside = { name: `${name}: ours / fastest npm peer`, unit: 'ratio' };
    const { peers, absent } = await loadNpmPeers();
    if (peers.length === 0) return { ...beside, value: null, note: absent };
    const works = peers.map((p) => p.prepare(of, bars));
    const [ours, ...theirs] = bestOfEachMs([fill, ...works], 3, 1);
    const fastest = Math.min(...theirs);
    const { label } = peers[theirs.indexOf(fastest)]!;
    return { ...beside, value: ours! / fastest, note: `${label}: ${nsEach(fastest, VALUES).toFixed(1)} ns/value` };
  };
  return { name, unit: 'ns/value', target: 2 * kernelNs, measure };
}
