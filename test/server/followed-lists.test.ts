import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { createClient, type InputOf, type StreamName, type UpdateOf } from '../../src/api/client/client.ts';
import { openScene, type ServerScene } from './server-scene.ts';

let scene: ServerScene;
before(async () => {
  scene = await openScene();
});
after(() => scene.close());

let keys = 0;
const key = (): string => `followed-${keys++}`;

/** Follows a list, does something to it, and answers what the list told before and after. */
async function told<N extends StreamName>(name: N, input: InputOf<N>, change: () => Promise<unknown>) {
  const client = createClient({ url: scene.url });
  const updates: UpdateOf<N>[] = [];
  const heard = new EventEmitter();
  const { ended } = client.subscribe(name, { ...(input as object), follow: true } as InputOf<N>, (update) => {
    updates.push(update);
    heard.emit('update');
  });
  const failed = ended.then(() => Promise.reject(new Error(`${name} ended`)));
  try {
    await Promise.race([once(heard, 'update'), failed]);
    await Promise.race([Promise.all([once(heard, 'update'), change()]), failed]);
  } finally {
    failed.catch(() => {});
    client.close();
  }
  return { before: updates[0]!, after: updates[1]! };
}

async function done(path: string, body: object): Promise<void> {
  const answer = await scene.command(path, body, key());
  assert.ok(answer.status < 300, answer.text);
}

describe('lists that are followed', () => {
  test('schedules ls -> one that is added is told', async () => {
    const add = { name: 'hourly', operation: 'data-sync', cron: '5 * * * *' };
    const { before, after } = await told('schedules ls', {}, () => done('/api/schedules', add));
    assert.ok(!before.schedules.some((each) => each.name === 'hourly'));
    assert.ok(after.schedules.some((each) => each.name === 'hourly'));
  });

  test('alert ls, deliveries -> a rule that is added and a test of its channel are told', async () => {
    const store = await scene.world.alerts();
    await store.addChannel({
      ...{ name: 'desk', kind: 'webhook', secretId: null, createdAtMs: scene.world.clock.nowMs() },
      ...{ secretChangedAtMs: null, hasFormerSecret: false },
      ...{ url: 'https://10.1.2.3/hook', to: [], from: null, user: null, allow: [] },
    });
    const rule = { name: 'pages', channel: ['desk'], severity: 'page' };
    const { after } = await told('alert ls', {}, () => done('/api/alert/add', rule));
    assert.deepEqual(
      after.rules.map(({ name }) => name),
      ['pages'],
    );
    const sent = await told('deliveries', {}, () => done('/api/alert/test', { name: 'pages' }));
    assert.deepEqual([sent.before.deliveries.length, sent.after.deliveries.length], [0, 1]);
  });

  test('data status, runs ls -> series that are made and a run on them are told', async () => {
    const { before, after } = await told('data status', {}, () => done('/api/data/generate', { seed: 3 }));
    assert.ok(after.series.length > before.series.length);
    const run = { strategy: 'sma-cross', data: ['synthetic'], checks: false, interval: false, to: '2024-02-01' };
    const runs = await told('runs ls', {}, () => done('/api/backtest', run));
    assert.deepEqual([runs.before.total, runs.after.total], [0, 1]);
  });

  test('deployment ls -> one that is to be kept is told, although nobody executes', async () => {
    const deployments = await scene.world.deployments();
    const { before, after } = await told('deployment ls', {}, () =>
      deployments.add({
        ...{ session: 'kept', operation: 'paper', account: 'paper:kept', label: 'kept', actor: 'test' },
        input: { strategy: 'sma-cross', symbols: ['BTCUSDT'] },
      }),
    );
    assert.deepEqual([before.deployments.length, after.deployments[0]?.session], [0, 'kept']);
  });
});
