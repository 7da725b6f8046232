import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { barStoreContract } from '../../../test/contracts/bar-store.ts';
import { DataFileError } from '../../core/market/data-file-error.ts';
import { barsFromRows } from '../../core/vocabulary/market-data.ts';
import { openCatalogue } from './catalogue.ts';

function temporaryHome(): string {
  return mkdtempSync(join(tmpdir(), 'tradewright-catalogue-'));
}

barStoreContract('columns', () => {
  const home = temporaryHome();
  return {
    store: openCatalogue(home),
    reopen: () => openCatalogue(home),
    dispose: () => rmSync(home, { recursive: true, force: true }),
  };
});

const THREE = barsFromRows([
  [60_000, 10, 12, 9, 11, 1],
  [120_000, 11, 13, 10, 12, 2],
  [180_000, 12, 14, 11, 13, 3],
]);

async function withHome(body: (home: string) => Promise<void>): Promise<void> {
  const home = temporaryHome();
  try {
    await body(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const FOLDER = ['data', 'BINANCE', 'BTCUSDT', '1m'] as const;

/** Stores `bars` bars of one minute from the minute given, in a thread of its own; all begin at once. */
function importer(home: string, fromMinute: number, bars: number, begin: SharedArrayBuffer): Promise<number> {
  const code = `
    const { workerData } = require('node:worker_threads');
    (async () => {
      const [{ openCatalogue }, { barsFromRows }] = await Promise.all(workerData.modules.map((url) => import(url)));
      const rows = Array.from({ length: workerData.bars }, (_, i) => [(workerData.from + i) * 60000, 10, 12, 9, 11, 1]);
      const flags = new Int32Array(workerData.begin);
      Atomics.add(flags, 1, 1);
      Atomics.notify(flags, 1);
      Atomics.wait(flags, 0, 0);
      await openCatalogue(workerData.home).upsert('BINANCE:BTCUSDT', '1m', barsFromRows(rows));
    })();`;
  const modules = ['./catalogue.ts', '../../core/vocabulary/market-data.ts'].map(
    (path) => new URL(path, import.meta.url).href,
  );
  const worker = new Worker(code, { eval: true, workerData: { home, from: fromMinute, bars, begin, modules } });
  return new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve));
}

test('catalogue: several import at once -> every bar is there', () => {
  return withHome(async (home) => {
    const begin = new SharedArrayBuffer(8);
    const flags = new Int32Array(begin);
    const importers = [0, 1, 2, 3].map((k) => importer(home, 1 + k * 2_000, 2_000, begin));
    for (let ready = 0; ready < importers.length; ready = Atomics.load(flags, 1))
      await Atomics.waitAsync(flags, 1, ready).value;
    Atomics.store(flags, 0, 1);
    Atomics.notify(flags, 0);
    assert.deepEqual(await Promise.all(importers), [0, 0, 0, 0]);
    assert.equal((await openCatalogue(home).info('BINANCE:BTCUSDT', '1m'))?.rows, 8_000);
  });
});

test('catalogue: reading an unused home -> nothing is created', () => {
  return withHome(async (home) => {
    await openCatalogue(home).list();
    await openCatalogue(home).load('BINANCE:BTCUSDT', '1m');
    assert.deepEqual(readdirSync(home), []);
  });
});

test('catalogue: file layout -> columns are little-endian doubles behind a padded header', () => {
  return withHome(async (home) => {
    await openCatalogue(home).upsert('BINANCE:BTCUSDT', '1m', THREE);
    const bytes = readFileSync(join(home, ...FOLDER, 'bars.tw'));
    const start = 12 + bytes.readUInt32LE(8);
    assert.equal(bytes.toString('latin1', 0, 8), 'TWBARS1\n');
    assert.equal(start % 4096, 0);
    assert.equal(bytes.length, start + 3 * 6 * 8);
    assert.equal(bytes.readDoubleLE(start), 60_000);
    assert.equal(bytes.readDoubleLE(start + 4 * 3 * 8 + 16), 13, 'close of the last bar');
  });
});

test('catalogue: write fails half-way -> the old series stands and no temporary file is left', () => {
  return withHome(async (home) => {
    const store = openCatalogue(home);
    await store.upsert('BINANCE:BTCUSDT', '1m', THREE);
    const folder = join(home, ...FOLDER);
    const temporary = join(folder, `bars.tw.${process.pid}.tmp`);
    mkdirSync(temporary);
    const more = barsFromRows([[240_000, 13, 15, 12, 14, 4]]);
    await assert.rejects(async () => store.upsert('BINANCE:BTCUSDT', '1m', more), /EISDIR/);
    assert.deepEqual(Array.from((await store.load('BINANCE:BTCUSDT', '1m'))!.bars.close), [11, 12, 13]);
    rmSync(temporary, { recursive: true });
    await store.upsert('BINANCE:BTCUSDT', '1m', more);
    assert.deepEqual(readdirSync(folder), ['bars.tw']);
  });
});

test('catalogue: a file cut off or foreign -> file-damaged, and it can be removed', () => {
  return withHome(async (home) => {
    const store = openCatalogue(home);
    await store.upsert('BINANCE:BTCUSDT', '1m', THREE);
    const file = join(home, ...FOLDER, 'bars.tw');
    const isDamaged = (error: unknown): boolean => error instanceof DataFileError && error.code === 'file-damaged';
    truncateSync(file, readFileSync(file).length - 8);
    await assert.rejects(async () => store.load('BINANCE:BTCUSDT', '1m'), isDamaged);
    truncateSync(file, 5);
    await assert.rejects(async () => store.info('BINANCE:BTCUSDT', '1m'), isDamaged);
    assert.equal(await store.remove('BINANCE:BTCUSDT', '1m'), true);
    assert.equal(await store.load('BINANCE:BTCUSDT', '1m'), null);
    assert.deepEqual(readdirSync(join(home, 'data')), ['writing.lock']);
  });
});

test('catalogue: a header longer than a page -> info and bars read back', () => {
  return withHome(async (home) => {
    const source = `${'long/'.repeat(2_000)}file.csv`;
    await openCatalogue(home).upsert('BINANCE:BTCUSDT', '1m', THREE, { source });
    assert.equal((await openCatalogue(home).info('BINANCE:BTCUSDT', '1m'))!.source, source);
    assert.deepEqual(Array.from((await openCatalogue(home).load('BINANCE:BTCUSDT', '1m'))!.bars.volume), [1, 2, 3]);
  });
});
