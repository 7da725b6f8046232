import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { newHome } from './new-home.ts';

test('watch: a recording under a name that is taken -> refused before a venue is asked, as the file that is there', async (t) => {
  const place = newHome();
  t.after(() => place.remove());
  const world = compose(readConfig({ home: place.home }, {}, place.home));
  t.after(() => world.close());
  const file = join(place.home, 'monday.jsonl');
  writeFileSync(file, 'mine');
  const call = {
    ...{ progress: () => true, update() {}, warn() {}, askSecret: null },
    stop: new AbortController().signal,
  };
  const given = { venue: 'local', symbols: ['BTCUSDT'], record: 'monday.jsonl', seconds: 1 };
  await assert.rejects(execute('watch', given, world, call), (error: unknown) => {
    const { code, hint, details } = failureOf(error);
    assert.deepEqual([code, details], ['file-exists', { field: 'record', file: 'monday.jsonl' }]);
    assert.equal(hint, 'Choose another name: a recording overwrites nothing.');
    return true;
  });
  assert.equal(readFileSync(file, 'utf8'), 'mine');
});
