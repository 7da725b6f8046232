import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/adapters/system/clock.ts';
import type { Alert } from '../../src/core/alerts/desk.ts';
import type { StateDatabase } from '../../src/durability/state-database.ts';
import { storedAlerts } from '../../src/durability/stored-alerts.ts';
import { storedApiKeys } from '../../src/durability/stored-api-keys.ts';
import { storedDeployments } from '../../src/durability/stored-deployments.ts';
import { storedProviders } from '../../src/durability/stored-providers.ts';
import { storedRelayPositions } from '../../src/durability/stored-relay-positions.ts';
import { ALIVE_MS, storedRequests } from '../../src/durability/stored-requests.ts';
import { storedSchedules } from '../../src/durability/stored-schedules.ts';
import { storedVitals } from '../../src/durability/stored-vitals.ts';
import type { KeptChannel } from '../../src/ports/alerts.ts';
import { LatchError } from '../../src/ports/latches.ts';
import type { Provider, ProviderSeen } from '../../src/ports/providers.ts';
import { LATENCY_BOUNDS_S, type SessionVitals } from '../../src/ports/session-vitals.ts';
import { RULE } from '../fixtures/alert-rule.ts';
import { openScene } from '../server/server-scene.ts';
import { type Check, storedUsersContract } from './stored-users.ts';

/** A place of the state, as several processes would open it. */
export interface SharedPlace {
  readonly open: () => Promise<StateDatabase>;
  /** Statement in the place's own words; tables are `@name`. */
  readonly sql: (text: string) => Promise<void>;
  dispose(): Promise<void>;
}

const KEY = { id: '0a1b2c3d', label: 'desk', scopes: ['read', 'trade'], addresses: ['10.0.0.0/8'], expiresAtMs: 9e12 };

