import { ta } from '../../indicators/ta.ts';
import { bars } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { figure, riskShare } from './figures.ts';

/** Two timeframes: the daily bars say whether there is a rise, the run's own bars when it has paused. */
export const mtfPullback = defineStrategy({
  id: 'mtf-pullback',
  version: '1',
  about:
    'While the last daily close is above its average, buys when the RSI of the run’s bars comes back above `level`, with a stop in ATRs and a target in multiples of the risk. Leaves early when the daily close falls below its average. Runs on bars of a day or finer.',
  failsWhen:
    'The rise is over before the daily average knows it: then every pullback is bought on the way down until the daily close gives in. In strong trends without pullbacks it stands aside, and the fixed target cuts the best moves short.',
  params: {
    trend: p.int(20, { min: 2, max: 200 }),
    rsi: p.int(14, { min: 2, max: 50 }),
    level: p.num(35, { min: 10, max: 50 }),
    stop: p.num(2, { min: 0.5, max: 10, step: 0.5 }),
    reward: p.num(2, { min: 0.5, max: 10, step: 0.5 }),
    risk: p.pct(0.01, { min: 0.001, max: 0.05 }),
    most: p.pct(0.95, { min: 0.05, max: 1 }),
  },
  data: { main: bars(), daily: bars('1d') },
  indicators: ({ params, data }) => {
    const rsi = ta.rsi(data.main.close, params.rsi);
    return {
      rsi,
      back: ta.cross(rsi, params.level),
      atr: ta.atr(data.main, 14),
      trend: ta.sma(data.daily.close, params.trend),
    };
  },
  onBar(c) {
    const { ind, params } = c;
    const daily = c.data.daily.close.value;
    const isRising = daily > ind.trend.value;
    if (c.position.isOpen) {
      if (!isRising)
        c.position.close(
          `daily close ${figure(daily)} no longer above its SMA ${params.trend} at ${figure(ind.trend.value)}`,
        );
    } else if (isRising && c.closed('main') && ind.back.up && c.orders.length === 0) {
      const { value: atr } = ind.atr;
      c.buy({
        size: { pctEquity: riskShare(params.risk, c.price, params.stop * atr, params.most) },
        stop: { atr: params.stop, value: atr },
        target: { r: params.reward },
        why: `RSI ${params.rsi} back at ${figure(ind.rsi.value)} from below ${params.level}; daily close ${figure(daily)} above SMA ${params.trend} at ${figure(ind.trend.value)}; ATR ${figure(atr)}`,
      });
    }
  },
});
