import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openSqliteState } from '../../src/adapters/sqlite/state-database.ts';
import { Courier } from '../../src/api/handlers/alert-courier.ts';
import { Evaluator } from '../../src/api/handlers/alert-evaluator.ts';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Alert } from '../../src/core/alerts/desk.ts';
import type { AlertRule } from '../../src/core/alerts/rule.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/core/vocabulary/time.ts';
import { storedAlerts } from '../../src/durability/stored-alerts.ts';
import { JournalError, type JournalList } from '../../src/ports/journal.ts';
import type { Channel, DeliveryOutcome } from '../../src/ports/notifier.ts';
import { LATENCY_BOUNDS_S, type SessionVitals } from '../../src/ports/session-vitals.ts';
import { RULE } from '../fixtures/alert-rule.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';

const LOG = await compose(readConfig({ home: '.' }, {}, '.')).logs.open('none');

const journalError = (code: 'absent' | 'damaged'): JournalError =>
  new JournalError(code, { where: 'journal', found: 'other bytes', expected: 'a journal', hint: 'Restore it.' });

/** An evaluator and a courier on a home of their own, in time that is told to pass; ways to people are stand-ins that answer as they are told. */
async function scene(rule: Partial<AlertRule> = {}, unreadable: JournalList['unreadable'] = []) {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-evaluator-'));
  const clock = new SimulatedClock();
  const composed = compose(readConfig({ home }, {}, home));
  const database = openSqliteState(join(home, 'home.sqlite'), clock);
  const store = storedAlerts(database);
  const sent: string[] = [];
  const outcomes: DeliveryOutcome[] = [];
  let drawdown: number | null = 0;
  const vitals = (): SessionVitals => ({
    ...{ session: 'btc', strategy: 'swing', venue: 'TEST', atMs: clock.nowMs(), figures: { drawdown }, limits: {} },
    ...{
      refusals: {},
      ...{ timed: [], budgets: [] },
      orderLatency: { counts: LATENCY_BOUNDS_S.map(() => 0), count: 0, sum: 0 },
    },
  });
  const world = {
    ...composed,
    clock,
    alerts: async () => store,
    journals: async () => ({ list: async () => ({ journals: [], unreadable }) }),
    vitals: async () => ({ since: async () => [vitals()] }),
    notifiers: {
      open: async ({ name }: Channel) => ({
        deliver: async ({ delivery, title, step }: { delivery: string; title: string; step: number }) => {
          sent.push(`${name} ${step} ${title} ${delivery.slice(0, 4)}`);
          return outcomes.shift() ?? { kind: 'delivered', reason: 'ok' };
        },
        close: async () => {},
      }),
    },
  } as unknown as World;
  for (const name of ['first', 'second', 'third'])
    await store.addChannel({
      ...{ name, kind: 'slack', url: null, to: [], from: null, user: null, allow: [], secretId: null, createdAtMs: 0 },
      ...{ secretChangedAtMs: null, hasFormerSecret: false },
    });
  await store.addRule({ ...RULE, ...rule });
  for (const { session } of unreadable)
    await store.decide((ledger) => ledger.follow({ session, begunAtMs: 1, record: 9, isRunning: true }));
  const evaluator = new Evaluator(world, store, LOG);
  const courier = new Courier(world, store, { askSecret: null }, LOG, () => 0);
  await evaluator.begin();
  const look = async (): Promise<void> => {
    await evaluator.look();
    await courier.look();
    await courier.settled();
  };
  after(async () => {
    await database.close();
    await composed.close();
    rmSync(home, { recursive: true });
  });
  return {
    ...{ store, sent, outcomes, clock, look },
    fall: (to: number | null) => {
      drawdown = to;
    },
    pass: async (ms: number, stepMs = 5 * SECOND_MS): Promise<void> => {
      for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
        await clock.advance(stepMs);
        await look();
      }
    },
  };
}

