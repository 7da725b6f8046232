import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '../../../test/simulated-world/clock.ts';
import type { Log } from '../../ports/logs.ts';
import { Failure } from '../failures.ts';
import type { IsolatedCall, World } from '../world.ts';
import { ownerOf, ServedSessions } from './served-sessions.ts';

/** One deployment, and nobody else who trades. `isolate` stands in for the thread of the session. */
function scene(
  isolate: (call: IsolatedCall, id: string, input: object) => Promise<unknown>,
  operation: 'live' | 'paper' = 'live',
) {
  const clock = new SimulatedClock();
  const lines: string[] = [];
  const told: (string | null)[] = [];
  let kept = [{ session: 's', operation, account: 'a', label: 'a', input: {}, actor: '', atMs: 0, problem: null }];
  const log: Log = { write: (_level, what) => void lines.push(what), of: () => log };
  const deployments = async () => ({
    present: async ({ id, holder }: { id: string; holder: string }) => [{ id, holder }],
    all: async () => kept,
    tell: async (_: string, problem: string | null) => void told.push(problem),
    remove: async () => {
      kept = [];
      return true;
    },
    leave: async () => undefined,
  });
  const world = {
    clock,
    deployments,
    processName: 'p',
    actor: 'x',
    isolate: (id: string, input: object, call: IsolatedCall) => isolate(call, id, input),
  };
  return {
    clock,
    lines,
    told,
    kept: () => kept.length,
    sessions: new ServedSessions(world as unknown as World, log, 60_000),
  };
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

test('play money -> run as such, fails without taking the server away, says why and that it is over, and a stop ends it for good', async () => {
  const ids: string[] = [];
  let end: (() => void) | null = null;
  const { clock, lines, told, kept, sessions } = scene(async (call, id) => {
    await Promise.resolve();
    ids.push(id);
    if (ids.length === 1) throw new Failure('key-unfit', 'LOCAL: any address', { hint: 'Say --accept "any".' });
    call.update({});
    await new Promise<void>((resolve) => {
      end = resolve;
    });
  }, 'paper');
  sessions.start();
  await clock.advance(1_000);
  await sessions.probe();
  assert.deepEqual([told, sessions.sessions], [['LOCAL: any address. Say --accept "any".'], []]);
  await clock.advance(3_000);
  assert.deepEqual([told, sessions.sessions], [['LOCAL: any address. Say --accept "any".', null], ['s']]);
  end!();
  await clock.advance(20_000);
  assert.deepEqual(ids, ['paper', 'paper'], 'not begun again');
  assert.equal(kept(), 0);
  assert.deepEqual(lines, ['session-failed', 'session-begun', 'session-ended']);
  await sessions.close(1_000);
});

test('an account whose session is stopped by command -> it stays deployed and is begun again', async () => {
  let begun = 0;
  const { clock, told, kept, sessions } = scene(async (call) => {
    await Promise.resolve();
    begun++;
    call.update({});
    if (begun > 1) await new Promise<void>((resolve) => call.stop.addEventListener('abort', () => resolve()));
  });
  sessions.start();
  await clock.advance(10_000);
  assert.deepEqual([begun, kept(), told], [2, 1, ['it was stopped', null]]);
  await sessions.close(1_000);
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
