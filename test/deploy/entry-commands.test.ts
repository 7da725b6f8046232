import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { makeKey } from '../../src/api/http/access.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { finish, Scene } from '../e2e/command-line.ts';
import { postgresMissing, postgresUrl } from '../servers/postgres.ts';
import { type Document, documentsOf } from './files.ts';

const { services }: Document = documentsOf('compose.yaml')[0];
const cloudRun: Document = documentsOf('deploy/cloud-run/service.yaml')[0];
const monitor: Document = documentsOf('deploy/kubernetes/monitor.yaml')[0];
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'compose app': services.app.command,
  'compose execution': services.execution.command,
  'Cloud Run': cloudRun.spec.template.spec.containers[0].args,
  'Kubernetes monitor': monitor.spec.template.spec.containers[0].args,
};

/** No image is made here: the same commands as plain processes, on a database that they share. */
describe('entry commands of deployments', { skip: postgresMissing }, () => {
  const scene = new Scene();
  after(() => scene.remove());

  test('each as a process -> lives, is ready, asks for a key, and ends in order', async (t) => {
    const url = new URL(await postgresUrl());
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query('create database entry_commands');
    await client.end();
    url.pathname = '/entry_commands';
    const env = { TRADEWRIGHT_DATABASE: url.href, TRADEWRIGHT_PORT: '0', TRADEWRIGHT_DATABASE_POOL: '5' };
    const world = compose(readConfig({ home: scene.path('.tradewright') }, env, scene.folder));
    const { id, text, secretHash } = makeKey();
    const key = { id, label: 'desk', scopes: ['read'], addresses: [], expiresAtMs: null };
    await (await world.apiKeys()).add(key, secretHash);
    await world.close();
    await Promise.all(
      Object.entries(COMMANDS).map(async ([where, words]) => {
        const child = scene.start([...words, '--json'], env);
        t.after(() => void child.kill('SIGKILL'));
        const ended = finish(child);
        const port = await new Promise<string>((resolve, reject) => {
          let said = '';
          child.stdout!.on('data', (part: string) => {
            said += part;
            const found = /"url":"http:\/\/0\.0\.0\.0:(\d+)"/.exec(said);
            if (found) resolve(found[1]!);
          });
          ended.then(({ out, err }) => reject(new Error(`${where}: ${out}${err}`)), reject);
        });
        const at = `http://127.0.0.1:${port}`;
        assert.equal((await fetch(`${at}/health/live`)).status, 200, where);
        for (const startMs = performance.now(); (await fetch(`${at}/health/ready`)).status !== 200; ) {
          assert.ok(performance.now() - startMs < 60_000, `${where} is not ready`);
          // An address that asks without a pause is soon told to wait.
          await wait(200);
        }
        assert.equal((await fetch(`${at}/metrics`)).status, 401, where);
        const headers = { authorization: `Bearer ${text}` };
        const health = (await (await fetch(`${at}/health`, { headers })).json()) as { status: string };
        assert.equal(health.status, 'ready', where);
        child.kill('SIGTERM');
        const { code, err } = await ended;
        assert.equal(code, 0, `${where}: ${err}`);
      }),
    );
  });
});
