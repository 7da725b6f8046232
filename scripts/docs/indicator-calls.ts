import { Bars } from '../../src/core/indicators/bars.ts';
import type { Indicator } from '../../src/core/indicators/indicator.ts';
import type { Node, Series } from '../../src/core/indicators/series.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { PIVOT_METHODS } from '../../src/core/indicators/trend/pivot-levels.ts';

/** Bars that remember which indicator was asked for last. */
class WatchedBars extends Bars {
  lastAsked: string | null = null;

  override node(indicator: Indicator, inputs: readonly Series[], given: Readonly<Record<string, number>>): Node {
    const node = super.node(indicator, inputs, given);
    this.lastAsked = indicator.name;
    return node;
  }
}

const HOUR_MS = 3_600_000;

/** Ways of calling a function of `ta`, with what stands in the documentation for each. */
function attempts(bars: WatchedBars): readonly (readonly [text: string, args: readonly unknown[]])[] {
  return [
    ['bars', [bars]],
    ['series', [bars.close]],
    ['series, other', [bars.close, bars.open]],
    ...PIVOT_METHODS.flatMap((method) => [
      [`bars, 'day', '${method}'`, [bars, 'day', method]] as const,
      [`bars, 20, '${method}'`, [bars, 20, method]] as const,
    ]),
    ['series, level', [bars.close, 50]],
  ];
}

/** `rsi` → `ta.rsi(series)`: every function of `ta` is called and the indicator that it asks for is watched. */
export function indicatorCalls(): ReadonlyMap<string, readonly string[]> {
  const calls = new Map<string, string[]>();
  for (const [name, call] of Object.entries(ta)) {
    if (name === 'custom') continue;
    const seen = new Set<string>();
    const bars = new WatchedBars('X', '1h', { barMs: HOUR_MS });
    for (const [text, args] of attempts(bars)) {
      bars.lastAsked = null;
      try {
        (call as (...given: readonly unknown[]) => unknown)(...args);
      } catch {
        // Not how this one is called.
      }
      const found: string | null = bars.lastAsked;
      if (found === null || seen.has(found)) continue;
      seen.add(found);
      calls.set(found, [...(calls.get(found) ?? []), `ta.${name}(${text})`]);
    }
  }
  return calls;
}
