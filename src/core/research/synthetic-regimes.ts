import type { Random } from '../vocabulary/random.ts';
import { DAY_MS, HOUR_MS, type TimeMs } from '../vocabulary/time.ts';

export const REGIME_LABELS = ['trend-up', 'trend-down', 'chop', 'crash', 'gap', 'halt'] as const;
export type RegimeLabel = (typeof REGIME_LABELS)[number];

/** A stretch of synthetic market and its true label: [fromMs, toMs). */
export interface LabelledPeriod {
  readonly label: RegimeLabel;
  readonly fromMs: TimeMs;
  readonly toMs: TimeMs;
}

/** A stretch with the parameters that make it what its label says. */
export interface Regime extends LabelledPeriod {
  /** Growth per hour, net of what volatility takes. */
  readonly driftPerHour: number;
  /** Multiple of the series' ordinary volatility. */
  readonly volatility: number;
  /** Return between the last price before the stretch and its first price (for a halt: the first price after it). */
  readonly jump: number;
}

type Background = 'trend-up' | 'trend-down' | 'chop';

/** Which background follows which. Rises are more frequent and longer than falls, as they have been for what stayed listed. */
const NEXT: Record<Background, readonly Background[]> = {
  chop: ['trend-up', 'trend-up', 'trend-down'],
  'trend-up': ['chop', 'chop', 'trend-down'],
  'trend-down': ['chop', 'trend-up'],
};

const DAYS: Record<Background, readonly [least: number, most: number]> = {
  chop: [15, 50],
  'trend-up': [15, 55],
  'trend-down': [10, 35],
};

function background(label: Background, fromMs: TimeMs, toMs: TimeMs, random: Random): Regime {
  const strength = 0.6 + 0.8 * random.uniform();
  const perDay = label === 'trend-up' ? 0.006 * strength : label === 'trend-down' ? -0.006 * strength : 0;
  return {
    label,
    fromMs,
    toMs,
    driftPerHour: perDay / 24,
    volatility: label === 'trend-down' ? 1.2 : label === 'chop' ? 0.85 : 1,
    jump: 0,
  };
}

/** Trends and chop in turn, drawn from `random`, tiling [fromMs, toMs) in whole hours. */
export function drawBackgrounds(fromMs: TimeMs, toMs: TimeMs, random: Random): Regime[] {
  const regimes: Regime[] = [];
  let label: Background = 'chop';
  let at = fromMs;
  while (at < toMs) {
    const [least, most] = DAYS[label];
    const hours = least * 24 + random.integer((most - least) * 24);
    const end = Math.min(toMs, at + hours * HOUR_MS);
    regimes.push(background(label, at, end, random));
    at = end;
    const choices: readonly Background[] = NEXT[label];
    label = choices[random.integer(choices.length)]!;
  }
  return regimes;
}

/** A market-wide fall of about a quarter in a day and a half at three times the volatility. */
export function crash(fromMs: TimeMs, random: Random): Regime {
  const hours = 30 + random.integer(12);
  const drop = 0.2 + 0.1 * random.uniform();
  return {
    label: 'crash',
    fromMs,
    toMs: fromMs + hours * HOUR_MS,
    driftPerHour: -drop / hours,
    volatility: 3,
    jump: 0,
  };
}

/** News between two bars: the open leaves the last close by 4–8 % and the day after it is restless. */
export function gap(fromMs: TimeMs, random: Random): Regime {
  const size = 0.04 + 0.04 * random.uniform();
  return {
    label: 'gap',
    fromMs,
    toMs: fromMs + DAY_MS,
    driftPerHour: 0,
    volatility: 1.6,
    jump: random.uniform() < 0.5 ? -size : size,
  };
}

/** Trading stops for 3–9 hours; no bars exist, and the first price afterwards is up to 3 % away. */
export function halt(fromMs: TimeMs, random: Random): Regime {
  return {
    label: 'halt',
    fromMs,
    toMs: fromMs + (3 + random.integer(7)) * HOUR_MS,
    driftPerHour: 0,
    volatility: 1,
    jump: 0.06 * random.uniform() - 0.03,
  };
}

/** Cuts `event` out of the stretches it covers; the result tiles the same time. Events cover each other in the order given. */
export function overlay(regimes: readonly Regime[], event: Regime): Regime[] {
  const out: Regime[] = [];
  let placed = false;
  for (const regime of regimes) {
    const before = Math.min(regime.toMs, event.fromMs);
    const after = Math.max(regime.fromMs, event.toMs);
    if (regime.fromMs < before) out.push({ ...regime, toMs: before });
    if (!placed && event.fromMs < regime.toMs && event.fromMs >= regime.fromMs) {
      const end = Math.min(event.toMs, regimes.at(-1)!.toMs);
      out.push({ ...event, toMs: end });
      placed = true;
    }
    // The rest of an interrupted stretch does not jump again.
    if (after < regime.toMs) out.push(after === regime.fromMs ? regime : { ...regime, fromMs: after, jump: 0 });
  }
  return out;
}
