import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProblemError } from '../../src/api/client/problem.ts';
import { isAffected } from '../../web/src/desk/affected.ts';
import type { SessionLine } from '../../web/src/desk/current-session.ts';
import { isUnknown } from '../../web/src/desk/deed-keys.ts';
import { standingOf } from '../../web/src/desk/standing.ts';
import { sumOfSessions } from '../../web/src/desk/sum-of-sessions.ts';

const FREE = {
  ...{ session: 'btc', running: true, latched: null, failure: null, paused: [], problem: null },
  ...{ tradingState: 'active', held: [] },
} as unknown as SessionLine;

const held = (state: 'reducing' | 'halted', cause: string, scope = 'account'): Partial<SessionLine> => ({
  tradingState: state,
  held: [{ scope, target: 'paper:btc', state, causes: [cause] }],
});

describe('standing of a session', () => {
  const cases: readonly (readonly [about: string, line: Partial<SessionLine>, name: string, why: RegExp])[] = [
    ['nothing holds it', {}, 'ACTIVE', /^$/],
    ['its daily loss limit was reached', held('reducing', 'daily-loss-limit'), 'REDUCING', /daily-loss-limit/],
    ['its venue fails', held('halted', 'venue-fault'), 'HALTED', /venue-fault/],
    ['its strategy threw', { failure: 'x is null' }, 'STRATEGY FAILED', /x is null/],
    ['its strategy is paused', { paused: ['sma'] }, 'PAUSED', /sma/],
    ['it threw, and is halted', { failure: 'x', ...held('halted', 'strategy-fault') }, 'HALTED', /strategy-fault/],
    ['a kill reduces, a limit halts', { latched: 'reduce', ...held('halted', 'data-fault') }, 'HALTED', /data-fault/],
    ['a kill flattened it', { latched: 'flatten', ...held('halted', 'kill') }, 'HALTED, FLAT', /kill/],
    ['it has ended', { running: false }, 'NOT RUNNING', /ended/],
    ['it has ended, and a kill waits', { running: false, latched: 'halt' }, 'NOT RUNNING, HALTED', /next start/],
    ['its books cannot be read', { tradingState: null, problem: 'gone' }, 'NOT KNOWN', /gone/],
  ];
  for (const [about, line, name, why] of cases)
    test(`${about} -> ${name}`, () => {
      const told = standingOf({ ...FREE, ...line });
      assert.equal(told.name, name);
      assert.match(told.why, why);
      assert.equal(told.tone === 'good', name === 'ACTIVE');
    });
});

describe('what a kill reaches', () => {
  const held = { ...FREE, time: '2026-03-01T12:00:00Z', positions: 2 } as SessionLine;
  const unreadable = { ...FREE, time: null, positions: 0, problem: 'there is no such strategy file' } as SessionLine;
  const positionsOf = (...sessions: readonly SessionLine[]): string =>
    sumOfSessions(sessions, ({ positions }) => positions);

  test('sessions that are read -> their sum; one that cannot be read -> never a zero', () => {
    assert.equal(positionsOf(held, held), '4');
    assert.equal(positionsOf({ ...held, problem: 'latches cannot be read' }), '2');
    assert.equal(positionsOf(unreadable), '(not known)');
    assert.equal(positionsOf(held, unreadable), '2 or more');
  });
});

describe('a deed that failed', () => {
  const failed = (code: string, status: number | null, details = {}): ProblemError =>
    new ProblemError(code, code, { status, details });
  const cases: readonly (readonly [ProblemError, boolean])[] = [
    [failed('server-unreachable', null), true],
    [failed('server-different', 404), true],
    [failed('session-silent', 504, { isWithdrawn: false }), true],
    [failed('session-silent', 504, { isWithdrawn: true }), false],
    [failed('idempotency-unfinished', 409), true],
    [failed('unexpected', 500), true],
    [failed('order-refused', 422), false],
    [failed('server-busy', 503), false],
    [failed('unauthenticated', 401), false],
  ];
  for (const [problem, mayBeDone] of cases)
    test(`an order, ${problem.code} ${JSON.stringify(problem.details)} -> ${mayBeDone ? 'may be there' : 'is not there'}`, () =>
      assert.equal(isUnknown('order place', problem), mayBeDone));

  test('what sets what it sets -> acts again whatever became of it', () => {
    for (const deed of ['kill', 'order cancel', 'order cancel-all', 'pause', 'rearm', 'limits set'] as const)
      assert.equal(isUnknown(deed, failed('server-unreachable', null)), false, deed);
  });
});

describe('answers that are kept', () => {
  test('a deed -> those of its kind are asked for anew, long computations are not', () => {
    assert.equal(isAffected('limits set', 'limits show'), true);
    assert.equal(isAffected('alert ack', 'alert ls'), true);
    for (const costly of ['doctor', 'parity', 'data check']) assert.equal(isAffected('pause', costly), false, costly);
    assert.equal(isAffected('pause', 'data status'), false);
    assert.equal(isAffected('pause', '/metrics'), false);
  });
});
