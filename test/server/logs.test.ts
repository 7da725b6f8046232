import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openLog } from '../../src/adapters/pino/logs.ts';
import { makeKey } from '../../src/api/http/access.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';

import { Secret } from '../../src/core/vocabulary/secret.ts';
import type { LogFields } from '../../src/ports/logs.ts';
import { pause } from '../stand-ins/loopback.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradewright-logs-'));
after(() => rmSync(folder, { recursive: true }));

const filesOf = (name: string): string[] => readdirSync(folder).filter((file) => file.startsWith(`${name}.`));
// biome-ignore lint/suspicious/noExplicitAny: lines of all kinds
const linesOf = (name: string): any[] =>
  filesOf(name).flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  );

describe('logs', () => {
  test('lines of modules -> JSON with time, level, module, correlation; below the level nothing', async () => {
    const log = await openLog('plain', { session: 'btc' }, { level: 'info', folder, size: '1m' });
    log.of('feed').write('warn', 'feed-state-changed', { symbol: 'BTCUSDT', state: 'stale', ageMs: 5 });
    log.of('http').write('info', 'answered', { correlation: 'trace-1', status: 200 });
    log.write('debug', 'too-much');
    await log.close();
    const [feed, http, ...more] = linesOf('plain');
    assert.deepEqual(more, []);
    assert.match(feed.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.match(feed.correlation, /^[0-9a-f-]{36}$/);
    const { time: _time, correlation: _correlation, ...rest } = feed;
    assert.deepEqual(rest, {
      ...{ level: 'warn', module: 'feed', session: 'btc', symbol: 'BTCUSDT', state: 'stale', ageMs: 5 },
      what: 'feed-state-changed',
    });
    assert.deepEqual([http.correlation, http.status, http.module], ['trace-1', 200, 'http']);
    assert.equal(statSync(join(folder, filesOf('plain')[0]!)).mode & 0o077, 0, 'for its owner only');
  });

  test('fields that are not on the list, secrets, keys within texts, line ends -> none of them', async () => {
    const { text: key } = makeKey();
    const log = await openLog('secrets', {}, { level: 'info', folder, size: '1m' });
    const fields = { apiSecret: 'canary-1', headers: { a: 'canary-2' }, text: new Secret('canary-3') };
    log.write('info', 'a', fields as unknown as LogFields);
    log.write('info', 'b', { reason: `Bearer ${key} and ${key} and whsec_Y2FuYXJ5LTQ=\n{"level":"error"}` });
    await log.close();
    const lines = linesOf('secrets');
    assert.equal(lines.length, 2);
    const told = JSON.stringify(lines);
    assert.doesNotMatch(told, /canary|Y2FuYXJ5|apiSecret/);
    assert.ok(!told.includes(key) && !told.includes(key.slice(12)));
    assert.match(lines[1].reason, /^\[secret\] and \[secret\] and \[secret\]/);
  });

  test('more than fits a few files -> the newest five are kept, in whole lines, also after a restart', async () => {
    for (let start = 0; start < 2; start++) {
      const log = await openLog('roll', {}, { level: 'info', folder, size: '4k' });
      for (let k = 0; k < 200; k++) {
        log.write('info', 'line', { seq: start * 200 + k, text: 'x'.repeat(200) });
        // A burst stays in one file, however large: the next one begins when all was written.
        if (k % 10 === 0) await pause(2);
      }
      await log.close();
    }
    const files = filesOf('roll');
    assert.ok(files.length >= 2 && files.length <= 6, files.join());
    const numbers = linesOf('roll').map(({ seq }) => Number(seq));
    assert.equal(Math.max(...numbers), 399);
    assert.ok(Math.min(...numbers) > 200, 'the oldest are gone');
  });

  test('nothing set -> no file and no line; home -> below home', async () => {
    for (const [env, expected] of [
      [{}, false],
      [{ TRADEWRIGHT_LOG: 'home' }, true],
    ] as const) {
      const home = join(folder, `home-${expected}`);
      const world = compose(readConfig({ home }, env, folder));
      const log = await world.logs.open('x');
      log.write('info', 'line');
      await log.close();
      await world.close();
      assert.equal(readdirSync(folder).includes(`home-${expected}`), expected);
      if (expected) assert.deepEqual(readdirSync(join(home, 'logs')), ['x.1.log']);
    }
  });
});
