import { DAY_MS, type Timeframe, type TimeframeSpec, timeframe as timeframeSpec } from '../vocabulary/time.ts';
import { nests } from './roll-up-rules.ts';

/** Tried beside the wanted ones, coarsest first: every timeframe of minutes and more can be rolled up from the first. */
const FINE: readonly Timeframe[] = ['1m', '1s'];
const LONGEST_MONTH_DAYS = 31;

const lengthOf = (spec: TimeframeSpec): number =>
  spec.unit === 'mo' ? spec.count * LONGEST_MONTH_DAYS * DAY_MS : spec.ms;

/**
 * The one timeframe to subscribe to for all that are wanted: the coarsest that the venue offers (any where it does not say) and that each of
 * them can be rolled up from. Null where there is none. Throws RangeError for what is no timeframe.
 */
export function baseTimeframe(wanted: readonly Timeframe[], offered?: readonly Timeframe[]): Timeframe | null {
  const specs = wanted.map((text) => timeframeSpec(text));
  const candidates = [...specs, ...FINE.map((text) => timeframeSpec(text))].sort((a, b) => lengthOf(b) - lengthOf(a));
  const fits = (base: TimeframeSpec): boolean =>
    (offered === undefined || offered.includes(base.text)) &&
    specs.every((spec) => spec.text === base.text || nests(base, spec));
  return candidates.find(fits)?.text ?? null;
}
