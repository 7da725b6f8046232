import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { alertRun } from '../../src/api/handlers/alert-run.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { newHome } from '../server/new-home.ts';

const place = newHome();
after(() => place.remove());

test('an evaluator whose lock another program has meanwhile -> ends, and says so', { timeout: 60_000 }, async () => {
  const world = compose(readConfig({ home: place.home }, {}, place.home));
  const lost = new AbortController();
  let given = 0;
  // A stand-in for locks under leases: what a silence of theirs comes to is tested with them.
  const taskLocks = async () => ({
    take: async () => ({ lost: lost.signal, release: async () => void given++ }),
    isHeld: async () => false,
  });
  const call = { progress: () => true, warn() {}, stop: new AbortController().signal, askSecret: null, given: {} };
  const running = alertRun({}, Object.assign(Object.create(world), { taskLocks }), {
    ...call,
    update: () => lost.abort(),
  });
  await assert.rejects(running, { code: 'alerts-running', message: /silent for too long/ });
  assert.equal(given, 1);
  await world.close();
});
