import { Bars } from '../../src/core/indicators/bars.ts';
import type { Indicator } from '../../src/core/indicators/indicator.ts';
import { Cross, type Node, Series } from '../../src/core/indicators/series.ts';
import { ta } from '../../src/core/indicators/ta.ts';
import { PIVOT_METHODS } from '../../src/core/indicators/trend/pivot-levels.ts';
import { code } from './markdown.ts';

/** What a call asked for, with the parameters as they were given. */
interface Asked {
  readonly indicator: Indicator;
  readonly given: unknown;
  readonly node: Node;
}

/** And what the call gave. */
interface Answered extends Asked {
  readonly result: unknown;
}

/** Bars that remember what was asked of them, and compute all of it with default parameters. */
class WatchedBars extends Bars {
  asked: Asked | null = null;

  override node(indicator: Indicator, inputs: readonly Series[], given: Readonly<Record<string, number>>): Node {
    const node = super.node(indicator, inputs, {});
    this.asked = { indicator, given, node };
    return node;
  }
}

const HOUR_MS = 3_600_000;

/** Numbers that no default is, to see which parameter one ends up as. */
const PROBES = Array.from({ length: 12 }, (_, k) => 1000.5 + k);
const PROBE = PROBES[0]!;

/** Ways of calling a function of `ta`: what is given besides parameters, and how it stands in the documentation. */
function attempts(bars: WatchedBars): readonly (readonly (readonly [text: string, arg: unknown])[])[] {
  const [series, other] = [
    ['series', bars.close],
    ['other', bars.open],
  ] as const;
  return [
    [['bars', bars]],
    [series],
    [series, other],
    ...PIVOT_METHODS.map((method) => [['bars', bars] as const, ['', PROBE] as const, [`'${method}'`, method] as const]),
    [series, ['level', 50]],
  ];
}

/** `rsi` → `ta.rsi(series, length, seed)`, as Markdown: every function of `ta` is called and what it asks for is watched. */
export function indicatorCalls(): ReadonlyMap<string, readonly string[]> {
  const calls = new Map<string, string[]>();
  for (const [name, call] of Object.entries(ta)) {
    if (name === 'custom') continue;
    const seen = new Set<string>();
    const bars = new WatchedBars('X', '1h', { barMs: HOUR_MS });
    for (const attempt of attempts(bars)) {
      const probed = [...attempt, ...PROBES.slice(1).map((probe) => ['', probe] as const)];
      // First as it stands, because further arguments might be refused where this is no way of calling it.
      const asked = watch(bars, call as Call, attempt) && watch(bars, call as Call, probed);
      if (!asked || seen.has(asked.indicator.name)) continue;
      seen.add(asked.indicator.name);
      const text = `${code(`ta.${name}(${argumentsText(probed, asked)})`)}${resultText(asked)}`;
      calls.set(asked.indicator.name, [...(calls.get(asked.indicator.name) ?? []), text]);
    }
  }
  return calls;
}

type Call = (...given: readonly unknown[]) => unknown;

/** Null where a function is not called so. */
function watch(bars: WatchedBars, call: Call, args: readonly (readonly [string, unknown])[]): Answered | null {
  bars.asked = null;
  try {
    const result = call(...args.map(([, arg]) => arg));
    const asked = bars.asked as Asked | null;
    return asked && { ...asked, result };
  } catch {
    return null;
  }
}

/** Inputs by their text, parameters by the name under which their probe arrived, what was ignored left out. */
function argumentsText(args: readonly (readonly [text: string, arg: unknown])[], { indicator, given }: Asked): string {
  const names = Object.keys(indicator.params);
  const arrived = given as Readonly<Record<string, unknown>>;
  const byName = typeof given === 'object' ? [] : [`{ ${names[0]}: … }`];
  const texts = args.map(([text, arg]) => (text === '' ? names.find((name) => arrived[name] === arg) : text));
  return [...texts.filter((text) => text !== undefined), ...byName].join(', ');
}

/** Of an indicator with several outputs, what a call gives that does not give them all. */
function resultText({ indicator, node, result }: Answered): string {
  if (result instanceof Cross) return ', which gives `up`, `down` and `barsSince`';
  if (!(result instanceof Series) || indicator.outputs.length === 1) return '';
  return `, which gives ${code(indicator.outputs[node.outputs.indexOf(result)]!)}`;
}
