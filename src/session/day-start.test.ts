import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EquityTrack } from '../core/portfolio/equity-track.ts';
import { dayStartOf } from './day-start.ts';

const FLAT = new Float64Array(2);
const at = (text: string): number => Date.parse(`2026-03-${text}Z`);

function trackOf(points: readonly (readonly [string, number])[]): EquityTrack {
  const track = new EquityTrack(1);
  track.clear(10_000);
  for (const [time, equity] of points) track.append(at(time), equity, FLAT);
  return track;
}

describe('equity with which a day began', () => {
  test('a session of today -> its capital', () => {
    assert.equal(dayStartOf(trackOf([]), 10_000), 10_000);
    const track = trackOf([
      ['01T10:00', 9_990],
      ['01T11:00', 9_900],
    ]);
    assert.equal(dayStartOf(track, 10_000), 10_000);
  });

  test('an older one -> what the day before ended with; midnight itself is of the new day', () => {
    const points = [
      ['01T22:00', 9_990],
      ['01T23:00', 9_900],
      ['02T00:00', 9_800],
      ['02T01:00', 9_700],
    ] as const;
    assert.equal(dayStartOf(trackOf(points), 10_000), 9_900);
    assert.equal(dayStartOf(trackOf(points.slice(0, 3)), 10_000), 9_900);
    assert.equal(dayStartOf(trackOf([...points, ['05T01:00', 9_600]]), 10_000), 9_700);
  });
});
