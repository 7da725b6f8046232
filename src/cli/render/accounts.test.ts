import assert from 'node:assert/strict';
import { test } from 'node:test';
import { styleFor } from '../style.ts';
import { renderAdded } from './accounts.ts';

test('account add, an objection was answered -> the next command answers it, too, in the same words', () => {
  const output = {
    account: {
      label: 'demo',
      venue: 'local',
      environment: 'local',
      keysChanged: '2026-01-01T00:00:00Z',
      revoked: null,
      permissions: null,
    },
    ...{ homeKeyFile: null, tested: true, accepted: [] },
  } as never;
  const nextOf = (given: object): string | null =>
    renderAdded(output, { style: styleFor(false), homePath: '', version: '', given } as never).next;
  assert.equal(nextOf({}), 'tradewright account check demo');
  assert.equal(
    nextOf({ accept: ['this key works from any address'] }),
    'tradewright account check demo --accept "this key works from any address"',
  );
});
