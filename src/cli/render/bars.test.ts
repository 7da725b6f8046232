import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleFor } from '../style.ts';
import { renderBars, renderSessionBarsUpdate } from './bars.ts';
import type { Scene } from './render.ts';

const told = (timeframe: string): string =>
  renderSessionBarsUpdate({
    ...{ timeframe, indicators: [] },
    bars: { time: ['2026-01-01T12:00:07Z'], open: [1], high: [1], low: [1], close: [1], volume: [1] },
  } as never);

test('bars of seconds -> told with their seconds, so that one can be told from the next; longer ones without', () => {
  assert.match(told('1s'), /2026-01-01 12:00:07 /);
  assert.match(told('15m'), /2026-01-01 12:00 /);
});

test('bars of the catalogue with indicators -> a column for each, empty before its first value; merged: no next step in a series that is none', () => {
  const bar = { open: '1', high: '2', low: '1', close: '2', volume: '3' };
  const line = (name: string, ...values: (number | null)[]) => ({ name, values });
  const output = {
    ...{ instrument: 'SYNTH:ALPHA-USD', timeframe: '1mo', final: false, cursor: null },
    bars: [
      { time: '2026-01-01T00:00:00Z', ...bar },
      { time: '2026-02-01T00:00:00Z', ...bar },
    ],
    indicators: [
      { indicator: 'ema:length=2', title: '', unit: '', lines: [line('value', null, 1.5)] },
      { indicator: 'macd', title: '', unit: '', lines: [line('macd', 0.25, 7), line('signal', null, 9)] },
    ],
  };
  const scene = { style: styleFor(false), homePath: '', version: '', given: { merge: true } } as Scene;
  const { text, next } = renderBars(output as never, scene);
  const [, head, first, second] = text.split('\n').map((each) => each.trim().split(/\s+/).join(' '));
  assert.equal(head, 'time UTC open high low close volume ema:length=2 macd signal');
  assert.equal(first, '2026-01-01 00:00 1 2 1 2 3 0.25');
  assert.equal(second, '2026-02-01 00:00 1 2 1 2 3 1.5 7 9');
  assert.equal(next, null);
  assert.match(renderBars(output as never, { ...scene, given: {} }).next ?? '', /data check SYNTH:ALPHA-USD@1mo/);
});
