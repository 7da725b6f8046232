import { universe } from '../data.ts';
import { defineStrategy } from '../define-strategy.ts';
import { p } from '../params.ts';
import { figure, percent } from './figures.ts';

/** The baseline that every long strategy must beat: buy at once, keep. */
export const buyAndHold = defineStrategy({
  id: 'buy-and-hold',
  version: '1',
  about: 'Buys every instrument of the run in equal parts at its first bar and keeps it.',
  failsWhen:
    'The market falls: it carries the whole drawdown and has no exit. As a baseline it flatters itself on instruments that were picked because they had risen.',
  params: { size: p.pct(0.98, { min: 0.01, max: 1 }) },
  data: { universe: universe() },
  indicators: () => ({}),
  onBar(c) {
    const count = c.data.universe.length;
    for (const bars of c.data.universe) {
      const desk = c.on(bars);
      if (desk.position.isOpen || !bars.close.ready || desk.orders.length > 0) continue;
      const share = c.params.size / count;
      desk.buy({
        size: { pctEquity: share },
        why: `first bar at ${figure(bars.close.value)}: ${percent(share)} of equity in ${bars.symbol}, to keep`,
      });
    }
  },
});
