import { firstAtOrAfter } from '../market/bar-series.ts';
import type { Backtest } from './backtest.ts';

/**
 * What one unit of an instrument’s settle asset was worth in the account’s currency at a time of the run: by the last closes of the run’s own bars
 * until then, before the first close by that. 1 where it is the account’s currency itself. What was won, paid or traded in another one is told
 * at the rate of its time, as a ledger of the account would have it.
 */
export class SettleRates {
  readonly #backtest: Backtest;
  readonly #prices: Float64Array;
  readonly #isForeign: readonly boolean[];

  constructor(backtest: Backtest) {
    const { instruments, account } = backtest.engine.state;
    this.#backtest = backtest;
    this.#prices = new Float64Array(instruments.length);
    this.#isForeign = instruments.map(({ settle }) => settle !== account.currency);
  }

  /** NaN where the run has no price for it. */
  at(instrument: number, timeMs: number): number {
    if (!this.#isForeign[instrument]) return 1;
    const { feeds, state } = this.#backtest.engine;
    for (const feed of feeds) this.#prices[feed.instrument] = closeAt(feed, timeMs);
    return state.book.settleRate(instrument, this.#prices);
  }
}

function closeAt({ closeMs, columns }: Backtest['engine']['feeds'][number], timeMs: number): number {
  const at = firstAtOrAfter(closeMs, timeMs);
  return columns?.close[closeMs[at] === timeMs ? at : Math.max(0, at - 1)] ?? Number.NaN;
}
