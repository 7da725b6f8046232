import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WatchedBars } from '../src/api/handlers/watched-bars.ts';
import { barsFromRows } from '../src/core/vocabulary/market-data.ts';

const MINUTE_MS = 60_000;
const row = (minute: number, price: number): number[] => [minute * MINUTE_MS, price, price, price, price, 1];

/** What closed live, after the bars before it were or were not there. */
function closesOf(steps: readonly ('live 31' | 'live 32' | 'seed')[]): readonly number[] {
  const bars = new WatchedBars(['BTCUSDT'], '1m', ['1m']);
  // The request of a stream of bars: only then the venue closes them.
  bars.follow(0, { channel: 'bars', symbol: 'BTCUSDT', timeframe: '1m' });
  const before = barsFromRows(Array.from({ length: 32 }, (_, minute) => row(minute, 100 + minute)));
  bars.prime('BTCUSDT', barsFromRows([row(30, 130)]));
  for (const step of steps) {
    if (step === 'seed') bars.seedCloses('BTCUSDT', '1m', before);
    else {
      const minute = Number(step.slice(5));
      bars.closed(0, {
        ...{ closedCount: 1, closedTarget: new Int32Array([0]) },
        closedBars: barsFromRows([row(minute, 200 + minute)]),
      } as never);
    }
  }
  bars.closed(0, {
    ...{ closedCount: 1, closedTarget: new Int32Array([0]), closedBars: barsFromRows([row(40, 240)]) },
  } as never);
  return bars.lines('BTCUSDT')[0]?.closes ?? [];
}

test('past closes that arrive before, between or after live ones -> all of them, each bar once', () => {
  const [past, first] = [Array.from({ length: 27 }, (_, i) => 104 + i), 131];
  assert.deepEqual(closesOf(['seed', 'live 31', 'live 32']), [...past, first, 232, 240], 'known already');
  assert.deepEqual(closesOf(['live 31', 'seed', 'live 32']), [...past, 231, 232, 240]);
  assert.deepEqual(closesOf(['live 31', 'live 32', 'seed']), [...past, 231, 232, 240]);
  assert.deepEqual(closesOf(['live 31', 'live 32']), [231, 232, 240]);
});
