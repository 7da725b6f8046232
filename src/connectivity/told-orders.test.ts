import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimulatedClock } from '../../test/simulated-world/clock.ts';
import { ToldOrders } from './told-orders.ts';

describe('orders that a stream must tell of', () => {
  test('told in time, before or after the answer -> nothing; never told -> once, with its id', async () => {
    const clock = new SimulatedClock();
    const untold: string[] = [];
    const orders = new ToldOrders(clock, 1_000, (reason) => untold.push(reason));
    orders.told('early');
    orders.expect('early');
    orders.expect('late');
    await clock.advance(900);
    orders.told('late');
    orders.expect('never');
    await clock.advance(5_000);
    assert.deepEqual(untold, ['order never was taken 1000 ms ago and never told']);
  });

  test('thousands of orders of others -> ours is still known as told', async () => {
    const clock = new SimulatedClock();
    const untold: string[] = [];
    const orders = new ToldOrders(clock, 1_000, (reason) => untold.push(reason));
    for (let k = 0; k < 5_000; k++) orders.told(`other${k}`);
    orders.told('ours');
    orders.expect('ours');
    await clock.advance(2_000);
    assert.deepEqual(untold, []);
  });

  test('ended -> nothing is told any more', async () => {
    const clock = new SimulatedClock();
    const orders = new ToldOrders(clock, 1_000, () => assert.fail('told after the end'));
    orders.expect('a');
    orders.end();
    await clock.advance(2_000);
    assert.equal(clock.waiting, 0);
  });
});
