import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderSessionBarsUpdate } from './bars.ts';

const told = (timeframe: string): string =>
  renderSessionBarsUpdate({
    ...{ timeframe, indicators: [] },
    bars: { time: ['2026-01-01T12:00:07Z'], open: [1], high: [1], low: [1], close: [1], volume: [1] },
  } as never);

test('bars of seconds -> told with their seconds, so that one can be told from the next; longer ones without', () => {
  assert.match(told('1s'), /2026-01-01 12:00:07 /);
  assert.match(told('15m'), /2026-01-01 12:00 /);
});
