import { defineIndicator, factor, type Kernel } from '../indicator.ts';
import { choice } from '../volatility/choice.ts';

/** Everything that can differ between the two sides of a stop-and-reverse system. */
interface Acceleration {
  readonly initial: number;
  readonly step: number;
  readonly max: number;
}

/** Conventions of the first bars and of a reversal. */
const TA_LIB = 0;
const SKENDER = 1;
const TULIP = 2;

interface SarSettings {
  readonly long: Acceleration;
  readonly short: Acceleration;
  /** First stop: above 0 begins long there, below 0 short at its absolute value, 0 decides by the first two bars. */
  readonly start: number;
  /** Part of the stop by which it is moved away on a reversal. */
  readonly offset: number;
  readonly convention: number;
}

function capped(a: Acceleration): Acceleration {
  return { initial: Math.min(a.initial, a.max), step: Math.min(a.step, a.max), max: a.max };
}

class ParabolicSar implements Kernel {
  readonly out = new Float64Array(3).fill(Number.NaN);
  readonly #settings: SarSettings;
  readonly #long: Acceleration;
  readonly #short: Acceleration;
  /** [0] stop, [1] extreme point, [2] acceleration; [3] high and [4] low one bar ago, [5] high and [6] low two bars ago. */
  readonly #state = new Float64Array(7);
  #rising = true;
  #bars = 0;

  constructor(settings: SarSettings) {
    this.#settings = settings;
    this.#long = capped(settings.long);
    this.#short = capped(settings.short);
  }

  next(high: number, low: number): number {
    const s = this.#state;
    const bars = this.#bars;
    if (bars < 3) this.#bars++;
    if (bars > 0) {
      if (bars === 1) this.#begin(high, low);
      this.#step(high, low, bars);
    }
    s[5] = s[3]!;
    s[6] = s[4]!;
    s[3] = high;
    s[4] = low;
    return this.out[0]!;
  }

  /** Chooses the first direction, stop and extreme from the first two bars. */
  #begin(high: number, low: number): void {
    const s = this.#state;
    const { start, convention } = this.#settings;
    const up = high - s[3]!;
    const down = s[4]! - low;
    if (start !== 0) this.#rising = start > 0;
    else if (convention === TA_LIB) this.#rising = !(down > 0 && down > up);
    else if (convention === TULIP) this.#rising = up >= down;
    const rising = this.#rising;
    s[0] = start !== 0 ? Math.abs(start) : rising ? s[4]! : s[3]!;
    // TA-Lib takes the second bar's extreme at once, the others the first bar's.
    if (convention === TA_LIB) s[1] = rising ? high : low;
    else s[1] = rising ? s[3]! : s[4]!;
    s[2] = (rising ? this.#long : this.#short).initial;
  }

  #step(high: number, low: number, bars: number): void {
    const s = this.#state;
    const { convention, offset } = this.#settings;
    const rising = this.#rising;
    // Mirrored where the market falls, so that one set of rules serves both sides.
    const side = rising ? 1 : -1;
    const ahead = (rising ? high : low) * side;
    const behind = (rising ? low : high) * side;
    let stop = s[0]! * side;
    let extreme = s[1]! * side;
    if (bars > 1 || convention !== TA_LIB) {
      stop += s[2]! * (extreme - stop);
      const limit = (rising ? s[4]! : s[3]!) * side;
      const earlier = (rising ? s[6]! : s[5]!) * side;
      if ((bars > 1 || convention === TULIP) && stop > limit) stop = limit;
      if (bars > (convention === TA_LIB ? 2 : 1) && stop > earlier) stop = earlier;
    }
    const reversed = convention === TA_LIB ? behind <= stop : behind < stop;
    if (reversed) {
      // Wilder’s new stop is the extreme of the trade before this bar; TA-Lib and Tulip count this bar’s as well.
      stop = convention === SKENDER ? extreme : Math.max(extreme, ahead);
      s[0] = stop * side + stop * side * offset * side;
      s[1] = behind * side;
      s[2] = (rising ? this.#short : this.#long).initial;
      this.#rising = !rising;
    } else {
      if (ahead > extreme) {
        extreme = ahead;
        const a = rising ? this.#long : this.#short;
        s[2] = Math.min(s[2]! + a.step, a.max);
      }
      s[0] = stop * side;
      s[1] = extreme * side;
    }
    this.out[0] = s[0]!;
    this.out[1] = this.#rising ? 1 : -1;
    this.out[2] = reversed ? 1 : 0;
  }
}

