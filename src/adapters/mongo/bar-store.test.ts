import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as mongodb from 'mongodb';
import { type ServerBarStoreSubject, serverBarStoreContract } from '../../../test/contracts/server-bar-store.ts';
import { CuttingProxy } from '../../../test/servers/cutting-proxy.ts';
import { ferretdb, ferretdbMissing } from '../../../test/servers/ferretdb.ts';
import { barsFromRows } from '../../core/vocabulary/market-data.ts';
import { BarStoreError } from '../../ports/bar-store.ts';
import { openMongoBarStore } from './bar-store.ts';
import { batchDocuments } from './documents.ts';

const skip = ferretdbMissing;
const SMALL_POOL = { least: 0, most: 5 };
let databases = 0;

async function create(): Promise<ServerBarStoreSubject & { readonly url: string }> {
  const { host, port } = await ferretdb();
  const database = `bars_${++databases}`;
  const wire = await CuttingProxy.open(host, port);
  const direct = `mongodb://${host}:${port}/${database}`;
  const options = { pool: SMALL_POOL, connectTimeoutMs: 500 };
  const store = await openMongoBarStore(`mongodb://127.0.0.1:${wire.port}/${database}`, options);
  return {
    url: direct,
    store,
    wire,
    reopen: () => openMongoBarStore(direct, { pool: SMALL_POOL }),
    dispose: async () => {
      await store.close();
      await wire.close();
      await withClient(direct, (client) => client.db().dropDatabase());
    },
  };
}

async function withClient<T>(url: string, body: (client: mongodb.MongoClient) => Promise<T>): Promise<T> {
  const client = new mongodb.MongoClient(url);
  try {
    return await body(client);
  } finally {
    await client.close();
  }
}

serverBarStoreContract('mongo, on FerretDB', skip, 2_000, create);

const minutes = (count: number, from = 0) =>
  barsFromRows(
    Array.from({ length: count }, (_, k) => [(from + k) * 60_000, 10, 12, 9, 11 + ((from + k) % 3) / 10, 1]),
  );

test('mongo bar store: a writer ended after it had decided -> others see its import, and carry it out', {
  skip,
}, async () => {
  const { store, url, dispose } = await create();
  try {
    await store.upsert('X:Y', '1m', minutes(30));
    const id = 'X:Y 1m';
    // What such a writer leaves behind: rows of its revision missing, the import itself still there.
    await withClient(url, async (client) => {
      const db = client.db();
      const series = (await db.collection<{ _id: string; key: string }>('series').findOne({ _id: id }))!;
      const parts = batchDocuments(mongodb, id, 'b', minutes(40, 10), 0);
      await db.collection<{ _id: string }>('batches').insertMany(parts.map((part) => ({ ...part })));
      await db
        .collection<{ _id: string }>('series')
        .updateOne({ _id: id, key: series.key }, { $set: { revision: 2, pending: { batch: 'b', parts: 1 } } });
    });
    assert.deepEqual((await store.load('X:Y', '1m'))!.bars, minutes(50));
    const range = { fromMs: 25 * 60_000, toMs: 45 * 60_000 };
    assert.deepEqual((await store.load('X:Y', '1m', range))!.bars, minutes(20, 25));
    assert.equal((await store.coverage('X:Y', '1m'))!.gaps.length, 0);
    await store.upsert('X:Y', '1m', minutes(1, 50));
    assert.deepEqual((await store.load('X:Y', '1m'))!.bars, minutes(51));
    await withClient(url, async (client) => {
      assert.equal(await client.db().collection('batches').countDocuments(), 0);
      assert.equal(await client.db().collection('bars').countDocuments(), 51);
    });
  } finally {
    await dispose();
  }
});

test('mongo bar store: parts of a decided import lost -> store-damaged, not bars without them', { skip }, async () => {
  const { store, url, dispose } = await create();
  try {
    await store.upsert('X:Y', '1m', minutes(30));
    await withClient(url, (client) =>
      client
        .db()
        .collection<{ _id: string }>('series')
        .updateOne({ _id: 'X:Y 1m' }, { $set: { pending: { batch: 'gone', parts: 1 } } }),
    );
    const isDamaged = (error: unknown): boolean => error instanceof BarStoreError && error.code === 'store-damaged';
    await assert.rejects(async () => store.load('X:Y', '1m'), isDamaged);
    await assert.rejects(async () => store.upsert('X:Y', '1m', minutes(1, 30)), isDamaged);
    assert.equal(await store.remove('X:Y', '1m'), true);
  } finally {
    await dispose();
  }
});

test('mongo bar store: no server, a later schema -> errors that say so without the password', { skip }, async () => {
  const options = { connectTimeoutMs: 200 };
  const error = await openMongoBarStore('mongodb://me:hunter2@127.0.0.1:1/bars', options).catch((e: unknown) => e);
  assert.ok(error instanceof BarStoreError);
  assert.equal(error.code, 'store-unavailable');
  assert.match(error.message, /^mongodb:\/\/127\.0\.0\.1:1\/bars: expected .*ECONNREFUSED/);
  assert.doesNotMatch(error.message, /hunter2/);
  const { url, dispose } = await create();
  try {
    await withClient(url, (client) =>
      client
        .db()
        .collection<{ _id: string }>('schema')
        .updateOne({ _id: 'bars' }, { $set: { version: 99 } }),
    );
    await assert.rejects(
      async () => openMongoBarStore(url),
      (e: unknown) => e instanceof BarStoreError && e.code === 'store-newer',
    );
  } finally {
    await dispose();
  }
});
