import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contractComplaints } from '../indicator-contract.ts';
import { volatilityIndicators } from './ta.ts';

/** A second set of parameters for each, away from the defaults. */
const OTHER_PARAMETERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  tr: { firstRange: 1 },
  atr: { length: 1, firstRange: 1 },
  natr: { length: 3, firstRange: 1 },
  variance: { length: 1, sample: 1 },
  stddev: { length: 7, sample: 1 },
  'bollinger-bands': { length: 5, deviations: 1.5, sample: 1 },
  'keltner-channel': { length: 4, multiplier: 1, atrLength: 9, fromFirstBar: 1 },
  'starc-bands': { length: 12, multiplier: 1, atrLength: 3 },
  'ma-envelope': { length: 3, percent: 1, average: 2 },
  'acceleration-bands': { length: 1, factor: 2 },
  'donchian-channel': { length: 3, offset: 2 },
  'chandelier-exit': { length: 1, multiplier: 1, firstRange: 1 },
  'ulcer-index': { length: 1 },
  choppiness: { length: 2 },
  'mass-index': { length: 1, emaLength: 1, seed: 1 },
  'historical-volatility': { length: 1, periodsPerYear: 365, returns: 1, sample: 0 },
  'parkinson-volatility': { length: 1, periodsPerYear: 365 },
  'garman-klass-volatility': { length: 1, periodsPerYear: 365 },
  'rogers-satchell-volatility': { length: 1, periodsPerYear: 365 },
  'yang-zhang-volatility': { length: 2, periodsPerYear: 365 },
};

describe('volatility indicators', () => {
  for (const spec of volatilityIndicators) {
    test(`${spec.name}: the indicator contract with defaults -> kept`, () => {
      assert.deepEqual(contractComplaints(spec as never), []);
    });
    test(`${spec.name}: the indicator contract with other parameters -> kept`, () => {
      const given = OTHER_PARAMETERS[spec.name];
      assert.ok(given, 'a second parameter set is listed');
      assert.deepEqual(contractComplaints(spec as never, given), []);
    });
  }
});
