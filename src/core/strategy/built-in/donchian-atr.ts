import { ta } from '../../indicators/ta.ts';
import { bars } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { figure, percent, riskShare } from './figures.ts';

/**
 * Breakout of the Donchian channel with a stop in ATRs and a shorter channel as exit: the long side of the Turtles' rules (C. Faith,
 * Way of the Turtle, 2007), one unit only.
 */
export const donchianAtr = defineStrategy({
  id: 'donchian-atr',
  version: '1',
  about:
    'Buys when a bar closes above the highest high of the last `entry` bars, with a stop `stop` ATRs below the fill and a size that loses `risk` of the equity there. Leaves when a bar closes below the lowest low of the last `exit` bars.',
  failsWhen:
    'Breakouts fail: in a range it buys the top again and again and is stopped out below. Most of its trades lose, and the few that pay for them come late, so that months without a trend are a steady bleed. A gap through the stop loses more than was planned.',
  params: {
    entry: p.int(55, { min: 5, max: 300 }),
    exit: p.int(20, { min: 2, max: 200 }),
    atr: p.int(20, { min: 2, max: 100 }),
    stop: p.num(2, { min: 0.5, max: 10, step: 0.5 }),
    risk: p.pct(0.01, { min: 0.001, max: 0.05 }),
    most: p.pct(0.95, { min: 0.05, max: 1 }),
  },
  valid: ({ entry, exit }) => exit <= entry || 'exit must not be longer than entry',
  data: { main: bars() },
  indicators: ({ params, data }) => ({
    // The channel ends one bar ago: no close can be above a high that includes its own bar.
    ceiling: ta.donchianChannel(data.main, params.entry, 1).upper,
    floor: ta.donchianChannel(data.main, params.exit, 1).lower,
    atr: ta.atr(data.main, params.atr),
  }),
  onBar(c) {
    const { ind, params } = c;
    const close = c.data.main.close.value;
    if (c.position.isOpen) {
      if (close < ind.floor.value)
        c.position.close(`close ${figure(close)} below the ${params.exit}-bar low ${figure(ind.floor.value)}`);
    } else if (close > ind.ceiling.value && c.orders.length === 0) {
      const share = riskShare(params.risk, close, params.stop * ind.atr.value, params.most);
      c.buy({
        size: { pctEquity: share },
        stop: { atr: params.stop, value: ind.atr.value },
        why: `close ${figure(close)} above the ${params.entry}-bar high ${figure(ind.ceiling.value)}; ATR ${figure(ind.atr.value)}, ${percent(share)} of equity`,
      });
    }
  },
});
