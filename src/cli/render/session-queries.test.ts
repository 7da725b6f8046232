import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Output } from '../../api/operations/table.ts';
import { styleFor } from '../style.ts';
import { renderStatusUpdate } from './session-queries.ts';

type Line = Output<'status'>['sessions'][number];

const LINE: Line = {
  ...{ session: 'btc', strategy: 'mine', venue: 'local', symbols: ['BTCUSDT'], timeframe: '1m', mode: 'local' },
  ...{ account: 'c_1', running: true, latched: null, time: null, currency: null, equity: null, profit: null },
  ...{ dayStartEquity: null, dayProfit: null, failure: null, paused: [], tradingState: null, held: [] },
  ...{ positions: 0, openOrders: 0, fills: 0, lastFill: null, sparkline: [], ageMs: null, problem: null },
};

const lineOf = (line: Line): string => {
  const scene = { style: styleFor(false), homePath: '', version: '', given: {} };
  return renderStatusUpdate({ sessions: [line], latches: [], book: null }, scene).split('\n')[1]!;
};

describe('status, told', () => {
  test('a session that cannot be read -> no numbers of positions and orders, which it may well have', () => {
    assert.match(lineOf({ ...LINE, problem: 'mine.ts: there is no such strategy file' }), /–\s+–$/);
  });

  test('one that is read, also while latches cannot be -> its numbers', () => {
    assert.match(lineOf(LINE), /0\s+0$/);
    const read = { ...LINE, time: '2026-03-01T12:00:00Z', positions: 2, problem: 'latches cannot be read' };
    assert.match(lineOf(read), /2\s+0$/);
  });
});
