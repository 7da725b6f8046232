import assert from 'node:assert/strict';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { ThreadedFeed } from '../../src/adapters/threaded/threaded-feed.ts';
import { Random } from '../../src/core/vocabulary/random.ts';
import type { FeedWorld, SteppedClock } from '../contracts/market-feed.ts';
import type { WorldThreadData } from '../fixtures/threaded-world.ts';

const ANSWER_MS = 20_000;

/** A threaded feed before a simulated venue; feed, venue and their time are in the thread. */
export async function openThreadedWorld(product: 'spot' | 'usdm', seed: number): Promise<FeedWorld> {
  const { port1: here, port2: there } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  let worker: Worker | null = null;
  let isOver = false;
  const feed = await ThreadedFeed.open({
    start: (data) => {
      const given: WorldThreadData = { ...data, product, seed, answers: there, bell };
      worker = new Worker(new URL('../fixtures/threaded-world.ts', import.meta.url), {
        workerData: given,
        transferList: [there],
      });
      worker.once('exit', () => {
        isOver = true;
        here.close();
      });
      return worker;
    },
    clock: systemClock(),
    random: new Random(seed),
  });
  const thread = worker! as Worker;
  /** Asks and blocks: the contract looks at the venue as if it were here. */
  const ask = (world: string, ...args: readonly unknown[]): unknown => {
    assert.ok(!isOver, 'the thread is gone');
    Atomics.store(bell, 0, 0);
    thread.postMessage({ world, args });
    assert.notEqual(Atomics.wait(bell, 0, 0, ANSWER_MS), 'timed-out', `${world}: no answer`);
    return receiveMessageOnPort(here)!.message;
  };
  /** Everything that was handed over has been told. */
  const drained = async (): Promise<void> => {
    while (!isOver && feed.health().thread!.queuedBytes > 0) await new Promise((resolve) => setImmediate(resolve));
  };
  const clock: SteppedClock = {
    nowMs: () => ask('nowMs') as number,
    async advance(ms) {
      if (isOver) return;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          thread.off('message', heard).off('exit', done);
          resolve();
        };
        const heard = (message: { world?: string }): void => {
          if (message.world === 'advanced') done();
        };
        thread.on('message', heard).on('exit', done);
        thread.postMessage({ world: 'advance', ms });
      });
      await drained();
    },
    async advanceUntil(isTrue, longestMs, stepMs = 50) {
      for (let passedMs = 0; !isTrue(); passedMs += stepMs) {
        if (passedMs >= longestMs) return false;
        await clock.advance(stepMs);
      }
      return true;
    },
  };
  return {
    ...{ clock, feed, symbol: ask('symbol') as string },
    trades: () => ask('trades') as ReturnType<FeedWorld['trades']>,
    bars: () => ask('bars') as ReturnType<FeedWorld['bars']>,
    book: () => ask('book') as ReturnType<FeedWorld['book']>,
    reset: () => void ask('reset'),
    freeze: () => void ask('freeze'),
    rotate: () => void ask('rotate'),
    fate: (fate, channel, frames) => void ask('fate', fate, channel, frames),
    garbage: () => void ask('garbage'),
    addField: () => void ask('addField'),
    setQuiet: (isQuiet) => void ask('setQuiet', isQuiet),
    setRestDown: (isDown) => void ask('setRestDown', isDown),
  };
}
