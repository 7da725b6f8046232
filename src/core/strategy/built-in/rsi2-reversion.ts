import { ta } from '../../indicators/ta.ts';
import { bars } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { figure } from './figures.ts';

/** RSI(2) mean reversion inside a rising market (L. Connors and C. Alvarez, Short Term Trading Strategies That Work, 2008). */
export const rsi2Reversion = defineStrategy({
  id: 'rsi2-reversion',
  version: '1',
  about:
    'Above its long average, buys when the RSI of two bars falls below `oversold`; leaves when a bar closes above the short average, or at the stop. The original has no stop.',
  failsWhen:
    'A pullback is the beginning of a fall: it buys into weakness, so its few losses are many times its usual win, and a crash from above the long average hits it in full. Costs matter: the gain of a trade is small.',
  params: {
    trend: p.int(200, { min: 20, max: 500 }),
    oversold: p.num(10, { min: 1, max: 40 }),
    leave: p.int(5, { min: 2, max: 50 }),
    stop: p.pct(0.05, { min: 0.005, max: 0.2 }),
    size: p.pct(0.95, { min: 0.01, max: 1 }),
  },
  valid: ({ leave, trend }) => leave < trend || 'leave must be less than trend',
  data: { main: bars() },
  indicators: ({ params, data }) => ({
    trend: ta.sma(data.main.close, params.trend),
    short: ta.sma(data.main.close, params.leave),
    rsi: ta.rsi(data.main.close, 2),
  }),
  onBar(c) {
    const { ind, params } = c;
    const close = c.data.main.close.value;
    if (c.position.isOpen) {
      if (close > ind.short.value)
        c.position.close(`close ${figure(close)} back above SMA ${params.leave} at ${figure(ind.short.value)}`);
    } else if (ind.rsi.value < params.oversold && close > ind.trend.value && c.orders.length === 0)
      c.buy({
        size: { pctEquity: params.size },
        stop: { pct: params.stop },
        why: `RSI 2 at ${figure(ind.rsi.value)} below ${params.oversold} while close ${figure(close)} is above SMA ${params.trend} at ${figure(ind.trend.value)}`,
      });
  },
});