describe('conditions', () => {
  test('true, false, true again -> told, resolved, counted within the window, told again after it', async () => {
    const { store, sent, pass, fall } = await scene();
    await pass(MINUTE_MS);
    assert.deepEqual(sent, [], 'it does not hold');
    fall(0.2);
    await pass(MINUTE_MS);
    assert.deepEqual(sent, ['first 0 btc: drawdown > 0.1 msg_']);
    fall(0.05);
    await pass(MINUTE_MS);
    const resolved = await store.alerts({ onlyOpen: false, most: 9 });
    assert.deepEqual([resolved.length, resolved[0]!.resolvedAtMs !== null], [1, true]);
    fall(0.2);
    await pass(MINUTE_MS);
    const [open, ...more] = await store.alerts({ onlyOpen: true, most: 9 });
    assert.deepEqual([open!.count, more.length, sent.length], [2, 0, 1], 'open again, and not told again');
    await pass(10 * MINUTE_MS, 30 * SECOND_MS);
    assert.equal(sent.length, 2, 'it goes on');
    await store.acknowledge(open!.id, 'ann');
    await pass(HOUR_MS, MINUTE_MS);
    assert.equal(sent.length, 2, 'somebody knows');
  });

  test('a figure without a value -> nobody is told', async () => {
    const { sent, pass, fall } = await scene({ when: '!(drawdown < 0.1) || drawdown > 0.1' });
    fall(null);
    await pass(MINUTE_MS);
    assert.deepEqual(sent, []);
  });
});

describe('sessions that cannot be read', () => {
  const torn = { session: 'torn', begun: null, error: journalError('damaged') };

  test('it ran when it was last looked at, and is gone -> a page, once within the window; one of which nothing was written -> nothing', async () => {
    const rule = { when: null, on: ['session'], severity: 'page' } as const;
    const { store, sent, pass } = await scene({ ...rule, on: [...rule.on] }, [
      torn,
      { session: 'never', begun: null, error: journalError('absent') },
    ]);
    await pass(5 * MINUTE_MS);
    assert.deepEqual(sent, ['first 0 torn: the session does not run, and cannot be read msg_']);
    const [alert] = await store.alerts({ onlyOpen: true, most: 9 });
    assert.deepEqual([alert!.severity, alert!.count, alert!.session], ['page', 5, 'torn']);
    assert.match(alert!.text, /expected a journal, found other bytes/);
  });
});

describe('escalation', () => {
  test('nobody acknowledges -> the next, then the next; acknowledged before the second -> nobody else', async () => {
    const steps = { escalateAfterMs: 5 * MINUTE_MS, escalateTo: ['second', 'third'], dedupeMs: 60 * MINUTE_MS };
    const slow = await scene(steps);
    slow.fall(0.2);
    await slow.pass(20 * MINUTE_MS, 30 * SECOND_MS);
    assert.deepEqual(
      slow.sent.map((each) => each.slice(0, 8).trim()),
      ['first 0', 'second 1', 'third 2'],
    );
    const quick = await scene(steps);
    quick.fall(0.2);
    await quick.pass(7 * MINUTE_MS, 30 * SECOND_MS);
    await quick.store.acknowledge(1, 'ann');
    await quick.pass(20 * MINUTE_MS, 30 * SECOND_MS);
    assert.equal(quick.sent.length, 2);
    assert.equal((await quick.store.alert(1))!.acknowledgedBy, 'ann');
  });
});

