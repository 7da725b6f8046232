import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import { MISSED_MS, ScheduleClock } from '../../src/api/handlers/schedule-clock.ts';
import type { Input } from '../../src/api/operations/table.ts';
import type { World } from '../../src/api/world.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import type { Log } from '../../src/ports/logs.ts';
import type { SessionVitals } from '../../src/ports/session-vitals.ts';
import { memoryClock } from '../fixtures/job-clock.ts';
import { newHome } from './new-home.ts';

const START = Date.parse('2026-03-02T06:30:00Z');
const CALL = { warn() {}, update() {}, progress: () => true, stop: new AbortController().signal };
const MINUTE = 60_000;

describe('schedules', () => {
  let home: ReturnType<typeof newHome>;
  let world: World;
  let clock: ReturnType<typeof memoryClock>;
  let said: string[] = [];
  const log: Log = { write: (_level, what) => void said.push(what), of: () => log };

  beforeEach(() => {
    home = newHome();
    clock = memoryClock(START);
    world = { ...compose(readConfig({ home: home.home }, {}, home.home)), clock };
    said = [];
  });
  afterEach(async () => {
    await world.close();
    home.remove();
  });

  const add = (given: Partial<Input<'schedules-add'>> & { readonly name: string }) =>
    execute(
      'schedules-add',
      { operation: 'report', cron: '0 * * * *', input: { run: 'last' }, ...given } as never,
      world,
      CALL,
    );
  const one = async (name: string) => (await (await world.schedules()).get(name))!;
  const jobs = async (schedule: string) => (await world.jobs()).list({ schedule, most: 100 });
  /** Every schedule is looked at once. */
  async function look(): Promise<void> {
    const before = said.length;
    const running = new ScheduleClock(world, log);
    // What it has to say it says with its first look.
    const store = await world.schedules();
    for (let k = 0; k < 2_000 && said.length === before; k++) {
      if ((await store.list()).every(({ nextAtMs }) => nextAtMs === null || nextAtMs > clock.nowMs())) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await running.close();
  }

  test('what sessions do by themselves -> listed while they tell of it', async () => {
    const board = await world.vitals();
    const told = (session: string, atMs: number): SessionVitals => ({
      ...{ session, strategy: 's', venue: 'BINANCE', atMs, figures: {}, limits: {}, refusals: {}, budgets: [] },
      timed: [{ work: 'order-monitor', everyMs: 30_000, nextMs: atMs + 5_000, lastMs: null, problem: 'timeout' }],
      orderLatency: { counts: [], count: 0, sum: 0 },
    });
    await board.put(told('here', START));
    await board.put(told('gone', START - MINUTE));
    const { sessions } = await execute('schedules-ls', { follow: false }, world, CALL);
    assert.deepEqual(sessions, [
      {
        ...{ session: 'here', work: 'order-monitor', everySeconds: 30, next: '2026-03-02T06:30:05Z', last: null },
        problem: 'timeout',
      },
    ]);
  });

  test('a time comes -> one job, as it was asked for; before it none', async () => {
    await add({ name: 'hourly' });
    await look();
    assert.deepEqual(await jobs('hourly'), []);
    clock.pass(30 * MINUTE + 200);
    await look();
    const [job, ...more] = await jobs('hourly');
    assert.deepEqual(
      [job!.id, job!.operation, job!.input, job!.state, job!.actor, more.length],
      ['hourly.20260302T070000Z', 'report', { run: 'last' }, 'waiting', world.actor, 0],
    );
    await look();
    assert.equal((await jobs('hourly')).length, 1);
    const { nextAtMs, lastAtMs, lastJob, skipped } = await one('hourly');
    assert.deepEqual([nextAtMs, lastAtMs, lastJob, skipped], [START + 90 * MINUTE, START + 30 * MINUTE, job!.id, 0]);
  });

  test('the former job is not over -> the time is left out; it failed -> the next one is asked for', async () => {
    await add({ name: 'hourly' });
    clock.pass(30 * MINUTE);
    await look();
    clock.pass(60 * MINUTE);
    await look();
    assert.deepEqual([said, (await jobs('hourly')).length], [['schedule-passed', 'schedule-overlapped'], 1]);
    assert.equal((await one('hourly')).skipped, 1);
    const held = (await (await world.jobs()).take('worker'))!;
    clock.pass(60 * MINUTE);
    await held.keep(null);
    await look();
    assert.equal((await jobs('hourly')).length, 1, 'it runs');
    await held.finish({ kind: 'failed', failure: { code: 'run-unknown', message: 'none', hint: '' }, retryAtMs: null });
    clock.pass(60 * MINUTE);
    await look();
    assert.deepEqual(
      (await jobs('hourly')).map(({ state }) => state),
      ['waiting', 'failed'],
    );
  });

  for (const [missed, expected] of [
    ['skip', 0],
    ['once', 1],
  ] as const)
    test(`nobody was there for hours, ${missed} -> ${expected} jobs, then as ever`, async () => {
      await add({ name: 'hourly', missed });
      clock.pass(5 * 60 * MINUTE + MISSED_MS);
      await look();
      assert.equal((await jobs('hourly')).length, expected);
      const { nextAtMs, skipped } = await one('hourly');
      assert.deepEqual([nextAtMs, skipped], [Date.parse('2026-03-02T12:00:00Z'), 1 - expected]);
    });

  test('a time zone -> the times of its clocks', async () => {
    await add({ name: 'berlin', cron: '0 9 * * *', timeZone: 'Europe/Berlin' });
    assert.equal((await one('berlin')).nextAtMs, Date.parse('2026-03-02T08:00:00Z'));
    await add({ name: 'utc', cron: '0 9 * * *' });
    assert.equal((await one('utc')).nextAtMs, Date.parse('2026-03-02T09:00:00Z'));
  });

  test('paused -> nothing is asked for; resumed -> from then on; run -> now, out of turn; removed -> gone', async () => {
    await add({ name: 'hourly' });
    await execute('schedules-pause', { name: 'hourly' }, world, CALL);
    clock.pass(3 * 60 * MINUTE);
    await look();
    assert.deepEqual([await jobs('hourly'), said], [[], []]);
    const { schedule } = await execute('schedules-resume', { name: 'hourly' }, world, CALL);
    assert.equal(schedule.paused, false);
    assert.match(schedule.next!, /^2026-03-02T10:00:00/);
    const { job } = await execute('schedules-run', { name: 'hourly' }, world, CALL);
    assert.deepEqual([job.schedule, job.state, (await one('hourly')).lastJob], ['hourly', 'waiting', job.id]);
    await execute('schedules-remove', { name: 'hourly' }, world, CALL);
    await assert.rejects(execute('schedules-run', { name: 'hourly' }, world, CALL), { code: 'schedule-unknown' });
    assert.equal((await jobs('hourly')).length, 1, 'the job stays');
  });

  for (const [what, given, code] of [
    ['no times', { cron: 'now and then' }, 'input-invalid'],
    ['no time zone', { timeZone: 'Mars/Olympus' }, 'input-invalid'],
    ['times that never come', { cron: '0 0 30 2 *' }, 'input-invalid'],
    ['input that the operation does not take', { input: { walk: 'last' } }, 'input-invalid'],
    ['an operation that is no job', { operation: 'kill' as never, input: {} }, 'input-invalid'],
    ['a name that is taken', { name: 'data-sync' }, 'schedule-exists'],
  ] as const)
    test(`${what} -> refused, and nothing is there`, async () => {
      await assert.rejects(add({ name: 'odd', ...given }), { code });
      assert.equal(await (await world.schedules()).get('odd'), null);
    });

  test('one that cannot be dealt with -> said once, and it keeps no other from its time', async () => {
    const store = await world.schedules();
    const odd = { cron: 'never written so', timeZone: 'UTC', operation: 'report', input: {}, missed: 'skip' as const };
    await store.add({ ...odd, name: 'a-odd', actor: 'ann', createdAtMs: START, isPaused: false, nextAtMs: START });
    await add({ name: 'hourly' });
    clock.pass(30 * MINUTE);
    const running = new ScheduleClock(world, log);
    while ((await jobs('hourly')).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    while (!said.includes('schedules-in-trouble')) await new Promise((resolve) => setTimeout(resolve, 10));
    await assert.rejects(running.probe(), /cron/);
    await running.close();
    assert.equal(said.filter((what) => what === 'schedules-in-trouble').length, 1);
  });

  test('every home -> the sync of its catalogue, paused', async () => {
    const { schedules } = await execute('schedules-ls', {}, world, CALL);
    assert.deepEqual(
      schedules.map(({ name, operation, paused, next }) => [name, operation, paused, next]),
      [['data-sync', 'data-sync', true, null]],
    );
    const { schedule } = await execute('schedules-resume', { name: 'data-sync' }, world, CALL);
    assert.match(schedule.next!, /T07:17:00/);
  });

  test('one time, told twice -> it is dealt with once', async () => {
    await add({ name: 'hourly' });
    const store = await world.schedules();
    const { nextAtMs } = await one('hourly');
    assert.equal(await store.passed('hourly', nextAtMs!, nextAtMs! + 1, 'a'), true);
    assert.equal(await store.passed('hourly', nextAtMs!, nextAtMs! + 1, 'b'), false);
    assert.equal((await one('hourly')).lastJob, 'a');
  });

  test('two programs, a time each second -> each time one job, asked for by one of them', async () => {
    // Of the real time of day, as the programs have it.
    clock.pass(Date.now() - START);
    await add({ name: 'often', cron: '* * * * * *' });
    const told: string[] = [];
    const children: ChildProcess[] = [0, 1].map(() => {
      const child = spawn(
        process.execPath,
        [new URL('../fixtures/schedule-child.ts', import.meta.url).pathname, home.home],
        {
          stdio: ['pipe', 'pipe', 'inherit'],
        },
      );
      child.stdout!.on('data', (part: Buffer) => told.push(...String(part).trim().split('\n')));
      return child;
    });
    const queue = await world.jobs();
    const done: string[] = [];
    while (done.length < 2) {
      const held = await queue.take('worker');
      if (held === null) await new Promise((resolve) => setTimeout(resolve, 20));
      else {
        done.push(held.job.id);
        await held.finish({ kind: 'done', result: { data: {}, warnings: [] } });
      }
      clock.pass(Date.now() - clock.nowMs());
    }
    for (const child of children) child.stdin!.end();
    await Promise.all(children.map(async (child) => child.exitCode ?? (await once(child, 'exit'))));
    const ids = (await jobs('often')).map(({ id }) => id);
    const asked = told.filter((line) => line.startsWith('schedule-passed ')).map((line) => line.split(' ')[1]!);
    assert.deepEqual([...new Set(asked)].sort(), asked.sort(), 'none is told of twice');
    assert.deepEqual(asked.sort(), [...ids].sort());
    assert.equal(new Set(done).size, done.length);
  });
});
