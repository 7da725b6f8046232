import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Alert, type Due, escalate, take } from '../../src/core/alerts/desk.ts';
import { type Occurrence, occurrenceOf } from '../../src/core/alerts/occurrence.ts';
import { endOfQuiet, parseQuietHours } from '../../src/core/alerts/quiet-hours.ts';
import { MOST_ATTEMPTS, retryAt } from '../../src/core/alerts/retry.ts';
import { type AlertRule, concerns, dedupKeyOf, toldBy } from '../../src/core/alerts/rule.ts';
import type { DomainEvent } from '../../src/core/vocabulary/events.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/vocabulary/time.ts';

const MIDNIGHT = Date.UTC(2026, 10, 29);

const RULE: AlertRule = {
  ...{ name: 'r', on: [], severity: 'info', sessions: [], strategies: [], when: null, channels: ['a', 'b'] },
  ...{ dedupeMs: 10 * MINUTE_MS, quiet: null, escalateAfterMs: null, escalateTo: [] },
};
const HAPPENED: Occurrence = {
  ...{ kinds: ['feed'], severity: 'warn', what: 'feed down', text: 'x', session: 's', strategy: null },
  ...{ instrument: null, atMs: MIDNIGHT },
};

/** A desk that keeps what it decides, as the store does. */
class Kept {
  readonly alerts: Alert[] = [];
  readonly sent: (Due & { key: string; severity: string; atMs: number })[] = [];
  readonly #rule: AlertRule;
  constructor(rule: AlertRule) {
    this.#rule = rule;
  }
  newest(key: string): number {
    return this.alerts.findLastIndex((alert) => alert.key === key);
  }
  happen(occurrence: Occurrence, nowMs: number): void {
    const at = this.newest(dedupKeyOf(this.#rule.name, occurrence));
    const { kind, alert, due } = take(this.#rule, occurrence, this.alerts[at] ?? null, nowMs);
    if (kind === 'raised') this.alerts.push(alert);
    else this.alerts[at] = alert;
    this.#send(alert, due, nowMs);
  }
  tick(nowMs: number): void {
    for (const [at, alert] of this.alerts.entries()) {
      const next = escalate(this.#rule, alert, nowMs);
      if (next === null) continue;
      this.alerts[at] = next.alert;
      this.#send(alert, [next.due], nowMs);
    }
  }
  #send({ key, severity }: Alert, due: readonly Due[], atMs: number): void {
    for (const each of due) this.sent.push({ ...each, key, severity, atMs });
  }
}

const happenings = fc.array(
  fc.record({
    waitMs: fc.nat(15 * MINUTE_MS),
    what: fc.constantFrom('feed down', 'order tw-12ab is lost', 'order tw-99 is lost'),
    severity: fc.constantFrom('info', 'warn', 'page' as const) as fc.Arbitrary<'info' | 'warn' | 'page'>,
    session: fc.constantFrom('s', 't'),
    acknowledges: fc.boolean(),
  }),
  { maxLength: 60 },
);

describe('the desk of alerts', () => {
  test('any course of things -> nobody told twice of one cause within the window, nothing uncounted, pages at once', () => {
    fc.assert(
      fc.property(happenings, fc.boolean(), (all, isQuiet) => {
        const rule = { ...RULE, quiet: isQuiet ? '22:00-07:00' : null };
        const kept = new Kept(rule);
        let nowMs = MIDNIGHT;
        for (const { waitMs, acknowledges, ...more } of all) {
          nowMs += waitMs;
          kept.happen({ ...HAPPENED, ...more, atMs: nowMs }, nowMs);
          const last = kept.alerts.at(-1)!;
          if (acknowledges) kept.alerts[kept.alerts.length - 1] = { ...last, acknowledgedAtMs: nowMs };
        }
        assert.equal(
          kept.alerts.reduce((sum, { count }) => sum + count, 0),
          all.length,
        );
        for (const channel of rule.channels)
          for (const key of new Set(kept.sent.map((each) => each.key))) {
            const own = kept.sent.filter((each) => each.channel === channel && each.key === key);
            // By when it is decided, and by when it is told.
            for (const [k, { atMs, dueMs }] of own.entries())
              if (k > 0) {
                assert.ok(atMs - own[k - 1]!.atMs >= rule.dedupeMs);
                assert.ok(dueMs - own[k - 1]!.dueMs >= rule.dedupeMs);
              }
          }
        for (const { severity, dueMs, atMs } of kept.sent) {
          assert.ok(dueMs >= atMs && dueMs < atMs + 9 * HOUR_MS + 1);
          if (severity === 'page' || !isQuiet) assert.equal(dueMs, atMs);
          else assert.equal(endOfQuiet(parseQuietHours('22:00-07:00'), dueMs), dueMs, 'sent when it is not quiet');
        }
      }),
    );
  });

  test('nobody acknowledges -> each next channel once, in order; acknowledged or resolved -> no further', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20 * MINUTE_MS), { maxLength: 40 }), fc.nat(45), (waits, stopsAt) => {
        const rule = { ...RULE, escalateAfterMs: 15 * MINUTE_MS, escalateTo: ['b', 'c', 'd'] };
        const kept = new Kept(rule);
        kept.happen(HAPPENED, MIDNIGHT);
        let nowMs = MIDNIGHT;
        let stopped = 0;
        for (const [k, waitMs] of waits.entries()) {
          if (k === stopsAt) {
            const field = k % 2 === 0 ? 'acknowledgedAtMs' : 'resolvedAtMs';
            kept.alerts[0] = { ...kept.alerts[0]!, [field]: nowMs };
            stopped = kept.sent.length;
          }
          nowMs += waitMs;
          kept.tick(nowMs);
        }
        const steps = kept.sent.filter(({ step }) => step > 0);
        assert.deepEqual(
          steps.map(({ channel, step }) => `${step}${channel}`),
          ['1b', '2c', '3d'].slice(0, steps.length),
        );
        let last = MIDNIGHT;
        for (const { atMs } of steps) {
          assert.ok(atMs - last >= 15 * MINUTE_MS);
          last = atMs;
        }
        if (waits.length <= stopsAt && nowMs >= MIDNIGHT + 15 * MINUTE_MS) assert.ok(steps.length > 0);
        if (stopped > 0) assert.equal(kept.sent.length, stopped);
      }),
    );
  });

  test('open and unacknowledged after the window -> the same alert told again; acknowledged -> a new one', () => {
    const kept = new Kept({ ...RULE, escalateAfterMs: HOUR_MS, escalateTo: ['c'] });
    kept.happen(HAPPENED, MIDNIGHT);
    kept.happen(HAPPENED, MIDNIGHT + 5 * MINUTE_MS);
    kept.happen(HAPPENED, MIDNIGHT + 10 * MINUTE_MS);
    assert.deepEqual([kept.alerts.length, kept.alerts[0]!.count, kept.sent.length], [1, 3, 4]);
    assert.equal(kept.alerts[0]!.escalateAtMs, MIDNIGHT + HOUR_MS, 'what comes again does not put off who comes next');
    kept.alerts[0] = { ...kept.alerts[0]!, acknowledgedAtMs: MIDNIGHT };
    kept.happen(HAPPENED, MIDNIGHT + 20 * MINUTE_MS);
    assert.deepEqual([kept.alerts.length, kept.alerts[1]!.count], [2, 1]);
  });

  test('the same again while quiet hours hold it back -> one message of it, with the words of the last', () => {
    const kept = new Kept({ ...RULE, quiet: '22:00-07:00' });
    for (let k = 0; k < 20; k++)
      kept.happen({ ...HAPPENED, text: `for the ${k}. time` }, MIDNIGHT + k * 20 * MINUTE_MS);
    assert.deepEqual(
      kept.sent.map(({ channel, dueMs }) => [channel, dueMs]),
      ['a', 'b'].map((channel) => [channel, MIDNIGHT + 7 * HOUR_MS]),
    );
    assert.deepEqual(
      kept.alerts.map(({ count, text }) => [count, text]),
      [[20, 'for the 19. time']],
    );
    kept.happen(HAPPENED, MIDNIGHT + 7 * HOUR_MS + 5 * MINUTE_MS);
    assert.equal(kept.sent.length, 2, 'it was told a moment ago');
    kept.happen(HAPPENED, MIDNIGHT - 2 * DAY_MS);
    assert.equal(kept.sent.length, 4, 'by a clock that was set back it waits for another morning');
  });

  test('a clock that was set back by a day -> told, not deaf until it has caught up', () => {
    const kept = new Kept(RULE);
    kept.happen(HAPPENED, MIDNIGHT);
    kept.happen(HAPPENED, MIDNIGHT - DAY_MS);
    assert.equal(kept.sent.length, 4);
  });

  test('the same words with other numbers -> one cause; another subject or severity -> another', () => {
    const of = (more: Partial<Occurrence>): string => dedupKeyOf('r', { ...HAPPENED, ...more });
    assert.equal(of({ what: 'nobody knows tw-1a2b for 30 s' }), of({ what: 'nobody knows tw-ff09 for 90 s' }));
    const others = [{}, { severity: 'page' }, { session: 't' }, { instrument: 'X:BTC' }, { strategy: 'q' }] as const;
    assert.equal(new Set(others.map(of)).size, others.length);
    assert.notEqual(of({}), dedupKeyOf('q', HAPPENED));
  });
});

