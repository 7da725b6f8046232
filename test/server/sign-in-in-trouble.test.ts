import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { MemoryRequestLimits } from '../../src/adapters/memory/request-limits.ts';
import { BrowserSessions } from '../../src/api/http/browser-sessions.ts';
import { PasswordDesk } from '../../src/api/http/passwords.ts';
import { SignIns } from '../../src/api/http/sign-ins.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { SignIn, Users } from '../../src/ports/users.ts';
import { addUser, signIn } from './browser.ts';
import { openScene, type ServerScene } from './server-scene.ts';

const SIGN_IN: SignIn = {
  ...{ idHash: 'id', user: 'ann', scopes: ['risk'], startedAtMs: 0, usedAtMs: 0, provenAtMs: 0, seenAtMs: 0 },
};

describe('when a sign-in was used last', () => {
  let scene: ServerScene;
  before(async () => {
    scene = await openScene({ allowsLocal: false, execute: async () => ({ reached: true }) });
    await addUser(scene, 'ann', ['read']);
  });
  after(() => scene.close());

  test('another program writes into the home -> every request of a browser is answered, without a wait for it', async () => {
    const browsers = [await signIn(scene, 'ann'), await signIn(scene, 'ann'), await signIn(scene, 'ann')];
    const other = new DatabaseSync(`${scene.home}/home.sqlite`, { timeout: 10_000 });
    other.exec('update sign_in set used_at_ms = used_at_ms - 120000; begin immediate');
    const waits: number[] = [];
    for (const { reads } of browsers) {
      const { waitedMs, answer } = await withLongestPause(() => scene.ask('/api/version', { headers: reads }));
      assert.equal(answer.status, 200, answer.text);
      waits.push(waitedMs);
    }
    other.exec('rollback');
    other.close();
    // What waits for the file waits for 5 s, for each of them.
    assert.ok(Math.min(...waits) < 4_000, String(waits));
    assert.deepEqual(scene.defects, []);
  });

  for (const [what, fail] of [
    ['rejects', async () => assert.fail('disk full')],
    ['does not answer', () => new Promise<never>(() => undefined)],
  ] as const)
    test(`a store that ${what} -> nothing is told, and it is tried again after a minute and not before`, async () => {
      let tries = 0;
      let nowMs = 1_000_000;
      const used = () => {
        tries++;
        return fail();
      };
      const signedIn = async () => ({ ...SIGN_IN, startedAtMs: 1, usedAtMs: 1, seenAtMs: nowMs });
      const users: unknown = { used, signedIn };
      const sessions = new BrowserSessions(users as Users, { isSecure: true });
      for (const [atMs, expected] of [
        [1_000_000, 1],
        [1_059_999, 1],
        [1_060_000, 2],
        [1_060_001, 2],
      ] as const) {
        nowMs = atMs;
        sessions.used((await sessions.of(`__Host-tradewright=${'A'.repeat(43)}`))!);
        assert.equal(tries, expected, String(atMs));
      }
      // What rejects is seen by the process in a later turn.
      await new Promise((resolve) => setImmediate(resolve));
    });
});

/** Does something, and tells how long this thread did nothing else at a stretch. */
async function withLongestPause<T>(work: () => Promise<T>): Promise<{ readonly waitedMs: number; readonly answer: T }> {
  let waitedMs = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    waitedMs = Math.max(waitedMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 5);
  try {
    const answer = await work();
    return { waitedMs: Math.max(waitedMs, performance.now() - lastMs), answer };
  } finally {
    clearInterval(timer);
  }
}

describe('while somebody guesses', () => {
  test('all turns of who signs in are taken -> who is signed in gives the password again', async () => {
    const proven: string[] = [];
    const users: Partial<Users> = {
      find: async (name) =>
        name === 'ann' ? ({ passwordHash: 'stored' } as Awaited<ReturnType<Users['find']>>) : null,
      proven: async (idHash) => void proven.push(idHash),
    };
    const sessions = new BrowserSessions(users as Users, { isSecure: true });
    const signIns = new SignIns({
      ...{ users: users as Users, sessions, elapsedMs: () => 0 },
      limits: new MemoryRequestLimits({ elapsedMs: () => 0 } as Clock),
      compare: async (password) => password === 'right',
    });
    const codes: string[] = [];
    for (let n = 0; n < 30; n++)
      await signIns
        .signIn({ name: `name-${n}`, password: 'x' }, `10.0.0.${n}`)
        .catch(({ code }: { readonly code: string }) => codes.push(code));
    assert.equal(codes.at(-1), 'rate-limited');
    const browser = {
      signIn: SIGN_IN,
      csrfToken: '',
      expiresAtMs: 0,
      idleExpiresAtMs: 0,
      freshUntilMs: 0,
      isFresh: false,
    };
    await signIns.prove(browser, 'right');
    assert.deepEqual(proven, ['id']);
  });

  test('as many wait as may -> who is signed in waits before them, and is not refused', async () => {
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const desk = new PasswordDesk(async (password) => {
      await gate.promise;
      order.push(password);
      return true;
    });
    const guesses = Array.from({ length: 12 }, () => desk.isRight('guess', 'stored'));
    const settled = Promise.allSettled(guesses);
    const proof = desk.isRight('proof', 'stored', true);
    gate.resolve();
    assert.equal(await proof, true);
    // Two were compared already when it came.
    assert.ok(order.indexOf('proof') <= 3, String(order));
    assert.equal((await settled).filter(({ status }) => status === 'rejected').length, 2);
  });
});
