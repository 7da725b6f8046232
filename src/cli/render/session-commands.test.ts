import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Output } from '../../api/operations/table.ts';
import { styleFor } from '../style.ts';
import { renderKill } from './session-commands.ts';

const scene = { style: styleFor(false), homePath: '', version: '', given: {} };

function told(level: Output<'kill'>['latch']['level']): string {
  const latch = { scope: 'account', target: 'paper:btc', level, epoch: 1, reason: 'drill', actor: 'ann', time: '' };
  const heeded = { session: 'btc', running: true, answered: true, ordersLeft: 0, positionsLeft: 0 };
  return renderKill({ latch, sessions: [heeded], accounts: [], faults: [], verified: true } as Output<'kill'>, scene)
    .text;
}

describe('kill, told', () => {
  test('a level that leaves positions and orders -> nothing is said of how many are left', () => {
    assert.match(told('pause'), /btc +heeds it$/m);
    assert.doesNotMatch(told('halt'), / left/);
  });

  test('a level that ends them -> what is left of what it ends', () => {
    assert.match(told('cancel-all'), /orders left/);
    assert.doesNotMatch(told('cancel-all'), /positions left/);
    assert.match(told('flatten'), /orders left +positions left/);
  });
});
