import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memoryHeartbeats } from '../../src/adapters/memory/heartbeats.ts';
import type { KillReport, KillRequest } from '../../src/kill/kill-request.ts';
import { type Alarm, Watchdog, type WatchdogPolicy } from '../../src/kill/watchdog.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Heartbeats } from '../../src/ports/heartbeats.ts';
import { LatchError } from '../../src/ports/latches.ts';

const BEAT = { session: 's', account: 'acc', orders: 2, positions: 1 };

/** A watchdog with a clock that is set by hand, and looks each second. */
class Kennel {
  wallMs = 1_000_000;
  elapsedMs = 0;
  isAway = false;
  isVerified = true;
  /** Kills of these sessions end when it says so. */
  readonly stuck = new Map<string, Promise<void>>();
  readonly kills: KillRequest[] = [];
  readonly alarms: Alarm[] = [];
  readonly #clock: Clock = {
    nowMs: () => this.wallMs,
    elapsedMs: () => this.elapsedMs,
    after: () => ({ cancel() {} }),
  };
  readonly beats: Heartbeats = memoryHeartbeats(this.#clock);
  readonly dog: Watchdog;

  constructor(policy: WatchdogPolicy = 'cancel-entries') {
    const all = async () => {
      if (this.isAway) throw new LatchError('unavailable', 'the disk is gone');
      return this.beats.all();
    };
    this.dog = new Watchdog({
      ...{ policy, graceMs: 30_000, clock: this.#clock, isMeant: () => true },
      open: async () => ({ ...this.beats, all }),
      kill: async (request) => {
        this.kills.push(request);
        await this.stuck.get((request.place as { readonly names: readonly string[] }).names[0]!);
        const latches = [{ written: true, scope: 'account', target: 'acc', level: 'reduce' }];
        return {
          ...{ level: request.level, latches, accounts: [], holders: [], faults: [] },
          verified: this.isVerified,
        } as never as KillReport;
      },
    });
  }

  async pass(seconds: number, each: (second: number) => Promise<void> = async () => {}): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.wallMs += 1_000;
      this.elapsedMs += 1_000;
      await each(second);
      this.alarms.push(...(await this.dog.look()).alarms);
      await new Promise((resolve) => void setImmediate(resolve));
    }
  }

  get codes(): string[] {
    return this.alarms.map(({ code }) => code);
  }
}

describe('watchdog', () => {
  test('a session beats -> nothing; it falls silent -> acts once, after the grace and not before', async () => {
    const kennel = new Kennel();
    await kennel.pass(120, (second) => kennel.beats.beat({ ...BEAT, beats: second }));
    assert.deepEqual([kennel.kills, kennel.alarms], [[], []]);
    await kennel.pass(29);
    assert.deepEqual(kennel.kills, []);
    await kennel.pass(60);
    assert.deepEqual(kennel.codes, ['session-silent', 'acted']);
    const [{ level, sparesExits, latchLevel, place }] = kennel.kills as unknown as [KillRequest];
    assert.deepEqual([level, sparesExits, latchLevel], ['cancel-all', true, 'reduce']);
    assert.deepEqual(place, { kind: 'sessions', names: ['s'] });
    assert.equal(kennel.kills.length, 1);
    assert.ok((await kennel.beats.all())[0]!.isOver, 'the next watchdog need not do it again');
  });

  test('ended in order -> not watched', async () => {
    const kennel = new Kennel();
    await kennel.beats.beat({ ...BEAT, beats: 1 });
    await kennel.beats.end('s', 1);
    await kennel.pass(120);
    assert.deepEqual([kennel.kills, kennel.alarms], [[], []]);
  });

  test('its own clock is set, or it stood still -> alarm, and only what it has watched since counts', async () => {
    for (const [wallMs, elapsedMs] of [
      [3_600_000, 0],
      [-3_600_000, 0],
      [60_000, 60_000],
    ] as const) {
      const kennel = new Kennel();
      await kennel.beats.beat({ ...BEAT, beats: 1 });
      await kennel.pass(20);
      kennel.wallMs += wallMs;
      kennel.elapsedMs += elapsedMs;
      await kennel.pass(29);
      assert.deepEqual([kennel.kills, kennel.codes], [[], ['cannot-tell', 'can-tell']]);
      await kennel.pass(5);
      assert.equal(kennel.kills.length, 1);
    }
  });

  test('heartbeats cannot be read -> alarm once, nothing done for as long as that lasts', async () => {
    const kennel = new Kennel();
    await kennel.beats.beat({ ...BEAT, beats: 1 });
    await kennel.pass(20);
    kennel.isAway = true;
    await kennel.pass(300);
    assert.deepEqual([kennel.kills, kennel.codes], [[], ['cannot-tell']]);
    assert.match(kennel.alarms[0]!.message, /the disk is gone: nothing is done/);
    kennel.isAway = false;
    await kennel.pass(25);
    assert.deepEqual(kennel.kills, []);
    await kennel.pass(10);
    assert.equal(kennel.kills.length, 1);
  });

  test('what is not verified -> tried again every half minute, until it is; the session is back -> told', async () => {
    const kennel = new Kennel('flatten');
    kennel.isVerified = false;
    await kennel.beats.beat({ ...BEAT, beats: 1 });
    await kennel.pass(31 + 35);
    assert.deepEqual(kennel.codes, ['session-silent', 'not-verified', 'not-verified']);
    kennel.isVerified = true;
    await kennel.pass(60);
    assert.deepEqual([kennel.codes.at(-1), kennel.kills.length, kennel.kills[0]!.level], ['acted', 3, 'flatten']);
    await kennel.beats.beat({ ...BEAT, beats: 2 });
    await kennel.pass(1);
    assert.equal(kennel.codes.at(-1), 'session-back');
  });

  test('policy nothing -> alarm and a latch that lets only reduce', async () => {
    const kennel = new Kennel('nothing');
    await kennel.beats.beat({ ...BEAT, beats: 1 });
    await kennel.pass(90);
    assert.deepEqual([kennel.kills.map(({ level }) => level), kennel.codes], [['reduce'], ['session-silent', 'acted']]);
  });

  test('the venue of one account does not answer -> told at once; the sessions of another are acted upon in their time', async () => {
    const kennel = new Kennel('flatten');
    let answer = (): void => {};
    kennel.stuck.set('s', new Promise<void>((resolve) => (answer = resolve)));
    const other = { ...BEAT, session: 'other', account: 'acc-2' };
    await kennel.beats.beat({ ...BEAT, beats: 1 });
    await kennel.pass(20, (second) => kennel.beats.beat({ ...other, beats: second }));
    await kennel.pass(12);
    assert.deepEqual(kennel.codes, ['session-silent']);
    await kennel.pass(25);
    assert.deepEqual(kennel.codes, ['session-silent', 'session-silent', 'acted']);
    assert.deepEqual(
      kennel.kills.map(({ place }) => place),
      ['s', 'other'].map((name) => ({ kind: 'sessions', names: [name] })),
    );
    const closing = kennel.dog.close();
    answer();
    assert.deepEqual(
      (await closing).map(({ code, session }) => [code, session]),
      [['acted', 's']],
    );
  });
});
