import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimulatedClock } from '../../../test/simulated-world/clock.ts';
import { ServerTime } from './server-time.ts';

describe('TradingView server time', () => {
  test('messages that come early and late -> the earliest counts, and it is never ahead of the server', async () => {
    const clock = new SimulatedClock();
    const time = new ServerTime(clock);
    assert.equal(time.nowMs(), clock.nowMs());
    const server = (): number => clock.nowMs() + 5_000;
    time.begin(server() - 800);
    for (const lateMs of [300, 40, 2_000, 900, 60]) {
      await clock.advance(1_000);
      time.told(server() - lateMs);
    }
    assert.equal(time.nowMs(), server() - 40);
  });

  test('the wall clock is set -> the server’s time goes on as it was', async () => {
    const clock = new SimulatedClock();
    const time = new ServerTime(clock);
    const startMs = clock.nowMs();
    time.begin(startMs);
    clock.stepWall(3_600_000);
    await clock.advance(2_000);
    assert.equal(time.nowMs(), startMs + 2_000);
  });

  test('drift -> followed within a minute; a stamp that is none -> ignored until a new connection says so', async () => {
    const clock = new SimulatedClock();
    const time = new ServerTime(clock);
    time.begin(clock.nowMs());
    for (let k = 0; k < 70; k++) {
      await clock.advance(1_000);
      time.told(clock.nowMs() - 400);
    }
    assert.equal(time.nowMs(), clock.nowMs() - 400);
    time.told(clock.nowMs() + 86_400_000);
    assert.equal(time.nowMs(), clock.nowMs() - 400);
    time.begin(clock.nowMs() + 86_400_000);
    assert.equal(time.nowMs(), clock.nowMs() + 86_400_000);
  });
});
