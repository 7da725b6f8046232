import { Random } from '../../vocabulary/random.ts';
import { bars } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { figure, percent } from './figures.ts';

/** The baseline without an idea: enters by lot. What it earns is the market's drift less costs. */
export const randomEntry = defineStrategy({
  id: 'random-entry',
  version: '1',
  about:
    'While flat, enters at a bar with a chance of 1 in `every`, keeps for up to twice `hold` bars (drawn too), with a stop. The draws come from `seed` and are kept in the state, so that a run can be repeated. A strategy that does not beat many seeds of it has no edge in its entries.',
  failsWhen: 'Always, on average: it has no edge, and every trade pays costs. A seed that gains is luck.',
  params: {
    seed: p.int(1, { min: 0, max: 1_000_000 }),
    every: p.int(48, { min: 1, max: 1000 }),
    hold: p.int(24, { min: 1, max: 1000 }),
    stop: p.pct(0.05, { min: 0.005, max: 0.2 }),
    size: p.pct(0.95, { min: 0.01, max: 1 }),
    side: p.pick(['long', 'both'], 'long'),
  },
  data: { main: bars() },
  indicators: () => ({}),
  state: (): { words: number[]; holdBars: number } => ({ words: [], holdBars: 0 }),
  onBar(c) {
    const { params, state } = c;
    if (c.position.isOpen) {
      if (c.position.barsHeld >= state.holdBars)
        c.position.close(`held ${c.position.barsHeld} bars of the ${state.holdBars} drawn`);
      return;
    }
    const random = new Random(params.seed);
    if (state.words.length > 0) random.state.set(state.words);
    const lot = random.uniform();
    if (lot < 1 / params.every && c.orders.length === 0) {
      state.holdBars = 1 + random.integer(2 * params.hold);
      const isShort = params.side === 'both' && random.uniform() < 0.5;
      (isShort ? c.sell : c.buy)({
        size: { pctEquity: params.size },
        stop: { pct: params.stop },
        why: `drew ${figure(lot)}, below ${figure(1 / params.every)}; to hold ${state.holdBars} bars, stop ${percent(params.stop)} away`,
      });
    }
    state.words = Array.from(random.state);
  },
});
