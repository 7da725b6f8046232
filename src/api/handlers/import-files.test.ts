import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { waveCsv } from '../../../test/e2e/command-line.ts';
import { compose } from '../../compose.ts';
import { readConfig } from '../../config.ts';
import { Failure } from '../failures.ts';
import { operationOf } from '../operations/table.ts';
import type { Call } from '../world.ts';
import { dataImport } from './import-files.ts';

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
