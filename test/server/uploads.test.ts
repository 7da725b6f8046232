import assert from 'node:assert/strict';
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { uploadsAt } from '../../src/adapters/files/uploads.ts';
import { createClient } from '../../src/api/client/client.ts';
import type { ImportTrial } from '../../src/api/dry-run.ts';
import { Failure } from '../../src/api/failures.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { UploadError } from '../../src/ports/uploads.ts';
import { EXAMPLES } from '../contracts/parquet-examples.ts';
import { addUser, signIn } from './browser.ts';
import { newHome } from './new-home.ts';
import { type Answer, openScene, type ServerScene } from './server-scene.ts';

const LARGEST = 64 * 1_024;
const T = Date.UTC(2024, 0, 1);
const HOUR_MS = 3_600_000;

/** Hourly bars that rise, one a line. */
function lines(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, k) => {
    const at = from + k;
    return `${T + at * HOUR_MS},${100 + at},${102 + at},${99 + at},${101 + at},${10 + at}`;
  });
}
const csv = (rows: readonly string[], header = 'open_time,open,high,low,close,volume'): string =>
  `${[header, ...rows].join('\n')}\n`;

describe('files that are uploaded and imported', () => {
  let scene: ServerScene;
  let threads: ServerScene['world']['isolate'];
  const place = newHome();
  let deeds = 0;

  before(async () => {
    const config = readConfig({ home: place.home }, { TRADEWRIGHT_UPLOAD_SIZE: '64k' }, place.home);
    const world = compose(config);
    threads = world.isolate;
    // A thread for each would take long; one test has its own.
    Object.assign(world, {
      isolate: ((id, given, call) =>
        execute(id, given, world, { ...call, progress: () => true })) as typeof world.isolate,
    });
    scene = await openScene({ world }, place.home);
  });
  afterEach(() => {
    assert.deepEqual(scene.defects, []);
    for (const name of kept()) scene.world.uploads.remove(name);
  });
  after(async () => {
    await scene.close();
    await scene.world.close();
    place.remove();
  });

  const kept = (): readonly string[] => {
    const folder = join(place.home, 'uploads');
    return existsSync(folder) ? readdirSync(folder) : [];
  };

  /** Sends bytes as they are. */
  function upload(name: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request(
        `${scene.url}/api/uploads?${new URLSearchParams({ name }).toString()}`,
        { method: 'POST', headers: { 'content-type': 'application/octet-stream', ...headers }, agent: false },
        (response) => {
          let text = '';
          response.on('data', (part: Buffer) => {
            text += part.toString();
          });
          response.on('end', () =>
            resolve({ status: response.statusCode!, headers: response.headers, text, body: JSON.parse(text) }),
          );
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }

  async function brought(name: string, body: string | Uint8Array): Promise<string> {
    const { status, body: told, text } = await upload(name, body);
    assert.equal(status, 201, text);
    return told.data.file as string;
  }

  const bring = (input: object): Promise<Answer> => scene.command('/api/data/import', input, `import-${++deeds}`);

  async function tried(input: object): Promise<ImportTrial & { readonly allowed: boolean; readonly would: string[] }> {
    const { status, text, body } = await bring({ ...input, dryRun: true });
    assert.equal(status, 200, text);
    assert.equal(body.schema, 'tradewright.dry-run/1');
    return { ...body.data.imports[0], allowed: body.data.allowed, would: body.data.would };
  }

  async function series(instrument: string): Promise<Record<string, unknown> | undefined> {
    const { body } = await scene.ask('/api/data/ls');
    return body.data.series.find((each: { instrument: string }) => each.instrument === instrument);
  }

  test('a good CSV -> looked at without anything written, imported, removed', async () => {
    const file = await brought('BTCUSDT_1h.csv', csv(lines(48)));
    assert.match(file, /^upload:[0-9a-f]{32}\/BTCUSDT_1h\.csv$/);
    const look = await tried({ files: [file] });
    assert.equal(look.allowed, true);
    assert.deepEqual(
      look.columns.map(({ position, header, field }) => [position, header, field]),
      [
        [1, 'open_time', 'time'],
        [2, 'open', 'open'],
        [3, 'high', 'high'],
        [4, 'low', 'low'],
        [5, 'close', 'close'],
        [6, 'volume', 'volume'],
      ],
    );
    assert.deepEqual(
      [look.file, look.format, look.timeUnit, look.instrument, look.timeframe, look.bars, look.from, look.to],
      ['BTCUSDT_1h.csv', 'csv', 'ms', 'FILE:BTCUSDT', '1h', 48, '2024-01-01T00:00:00Z', '2024-01-02T23:00:00Z'],
    );
    assert.deepEqual(look.rows[1], [String(T + HOUR_MS), '101', '103', '100', '102', '11']);
    assert.deepEqual(look.first[1], {
      time: '2024-01-01T01:00:00Z',
      ...{ open: 101, high: 103, low: 100, close: 102, volume: 11 },
    });
    assert.deepEqual([look.firstLine, look.rows.length, look.first.length], [2, 8, 5]);
    assert.deepEqual(look.change, {
      ...{ isNew: true, inserted: 48, unchanged: 0, replaced: 0, kept: 0, stored: 48 },
      ...{ from: '2024-01-01T00:00:00Z', to: '2024-01-02T23:00:00Z' },
    });
    assert.match(look.would[1]!, /^make FILE:BTCUSDT@1h: 48 new bars of 48, 48 then/);
    assert.equal(await series('FILE:BTCUSDT'), undefined, 'nothing was written');
    assert.equal(kept().length, 1);

    const { status, body } = await bring({ files: [file], symbol: 'X:BTC' });
    assert.equal(status, 200);
    assert.deepEqual([body.data.imports[0].inserted, body.data.imports[0].file], [48, 'BTCUSDT_1h.csv']);
    const stored = (await series('X:BTC'))!;
    assert.deepEqual([stored['bars'], stored['source']], [48, 'BTCUSDT_1h.csv']);
    assert.deepEqual(kept(), []);
    const again = await bring({ files: [file], symbol: 'X:BTC' });
    assert.deepEqual([again.status, again.body.code], [404, 'upload-unknown']);
  });

  test('bars that are stored already -> what would change, by what is said of conflicts', async () => {
    const first = await brought('a.csv', csv(lines(10)));
    await bring({ files: [first], symbol: 'X:TWICE' });
    const other = lines(10, 5).map((line, k) => (k === 0 ? line.replace(/,\d+$/, ',999') : line));
    const file = await brought('b.csv', csv(other));
    const refused = await tried({ files: [file], symbol: 'X:TWICE' });
    assert.deepEqual([refused.allowed, refused.refusal!.code, refused.change], [false, 'data-conflict', null]);
    const change = async (onConflict: string) =>
      (await tried({ files: [file], symbol: 'X:TWICE', onConflict })).change!;
    const { inserted, unchanged, replaced, kept: left, stored, isNew } = await change('replace');
    assert.deepEqual([isNew, inserted, unchanged, replaced, left, stored], [false, 5, 4, 1, 0, 15]);
    const keep = await change('keep');
    assert.deepEqual([keep.replaced, keep.kept], [0, 1]);
    const done = await bring({ files: [file], symbol: 'X:TWICE', onConflict: 'replace' });
    assert.deepEqual([done.body.data.imports[0].inserted, done.body.data.imports[0].replaced], [5, 1]);
  });

  test('columns that nobody can tell -> shown with the rows and refused, until they are said', async () => {
    const file = await brought('odd.csv', csv(lines(5), 'when,k1,k2,k3,k4,k5'));
    const look = await tried({ files: [file], symbol: 'X:ODD' });
    assert.deepEqual([look.allowed, look.refusal!.code, look.refusal!.line], [false, 'columns-unknown', 1]);
    assert.deepEqual([look.bars, look.rows.length, look.columns[1]!.header], [null, 5, 'k1']);
    assert.ok(look.columns.every(({ field }) => field === null));
    const refused = await bring({ files: [file], symbol: 'X:ODD' });
    assert.deepEqual([refused.status, refused.body.code], [422, 'columns-unknown']);
    assert.match(refused.body.detail, /^odd\.csv:1: /, 'named by its own name, not by where it lies');
    assert.equal(kept().length, 1, 'a refused import leaves the file for the next try');
    const columns = 'time=1,open=2,high=3,low=4,close=5,volume=6';
    assert.equal((await tried({ files: [file], symbol: 'X:ODD', columns })).bars, 5);
    const absent = await tried({ files: [file], symbol: 'X:ODD', columns: 'time=9' });
    assert.deepEqual([absent.refusal!.code, absent.rows.length], ['columns-unknown', 5]);
    assert.equal((await bring({ files: [file], symbol: 'X:ODD', columns })).status, 200);
  });

  test('columns mixed up -> impossible bars, with their lines', async () => {
    const file = await brought('mixed.csv', csv(lines(3)));
    const look = await tried({ files: [file], columns: 'high=4,low=3' });
    assert.deepEqual([look.allowed, look.refusal!.code], [false, 'data-invalid']);
    assert.ok(look.errors > 0);
    assert.deepEqual([look.findings[0]!.line, look.findings[0]!.severity], [2, 'error']);
  });

  test('rows out of order -> refused with the line; sorted -> imported', async () => {
    const rows = lines(6);
    const file = await brought('X-USD_1h.csv', csv([rows[0]!, rows[2]!, rows[1]!, ...rows.slice(3)]));
    const look = await tried({ files: [file] });
    assert.deepEqual([look.allowed, look.refusal!.code, look.refusal!.line], [false, 'data-invalid', 4]);
    assert.deepEqual([look.findings[0]!.code, look.findings[0]!.line], ['bar-out-of-order', 4]);
    assert.equal((await bring({ files: [file] })).body.code, 'data-invalid');
    const sorted = await tried({ files: [file], sort: true });
    assert.deepEqual([sorted.allowed, sorted.bars], [true, 6]);
    assert.equal((await bring({ files: [file], sort: true })).status, 200);
  });

  test('cells that are no numbers -> NaN is a finding with its line, a word is refused with line and column', async () => {
    const [first, second, third] = lines(3) as [string, string, string];
    const nan = await brought('nan.csv', csv([first, second.replace(',103,', ',NaN,'), third]));
    const look = await tried({ files: [nan] });
    assert.deepEqual([look.allowed, look.findings[0]!.line, look.first[1]!.high], [false, 3, null]);
    const word = await brought('word.csv', csv([first, second.replace(',103,', ',much,'), third]));
    const { refusal, rows } = await tried({ files: [word] });
    assert.deepEqual([refusal!.code, refusal!.line, refusal!.column, rows.length], ['bad-number', 3, 3, 3]);
    const changed = await brought('units.csv', csv([first, second.replace(`${T + HOUR_MS}`, `${T / 1000 + 3600}`)]));
    assert.equal((await tried({ files: [changed] })).refusal!.code, 'mixed-timestamps');
  });

  test('an empty file, a header alone, binary rubbish -> refused by name', async () => {
    const empty = await bring({ files: [await brought('empty.csv', '')], dryRun: true });
    assert.deepEqual([empty.status, empty.body.code], [422, 'file-empty']);
    const header = await tried({ files: [await brought('header.csv', csv([]))] });
    assert.equal(header.refusal!.code, 'file-empty');
    const rubbish = await bring({
      files: [await brought('x.csv.gz', new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3]))],
      dryRun: true,
    });
    assert.equal(rubbish.status, 422);
    assert.match(rubbish.body.code, /^file-(?:damaged|truncated)$/);
    assert.match(rubbish.body.detail, /^x\.csv\.gz/);
  });

  test('gzip and Parquet -> told by content, whatever the name', async () => {
    const packed = await tried({ files: [await brought('a.csv', gzipSync(csv(lines(24))))] });
    assert.deepEqual([packed.compression, packed.bars], ['gzip', 24]);
    for (const name of ['bare milliseconds, no compression, no dictionary', ...Object.keys(EXAMPLES).slice(0, 3)]) {
      const bytes = Buffer.from(EXAMPLES[name as keyof typeof EXAMPLES], 'base64');
      const look = await tried({ files: [await brought('a.csv', bytes)], symbol: 'X:P' });
      assert.deepEqual([look.format, look.bars, look.firstLine, look.first[0]!.open], ['parquet', 2, null, 1.5], name);
      assert.deepEqual([look.rows.length, look.columns.find(({ field }) => field === 'open')!.position > 0], [2, true]);
    }
  });

  test('text that unpacks to more than a file may have -> refused before it fills memory', async () => {
    const bomb = gzipSync(csv(lines(4_000)));
    assert.ok(bomb.length < LARGEST, `${bomb.length}`);
    const { status, body } = await bring({ files: [await brought('bomb.csv.gz', bomb)], dryRun: true });
    assert.deepEqual([status, body.code], [422, 'file-too-large']);
  });

  test('too large, said or not -> refused, nothing kept', async () => {
    const before = kept();
    const large = 'x'.repeat(LARGEST + 1);
    const said = await upload('large.csv', large);
    assert.deepEqual([said.status, said.body.code], [413, 'body-too-large']);
    const chunked = await upload('large.csv', large, { 'transfer-encoding': 'chunked' });
    assert.deepEqual([chunked.status, chunked.body.code], [413, 'body-too-large']);
    assert.match(chunked.body.detail, /at most 65536 bytes/);
    assert.deepEqual(kept(), before);
    assert.equal((await upload('full.csv', 'x'.repeat(LARGEST))).status, 201);
  });

  test('broken off in the middle -> nothing kept', async () => {
    const before = kept();
    for (const length of ['content-length: 5000', 'transfer-encoding: chunked']) {
      const socket = connect(scene.server.port, '127.0.0.1');
      const head = `POST /api/uploads?name=x.csv HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/octet-stream\r\n${length}\r\n\r\n`;
      socket.write(`${head}${length.startsWith('t') ? '5\r\nhello\r\n' : 'hello'}`);
      while (!kept().some((name) => name.endsWith('.part'))) await new Promise(setImmediate);
      socket.destroy();
      while (kept().some((name) => name.endsWith('.part'))) await new Promise(setImmediate);
    }
    assert.deepEqual(kept(), before);
  });

  function begin({ server }: ServerScene, length: number): Socket {
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      `POST /api/uploads?name=slow.csv HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/octet-stream\r\ncontent-length: ${length}\r\n\r\nx`,
    );
    return socket;
  }

  test('one that takes longer than a request may -> kept; any other request is cut as before', async (t) => {
    const short = await openScene({ world: scene.world, patience: { requestMs: 1_000, checkMs: 100 } }, place.home);
    t.after(() => short.close());
    const slow = begin(short, 12);
    const answer = new Promise<string>((resolve) => slow.once('data', (part) => resolve(part.toString())));
    // Twice as long as a request has, with the look for it in between.
    for (let k = 1; k < 12; k++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      slow.write('x');
    }
    assert.match(await answer, /^HTTP\/1\.1 201 /);
    slow.destroy();
    const request = connect(short.server.port, '127.0.0.1');
    request.write('POST /api/data/import HTTP/1.1\r\nhost: 127.0.0.1\r\n');
    request.write('content-type: application/json\r\ncontent-length: 8\r\n\r\n{');
    const told = await new Promise<string>((resolve) => request.once('data', (part) => resolve(part.toString())));
    assert.match(told, /^HTTP\/1\.1 408 /);
    request.destroy();
  });

  test('one that falls silent -> cut, nothing kept', async (t) => {
    const short = await openScene({ world: scene.world, patience: { silenceMs: 300 } }, place.home);
    t.after(() => short.close());
    const silent = begin(short, 8);
    await new Promise((resolve) => silent.once('close', resolve).resume());
    while (kept().some((name) => name.endsWith('.part'))) await new Promise(setImmediate);
    assert.deepEqual(kept(), []);
  });

  test('one that goes on after it was refused -> hears why, and is cut', async (t) => {
    const short = await openScene({ world: scene.world, patience: { silenceMs: 300 } }, place.home);
    t.after(() => short.close());
    const socket = connect(short.server.port, '127.0.0.1');
    const part = 'x'.repeat(LARGEST);
    socket.write(
      'POST /api/uploads?name=x.csv HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/octet-stream\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    socket.on('error', () => undefined);
    for (let k = 0; k < 2; k++) socket.write(`${part.length.toString(16)}\r\n${part}\r\n`);
    const told = await new Promise<string>((resolve) => socket.once('data', (text) => resolve(text.toString())));
    assert.match(told, /^HTTP\/1\.1 413 /);
    const more = setInterval(() => socket.write('1\r\nx\r\n'), 20);
    await new Promise((resolve) => socket.once('close', resolve).resume());
    clearInterval(more);
    assert.deepEqual(kept(), []);
  });

  test('who hangs up while a file is looked at -> it is looked at no longer', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<AbortSignal>();
    const { isolate } = scene.world;
    Object.assign(scene.world, {
      isolate: ((_id, _given, { stop }) => {
        begin(stop);
        return new Promise((_, reject) =>
          stop.addEventListener('abort', () => reject(new Failure('interrupted', 'it was asked to stop'))),
        );
      }) as typeof isolate,
    });
    const body = JSON.stringify({ files: [`upload:${'0'.repeat(32)}/x.csv`], dryRun: true });
    const asked = request(`${scene.url}/api/data/import`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, agent: false },
    });
    asked.on('error', () => undefined);
    asked.end(body);
    const stop = await begun;
    asked.destroy();
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
    Object.assign(scene.world, { isolate });
  });

  test('the client -> uploads, by key, by nobody and by who signed in, and tells what was refused', async () => {
    const key = (await scene.key(['research'])).replace('Bearer ', '');
    for (const options of [{}, { key }]) {
      const client = createClient({ url: scene.url, ...options });
      assert.deepEqual(await client.uploadLimits(), { largestBytes: LARGEST, keptS: 86_400 });
      const { file, bytes } = await client.upload('a.csv', new Blob([csv(lines(4))]));
      assert.ok(bytes > 100);
      const { imports } = await client.call('data import', { files: [file], symbol: 'X:CLIENT' });
      assert.equal(imports[0]!.series.bars, 4);
      await assert.rejects(client.upload('a.csv', new Blob(['x'.repeat(LARGEST + 1)])), { code: 'body-too-large' });
      await assert.rejects(client.upload('../a.csv', new Blob(['x'])), { code: 'input-invalid' });
      client.close();
    }
    await addUser(scene, 'ann', ['research']);
    const { cookie } = await signIn(scene, 'ann');
    const client = createClient({
      url: scene.url,
      fetch: (url, init) =>
        fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), cookie, origin: scene.url } }),
    });
    assert.equal((await client.upload('b.csv', new Blob(['x']))).bytes, 1);
    client.close();
  });

  test('names that lead elsewhere -> refused, at the upload and at the import', async () => {
    const before = kept();
    for (const name of ['../../etc/passwd', 'a/b.csv', 'a\\b.csv', '..', '.', '', 'a\u0000.csv', 'x'.repeat(201)]) {
      const { status, body } = await upload(name, 'time');
      assert.deepEqual([status, body.code, body.details.field], [400, 'input-invalid', 'name'], name);
    }
    assert.deepEqual(kept(), before);
    const id = '0'.repeat(32);
    for (const text of [
      'upload:../../etc/passwd',
      `upload:${id}`,
      `upload:${id}/../x`,
      `upload:${id}/..`,
      'upload:x/y.csv',
    ]) {
      const { status, body } = await bring({ files: [text] });
      assert.deepEqual([status, body.code], [400, 'input-invalid'], text);
    }
    const unknown = await bring({ files: [`upload:${id}/x.csv`] });
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'upload-unknown']);
  });

  test('what is no upload -> a file of the machine, which takes the scope admin; so does one among uploads', async () => {
    const file = await brought('a.csv', csv(lines(3)));
    for (const files of [['/etc/passwd'], [file, '/etc/passwd'], ['./upload:x']]) {
      const { status, body } = await bring({ files });
      assert.deepEqual([status, body.code], [403, 'scope-missing'], files.join());
    }
    const job = await scene.command('/api/jobs/add', { operation: 'data-import', input: { files: [file] } }, 'job-1');
    assert.equal(job.status, 200, job.text);
    const refused = await scene.command(
      '/api/jobs/add',
      { operation: 'data-import', input: { files: ['/x'] } },
      'job-2',
    );
    assert.equal(refused.body.code, 'scope-missing');
  });

  test('other types of body -> refused here, and files are refused elsewhere', async () => {
    const json = await upload('a.csv', '{}', { 'content-type': 'application/json' });
    assert.deepEqual([json.status, json.body.code], [415, 'media-type-unsupported']);
    assert.match(json.body.detail, /application\/octet-stream/);
    const elsewhere = await scene.ask('/api/data/import', {
      ...{ method: 'POST', body: '{}' },
      headers: { 'content-type': 'application/octet-stream', 'idempotency-key': 'k' },
    });
    assert.deepEqual([elsewhere.status, elsewhere.body.code], [415, 'media-type-unsupported']);
    assert.equal((await scene.ask('/api/uploads', { method: 'DELETE' })).headers['allow'], 'GET, POST');
    const { body } = await scene.ask('/api/uploads');
    assert.deepEqual(body.data, { largestBytes: LARGEST, keptS: 86_400 });
  });

  test('in a thread of its own, as at any server -> read from where it lies', async () => {
    const file = await brought('thread.csv', csv(lines(4)));
    Object.assign(scene.world, { isolate: threads });
    const { status, body, text } = await bring({ files: [file], symbol: 'X:THREAD' });
    assert.equal(status, 200, text);
    assert.deepEqual([body.data.imports[0].inserted, kept().includes(file.slice(7, 39))], [4, false]);
  });
});

