import { ta } from '../../indicators/ta.ts';
import { DAY_MS } from '../../vocabulary/time.ts';
import { bars } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { figure, percent } from './figures.ts';

/** Share of what is left that may be spent, so that the fee and a higher opening price find their money. */
const PAYABLE = 0.98;

/** Dollar-cost averaging: the same amount at fixed dates, more of it when price is below its average. */
export const dca = defineStrategy({
  id: 'dca',
  version: '1',
  about:
    'Buys for `part` of the starting capital every `every` days, `dip` times as much while price is more than `band` below its average, until the money is spent. Never sells.',
  failsWhen:
    'Price falls and stays down: averaging in lowers the average price, not the loss, and there is no exit at all. In a lasting rise it lags an investment made at once. The multiple spends the money early in a long fall.',
  params: {
    every: p.int(7, { min: 1, max: 90 }),
    part: p.pct(0.01, { min: 0.001, max: 0.5 }),
    average: p.int(200, { min: 2, max: 1000 }),
    band: p.pct(0.05, { min: 0, max: 0.5 }),
    dip: p.num(2, { min: 1, max: 10, step: 0.5 }),
  },
  data: { main: bars() },
  indicators: ({ params, data }) => ({ average: ta.sma(data.main.close, params.average) }),
  state: () => ({ capital: 0, nextMs: 0 }),
  onStart(c) {
    c.state.capital = c.equity;
  },
  onBar(c) {
    const { params, state } = c;
    const average = c.ind.average.value;
    if (c.now < state.nextMs || !c.ind.average.ready) return;
    const left = c.equity - c.position.qty * c.price;
    const isDip = c.price < average * (1 - params.band);
    const wanted = params.part * state.capital * (isDip ? params.dip : 1);
    const notional = Math.min(wanted, left * PAYABLE);
    // Less than half a part is the end of the money, not another purchase.
    if (notional < 0.5 * params.part * state.capital) return;
    state.nextMs = (Math.floor(c.now / DAY_MS) + params.every) * DAY_MS;
    c.buy({
      size: { notional },
      why: `every ${params.every} days ${figure(notional)}: price ${figure(c.price)} is ${percent(c.price / average - 1)} from SMA ${params.average} at ${figure(average)}${isDip ? `, ${params.dip} times the amount` : ''}`,
    });
  },
});
