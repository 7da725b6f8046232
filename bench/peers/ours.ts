// Our engine on the work that the peers are given; appends its figures to the file named.
import { appendFileSync } from 'node:fs';
import { backtestOf, MILLION } from '../engine-row.ts';
import { bestMs, nsEach } from '../measure.ts';
import { orderEveryBar, SMA_CROSS } from '../workloads.ts';

const file = process.argv[2];
if (!file) throw new Error('expected the file to append to');
const works = {
  'sma-cross': backtestOf(SMA_CROSS.strategy, SMA_CROSS.params),
  'order-every-bar': backtestOf(orderEveryBar),
};
for (const [work, backtestOn] of Object.entries(works)) {
  const backtest = backtestOn(MILLION);
  const nsPerBar = nsEach(
    bestMs(() => backtest.run(), 10),
    MILLION,
  );
  const fills = backtest.engine.state.fills.count;
  appendFileSync(file, `${JSON.stringify({ work, name: 'tradewright', bars: MILLION, nsPerBar, fills, note: '' })}\n`);
}
