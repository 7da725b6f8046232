import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FAILURES } from '../../src/api/failures.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { type Answer, openScene, type ServerScene } from '../server/server-scene.ts';
import { CuttingProxy } from '../servers/cutting-proxy.ts';
import { PostgresServer, postgresMissing } from '../servers/postgres.ts';
import { RedisServer, redisMissing } from '../servers/redis.ts';

const skip = postgresMissing || redisMissing;

/** What is asked of the server when the fault comes, and how what it did is counted afterwards. */
interface Moment {
  readonly title: string;
  /** What is on its way to the store just then. */
  readonly said: string;
  readonly ask: (scene: ServerScene, name: string) => Promise<Answer>;
  /** Deeds of this name; null where nothing is done. */
  readonly done: ((scene: ServerScene, name: string) => Promise<number>) | null;
}

const addRule = (scene: ServerScene, name: string): Promise<Answer> =>
  scene.command('/api/alert/add', { name, channel: ['duty'], when: 'drawdown > 0.1' }, `key-${name}`, keyed);
const rules = async (scene: ServerScene, name: string): Promise<number> =>
  (await read(scene, '/api/alert/ls')).rules.filter((rule: { name: string }) => rule.name === name).length;
const addJob = (scene: ServerScene, name: string): Promise<Answer> =>
  scene.command(
    '/api/jobs/add',
    { operation: 'data-check', input: { source: 'synthetic' }, id: name },
    `job-${name}`,
    keyed,
  );
const jobs = async (scene: ServerScene, name: string): Promise<number> =>
  (await read(scene, '/api/jobs')).jobs.filter((job: { id: string }) => job.id === name).length;

const IN_POSTGRES: readonly Moment[] = [
  {
    title: 'a query',
    said: 'tradewright.alert_rule order by',
    ask: (scene) => scene.ask('/api/alert/ls', { headers: keyed }),
    done: null,
  },
  { title: 'a command, begun', said: 'idempotent_request as r values', ask: addRule, done: rules },
  { title: 'a command, carried out', said: 'into tradewright.alert_rule', ask: addRule, done: rules },
  { title: 'a command, its answer kept', said: 'idempotent_request set status', ask: addRule, done: rules },
];

const IN_REDIS: readonly Moment[] = [
  {
    title: 'a query, counted',
    said: 'tradewright:requests:',
    ask: (scene) => scene.ask('/api/alert/ls', { headers: keyed }),
    done: null,
  },
  { title: 'a command, counted', said: 'tradewright:requests:', ask: addRule, done: rules },
  {
    title: 'a query of the cache',
    said: 'tradewright:cache:',
    ask: (scene, name) => scene.ask(`/api/latest?venue=binance&symbols=${name.toUpperCase()}`, { headers: keyed }),
    done: null,
  },
  { title: 'a job, put into the queue', said: '{tradewright}', ask: addJob, done: jobs },
];

let keyed: Readonly<Record<string, string>> = {};

async function read(scene: ServerScene, path: string) {
  const answer = await scene.ask(path, { headers: keyed });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data ?? answer.body;
}

/** As every answer must be, whatever is wrong behind the server. */
function assertTyped({ status, text, body }: Answer): void {
  assert.doesNotMatch(text, /\bat .+:\d+:\d+|node_modules|postgres@/, 'no stack, no address');
  if (status < 300) return;
  assert.ok(Object.keys(FAILURES).includes(body?.code), text);
  assert.notEqual(body.code, 'unexpected', text);
}

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  let last: unknown = null;
  for (const startMs = performance.now(); performance.now() - startMs < 60_000; ) {
    const found = await look().catch((error: unknown) => {
      last = error;
      return null;
    });
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`not in time: ${what}`, { cause: last });
}

/**
 * Real PostgreSQL and Redis behind one server, with which something happens in the very middle of a request. Whatever it is: every answer is typed, a deed
 * is done once at the most and where it was said to be done once exactly, and all of it works again without anybody's hand.
 */