describe('deliveries', () => {
  const RETRY: DeliveryOutcome = { kind: 'retry', reason: 'status 503', retryAfterMs: null };

  test('refused for a while -> tried again under growing waits until it arrives, each attempt kept', async () => {
    const { store, sent, outcomes, pass, fall } = await scene();
    outcomes.push(RETRY, RETRY, { kind: 'retry', reason: 'status 429', retryAfterMs: 120_000 });
    fall(0.2);
    await pass(5 * MINUTE_MS);
    assert.equal(sent.length, 4);
    const [delivery] = await store.deliveries({ most: 9 });
    assert.deepEqual(
      delivery!.attempts.map(({ outcome, reason }) => `${outcome} ${reason}`),
      ['retry status 503', 'retry status 503', 'retry status 429', 'delivered ok'],
    );
    const [a, b, c, d] = delivery!.attempts.map(({ atMs }) => atMs);
    assert.ok(b! - a! >= 5_000 && c! - b! >= 15_000 && d! - c! >= 120_000);
    assert.equal(new Set(sent).size, 1, 'the same message');
  });

  test('refused for good, or for six hours -> given up and visible; tried again when asked', async () => {
    const { store, sent, outcomes, pass, fall, look } = await scene();
    outcomes.push({ kind: 'failed', reason: 'status 410' });
    fall(0.2);
    await pass(MINUTE_MS);
    const [dead] = await store.deliveries({ state: 'dead', most: 9 });
    assert.equal(dead!.attempts.at(-1)!.reason, 'status 410');
    assert.equal(await store.revive(dead!.id), true);
    await look();
    assert.deepEqual([sent.length, (await store.counts()).delivered], [2, 1]);
    assert.equal(await store.revive(dead!.id), false);

    const long = await scene({ dedupeMs: 48 * HOUR_MS });
    long.outcomes.push(...Array<DeliveryOutcome>(40).fill(RETRY));
    long.fall(0.2);
    await long.pass(12 * HOUR_MS, 10 * MINUTE_MS);
    assert.deepEqual([long.sent.length, (await long.store.counts()).dead], [12, 1]);
  });

  test('a channel that asks to be left alone, with many messages waiting -> another channel is told at once', async () => {
    const { store, sent, outcomes, clock, look, pass } = await scene();
    const alert: Alert = {
      ...{ rule: 'deep', key: 'k', kind: 'feed', severity: 'page', title: 'torn', text: '', session: null },
      ...{ strategy: null, instrument: null, firstAtMs: 1, lastAtMs: 1, count: 1, notifiedAtMs: 1 },
      ...{ acknowledgedAtMs: null, resolvedAtMs: null, step: 0, escalateAtMs: null },
    };
    const nowMs = clock.nowMs();
    await store.decide(async (ledger) => {
      for (let k = 0; k < 200; k++)
        await ledger.raise(alert, [{ channel: 'first', dueMs: nowMs - 1_000 + k, step: 0 }]);
      await ledger.raise({ ...alert, title: 'out of the market' }, [{ channel: 'second', dueMs: nowMs, step: 0 }]);
    });
    outcomes.push({ kind: 'retry', reason: 'status 429', retryAfterMs: HOUR_MS });
    await look();
    assert.deepEqual(sent, ['first 0 torn msg_', 'second 0 out of the market msg_']);
    await pass(HOUR_MS + 3 * MINUTE_MS, 30 * SECOND_MS);
    assert.equal((await store.counts()).pending, 0, 'the others are told when they may be');
  });

  test('it comes and goes through quiet hours -> told once at their end, as it is then, and again after the window', async () => {
    // It begins at 18:40 UTC.
    const quiet = { severity: 'warn', quiet: '18:00-22:00', channels: ['first', 'second'] } as const;
    const { store, sent, pass, fall } = await scene({ ...quiet, channels: [...quiet.channels] });
    for (let k = 0; k < 12; k++) {
      fall(0.2);
      await pass(10 * MINUTE_MS, MINUTE_MS);
      fall(0);
      await pass(5 * MINUTE_MS, MINUTE_MS);
    }
    fall(0.2);
    await pass(15 * MINUTE_MS, MINUTE_MS);
    assert.deepEqual(sent, []);
    const [open, ...more] = await store.alerts({ onlyOpen: false, most: 9 });
    assert.deepEqual([open!.count, more.length], [13, 0]);
    assert.equal((await store.counts()).pending, 2);
    await pass(13 * MINUTE_MS, MINUTE_MS);
    assert.deepEqual(sent, ['first 0 btc: drawdown > 0.1 msg_', 'second 0 btc: drawdown > 0.1 msg_']);
    await pass(10 * MINUTE_MS, MINUTE_MS);
    assert.equal(sent.length, 4, 'as ever, while it is not quiet');
  });

  test('a channel that is gone -> given up, with the reason; old alerts -> forgotten, with what was sent', async () => {
    const { store, pass, fall, clock } = await scene();
    await store.removeChannel('first');
    fall(0.2);
    await pass(MINUTE_MS);
    assert.equal((await store.deliveries({ most: 1 }))[0]!.attempts[0]!.reason, 'the channel is gone');
    await store.forget(clock.nowMs() + 1);
    assert.deepEqual([await store.alerts({ onlyOpen: false, most: 9 }), await store.deliveries({ most: 9 })], [[], []]);
  });
});
