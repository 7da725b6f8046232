import { ta } from '../../indicators/ta.ts';
import { universe } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { figure } from './figures.ts';

/** Two instruments whose price ratio returns to its mean: sell the dear one, buy the cheap one in equal money. */
export const pairs = defineStrategy({
  id: 'pairs',
  version: '1',
  about:
    'Trades the first two instruments of the run. When the ratio of their closes is `entry` standard deviations from its mean, buys the cheap one and sells the dear one short in equal money; closes both near the mean, or at `stop` deviations. Needs a margin account for the short side: where shorts are not allowed it says so and buys the cheap side alone, which is no longer a hedge.',
  failsWhen:
    'The relation breaks: one instrument is re-rated and the ratio never returns; the mean then moves to it at a loss. It is hedged against the market only as far as the two move alike, pays costs on four legs a trade and, in real accounts, for the borrowed side.',
  params: {
    length: p.int(120, { min: 10, max: 1000 }),
    entry: p.num(2, { min: 0.5, max: 5, step: 0.25 }),
    exit: p.num(0.25, { min: 0, max: 2, step: 0.25 }),
    stop: p.num(4, { min: 1, max: 10, step: 0.5 }),
    size: p.pct(0.45, { min: 0.01, max: 0.5 }),
  },
  valid: ({ entry, exit, stop }) => (exit < entry && entry < stop) || 'expected exit < entry < stop',
  data: { universe: universe() },
  indicators: ({ params, data }) => {
    const [a, b] = data.universe;
    if (!a || !b) throw new RangeError('pairs: expected two instruments, found one');
    return { z: ta.zScore(ta.divide(a.close, b.close), params.length) };
  },
  /** `dear`: 1 where the first instrument was too dear at entry, −1 where the second was, 0 while flat. */
  state: () => ({ dear: 0, longOnly: false, mustCalm: false }),
  onBar(c) {
    const { ind, params, state } = c;
    const [a, b] = c.data.universe;
    // A halt of one leaves the ratio stale.
    if (!a || !b || a.time !== b.time) return;
    const z = ind.z.value;
    const first = c.on(a);
    const second = c.on(b);
    if (first.position.isOpen || second.position.isOpen) {
      const isBack = Math.abs(z) <= params.exit || z * state.dear < 0;
      const isLost = Math.abs(z) >= params.stop;
      if (!isBack && !isLost) return;
      const why = `ratio at ${figure(z)} deviations: ${isBack ? `within ${params.exit} of the mean` : `the stop at ${params.stop}`}`;
      first.position.close(why);
      second.position.close(why);
      state.dear = 0;
      state.mustCalm = isLost;
      return;
    }
    if (Math.abs(z) < params.entry) state.mustCalm = false;
    if (!(Math.abs(z) >= params.entry && Math.abs(z) < params.stop) || state.mustCalm) return;
    if (first.orders.length > 0 || second.orders.length > 0) return;
    const dear = z > 0 ? first : second;
    const cheap = z > 0 ? second : first;
    const why = `${a.symbol}/${b.symbol} at ${figure(z)} deviations from its mean of ${params.length} bars; ${dear.symbol} is dear`;
    if (!state.longOnly) {
      const { refusal } = dear.sell({ size: { pctEquity: params.size }, why });
      if (refusal === 'short-not-allowed') {
        state.longOnly = true;
        c.alert('warn', 'pairs: this account allows no shorts; only the cheap side is bought, without its hedge');
      } else if (refusal !== null) return;
    }
    cheap.buy({ size: { pctEquity: params.size }, why });
    state.dear = z > 0 ? 1 : -1;
  },
  onOrder(c, update) {
    if (update.status !== 'rejected' || c.state.longOnly) return;
    // One leg alone is a bet on the market.
    for (const bars of c.data.universe)
      c.on(bars).position.close(`the order in ${update.symbol} was rejected: ${update.reason}`);
  },
});
