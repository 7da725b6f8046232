import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '../../../test/simulated-world/clock.ts';
import type { Log } from '../../ports/logs.ts';
import { Failure } from '../failures.ts';
import type { IsolatedCall, World } from '../world.ts';
import { ownerOf, ServedSessions } from './served-sessions.ts';

/** One deployment, and nobody else who trades. `isolate` stands in for the thread of the session. */
function scene(isolate: (call: IsolatedCall) => Promise<unknown>) {
  const clock = new SimulatedClock();
  const lines: string[] = [];
  const log: Log = { write: (_level, what) => void lines.push(what), of: () => log };
  const deployments = async () => ({
    present: async ({ id, holder }: { id: string; holder: string }) => [{ id, holder }],
    all: async () => [{ session: 's', account: 'a', label: 'a', input: {}, actor: '', atMs: 0 }],
    leave: async () => undefined,
  });
  const world = {
    clock,
    deployments,
    processName: 'p',
    actor: 'x',
    isolate: (_: string, __: object, call: IsolatedCall) => isolate(call),
  };
  return { clock, lines, sessions: new ServedSessions(world as unknown as World, log, 60_000) };
}

test('an account that another has for long -> asked again ever less often, and said once', async () => {
  let tries = 0;
  const { clock, lines, sessions } = scene(async () => {
    tries++;
    throw new Failure('account-busy', 'account a is traded by another program');
  });
  sessions.start();
  await clock.advance(2_000);
  assert.ok(tries >= 2, 'soon at first');
  await clock.advance(300_000 - 2_000);
  assert.ok(tries > 25 && tries < 45, `${tries} tries in five minutes`);
  assert.deepEqual(lines, ['session-awaited']);
  await assert.rejects(sessions.probe(), /account a is traded by another/);
  const closed = sessions.close(1_000);
  await clock.advance(1_000);
  await closed;
});

test('its end -> sessions have what is left of the time, and no more is waited for', async () => {
  let graceMs = 0;
  const { clock, sessions } = scene(async (call) => {
    await Promise.resolve();
    call.update({});
    call.stop.addEventListener('abort', () => {
      graceMs = call.graceMs!();
    });
    await new Promise(() => undefined);
  });
  sessions.start();
  await clock.advance(1_000);
  assert.deepEqual(sessions.sessions, ['s']);
  let isClosed = false;
  const closed = sessions.close(7_000).then(() => {
    isClosed = true;
  });
  await clock.advance(6_900);
  assert.deepEqual([graceMs, isClosed], [7_000, false]);
  await clock.advance(200);
  await closed;
});

test('accounts among traders: each has one, shares are even, and who comes or goes moves only its own', () => {
  const traders = ['one', 'two', 'three'].map((id) => ({ id, holder: '' }));
  const accounts = Array.from({ length: 3_000 }, (_, k) => `account ${k}`);
  const all = accounts.map((account) => ownerOf(account, traders)!.id);
  for (const { id } of traders) {
    const share = all.filter((owner) => owner === id).length;
    assert.ok(share > 850 && share < 1_150, `${id}: ${share}`);
  }
  const fewer = accounts.map((account) => ownerOf(account, traders.slice(0, 2))!.id);
  for (const [k, owner] of all.entries()) if (owner !== 'three') assert.equal(fewer[k], owner);
  assert.deepEqual(
    accounts.map((account) => ownerOf(account, [...traders].reverse())!.id),
    all,
    'in whatever order they are told',
  );
  assert.equal(ownerOf('x', []), null);
});
