import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contractComplaints } from '../indicator-contract.ts';
import { trendIndicators } from './ta.ts';

/** A second set of parameters for each, away from the defaults. */
function otherParameters(name: string): Readonly<Record<string, number>> | undefined {
  if (name.startsWith('pivot-points-')) return { window: 3 };
  if (name.startsWith('rolling-pivots-')) return { length: 1, offset: 3 };
  return OTHER_PARAMETERS[name];
}

const OTHER_PARAMETERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  adx: { length: 1, convention: 2 },
  'directional-movement': { length: 5, convention: 1 },
  aroon: { length: 1, ties: 1 },
  vortex: { length: 1 },
  supertrend: { length: 1, multiplier: 1, firstRange: 1 },
  'atr-trailing-stop': { length: 1, multiplier: 1, from: 1, firstRange: 1 },
  'volatility-stop': { length: 1, multiplier: 1 },
  'parabolic-sar': { step: 0.1, max: 0.05, convention: 2 },
  'parabolic-sar-extended': { start: -200, offset: 0.1, initialShort: 0.3 },
  ichimoku: { tenkan: 7, kijun: 3, senkouB: 5, displacement: 0 },
  alligator: { jaw: 3, jawOffset: 0, teeth: 4, teethOffset: 9, lips: 1, lipsOffset: 20 },
  gator: { jaw: 3, jawOffset: 0, teeth: 4, teethOffset: 9, lips: 1, lipsOffset: 20 },
  fractals: { left: 1, right: 4 },
  zigzag: { percent: 1 },
  'hilbert-trendline': {},
};

describe('trend indicators', () => {
  for (const spec of trendIndicators) {
    test(`${spec.name}: the indicator contract with defaults -> kept`, () => {
      assert.deepEqual(contractComplaints(spec as never), []);
    });
    test(`${spec.name}: the indicator contract with other parameters -> kept`, () => {
      const given = otherParameters(spec.name);
      assert.ok(given, 'a second parameter set is listed');
      assert.deepEqual(contractComplaints(spec as never, given), []);
    });
  }
});
