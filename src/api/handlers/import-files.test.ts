import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { waveCsv } from '../../../test/e2e/command-line.ts';
import { compose } from '../../compose.ts';
import { readConfig } from '../../config.ts';
import { Failure } from '../failures.ts';
import { operationOf } from '../operations/table.ts';
import type { Call } from '../world.ts';
import { dataImport, ImportPlan, importFileOf } from './import-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-import-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const call = { progress: () => true, warn() {}, update() {}, stop: new AbortController().signal } as unknown as Call;

test('import of several files: the disk is full at the second -> what is stored is told, and that all can be imported again', async () => {
  const files = ['ONE.csv', 'TWO.csv'].map((name) => join(folder, name));
  for (const file of files) writeFileSync(file, waveCsv(50));
  const world = compose(readConfig({ home: join(folder, 'home') }, {}, folder));
  try {
    const full: typeof world.catalogue.upsert = (instrument, ...given) =>
      instrument === 'FILE:TWO'
        ? Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }))
        : world.catalogue.upsert(instrument, ...given);
    const input = operationOf('data-import').input.parse({ files }) as Parameters<typeof dataImport>[0];
    await assert.rejects(
      dataImport(input, { ...world, catalogue: { ...world.catalogue, upsert: full } }, call),
      (error) => {
        assert.ok(error instanceof Failure);
        assert.equal(error.code, 'disk-full');
        assert.match(error.message, /stored before that: .*ONE\.csv$/);
        assert.match(error.hint, /import all of them again/);
        return true;
      },
    );
    const { imports } = await dataImport(input, world, call);
    assert.deepEqual(
      imports.map(({ status }) => status),
      ['unchanged', 'stored'],
    );
  } finally {
    await world.close();
  }
});

test('import of several files: those of one series among others -> each is tried on what those before it make', async () => {
  const wave = waveCsv(50).split('\n');
  const other = wave.map((line, i) => (i === 41 ? line.replace(/,1\.2345$/, ',9.5') : line));
  const parts = { A: wave.slice(0, 46), B: wave, C: [wave[0], ...other.slice(40)] };
  const files = Object.entries(parts).map(([name, lines]) => {
    const file = join(folder, `${name}.csv`);
    writeFileSync(file, `${lines.filter((line) => line !== '').join('\n')}\n`);
    return file;
  });
  const [first, between, last] = files as [string, string, string];
  const world = compose(readConfig({ home: join(folder, 'other-home') }, {}, folder));
  try {
    const given = { files: [first, between, last], symbol: 'X:ONE', onConflict: 'refuse' };
    const input = operationOf('data-import').input.parse(given) as Parameters<typeof dataImport>[0];
    await assert.rejects(dataImport(input, world, call), (error) => {
      assert.ok(error instanceof Failure && error.code === 'data-conflict', String(error));
      assert.match(error.message, /C\.csv:3: the bar of X:ONE/);
      return true;
    });
    assert.deepEqual(await world.catalogue.list(), []);
  } finally {
    await world.close();
  }
});

test('plan of an import: the last file of an instrument was tried -> its series are let go of', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const world = compose(readConfig({ home: join(folder, 'plan-home') }, {}, folder));
  const names = ['P.csv', 'Q.csv', 'P2.csv', 'Q2.csv'].map((name) => join(folder, name));
  for (const name of names) writeFileSync(name, waveCsv(50));
  const input = operationOf('data-import').input.parse({ files: names }) as Parameters<typeof dataImport>[0];
  const instruments = ['X:P', 'X:Q', 'X:P', 'X:R'];
  const files = names.map((name, k) => ({ ...importFileOf(name, input, world), instrument: instruments[k]! }));
  try {
    for (const [k, each] of files.slice(0, 2).entries()) {
      const { bars } = await world.barFiles.read(each.name, each.request);
      await world.catalogue.upsert(instruments[k]!, '1h', bars, {});
    }
    const loaded: { readonly instrument: string; readonly series: WeakRef<object> }[] = [];
    const load: typeof world.catalogue.load = async (instrument, ...more) => {
      const series = await world.catalogue.load(instrument, ...more);
      if (series !== null) loaded.push({ instrument, series: new WeakRef(series) });
      return series;
    };
    const plan = new ImportPlan(files, input, { ...world, catalogue: { ...world.catalogue, load } });
    const heldAfter = async (k: number): Promise<string[]> => {
      const each = files[k]!;
      await plan.tryFile(each, await world.barFiles.read(each.name, each.request));
      // What was made in this turn is held until it ends.
      await new Promise((resolve) => setTimeout(resolve, 5));
      collect();
      return loaded.flatMap(({ instrument, series }) => (series.deref() === undefined ? [] : [instrument]));
    };
    assert.deepEqual(await heldAfter(0), ['X:P'], 'another of it is to come');
    assert.deepEqual(await heldAfter(1), ['X:P']);
    assert.deepEqual(await heldAfter(2), []);
  } finally {
    await world.close();
  }
});
