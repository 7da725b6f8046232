import type { Bars } from './bars.ts';
import { type Kernel, shown } from './indicator.ts';
import { kindOf } from './line.ts';
import type { Series } from './series.ts';

/** An indicator of one's own, in plain code. */
export interface CustomIndicator<State> {
  /** Bars before the first value: results of the first `lookback` bars are NaN, whatever `next` returns. */
  readonly lookback: number;
  /** State for one instance; `next` changes it in place. */
  readonly init: () => State;
  /**
   * Called once for every closed bar, in order, and may read any series of `bars` (`bars.close.value`, `bars.high.at(3)`); returns
   * the value at that bar, NaN where there is none.
   */
  readonly next: (state: State, bars: Bars) => number;
}

class CustomKernel<State> implements Kernel {
  readonly #name: string;
  readonly #definition: CustomIndicator<State>;
  readonly #bars: Bars;
  readonly #state: State;
  #missing: number;

  constructor(name: string, definition: CustomIndicator<State>, bars: Bars) {
    this.#name = name;
    this.#definition = definition;
    this.#bars = bars;
    this.#state = definition.init();
    this.#missing = definition.lookback;
  }

  next(): number {
    const value: unknown = this.#definition.next(this.#state, this.#bars);
    if (typeof value !== 'number')
      throw new TypeError(`${this.#name}: next must return a number, found ${value === null ? 'null' : typeof value}`);
    if (this.#missing === 0) return value;
    this.#missing--;
    return Number.NaN;
  }
}

/**
 * Makes an indicator from a state and a step: `const gap = custom('gap', { lookback: 1, init: () => ({}), next: (_, bars) =>
 * bars.open.value - bars.close.at(1) })`, then `gap(bars)` is a series like any other. It is stepped bar by bar in a backtest
 * too, so it sees exactly what it would see live. Every call of the result has a state of its own. Throws RangeError on a
 * lookback that is no whole number from 0, TypeError where `init`, `next` or, when it is called, the bars are missing.
 */
export function custom<State>(name: string, definition: CustomIndicator<State>): (bars: Bars) => Series {
  if (!Number.isInteger(definition.lookback) || definition.lookback < 0)
    throw new RangeError(`${name}: lookback must be a whole number from 0, found ${shown(definition.lookback)}`);
  for (const part of ['init', 'next'] as const)
    if (typeof definition[part] !== 'function')
      throw new TypeError(`${name}: ${part} must be a function, found ${shown(definition[part])}`);
  return (bars) => {
    if (typeof (bars as Bars | undefined)?.custom !== 'function')
      throw new TypeError(`${name}: takes bars, such as data.main; found ${kindOf(bars)}`);
    return bars.custom(() => new CustomKernel(name, definition, bars), [bars.close], definition.lookback).outputs[0]!;
  };
}