const CONVENTION_ABOUT =
  'first bars and reversals as in 0 TA-Lib (a touch reverses), 1 Skender (begins rising; the new stop leaves out the reversing bar), 2 Tulip';

/**
 * Parabolic stop and reverse: `sar` is the stop of this bar (on a reversal the new one), `direction` 1 long or −1 short, `reversed`
 * 1 on the bar that reversed. The first trend is a guess from two bars; sources differ in it and agree after a few reversals.
 */
export const parabolicSar = defineIndicator({
  name: 'parabolic-sar',
  title: 'Parabolic SAR',
  group: 'trend',
  inputs: ['high', 'low'],
  outputs: ['sar', 'direction', 'reversed'],
  params: {
    step: factor(0.02, 0, 100, 'acceleration at the start and at each new extreme'),
    max: factor(0.2, 0, 100, 'largest acceleration'),
    convention: choice(0, 2, CONVENTION_ABOUT),
  },
  unit: 'price; direction and reversed flag',
  formula: 'sar += acceleration · (extreme − sar), never inside the last two bars',
  source: 'Wilder, New Concepts in Technical Trading Systems, 1978; conventions as TA-Lib SAR',
  warmup: () => 1,
  // The memory ends at a reversal, which no number of bars can promise; this many saw several in every market tried.
  settle: () => 250,
  create: (p) => {
    const acceleration = { initial: p.step, step: p.step, max: p.max };
    return new ParabolicSar({ long: acceleration, short: acceleration, start: 0, offset: 0, convention: p.convention });
  },
});

/** Parabolic SAR with a chosen first stop, an offset on reversals, and accelerations of its own for long and short. */
export const parabolicSarExtended = defineIndicator({
  name: 'parabolic-sar-extended',
  title: 'Parabolic SAR, extended',
  group: 'trend',
  inputs: ['high', 'low'],
  outputs: ['sar', 'direction', 'reversed'],
  params: {
    start: factor(
      0,
      -1e12,
      1e12,
      'first stop: above 0 long, below 0 short at its absolute value, 0 by the first two bars',
    ),
    offset: factor(0, 0, 100, 'part of the stop by which it is moved away on a reversal'),
    initialLong: factor(0.02, 0, 100, 'first acceleration of a long'),
    stepLong: factor(0.02, 0, 100, 'acceleration at each new high'),
    maxLong: factor(0.2, 0, 100, 'largest acceleration of a long'),
    initialShort: factor(0.02, 0, 100, 'first acceleration of a short'),
    stepShort: factor(0.02, 0, 100, 'acceleration at each new low'),
    maxShort: factor(0.2, 0, 100, 'largest acceleration of a short'),
  },
  unit: 'price; direction and reversed flag',
  formula: 'sar += acceleration · (extreme − sar), never inside the last two bars',
  source: 'TA-Lib SAREXT, whose negative values for a short are the direction here',
  warmup: () => 1,
  settle: () => 250,
  create: (p) =>
    new ParabolicSar({
      long: { initial: p.initialLong, step: p.stepLong, max: p.maxLong },
      short: { initial: p.initialShort, step: p.stepShort, max: p.maxShort },
      start: p.start,
      offset: p.offset,
      convention: TA_LIB,
    }),
});
