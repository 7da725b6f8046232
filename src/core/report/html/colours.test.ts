import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DARK, LIGHT } from './colours.ts';

type Tokens = Readonly<Record<string, string>>;

const tokens = (text: string): Tokens =>
  Object.fromEntries([...text.matchAll(/--([\w-]+):(#[0-9a-f]{6})/g)].map((m) => [m[1]!, m[2]!]));

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

for (const [name, set] of [
  ['light', tokens(LIGHT)],
  ['dark', tokens(DARK)],
] as const) {
  describe(`colours, ${name}`, () => {
    const atLeast = (limit: number, front: string, back: string): void => {
      const found = contrast(set[front]!, set[back]!);
      assert.ok(found >= limit, `${front} on ${back}: ${found.toFixed(2)}`);
    };

    test('text on paper and surface -> 4.5 : 1', () => {
      for (const front of ['ink', 'soft', 'up', 'down', 'warn', 'bad', 'good'])
        for (const back of ['paper', 'surface']) atLeast(4.5, front, back);
      atLeast(4.5, 'warn', 'warn-soft');
    });

    test('numbers on the heat map and on marked rows -> 4.5 : 1', () => {
      for (const back of ['u1', 'u2', 'u3', 'u4', 'd1', 'd2', 'd3', 'd4', 'grid', 'up-soft']) atLeast(4.5, 'ink', back);
    });

    test('lines and bars on the surface -> 3 : 1', () => {
      for (const front of ['line', 'other', 'up', 'down', 'soft', 'r-crash', 'r-gap', 'r-halt'])
        atLeast(3, front, 'surface');
    });
  });
}