describe('quiet hours', () => {
  test('over midnight, with an offset -> quiet within, and their end', () => {
    const quiet = parseQuietHours('22:00-07:00+02:00')!;
    const at = (hours: number): number => MIDNIGHT + hours * HOUR_MS;
    assert.equal(endOfQuiet(quiet, at(19.99)), at(19.99));
    assert.equal(endOfQuiet(quiet, at(20)), at(29), '22:00 there');
    assert.equal(endOfQuiet(quiet, at(4)), at(5));
    assert.equal(endOfQuiet(quiet, at(5)), at(5));
  });
  test('what is none -> null', () => {
    for (const text of ['', '22-07', '24:00-07:00', '22:00-22:00', '22:00-07:60', '22:00-07:00+15:00', 'x22:00-07:00'])
      assert.equal(parseQuietHours(text), null, text);
  });
  test('any hours, any time -> the end is not quiet, within a day, and nothing before it is free', () => {
    const minute = fc.nat(1_439);
    fc.assert(
      fc.property(minute, minute, fc.integer({ min: -840, max: 840 }), fc.nat(3 * DAY_MS), (from, to, offset, ms) => {
        fc.pre(from !== to);
        const quiet = { fromMinute: from, toMinute: to, offsetMinutes: offset };
        const end = endOfQuiet(quiet, MIDNIGHT + ms);
        assert.ok(end >= MIDNIGHT + ms && end < MIDNIGHT + ms + DAY_MS);
        assert.equal(endOfQuiet(quiet, end), end);
        if (end > MIDNIGHT + ms) assert.equal(endOfQuiet(quiet, end - 1), end);
      }),
    );
  });
});

