import { DAY_MS, type TimeframeSpec, timeframe as timeframeSpec } from '../vocabulary/time.ts';

/** 1970-01-05, the Monday that weeks count from, in days after the origin of all other timeframes. */
const WEEK_ORIGIN_MS = 4 * DAY_MS;

/** True where every bar of `inner` lies within one bar of `outer`. */
export function nests(inner: TimeframeSpec, outer: TimeframeSpec): boolean {
  if (outer.unit === 'mo') return inner.unit === 'mo' ? outer.count % inner.count === 0 : DAY_MS % inner.ms === 0;
  if (inner.unit === 'mo' || outer.ms % inner.ms !== 0) return false;
  return (inner.unit === 'w') === (outer.unit === 'w') || WEEK_ORIGIN_MS % inner.ms === 0;
}

/** Specs of the timeframes, or a RangeError that names the first the base cannot be rolled up to. */
export function rollUpTargets(base: TimeframeSpec, targets: readonly string[]): readonly TimeframeSpec[] {
  return targets.map((text) => {
    const spec = timeframeSpec(text);
    if (nests(base, spec)) return spec;
    throw new RangeError(`expected a timeframe that ${base.text} bars divide, found ${spec.text}`);
  });
}
