import { rollUpBars } from '../../src/core/market/roll-up.ts';
import { RollUp } from '../../src/core/market/roll-up-stream.ts';
import { bestOfEachMs, nsEach } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { syntheticBars } from '../synthetic-bars.ts';

const BARS = 1_000_000;
const TIMEFRAMES = ['5m', '15m', '1h', '4h', '1d'] as const;

/** One-minute bars rolled up to five timeframes at once, from columns; beside it the stream that live bars take. */
export const row: BenchRow = {
  name: 'roll-up-5-timeframes',
  unit: 'ns/bar',
  target: 40,
  measure: () => {
    const bars = syntheticBars(BARS);
    const { openTimeMs, open, high, low, close, volume } = bars;
    const [batchMs, streamMs] = bestOfEachMs(
      [
        () => void rollUpBars('1m', bars, TIMEFRAMES),
        () => {
          const stream = new RollUp('1m', TIMEFRAMES);
          for (let i = 0; i < BARS; i++)
            stream.next(openTimeMs[i]!, open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!);
        },
      ],
      10,
    );
    return {
      value: nsEach(batchMs!, BARS),
      beside: [{ name: 'roll-up-5-timeframes: stream', value: nsEach(streamMs!, BARS), unit: 'ns/bar' }],
    };
  },
};
