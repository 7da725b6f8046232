import { ta } from '../../indicators/ta.ts';
import { bars } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { figure, riskShare } from './figures.ts';

/** Long out of a squeeze: Bollinger bands inside the Keltner channel, then a close above them (J. Carter, Mastering the Trade, 2005). */
export const bollingerKeltnerSqueeze = defineStrategy({
  id: 'bollinger-keltner-squeeze',
  version: '1',
  about:
    'Waits until the Bollinger bands have been inside the Keltner channel for `quiet` bars or more, then buys the first close above the upper Bollinger band, with a stop in ATRs. Leaves when a bar closes below the middle band.',
  failsWhen:
    'The first move out of the quiet is a feint, or goes down: it is long only and has no opinion on direction but the breakout itself. In quiet, drifting markets it does nothing for weeks; in nervous ones there are no squeezes at all.',
  params: {
    length: p.int(20, { min: 5, max: 100 }),
    deviations: p.num(2, { min: 1, max: 4, step: 0.25 }),
    multiplier: p.num(1.5, { min: 0.5, max: 4, step: 0.25 }),
    quiet: p.int(6, { min: 1, max: 50 }),
    stop: p.num(2, { min: 0.5, max: 10, step: 0.5 }),
    risk: p.pct(0.01, { min: 0.001, max: 0.05 }),
    most: p.pct(0.95, { min: 0.05, max: 1 }),
  },
  data: { main: bars() },
  indicators: ({ params, data }) => ({
    bands: ta.bollingerBands(data.main.close, params.length, params.deviations),
    channel: ta.keltnerChannel(data.main, params.length, params.multiplier),
    atr: ta.atr(data.main, params.length),
  }),
  state: () => ({ quietBars: 0 }),
  onBar(c) {
    const { ind, params, state } = c;
    const { bands, channel } = ind;
    const close = c.data.main.close.value;
    const isQuiet = bands.upper.value < channel.upper.value && bands.lower.value > channel.lower.value;
    const quietBars = state.quietBars;
    if (c.position.isOpen) {
      if (close < bands.middle.value)
        c.position.close(`close ${figure(close)} below the middle band ${figure(bands.middle.value)}`);
    } else if (quietBars >= params.quiet && close > bands.upper.value && c.orders.length === 0)
      c.buy({
        size: { pctEquity: riskShare(params.risk, close, params.stop * ind.atr.value, params.most) },
        stop: { atr: params.stop, value: ind.atr.value },
        why: `close ${figure(close)} above the upper band ${figure(bands.upper.value)} after ${quietBars} quiet bars; ATR ${figure(ind.atr.value)}`,
      });
    state.quietBars = isQuiet ? quietBars + 1 : 0;
  },
});
