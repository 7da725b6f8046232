import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { BUG_ZOO } from './bug-zoo.ts';
import { hunt } from './hunt.ts';

/** Bugs that show at once; the whole zoo takes minutes: `npm run mutants`. */
const AT_ONCE = [
  'an order is sent again after a time-out',
  'a time-out counts as a rejection',
  'the order is sent first and kept afterwards',
  'a commit is not waited for',
  'trades missed by the stream are never asked for',
  'a ban is not obeyed',
];
const WORLDS = 4;

describe('bug zoo', () => {
  test('names and references -> one each, and every bug changes something', () => {
    assert.equal(new Set(BUG_ZOO.map(({ name }) => name)).size, BUG_ZOO.length);
    assert.ok(BUG_ZOO.length >= 20);
    for (const { name, seen, changes } of BUG_ZOO) assert.ok(seen !== '' && changes.length > 0, name);
  });

  test('what a bug changes -> stands in the code, once', () => {
    const missing = BUG_ZOO.flatMap(({ name, file, changes }) => {
      let text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
      return changes.flatMap(([from, to]) => {
        const times = text.split(from).length - 1;
        text = text.replace(from, () => to);
        return times === 1 ? [] : [`${name}: ${file}: ${times} times: ${from}`];
      });
    });
    assert.deepEqual(missing, []);
  });

  for (const name of AT_ONCE)
    test(`${name} -> caught by one of ${WORLDS} worlds`, async () => {
      const mutant = BUG_ZOO.find((each) => each.name === name);
      assert.ok(mutant);
      const { caught } = await hunt(mutant, 1, WORLDS);
      assert.ok(caught, 'no world was violated');
    });
});