/** What every {@link StateDatabase} must do for the stores that are written over it. */
export function sharedStoresContract(name: string, create: () => Promise<SharedPlace>): void {
  const clock = systemClock();
  const check: Check = (title, body) => {
    test(`stores that servers share (${name}): ${title}`, async () => {
      const place = await create();
      const [one, other] = [await place.open(), await place.open()];
      try {
        await body(one, other, place);
      } finally {
        await one.close();
        await other.close();
        await place.dispose();
      }
    });
  };
  const requestsOf = (database: StateDatabase, holder: string, isGone: (holder: string) => boolean = () => false) =>
    storedRequests(database, clock, { holder, isGone });

  check('all or nothing; what is wrong in one statement harms no other that waits with it', async (one, other) => {
    const count = async (): Promise<number> =>
      Number((await other.query('select count(*) as n from @alert_begun'))[0]!['n']);
    await assert.rejects(
      one.transaction(async (query) => {
        await query('insert into @alert_begun values (1, 5)');
        throw new Error('changed my mind');
      }),
      /changed my mind/,
    );
    assert.equal(await count(), 0);
    const outcomes = await Promise.allSettled([
      one.query('insert into @relay_position values ($1, $2, 1, 0, @now)', 'b', 't'),
      one.query('insert into @relay_position values ($1, $2, 1, 0, @now)', 'b', 't'),
      one.query('insert into @relay_position values ($1, $2, 1, 0, @now)', 'b', 'u'),
    ]);
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2);
    assert.equal((await storedRelayPositions(other).all()).length, 2);
  });

  check('keys: added here -> found, listed and revoked there; its use is noted', async (one, other) => {
    const [mine, theirs] = [storedApiKeys(one, clock), storedApiKeys(other, clock)];
    const added = await mine.add(KEY, 'h1');
    assert.ok(Math.abs(added.createdAtMs - Date.now()) < 600_000);
    assert.deepEqual(await theirs.find(KEY.id), { key: added, secretHash: 'h1' });
    assert.equal(await theirs.find('ffffffff'), null);
    mine.used(KEY.id);
    while ((await theirs.list())[0]!.lastUsedAtMs === null) await new Promise((resolve) => setTimeout(resolve, 10));
    const revoked = await theirs.revoke(KEY.id);
    assert.ok(revoked!.revokedAtMs! > 0);
    assert.deepEqual(await mine.revoke(KEY.id), revoked, 'it stays as it is');
    assert.equal(await mine.revoke('ffffffff'), null);
  });

  check(
    'requests: begun by one of many at once -> carried out once, then answered; forgotten -> free',
    async (one, other, place) => {
      const [mine, theirs] = [requestsOf(one, 'a'), requestsOf(other, 'b')];
      const begun = await Promise.all([mine, theirs, mine, theirs].map((each) => each.begin('c', 'k', 'h')));
      assert.deepEqual(begun.map(({ kind }) => kind).sort(), ['new', 'under-way', 'under-way', 'under-way']);
      assert.deepEqual(await theirs.begin('c', 'k', 'other'), { kind: 'different' });
      assert.equal((await theirs.begin('d', 'k', 'h')).kind, 'new', 'of another client');
      await mine.finish('c', 'k', { status: 200, body: '{"a":1}' });
      assert.deepEqual(await theirs.begin('c', 'k', 'h'), {
        kind: 'answered',
        answer: { status: 200, body: '{"a":1}' },
      });
      await theirs.forget('c', 'k');
      assert.equal((await mine.begin('c', 'k', 'h')).kind, 'new');
      await mine.finish('c', 'k', { status: 200, body: '' });
      await place.sql('update @idempotent_request set at_ms = at_ms - 86400001');
      assert.equal((await theirs.begin('c', 'k', 'h2')).kind, 'new', 'a day is over');
    },
  );

  check(
    'requests: who began it is silent, gone or has ended -> unfinished, and never done again',
    async (one, other, place) => {
      const mine = requestsOf(one, 'a');
      await mine.begin('c', 'k', 'h');
      assert.equal((await requestsOf(other, 'b', (holder) => holder === 'a').begin('c', 'k', 'h')).kind, 'unfinished');
      const theirs = requestsOf(other, 'b');
      await place.sql(`update @idempotent_request set alive_until_ms = alive_until_ms - ${ALIVE_MS}`);
      assert.equal((await theirs.begin('c', 'k', 'h')).kind, 'unfinished');
      await mine.keep('c', 'k');
      assert.equal((await theirs.begin('c', 'k', 'h')).kind, 'under-way');
      await mine.abandon();
      assert.equal((await theirs.begin('c', 'k', 'h')).kind, 'unfinished');
    },
  );

  check('positions and figures: kept by one -> read by another, each key once', async (one, other) => {
    const [mine, theirs] = [storedRelayPositions(one), storedRelayPositions(other)];
    assert.equal(await theirs.next('bus', 's@1'), 0);
    let isAway = true;
    const query: StateDatabase['query'] = (text, ...values) =>
      isAway ? Promise.reject(new LatchError('unavailable', 'away')) : one.query(text, ...values);
    const shaken = storedRelayPositions({ query, note: query });
    await assert.rejects(shaken.next('bus', 's@1'), /away/);
    isAway = false;
    assert.equal(await shaken.next('bus', 's@1'), 0, 'once it is back');
    await mine.keep('bus', 's@1', 5, 2);
    await mine.keep('bus', 's@1', 7_000_000_000, 0);
    assert.equal(await theirs.next('bus', 's@1'), 7_000_000_000);
    const [row] = await theirs.all();
    assert.deepEqual({ ...row!, atMs: 0 }, { bus: 'bus', topic: 's@1', next: 7_000_000_000, behind: 0, atMs: 0 });
    const vitals: SessionVitals = {
      ...{
        session: 'btc',
        strategy: 'swing',
        venue: 'TEST',
        atMs: 1000.5,
        figures: { equity: 1.25, cash: null },
        limits: {},
      },
      ...{
        refusals: {},
        ...{ timed: [], budgets: [] },
        orderLatency: { counts: LATENCY_BOUNDS_S.map(() => 0), count: 0, sum: 0 },
      },
    };
    await storedVitals(one).put(vitals);
    await storedVitals(one).put({ ...vitals, atMs: 2000 });
    assert.deepEqual(await storedVitals(other).since(2000), [{ ...vitals, atMs: 2000 }]);
    assert.deepEqual(await storedVitals(other).since(2001), []);
    await storedVitals(other).remove('btc');
    assert.deepEqual(await storedVitals(one).since(0), []);
  });

  storedUsersContract(check);

  check('deployments: one of an account, whatever others are called; traders see each other', async (one, other) => {
    const [mine, theirs] = [
      storedDeployments(one, () => false),
      storedDeployments(other, (holder) => holder === 'gone'),
    ];
    const deployment = {
      ...{ session: 's', operation: 'live' as const, account: 'id-1', label: 'main' },
      ...{ input: { symbols: ['X'] }, actor: 'ann' },
    };
    assert.equal(await mine.add(deployment), true);
    assert.equal(await theirs.add({ ...deployment, session: 't' }), false, 'of the same account');
    assert.equal(await theirs.add({ ...deployment, account: 'id-2' }), false, 'of the same session');
    assert.equal(await theirs.add({ ...deployment, session: 't', account: 'id-2' }), true, 'of another venue');
    const all = await mine.all();
    assert.deepEqual({ ...all[0]!, atMs: 0 }, { ...deployment, problem: null, atMs: 0 });
    assert.deepEqual(
      all.map(({ session, account, label }) => [session, account, label]),
      [
        ['s', 'id-1', 'main'],
        ['t', 'id-2', 'main'],
      ],
    );
    await mine.present({ id: 'a', holder: 'here' });
    await mine.present({ id: 'b', holder: 'gone' });
    assert.deepEqual(await theirs.traders(), [{ id: 'a', holder: 'here' }]);
    await theirs.leave('a');
    assert.deepEqual(await mine.traders(), [{ id: 'b', holder: 'gone' }]);
    assert.deepEqual([await theirs.remove('s'), await mine.remove('s')], [true, false]);
  });

  check(
    'deployments: with play money beside one with an account; why one does not run is seen by others',
    async (one, other) => {
      const [mine, theirs] = [storedDeployments(one, () => false), storedDeployments(other, () => false)];
      const given = { input: { venue: 'local' }, actor: 'ann' };
      const paper = { ...given, session: 'p', operation: 'paper' as const, account: 'paper:p', label: 'p' };
      const live = { ...given, session: 'l', operation: 'live' as const, account: 'id-1', label: 'main' };
      assert.deepEqual([await mine.add(paper), await mine.add(live), await theirs.add(paper)], [true, true, false]);
      await theirs.tell('p', 'the venue is away');
      const seen = async (): Promise<unknown> =>
        (await mine.all()).map(({ session, operation, problem }) => [session, operation, problem]);
      assert.deepEqual(await seen(), [
        ['l', 'live', null],
        ['p', 'paper', 'the venue is away'],
      ]);
      await mine.tell('p', null);
      await mine.tell('nobody', 'of no deployment');
      assert.deepEqual(await seen(), [
        ['l', 'live', null],
        ['p', 'paper', null],
      ]);
    },
  );

  check('schedules: added, paused and dealt with by one -> seen by another, each time once', async (one, other) => {
    const [mine, theirs] = [storedSchedules(one), storedSchedules(other)];
    const sync = (await theirs.get('data-sync'))!;
    assert.deepEqual([sync.operation, sync.isPaused, sync.nextAtMs], ['data-sync', true, null], 'every place has it');
    const hourly = {
      ...{ name: 'hourly', cron: '0 * * * *', timeZone: 'UTC', operation: 'report', input: { run: 'last' } },
      ...{ missed: 'skip' as const, actor: 'ann', createdAtMs: 5.5, isPaused: false, nextAtMs: 3_600_000_000_000.5 },
    };
    assert.deepEqual([await mine.add(hourly), await theirs.add({ ...hourly, actor: 'bob' })], [true, false]);
    const kept = { ...hourly, lastAtMs: null, lastJob: null, skipped: 0 };
    assert.deepEqual(await theirs.list(), [sync, kept]);
    const { nextAtMs } = hourly;
    const dealt = await Promise.all(
      [mine, theirs, mine].map((each, k) => each.passed('hourly', nextAtMs, 7e12, `job-${k}`)),
    );
    assert.equal(dealt.filter((isOurs) => isOurs).length, 1);
    const passed = { ...kept, nextAtMs: 7e12, lastAtMs: nextAtMs, lastJob: `job-${dealt.indexOf(true)}` };
    assert.deepEqual(await theirs.get('hourly'), passed);
    assert.deepEqual(
      [await theirs.passed('hourly', 7e12, 8e12, null), await mine.passed('hourly', 7e12, 8e12, null)],
      [true, false],
    );
    assert.deepEqual(await mine.get('hourly'), { ...passed, nextAtMs: 8e12, skipped: 1 });
    assert.equal(await theirs.setNext('hourly', { isPaused: true, nextAtMs: 8e12 }), true);
    assert.equal(await mine.passed('hourly', 8e12, 9e12, 'x'), false, 'it is paused');
    await mine.ran('hourly', 6.5, 'by hand');
    assert.deepEqual(await theirs.get('hourly'), {
      ...{ ...passed, nextAtMs: 8e12, skipped: 1, isPaused: true, lastAtMs: 6.5, lastJob: 'by hand' },
    });
    assert.deepEqual([await theirs.remove('hourly'), await mine.remove('hourly')], [true, false]);
    assert.equal(await mine.setNext('hourly', { isPaused: false, nextAtMs: 1 }), false);
    assert.equal(await mine.get('hourly'), null);
  });

  check(
    'alerts: rules, channels, decisions and deliveries of one -> seen and changed by another',
    async (one, other) => {
      const [mine, theirs] = [storedAlerts(one), storedAlerts(other)];
      const channel: KeptChannel = {
        ...{ name: 'first', url: null, to: [], from: null, user: null, allow: [] },
        ...{ secretId: 'c_1', createdAtMs: 5, secretChangedAtMs: 5, hasFormerSecret: false },
        kind: 'slack',
      };
      assert.deepEqual([await mine.addChannel(channel), await theirs.addChannel(channel)], [true, false]);
      assert.deepEqual(await theirs.channels(), [channel]);
      const changed = { secretChangedAtMs: 7.5, hasFormerSecret: true };
      await theirs.secretChanged('first', changed);
      await theirs.secretChanged('nobody', changed);
      assert.deepEqual(await mine.channels(), [{ ...channel, ...changed }]);
      assert.deepEqual([await mine.addRule(RULE), await theirs.addRule(RULE)], [true, false]);
      assert.deepEqual(await theirs.rules(), [RULE]);
      assert.equal(await mine.begun(), await theirs.begun());
      const alert: Alert = {
        ...{ rule: 'deep', key: 'k', title: 'deep', text: 'it is', session: 's' },
        ...{ strategy: null, instrument: null, firstAtMs: 1, lastAtMs: 2, count: 1, notifiedAtMs: 2 },
        ...{ acknowledgedAtMs: null, resolvedAtMs: null, step: 0, escalateAtMs: 50 },
        kind: 'metric',
        severity: 'page',
      };
      const followed = { session: 's', begunAtMs: 1.5, record: 3, isRunning: true };
      let id = 0;
      await mine.decide(async (ledger) => {
        assert.equal(await ledger.newest('k'), null);
        id = await ledger.raise(alert, [{ channel: 'first', dueMs: 10, step: 0 }]);
        await ledger.follow(followed);
      });
      assert.deepEqual(await theirs.alert(id), { ...alert, id, acknowledgedBy: null });
      assert.deepEqual(await theirs.followed(), [followed]);
      assert.deepEqual(
        (await theirs.escalating(50)).map((each) => each.id),
        [id],
      );
      const [due] = await theirs.due(10, 5);
      assert.deepEqual([due!.alert, due!.channel, due!.state, due!.attempts], [id, 'first', 'pending', []]);
      await theirs.noteAttempt(due!, { atMs: 11, elapsedMs: 1, outcome: 'failed', reason: 'no' }, 'dead', 11);
      assert.deepEqual(await mine.counts(), { pending: 0, delivered: 0, dead: 1 });
      assert.deepEqual([await mine.revive(due!.id), await theirs.revive(due!.id)], [true, false]);
      const known = await theirs.acknowledge(id, 'ann');
      assert.equal(known!.acknowledgedBy, 'ann');
      await mine.decide(async (ledger) => ledger.change(id, { ...alert, count: 2, resolvedAtMs: 9 }, []));
      assert.deepEqual([(await theirs.alert(id))!.count, (await theirs.alert(id))!.acknowledgedBy], [2, 'ann']);
      assert.equal((await theirs.deliveries({ alert: id, most: 9 })).length, 1);
      const through = async (name: string): Promise<number> =>
        (await mine.deliveries({ channel: name, most: 9 })).length;
      assert.deepEqual([await through('first'), await through('second')], [1, 0]);
      await theirs.noteAttempt(due!, { atMs: 12, elapsedMs: 1, outcome: 'delivered', reason: 'ok' }, 'delivered', 12);
      const put = (channel: string, dueMs: number) =>
        mine.decide((ledger) => ledger.change(id, alert, [{ channel, dueMs, step: 0 }]));
      for (const dueMs of [30, 20]) await put('first', dueMs);
      await put('second', 50);
      const waiting = async (most: number) =>
        (await theirs.due(60, most)).map(({ channel, dueMs }) => `${channel} ${dueMs}`);
      assert.deepEqual(await waiting(5), ['first 20', 'first 30', 'second 50']);
      assert.deepEqual(await waiting(1), ['first 20', 'second 50'], 'of each channel');
      for (const each of await mine.due(60, 5))
        await mine.noteAttempt(each, { atMs: 60, elapsedMs: 1, outcome: 'delivered', reason: 'ok' }, 'delivered', 60);
      await theirs.forget(100);
      assert.deepEqual([await mine.alerts({ onlyOpen: false, most: 9 }), await mine.deliveries({ most: 9 })], [[], []]);
      assert.deepEqual([await mine.removeRule('deep'), await mine.removeChannel('first')], [true, true]);
    },
  );

  check('providers: added, chosen, asked and removed by one -> seen by another', async (one, other) => {
    const [mine, theirs] = [storedProviders(one), storedProviders(other)];
    const provider: Provider = {
      ...{ label: 'grok', url: 'https://api.x.ai/v1', model: null, secretId: 'c_1', createdAtMs: 5.5 },
      ...{ keyChangedAtMs: 5.5, seen: null },
      kind: 'xai',
    };
    const local: Provider = { ...provider, label: 'a', kind: 'compatible', secretId: null, model: 'm' };
    assert.deepEqual([await mine.add(provider), await theirs.add(provider)], [true, false]);
    assert.equal(await theirs.add(local), true);
    assert.deepEqual(await mine.all(), [local, provider]);
    const seen: ProviderSeen = {
      ...{ atMs: 7.25, reason: 'none', latencyMs: 12.5, isKeyAccepted: true, models: ['m'], allows: null },
      quota: { used: 1.5, limit: null, unit: 'USD' },
      outcome: 'ready',
    };
    assert.equal(await theirs.noteSeen(provider, seen), true);
    assert.equal(await mine.choose('grok', 'grok-4.3'), true);
    const kept = { ...provider, model: 'grok-4.3', seen };
    assert.deepEqual((await mine.all())[1], kept);
    assert.equal(await mine.keyChanged('grok', 1.7e12 + 0.125, null), true);
    assert.equal(await theirs.noteSeen(provider, seen), false, 'of a key that is gone');
    const changed = { ...kept, keyChangedAtMs: 1.7e12 + 0.125, seen: null };
    assert.deepEqual((await theirs.all())[1], changed);
    assert.equal(await theirs.noteSeen(changed, seen), true);
    assert.deepEqual([await theirs.remove('grok'), await mine.remove('grok')], [true, false]);
    assert.deepEqual([await mine.choose('grok', 'x'), await mine.keyChanged('grok', 1, null)], [false, false]);
    assert.deepEqual(await theirs.all(), [local]);
  });

  check('two servers, one key at once -> done once, and both answer it', async (one, other) => {
    let calls = 0;
    const done = Promise.withResolvers<void>();
    const scenes = await Promise.all(
      [one, other].map(async (database, k) => {
        const scene = await openScene();
        const world = { ...scene.world, requests: async () => requestsOf(database, `server ${k}`) };
        const own = await openScene({
          world,
          execute: async () => {
            calls++;
            await done.promise;
            return { session: 's', strategy: 'x' };
          },
        });
        return { scene, own };
      }),
    );
    const asked = scenes.flatMap(({ own }) => [
      own.command('/api/pause', {}, 'same'),
      own.command('/api/pause', {}, 'same'),
    ]);
    while (calls === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => done.resolve(), 100);
    const answers = await Promise.all(asked);
    for (const { scene, own } of scenes) {
      await own.close();
      await scene.close();
    }
    assert.deepEqual([calls, new Set(answers.map(({ text }) => text)).size], [1, 1]);
    assert.equal(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true').length, 3);
  });

  test(`stores that servers share (${name}): closed -> told as unavailable`, async () => {
    const place = await create();
    const database = await place.open();
    await database.close();
    await assert.rejects(async () => database.query('select 1'), LatchError);
    await place.dispose();
  });
}
