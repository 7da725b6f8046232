import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

const OPENERS = 4;
const ROUNDS = 300;

/** Opens a database a round, at the same moment as the others, and answers what went wrong. */
const OPENER = `
const { parentPort, workerData: { gate, folder, module, rounds } } = require('node:worker_threads');
const { join } = require('node:path');
import(module).then(({ openDatabase }) => {
  for (let round = 0; round < rounds; round++) {
    Atomics.wait(gate, 0, round);
    let fault = null;
    try {
      const db = openDatabase(join(folder, String(round), 'new.sqlite'));
      db.exec('create table if not exists t (a)');
      db.close();
    } catch (error) {
      fault = String(error);
    }
    parentPort.postMessage(fault);
  }
});`;

test('several open a database that is not there yet, at the same moment -> all of them have it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-openers-'));
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { gate, folder, module: new URL('./database.ts', import.meta.url).href, rounds: ROUNDS };
  const openers = Array.from({ length: OPENERS }, () => new Worker(OPENER, { eval: true, workerData }));
  try {
    const faults: unknown[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const answers = openers.map(
        (opener) => new Promise((resolve, reject) => opener.once('message', resolve).once('error', reject)),
      );
      Atomics.store(gate, 0, round + 1);
      Atomics.notify(gate, 0);
      faults.push(...(await Promise.all(answers)).filter((fault) => fault !== null));
      for (const opener of openers) opener.removeAllListeners('error');
    }
    assert.deepEqual(faults, []);
  } finally {
    await Promise.all(openers.map((opener) => opener.terminate()));
    rmSync(folder, { recursive: true, force: true });
  }
});