describe('retries', () => {
  test('waits grow to an hour, never shorter than half nor than what the other side says, and end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.option(fc.nat(DAY_MS)),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (n, after, chance) => {
          const at = retryAt(n, after, 0, chance);
          if (n >= MOST_ATTEMPTS) return assert.equal(at, null);
          const whole = Math.min(HOUR_MS, 5_000 * 3 ** (n - 1));
          assert.ok(at! >= Math.max(whole / 2, after ?? 0) && at! <= Math.max(whole, after ?? 0));
          return;
        },
      ),
    );
  });
});

describe('what a rule is about', () => {
  const event = (more: object): DomainEvent =>
    ({ v: 1, seq: 1, at: MIDNIGHT, causedBy: { input: 1 }, input: 1, ...more }) as DomainEvent;
  for (const [told, kinds, severity] of [
    [{ type: 'drawdown-threshold-reached', drawdown: 0.2, limit: 0.1 }, 'drawdown risk', 'page'],
    [{ type: 'risk-limit-exceeded', limit: 'daily-loss', used: 1, allowed: 0 }, 'risk', 'page'],
    [
      { type: 'trading-state-changed', scope: 'instrument', from: 'active', to: 'reducing', reason: 'data-fault' },
      'feed',
      'warn',
    ],
    [
      { type: 'trading-state-changed', scope: 'account', from: 'active', to: 'reducing', reason: 'venue-fault' },
      'reconcile',
      'warn',
    ],
    [{ type: 'trading-state-changed', scope: 'system', from: 'active', to: 'halted', reason: 'kill' }, 'kill', 'page'],
    [{ type: 'strategy-stopped', strategy: 'x', reason: 'kill: news' }, 'kill', 'warn'],
    [
      { type: 'trading-state-changed', scope: 'system', from: 'halted', to: 'active', reason: 're-armed' },
      'kill',
      'info',
    ],
    [{ type: 'data-anomaly-detected', code: 'x', detail: 'y' }, 'reconcile', 'page'],
    [{ type: 'alert-raised', level: 'page', message: 'unknown order' }, 'alarm reconcile', 'page'],
    [{ type: 'alert-raised', level: 'warn', message: 'feed' }, 'alarm', 'warn'],
    [{ type: 'alert-raised', level: 'page', message: 'mine', strategy: 'q' }, 'strategy', 'page'],
    [{ type: 'strategy-failed', message: 'm', strategy: 'q' }, 'strategy', 'page'],
    [{ type: 'order-rejected', order: 'o', reason: 'r' }, 'order', 'warn'],
    [{ type: 'position-liquidated', order: 'o' }, 'risk', 'page'],
  ] as const)
    test(`${told.type} ${'reason' in told ? told.reason : ''} -> ${kinds}, ${severity}`, () => {
      const occurrence = occurrenceOf('s', event(told))!;
      assert.deepEqual([occurrence.kinds.join(' '), occurrence.severity], [kinds, severity]);
      assert.equal(concerns({ ...RULE, on: [occurrence.kinds.at(-1)!] }, occurrence), true);
      assert.equal(concerns({ ...RULE, on: ['metric'] }, occurrence), false);
      assert.equal(concerns({ ...RULE, severity: 'page' }, occurrence), severity === 'page');
      assert.equal(concerns({ ...RULE, sessions: ['t'] }, occurrence), false);
      assert.equal(concerns({ ...RULE, when: 'drawdown > 1' }, occurrence), false);
    });
  test('a kill that stops strategies and changes what may be traded -> told once, with its reason, by whoever hears of it', () => {
    const [stopped, other, changed] = [
      { type: 'strategy-stopped', strategy: 'x', reason: 'kill: news' },
      { type: 'strategy-stopped', strategy: 'y', reason: 'kill: news' },
      { type: 'trading-state-changed', scope: 'account', from: 'active', to: 'halted', reason: 'kill' },
    ].map((told) => occurrenceOf('s', event(told))!);
    const all = [stopped!, other!, changed!];
    const told = (rule: Partial<AlertRule>, occurrences = all): string[] =>
      toldBy({ ...RULE, ...rule }, occurrences).map(({ what, text }) => `${what}: ${text}`);
    const once = 'trading halted (account): kill: account: from active to halted: news';
    assert.deepEqual(told({}), [once]);
    assert.deepEqual(told({ severity: 'page' }), [once]);
    assert.deepEqual(told({ strategies: ['x'] }), ['strategy stopped by a kill: kill: news']);
    // The mildest kill changes no state, and another one is another one.
    assert.equal(told({}, [stopped!]).length, 1);
    assert.equal(told({}, [stopped!, { ...changed!, atMs: MIDNIGHT + 1 }]).length, 2);
    assert.equal(told({}, [{ ...stopped!, session: 't' }, changed!]).length, 2);
  });
  test('everyday business -> nothing', () => {
    assert.equal(occurrenceOf('s', event({ type: 'order-accepted', order: 'o' })), null);
    assert.equal(occurrenceOf('s', event({ type: 'strategy-stopped', strategy: 'x', reason: 'by hand' })), null);
  });
});
