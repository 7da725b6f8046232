import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { type ServerBarStoreSubject, serverBarStoreContract } from '../../../test/contracts/server-bar-store.ts';
import { CuttingProxy } from '../../../test/servers/cutting-proxy.ts';
import { postgresMissing, postgresUrl } from '../../../test/servers/postgres.ts';
import { barsFromRows } from '../../core/vocabulary/market-data.ts';
import { BarStoreError } from '../../ports/bar-store.ts';
import { openPostgresBarStore } from './bar-store.ts';

let schemas = 0;
const skip = postgresMissing;

/** SQL of the test's own, on a connection of its own. */
async function sql<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
  const client = new pg.Client({ connectionString: await postgresUrl() });
  await client.connect();
  try {
    return (await client.query<R>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

async function create(): Promise<ServerBarStoreSubject & { readonly schema: string }> {
  const url = new URL(await postgresUrl());
  const schema = `bars_${++schemas}`;
  const wire = await CuttingProxy.open(url.hostname, Number(url.port));
  const direct = url.href;
  url.port = String(wire.port);
  const store = await openPostgresBarStore(url.href, { schema });
  return {
    schema,
    store,
    wire,
    reopen: () => openPostgresBarStore(direct, { schema }),
    dispose: async () => {
      await store.close();
      await wire.close();
      await sql(`drop schema ${schema} cascade`);
    },
  };
}

serverBarStoreContract('postgres', skip, 1_000_000, create);

const minutes = (count: number, from = 0) =>
  barsFromRows(
    Array.from({ length: count }, (_, k) => [(from + k) * 60_000, 10, 12, 9, 11 + ((from + k) % 3) / 10, 1]),
  );

const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof BarStoreError && error.code === code;

test('postgres bar store: a range -> chunks outside it are not even read', { skip }, async () => {
  const { store, schema, dispose } = await create();
  try {
    await store.upsert('X:Y', '1m', minutes(20_000));
    assert.equal((await sql(`select from ${schema}.bar_chunk`)).length, 5);
    await sql(`update ${schema}.bar_chunk set close = '\\x00' where first_ms = 0`);
    const range = { fromMs: 4_096 * 60_000, toMs: 9_000 * 60_000 };
    assert.equal((await store.load('X:Y', '1m', range))!.bars.close.length, 9_000 - 4_096);
    await assert.rejects(async () => store.load('X:Y', '1m'), isCode('store-damaged'));
    assert.equal((await store.coverage('X:Y', '1m'))!.coverage, 1, 'coverage reads times only');
  } finally {
    await dispose();
  }
});

test('postgres bar store: bars appended one by one -> full chunks, and those stay as they are', { skip }, async () => {
  const { store, schema, dispose } = await create();
  try {
    await store.upsert('X:Y', '1m', minutes(4_090));
    for (let k = 0; k < 10; k++) await store.upsert('X:Y', '1m', minutes(1, 4_090 + k));
    const chunks = await sql<{ bars: number; version: string }>(
      `select bars, xmin::text as version from ${schema}.bar_chunk order by first_ms`,
    );
    assert.deepEqual(
      chunks.map((c) => c.bars),
      [4_096, 4],
    );
    await store.upsert('X:Y', '1m', minutes(1, 4_100));
    const [first] = await sql<{ version: string }>(
      `select xmin::text as version from ${schema}.bar_chunk order by first_ms`,
    );
    assert.equal(first!.version, chunks[0]!.version);
  } finally {
    await dispose();
  }
});

test('postgres bar store: ten programs open an empty database at once -> one schema', { skip }, async () => {
  const url = await postgresUrl();
  const schema = 'bars_opened_at_once';
  const stores = await Promise.all(Array.from({ length: 10 }, () => openPostgresBarStore(url, { schema })));
  const versions = await sql<{ version: number }>(`select version from ${schema}.schema_version`);
  await sql(`insert into ${schema}.schema_version (version) values (99)`);
  await assert.rejects(async () => openPostgresBarStore(url, { schema }), isCode('store-newer'));
  await Promise.all(stores.map((each) => each.close()));
  await sql(`drop schema ${schema} cascade`);
  assert.ok(versions.length >= 4, 'every migration');
  assert.deepEqual(
    versions,
    versions.map((_, k) => ({ version: k + 1 })),
    'each of them once',
  );
});

test('postgres bar store: no server, no database, a bad schema -> errors that say so without the password', {
  skip,
}, async () => {
  const url = new URL(await postgresUrl());
  url.password = 'hunter2';
  url.pathname = '/nothing';
  const refused = await openPostgresBarStore(url.href).catch((error: unknown) => error);
  assert.ok(isCode('store-refused')(refused));
  assert.match(String(refused), /"nothing" does not exist/);
  url.port = '1';
  const unavailable = await openPostgresBarStore(url.href).catch((error: unknown) => error);
  assert.ok(isCode('store-unavailable')(unavailable));
  assert.match(String(unavailable), /postgres:\/\/127\.0\.0\.1:1\/nothing: expected .* ECONNREFUSED/);
  for (const error of [refused, unavailable]) assert.doesNotMatch(String(error), /hunter2/);
  await assert.rejects(async () => openPostgresBarStore(url.href, { schema: 'a;b' }), RangeError);
  await assert.rejects(async () => openPostgresBarStore(url.href, { pool: { least: 5, most: 2 } }), RangeError);
});
