import { Smoothing } from '../averages/ema.ts';
import { defineIndicator, type Kernel, length, type ParameterValues, settleBars } from '../indicator.ts';
import { Delay } from '../volatility/delay.ts';

const offset = (bars: number, line: string) => length(bars, 0, `bars by which the ${line} is drawn ahead`);

const params = {
  jaw: length(13, 1, 'bars of the jaw'),
  teeth: length(8, 1, 'bars of the teeth'),
  lips: length(5, 1, 'bars of the lips'),
  jawOffset: offset(8, 'jaw'),
  teethOffset: offset(5, 'teeth'),
  lipsOffset: offset(3, 'lips'),
};

type Values = ParameterValues<typeof params>;

/** Smoothed average of what was known `bars` ago. */
class DisplacedAverage {
  readonly #delay: Delay;
  readonly #average: Smoothing;

  constructor(n: number, bars: number) {
    this.#delay = new Delay(bars);
    this.#average = new Smoothing(n, 1 / n);
  }

  next(x: number): number {
    const earlier = this.#delay.next(x);
    return Number.isNaN(earlier) ? earlier : this.#average.next(earlier);
  }
}

class Alligator implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #jaw: DisplacedAverage;
  readonly #teeth: DisplacedAverage;
  readonly #lips: DisplacedAverage;

  constructor(p: Values) {
    this.#jaw = new DisplacedAverage(p.jaw, p.jawOffset);
    this.#teeth = new DisplacedAverage(p.teeth, p.teethOffset);
    this.#lips = new DisplacedAverage(p.lips, p.lipsOffset);
  }

  next(x: number): number {
    this.out[0] = this.#jaw.next(x);
    this.out[1] = this.#teeth.next(x);
    this.out[2] = this.#lips.next(x);
    return this.out[0]!;
  }
}

class Gator implements Kernel {
  readonly out = new Float64Array(4).fill(Number.NaN);
  readonly #alligator: Alligator;

  constructor(p: Values) {
    this.#alligator = new Alligator(p);
  }

  next(x: number): number {
    this.#alligator.next(x);
    const lines = this.#alligator.out;
    const out = this.out;
    const upper = Math.abs(lines[0]! - lines[1]!);
    const lower = -Math.abs(lines[1]! - lines[2]!);
    if (!Number.isNaN(out[0])) out[2] = upper > out[0]! ? 1 : 0;
    if (!Number.isNaN(out[1])) out[3] = lower < out[1]! ? 1 : 0;
    out[0] = upper;
    out[1] = lower;
    return upper;
  }
}

const jawRow = (p: Values): number => p.jaw - 1 + p.jawOffset;
const teethRow = (p: Values): number => p.teeth - 1 + p.teethOffset;
const lipsRow = (p: Values): number => p.lips - 1 + p.lipsOffset;

function settled(p: Values): number {
  return (
    Math.max(
      jawRow(p) + settleBars(1 / p.jaw),
      teethRow(p) + settleBars(1 / p.teeth),
      lipsRow(p) + settleBars(1 / p.lips),
    ) + 1
  );
}

/**
 * Williams's Alligator: three smoothed averages, usually of (high + low)/2, each drawn some bars ahead. The outputs are what a chart
 * shows at this bar, computed that many bars ago.
 */
export const alligator = defineIndicator({
  name: 'alligator',
  title: 'Alligator',
  group: 'trend',
  inputs: ['value'],
  outputs: ['jaw', 'teeth', 'lips'],
  params,
  unit: 'input',
  formula: 'SMMA(13) 8 bars ago, SMMA(8) 5 bars ago, SMMA(5) 3 bars ago',
  source: 'Williams, New Trading Dimensions, 1998; as Skender Stock Indicators',
  warmup: (p) => [jawRow(p), teethRow(p), lipsRow(p)],
  settle: settled,
  create: (p) => new Alligator(p),
});

/** Gator oscillator: how far the Alligator's mouth is open, above and below zero, and whether each side is opening (1) or not (0). */
export const gator = defineIndicator({
  name: 'gator',
  title: 'Gator oscillator',
  group: 'trend',
  inputs: ['value'],
  outputs: ['upper', 'lower', 'upperExpanding', 'lowerExpanding'],
  params,
  unit: 'input; upperExpanding and lowerExpanding flag',
  formula: '|jaw − teeth| and −|teeth − lips|',
  source: 'Williams, New Trading Dimensions, 1998; as Skender Stock Indicators',
  warmup: (p) => {
    const upper = Math.max(jawRow(p), teethRow(p));
    const lower = Math.max(teethRow(p), lipsRow(p));
    return [upper, lower, upper + 1, lower + 1];
  },
  settle: settled,
  create: (p) => new Gator(p),
});
