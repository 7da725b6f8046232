import { defineIndicator, type Kernel, length } from '../indicator.ts';
import { Delay } from '../volatility/delay.ts';
import { RollingExtreme } from '../volatility/rolling-extreme.ts';

/** Middle between the highest high and the lowest low of n bars. */
class MiddleOfRange {
  readonly #highest: RollingExtreme;
  readonly #lowest: RollingExtreme;

  constructor(n: number) {
    this.#highest = new RollingExtreme(n, 'highest');
    this.#lowest = new RollingExtreme(n, 'lowest');
  }

  next(high: number, low: number): number {
    return (this.#highest.next(high) + this.#lowest.next(low)) / 2;
  }
}

class Ichimoku implements Kernel {
  readonly out = new Float64Array(5).fill(Number.NaN);
  readonly #conversion: MiddleOfRange;
  readonly #base: MiddleOfRange;
  readonly #slow: MiddleOfRange;
  readonly #delayA: Delay;
  readonly #delayB: Delay;

  constructor(tenkan: number, kijun: number, senkouB: number, displacement: number) {
    this.#conversion = new MiddleOfRange(tenkan);
    this.#base = new MiddleOfRange(kijun);
    this.#slow = new MiddleOfRange(senkouB);
    this.#delayA = new Delay(displacement);
    this.#delayB = new Delay(displacement);
  }

  next(high: number, low: number, close: number): number {
    const out = this.out;
    const tenkan = this.#conversion.next(high, low);
    const kijun = this.#base.next(high, low);
    out[0] = tenkan;
    out[1] = kijun;
    out[2] = this.#delayA.next((tenkan + kijun) / 2);
    out[3] = this.#delayB.next(this.#slow.next(high, low));
    out[4] = close;
    return tenkan;
  }
}

/**
 * Ichimoku Kinko Hyo, every output as it is known at the bar. `senkouA` and `senkouB` are the cloud that a chart shows at this
 * bar, computed `displacement` bars ago. `chikou` is the close of this bar, which a chart draws `displacement` bars back: to judge
 * it, compare with `close.at(displacement)`; it never reads a later bar.
 */
export const ichimoku = defineIndicator({
  name: 'ichimoku',
  title: 'Ichimoku cloud',
  group: 'trend',
  inputs: ['high', 'low', 'close'],
  outputs: ['tenkan', 'kijun', 'senkouA', 'senkouB', 'chikou'],
  params: {
    tenkan: length(9, 1, 'bars of the conversion line'),
    kijun: length(26, 1, 'bars of the base line'),
    senkouB: length(52, 1, 'bars of the slow line of the cloud'),
    displacement: { ...length(26, 0), about: 'bars by which the cloud is drawn ahead' },
  },
  unit: 'price',
  formula:
    '(highest high + lowest low)/2 of 9, 26 and 52 bars; senkou A = (tenkan + kijun)/2; both senkou 26 bars later',
  source: 'Hosoda, Ichimoku Kinko Hyo, 1969, as described by StockCharts',
  warmup: (p) => [
    p.tenkan - 1,
    p.kijun - 1,
    Math.max(p.tenkan, p.kijun) - 1 + p.displacement,
    p.senkouB - 1 + p.displacement,
    0,
  ],
  create: (p) => new Ichimoku(p.tenkan, p.kijun, p.senkouB, p.displacement),
});
