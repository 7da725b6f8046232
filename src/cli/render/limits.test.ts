import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { styleFor } from '../style.ts';
import { renderLimitsSet } from './limits.ts';

describe('limits set, told', () => {
  test('one of several has refused -> says so, with why and its code', () => {
    const none = { changes: [], above: [] };
    const sessions = [
      { session: 'btc', outcome: 'changed' as const, refusal: null, ...none },
      {
        session: 'eth',
        outcome: 'refused' as const,
        refusal: { code: 'not-confirmed', message: 'more would pass' },
        ...none,
      },
    ];
    const scene = { style: styleFor(false), homePath: '', version: '', given: {} };
    const { text } = renderLimitsSet({ place: 'instrument:BTCUSDT', sessions }, scene);
    assert.match(text, /eth.+has refused them: it keeps its limits/);
    assert.match(text, /more would pass \(not-confirmed\)/);
    assert.doesNotMatch(text, /btc.+refused/);
  });
});
