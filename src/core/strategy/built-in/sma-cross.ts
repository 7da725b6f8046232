import { ta } from '../../indicators/ta.ts';
import { bars } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';

/** Long while a fast moving average is above a slow one, flat below. The yardstick of every backtester. */
export const smaCross = defineStrategy({
  id: 'sma-cross',
  version: '1',
  about: 'Buys when the fast moving average crosses above the slow one, leaves when it crosses below.',
  failsWhen:
    'Price moves sideways: each crossing comes late and the next one undoes it, so that costs and whipsaw eat the capital. It also gives back a large part of every move before it leaves.',
  params: {
    fast: p.int(20, { min: 2, max: 200 }),
    slow: p.int(50, { min: 3, max: 400 }),
    size: p.pct(0.95, { min: 0.01, max: 1 }),
  },
  valid: ({ fast, slow }) => fast < slow || 'fast must be less than slow',
  data: { main: bars() },
  indicators: ({ params, data }) => ({
    cross: ta.cross(ta.sma(data.main.close, params.fast), ta.sma(data.main.close, params.slow)),
  }),
  onBar({ ind, position, params, buy }) {
    if (ind.cross.up && !position.isOpen)
      buy({ size: { pctEquity: params.size }, why: `SMA ${params.fast} crossed above SMA ${params.slow}` });
    else if (ind.cross.down && position.isOpen) position.close(`SMA ${params.fast} crossed below SMA ${params.slow}`);
  },
});