describe('a server whose stores are in trouble', { skip }, () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-trouble-'));
  const wires: CuttingProxy[] = [];
  let postgres: PostgresServer;
  let redis: RedisServer;
  let scene: ServerScene;
  const places = {} as Record<'PostgreSQL' | 'Redis', { server: PostgresServer | RedisServer; wire: CuttingProxy }>;
  before(async () => {
    [postgres, redis] = [await PostgresServer.open(), await RedisServer.open('--appendonly', 'yes')];
    const wireTo = async (port: number): Promise<CuttingProxy> => {
      const wire = await CuttingProxy.open('127.0.0.1', port);
      wires.push(wire);
      return wire;
    };
    places.PostgreSQL = { server: postgres, wire: await wireTo(postgres.port) };
    places.Redis = { server: redis, wire: await wireTo(redis.port) };
    const redisUrl = `redis://127.0.0.1:${places.Redis.wire.port}`;
    const env = {
      TRADEWRIGHT_DATABASE: postgres.url.replace(String(postgres.port), String(places.PostgreSQL.wire.port)),
      ...{ TRADEWRIGHT_REDIS: redisUrl, TRADEWRIGHT_SHARED_CACHE: redisUrl, TRADEWRIGHT_JOB_QUEUE: redisUrl },
    };
    scene = await openScene({ world: compose(readConfig({ home }, env, home)) }, home);
    keyed = { authorization: await scene.key(['read', 'trade', 'risk', 'research', 'admin']) };
    const duty = {
      name: 'duty',
      kind: 'webhook',
      to: ['https://example.com'],
      secretId: null,
      createdAtMs: 1,
    } as const;
    await (await scene.world.alerts()).addChannel(duty as never);
    // Everything is connected and made before the first fault.
    for (const moment of [...IN_POSTGRES, ...IN_REDIS]) {
      const { status, text } = await moment.ask(scene, 'warm');
      assert.ok(status < 300, text);
    }
    assert.equal((await rules(scene, 'warm')) + (await jobs(scene, 'warm')), 2);
  });
  after(async () => {
    await scene?.close();
    await scene?.world.close();
    for (const wire of wires) await wire.close();
    await postgres?.close();
    await redis?.close();
    rmSync(home, { recursive: true, force: true });
  });

  let count = 0;
  for (const [place, moments] of [
    ['PostgreSQL', IN_POSTGRES],
    ['Redis', IN_REDIS],
  ] as const)
    for (const how of ['killed', 'paused', 'its answer lost'] as const)
      for (const { title, said, ask, done } of moments)
        test(`${place} ${how} in the middle of ${title} -> typed; once at the most; works again by itself`, async () => {
          const { server, wire } = places[place];
          // What has given Redis up asks it again after a while.
          for (let isUsed = false; place === 'Redis' && !isUsed; ) {
            void wire.before(said, () => {
              isUsed = true;
            });
            await ask(scene, `used${count}`);
          }
          const name = `f${++count}`;
          const sprung = wire.before(said, () => {
            if (how === 'killed') return server.kill();
            if (how === 'paused') server.pause();
            else wire.loseAnswer();
          });
          const first = await ask(scene, name);
          await Promise.race([
            sprung,
            new Promise((_, reject) => setTimeout(() => reject(new Error('the fault did not come')), 5_000)),
          ]);
          if (how === 'killed') await server.start();
          if (how === 'paused') server.goOn();
          wire.restore();
          assertTyped(first);
          const last = await until('answered for good', async () => {
            const again = await ask(scene, name);
            assertTyped(again);
            // What was begun and failed is the answer to its key from then on.
            return again.status < 500 || again.headers['idempotency-replayed'] === 'true' ? again : null;
          });
          if (done === null) {
            assert.equal(last.status, 200, last.text);
            return;
          }
          const times = await until('can be counted', () => done(scene, name));
          const wasDone = first.status < 300 || last.status < 300;
          assert.ok(times <= 1, 'done twice');
          if (wasDone) assert.equal(times, 1, 'said to be done');
          else assert.ok(last.status >= 500 || last.body.code === 'idempotency-unfinished', last.text);
          assert.deepEqual(scene.defects, []);
        });
});
