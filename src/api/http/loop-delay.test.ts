import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoopDelay } from './loop-delay.ts';

const turn = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('delay of the event loop: a look that comes in time -> nearly nothing; one that is held up -> as long as it was', async () => {
  const delay = new LoopDelay();
  try {
    await turn(600);
    // However busy the machine is, one of thirty comes in time.
    const leastMs = delay.percentileMs(1);
    assert.ok(leastMs < 15, `none earlier than ${leastMs} ms late`);
    const untilMs = performance.now() + 200;
    while (performance.now() < untilMs);
    await turn(50);
    const worstMs = delay.percentileMs(100);
    assert.ok(worstMs >= 150, `the worst ${worstMs} ms`);
    delay.reset();
    assert.equal(delay.percentileMs(100), 0);
  } finally {
    delay.close();
  }
});
