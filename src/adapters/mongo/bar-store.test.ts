import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import * as mongodb from 'mongodb';
import { type ServerBarStoreSubject, serverBarStoreContract } from '../../../test/contracts/server-bar-store.ts';
import { CuttingProxy } from '../../../test/servers/cutting-proxy.ts';
import { ferretdb, ferretdbMissing } from '../../../test/servers/ferretdb.ts';
import { barsFromRows } from '../../core/vocabulary/market-data.ts';
import { BarStoreError } from '../../ports/bar-store.ts';
import { openMongoBarStore } from './bar-store.ts';
import { batchDocuments, collectionsOf } from './documents.ts';
import { decide, stateOf } from './series.ts';

const skip = ferretdbMissing;
const SMALL_POOL = { least: 0, most: 5 };
let databases = 0;

async function create(): Promise<ServerBarStoreSubject & { readonly url: string }> {
  const { host, port } = await ferretdb();
  const database = `bars_${++databases}`;
  const wire = await CuttingProxy.open(host, port);
  const direct = `mongodb://${host}:${port}/${database}`;
  const store = await openMongoBarStore(`mongodb://127.0.0.1:${wire.port}/${database}`, { pool: SMALL_POOL });
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

/** Sooner after its last look, the driver does not look for a server that is said to be lost. */
const LEAST_MS_BETWEEN_LOOKS = 500;

test('mongo bar store: the wire breaks under a call and is mended -> a read is served, the call after a write too', {
  skip,
}, async () => {
  const { store, wire, dispose } = await create();
  try {
    await store.upsert('X:Y', '1m', minutes(30));
    await wait(LEAST_MS_BETWEEN_LOOKS * 1.2);
    wire.cutAfter(20);
    const imported = store.upsert('X:Y', '1m', minutes(40));
    const refused = assert.rejects(imported, (e) => e instanceof BarStoreError && e.code === 'store-unavailable');
    await wire.nextCut();
    wire.restore();
    await refused;
    assert.deepEqual((await store.load('X:Y', '1m'))!.bars, minutes(30));
    await wait(LEAST_MS_BETWEEN_LOOKS * 1.2);
    wire.cutAfter(20);
    const loaded = store.load('X:Y', '1m');
    await wire.nextCut();
    wire.restore();
    assert.deepEqual((await loaded)!.bars, minutes(30));
  } finally {
    await dispose();
  }
});

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
      const commits = db.collection<{ _id: string; batch: string; key: string; info: object }>('commits');
      const { key, batch: previous, info } = (await commits.findOne())!;
      const parts = batchDocuments(mongodb, id, 'b', minutes(40, 10), 0);
      await db.collection<{ _id: string }>('batches').insertMany(parts.map((part) => ({ ...part })));
      const commit = { _id: `${key} 2`, key, revision: 2, batch: 'b', parts: 1, previous, isSettled: false };
      await commits.insertOne({ ...commit, info: { ...info, rows: 50, lastMs: 49 * 60_000 } });
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

test('mongo bar store: a writer that slept through many imports -> decides nothing', { skip }, async () => {
  const { store, url, dispose } = await create();
  try {
    await store.upsert('X:Y', '1m', minutes(1));
    await withClient(url, async (client) => {
      const db = collectionsOf(client.db());
      const old = (await stateOf(db, 'X:Y 1m'))!;
      for (let k = 1; k < 26; k++) await store.upsert('X:Y', '1m', minutes(1, k));
      const { info } = old.commit!;
      assert.equal(await db.commits.findOne({ revision: 2 }), null, 'the place that it would take is free again');
      assert.equal(await decide(mongodb, db, old, { info, batch: 'late', parts: 1 }), false);
      assert.equal(await db.commits.findOne({ batch: 'late' }), null);
    });
    assert.deepEqual((await store.load('X:Y', '1m'))!.bars, minutes(26));
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
        .collection('commits')
        .updateOne({}, { $set: { batch: 'gone', isSettled: false } }),
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
