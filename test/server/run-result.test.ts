import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { execute } from '../../src/api/handlers/handlers.ts';
import { openScene, type ServerScene } from './server-scene.ts';

describe('result of a run over HTTP', () => {
  let scene: ServerScene;
  let run = '';
  const call = { actor: 'test', progress: () => true, warn() {}, update() {}, stop: new AbortController().signal };
  before(async () => {
    scene = await openScene();
    const told = (await execute('demo', { report: 'json' } as never, scene.world, call as never)) as { run: string };
    run = told.run;
  });
  after(() => scene.close());

  test('parts by name -> those and no other, as the report has them', async () => {
    const { status, body } = await scene.ask(`/api/runs/${run}/result?part=costs&part=trades`);
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body.data).sort(), ['costs', 'run', 'trades']);
    assert.equal(body.data.run.id, run);
    const [gross, ...paid] = body.data.costs.map(({ amount }: { amount: number }) => amount);
    const net = paid.pop();
    const sum = paid.reduce((total: number, amount: number) => total + amount, gross);
    assert.ok(Math.abs(sum - net) < 0.01, `${sum} is not ${net}`);
    assert.ok(body.data.trades.length > 0);
  });

  test('no part -> all of it; equity, drawdown and benchmark on the same times', async () => {
    const { body } = await scene.ask('/api/runs/result?run=last');
    const { timeMs, strategy, benchmark, drawdown } = body.data.equity;
    assert.deepEqual(
      [strategy.length, benchmark.length, drawdown.length],
      [timeMs.length, timeMs.length, timeMs.length],
    );
    assert.ok(body.data.metrics.length > 50);
  });

  test('a run or a part that there is not -> said, and no path is read', async () => {
    const unknown = await scene.ask('/api/runs/bt_000000/result');
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'run-unknown']);
    const part = await scene.ask(`/api/runs/${run}/result?part=secrets`);
    assert.deepEqual([part.status, part.body.details.field], [400, 'part']);
    const path = await scene.ask('/api/runs/..%2F..%2Fetc%2Fpasswd/result');
    assert.ok(path.status === 404 || path.status === 403, String(path.status));
  });
});
