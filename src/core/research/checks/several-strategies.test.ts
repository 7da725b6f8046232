import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { named, peek, size, together, trader, why } from '../../../../test/fixtures/checked-strategies.ts';
import { ta } from '../../indicators/ta.ts';
import { bars } from '../../strategy/data.ts';
import { type AnyStrategy, defineStrategy } from '../../strategy/define-strategy.ts';
import { lookAheadCheck } from './look-ahead.ts';
import { runChecks } from './run-checks.ts';
import { traceRun } from './trace.ts';

const averaging = (id: string, length: number): AnyStrategy =>
  defineStrategy({
    id,
    params: {},
    data: { main: bars() },
    indicators: ({ data }) => ({ average: ta.sma(data.main.close, length) }),
    onBar({ data, ind, position, buy }) {
      if (position.isOpen) position.close(why);
      else if (data.main.close.value > ind.average.value) buy({ size, why });
    },
  });

describe('checks of several strategies', () => {
  test('warm-up: the data are long enough for one of them only -> not passed, the other is named', () => {
    const found = named(runChecks(together([averaging('short', 5), averaging('long', 380)], 400)), 'warm-up');
    assert.equal(found.status, 'warning');
    assert.match(found.text, /of long not checked/);
    assert.doesNotMatch(found.text, /short not|short,/);
  });

  test('look-ahead: one that seldom acts sees the future, beside one that always acts -> found by the cuts', () => {
    const cheat = defineStrategy({
      id: 'cheat',
      params: {},
      data: { main: bars() },
      indicators: () => ({}),
      onBar({ data, position, buy }) {
        if (data.main.index === 333 && peek(data.main, 1) > 0 && !position.isOpen) buy({ size, why });
      },
    });
    const both = together([trader('often', 2), cheat]);
    const found = lookAheadCheck(both, traceRun(both));
    assert.equal(found.status, 'failed');
    assert.equal(
      lookAheadCheck(together([trader('often', 2)]), traceRun(together([trader('often', 2)]))).status,
      'passed',
    );
  });

  test('all sound -> every check passes for all of them', () => {
    const found = runChecks(together([averaging('short', 5), averaging('longer', 30)]));
    assert.deepEqual(
      found.map(({ name, status }) => [name, status]),
      [
        ['look-ahead', 'passed'],
        ['replay', 'passed'],
        ['warm-up', 'passed'],
        ['determinism', 'passed'],
      ],
    );
  });
});
