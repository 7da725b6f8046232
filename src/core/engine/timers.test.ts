import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NO_LIMITS, STOCK } from '../../../test/scenario.ts';
import { makerTakerFees } from '../exchange/fees.ts';
import { Backtest } from '../research/backtest.ts';
import { bars } from '../strategy/data.ts';
import { defineStrategy } from '../strategy/define-strategy.ts';
import { barsFromRows } from '../vocabulary/market-data.ts';
import { formatTime, MINUTE_MS, parseTime } from '../vocabulary/time.ts';

const START_MS = parseTime('2024-03-04T10:03:00Z')!;

describe('timers', () => {
  test('one that does not say how often -> every quarter of an hour of event time; another at its own pace', () => {
    const [seldom, often]: [string[], string[]] = [[], []];
    const at = (ms: number): string => formatTime(ms).slice(11, 16);
    const clocked = defineStrategy({
      id: 'clocked',
      params: {},
      data: { main: bars() },
      indicators: () => ({}),
      onTimer: [{ run: (c) => void seldom.push(at(c.now)) }, { every: '20m', run: (c) => void often.push(at(c.now)) }],
    });
    const { engine } = new Backtest({
      feeds: [
        {
          ...{ instrument: STOCK, timeframe: '1m' },
          bars: barsFromRows(Array.from({ length: 40 }, (_, k) => [START_MS + k * MINUTE_MS, 10, 10, 10, 10, 1])),
        },
      ],
      strategies: [{ strategy: clocked }],
      ...{ cash: 1_000, costs: { fees: makerTakerFees(0, 0) }, limits: NO_LIMITS, warmUp: 'ready' },
    }).run();
    assert.deepEqual(seldom, ['10:15', '10:30']);
    assert.deepEqual(often, ['10:20', '10:40']);
    assert.deepEqual(
      engine.timers.states().map(({ everyMs, nextMs, lastMs }) => [everyMs / MINUTE_MS, at(lastMs!), at(nextMs!)]),
      [
        [15, '10:30', '10:45'],
        [20, '10:40', '11:00'],
      ],
    );
  });
});
