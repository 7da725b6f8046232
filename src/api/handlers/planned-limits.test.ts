import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Input } from '../operations/table.ts';
import type { World } from '../world.ts';
import { limitsGiven } from './limits.ts';
import { limitsPlan, type PlannedLimits } from './planned-limits.ts';

/** Nobody is asked for sessions: what no session could take is refused before. */
const world = {
  files: { read: (path: string) => (path === 'odd.json' ? '{ "positionPct": -1 }' : null) },
} as unknown as World;

const refused = async (input: Partial<Input<'limits-set'>>, code: string, message: RegExp, hint: RegExp) => {
  await assert.rejects(
    limitsPlan({ values: {}, reason: 'x', ...input } as Input<'limits-set'>, world),
    (error: Error & { code: string; hint: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.match(error.hint, hint);
      return true;
    },
  );
};

describe('limits set: what no session could take', () => {
  test('a mistyped name -> the one that was meant', () =>
    refused(
      { values: { 'position-ptc': '5' } },
      'limits-invalid',
      /position-ptc: there is no such/,
      /mean positionPct/,
    ));
  for (const value of ['-5', '0', 'Infinity', 'NaN', '1e999', 'five', '', '5%', true, [5]])
    test(`positionPct ${JSON.stringify(value)} -> refused at its name, with what was found`, () =>
      refused({ values: { positionPct: value } }, 'limits-invalid', /^positionPct: .*found/, /./));
  test('a kind of order that there is not -> refused', () =>
    refused({ values: { orderTypes: 'market,iceberg' } }, 'limits-invalid', /orderTypes/, /./));
  test('values and a file, or neither -> refused', async () => {
    await refused({}, 'input-invalid', /found both or neither/, /limits set/);
    await refused({ values: { positionPct: 5 }, limits: 'odd.json' }, 'input-invalid', /both or neither/, /./);
  });
  test('a file that is not there, or that no session would begin with -> refused as at the beginning', async () => {
    await refused({ limits: 'nowhere.json' }, 'file-not-found', /nowhere.json/, /./);
    await refused({ limits: 'odd.json' }, 'limits-invalid', /odd.json: positionPct/, /./);
  });
});

describe('limits set: what one of several sessions does not take', () => {
  const planned = {
    session: { name: 'btc' },
    command: { type: 'set-limits', reason: 'x' },
  } as unknown as PlannedLimits;
  /** Stands in for a box whose session has answered so. */
  const answers = (code: string): World =>
    ({
      actor: 'ann',
      clock: {
        elapsedMs: () => 0,
        after: (_ms: number, then: () => void) => {
          queueMicrotask(then);
          return { cancel: () => {} };
        },
      },
      control: async () => ({
        box: {
          watch: () => () => {},
          put: async () => ({ id: 1 }),
          view: async () => ({ takenAtMs: 1, outcome: { done: false, code, message: 'so it is' } }),
        },
      }),
    }) as unknown as World;

  for (const [code, outcome] of [
    ['nothing-to-do', 'unchanged'],
    ['session-ended', 'not-running'],
    ['late', 'not-running'],
    ['not-confirmed', 'refused'],
    ['limits-invalid', 'refused'],
  ] as const)
    test(`${code} -> ${outcome}`, async () => {
      const refusal = outcome === 'refused' ? { code, message: 'so it is' } : null;
      const told = await limitsGiven(planned, false, answers(code));
      assert.deepEqual(told, { session: 'btc', outcome, refusal, changes: [], above: [] });
    });
});