describe('the folder of uploads', () => {
  const place = newHome();
  after(() => place.remove());
  const folder = join(place.home, 'uploads');
  const uploads = (more: object = {}) => uploadsAt(folder, { largestBytes: 100, nowMs: () => Date.now(), ...more });
  async function* parts(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield Buffer.from(text);
  }

  test('a disk without room -> refused as full, nothing kept', async () => {
    const full = uploads({ reserveBytes: Number.MAX_SAFE_INTEGER });
    await assert.rejects(
      full.keep(parts('x'), 1),
      (error) => error instanceof UploadError && error.code === 'disk-full',
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  test('what says that the disk is full while it is written -> the same, nothing kept', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    }
    await assert.rejects(uploads().keep(failing(), null), { code: 'disk-full' });
    assert.deepEqual(readdirSync(folder), []);
  });

  test('fewer bytes than were said -> cut off, nothing kept', async () => {
    await assert.rejects(uploads().keep(parts('abc'), 4), { code: 'cut-off' });
    assert.deepEqual(readdirSync(folder), []);
  });

  test('what is older than a day, or half-written by what died -> swept; what is not ours stays', async () => {
    const { id } = await uploads().keep(parts('a', 'b'), 2);
    const { id: old } = await uploads().keep(parts('c'), null);
    const at = (name: string): string => join(folder, name);
    const { writeFileSync } = await import('node:fs');
    const dead = `${'d'.repeat(32)}.part`;
    for (const name of [dead, 'notes.txt']) writeFileSync(at(name), 'x');
    const hours = (count: number): Date => new Date(Date.now() - count * HOUR_MS);
    utimesSync(at(old), hours(25), hours(25));
    utimesSync(at(dead), hours(1), hours(1));
    utimesSync(at('notes.txt'), hours(100), hours(100));
    uploads().sweep();
    assert.deepEqual(readdirSync(folder).sort(), [id, 'notes.txt'].sort());
    assert.deepEqual([uploads().pathOf(id), uploads().pathOf(old), uploads().pathOf('../x')], [at(id), null, null]);
    uploads().remove('../notes.txt');
    assert.ok(existsSync(at('notes.txt')));
  });

  test('a ninth -> the oldest goes; a fifth at once -> refused', async () => {
    for (const name of readdirSync(folder)) uploads().remove(name);
    const kept = uploads();
    const ids: string[] = [];
    for (let k = 0; k < 9; k++) {
      const { id } = await kept.keep(parts('x'), 1);
      ids.push(id);
      const at = new Date(Date.now() - (100 - k) * 1000);
      utimesSync(join(folder, id), at, at);
    }
    assert.equal(kept.pathOf(ids[0]!), null);
    assert.ok(ids.slice(1).every((id) => kept.pathOf(id) !== null));
    const { promise, resolve } = Promise.withResolvers<void>();
    async function* waiting(): AsyncGenerator<Uint8Array> {
      await promise;
      yield Buffer.from('x');
    }
    const four = Array.from({ length: 4 }, () => kept.keep(waiting(), 1));
    await assert.rejects(kept.keep(parts('x'), 1), { code: 'too-many' });
    resolve();
    await Promise.all(four);
  });
});
