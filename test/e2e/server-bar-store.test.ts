import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { ferretdb, ferretdbMissing } from '../servers/ferretdb.ts';
import { postgresMissing, postgresUrl } from '../servers/postgres.ts';
import { type Envelope, Scene, waveCsv } from './command-line.ts';

/** A database of its own on the test run's PostgreSQL. */
async function emptyDatabase(name: string): Promise<string> {
  const url = new URL(await postgresUrl());
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

const STORES = [
  { name: 'PostgreSQL', skip: postgresMissing, url: () => emptyDatabase('command_line') },
  {
    name: 'MongoDB’s protocol',
    skip: ferretdbMissing,
    url: async () => {
      const { host, port } = await ferretdb();
      return `mongodb://${host}:${port}/command_line`;
    },
  },
];

describe('bars in a database', () => {
  const scene = new Scene();
  after(() => scene.remove());
  const wave = scene.write('WAVE-USD_1h.csv', waveCsv(90));

  for (const { name, skip, url } of STORES) {
    test(`${name}: import, list, check, export, backtest, remove -> as with columns on disk`, { skip }, async () => {
      const env = { TRADEWRIGHT_BAR_STORE: await url() };
      const data = async (...args: string[]): Promise<Envelope['data']> => {
        const ran = await scene.run([...args, '--json'], env);
        assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.out}${ran.err}`);
        return (JSON.parse(ran.out) as Envelope).data;
      };
      const imported = await data('data', 'import', wave, '--symbol', 'X:WAVE-USD');
      assert.deepEqual([imported.imports[0].status, imported.imports[0].inserted], ['stored', 90]);
      const again = await data('data', 'import', wave, '--symbol', 'X:WAVE-USD');
      assert.equal(again.imports[0].status, 'unchanged');
      const { series } = await data('data', 'ls');
      assert.equal(series.length, 1);
      assert.ok(!existsSync(scene.path('.tradewright/data')), 'nothing on disk');
      assert.equal((await data('data', 'check', 'X:WAVE-USD')).errors, 0);
      await data('data', 'export', 'X:WAVE-USD', `${name}.csv`, '--force');
      assert.equal(
        readFileSync(scene.path(`${name}.csv`), 'utf8')
          .trim()
          .split('\n').length,
        91,
      );
      const params = ['--param', 'fast=5', '--param', 'slow=20', '--no-checks'];
      const stored = await data('backtest', 'sma-cross', '--data', 'X:WAVE-USD', ...params);
      const direct = await data('backtest', 'sma-cross', '--data', wave, '--symbol', 'X:WAVE-USD', ...params);
      assert.equal(stored.hashes.events, direct.hashes.events);
      await data('data', 'rm', 'X:WAVE-USD');
      assert.deepEqual((await data('data', 'ls')).series, []);
    });
  }

  test('a server that is not there, a URL that is none -> an exit code and a sentence, no password', async () => {
    for (const [url, code, exit, said] of [
      ['postgres://me:hunter2@127.0.0.1:1/bars', 'store-unavailable', 9, /ECONNREFUSED/],
      ['mysql://me:hunter2@127.0.0.1/bars', 'store-refused', 6, /found mysql:\/\//],
    ] as const) {
      const ran = await scene.run(['data', 'ls', '--json'], { TRADEWRIGHT_BAR_STORE: url });
      const { error } = JSON.parse(ran.out) as Envelope;
      assert.deepEqual([error.code, ran.code], [code, exit]);
      assert.match(error.message, said);
      assert.doesNotMatch(ran.out + ran.err, /hunter2/);
    }
  });
});
