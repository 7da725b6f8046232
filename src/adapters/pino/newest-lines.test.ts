import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { LogQuery } from '../../ports/logs.ts';
import { openLog } from './logs.ts';
import { newestLines } from './newest-lines.ts';

const ALL: LogQuery = { level: 'debug', module: null, session: null, text: null, limit: 100 };

describe('newest lines of logs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-logs-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const whats = async (query: Partial<LogQuery>): Promise<string[]> =>
    (await newestLines(folder, { ...ALL, ...query })).map(({ what }) => what);

  test('of several logs, by level, module, session and text -> in the order of time, the newest of them', async () => {
    const setting = { level: 'debug', folder, size: '10m' } as const;
    const server = await openLog('server-1', {}, setting);
    const session = await openLog('session-btc', { session: 'btc' }, setting);
    const steps = [
      () => server.write('info', 'server-started', { url: 'http://127.0.0.1' }),
      () => session.of('feed').write('warn', 'feed-state-changed', { symbol: 'BTCUSDT', state: 'stale' }),
      () => server.of('http').write('debug', 'request-answered', { status: 200 }),
      () => session.write('error', 'order-refused', { reason: 'Position limit' }),
    ];
    for (const step of steps) {
      step();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await server.close();
    await session.close();
    assert.deepEqual(await whats({}), ['server-started', 'feed-state-changed', 'request-answered', 'order-refused']);
    assert.deepEqual(await whats({ level: 'warn' }), ['feed-state-changed', 'order-refused']);
    assert.deepEqual(await whats({ module: 'http' }), ['request-answered']);
    assert.deepEqual(await whats({ session: 'btc', limit: 1 }), ['order-refused']);
    assert.deepEqual(await whats({ text: 'position LIMIT' }), ['order-refused']);
    const [first] = await newestLines(folder, { ...ALL, module: 'feed' });
    assert.deepEqual(
      [first!.log, first!.level, first!.fields['symbol'], first!.fields['state']],
      ['session-btc', 'warn', 'BTCUSDT', 'stale'],
    );
  });

  test('cut, half written, not of a log, of a file of another name -> left out; a long file -> its end', async () => {
    const path = join(folder, 'long.1.log');
    const line = (what: string): string =>
      `${JSON.stringify({ level: 'info', time: '2030-01-01T00:00:00.000Z', module: 'main', what, text: 'x'.repeat(1_000) })}\n`;
    writeFileSync(path, line('oldest') + line('filler').repeat(3_000) + line('newest'));
    appendFileSync(path, 'no json\n{"level":"loud","time":"2030","module":"m","what":"w"}\n[1]\n{"level":"info","ti');
    writeFileSync(join(folder, 'notes.txt'), line('elsewhere'));
    const found = await whats({ limit: 5_000 });
    assert.equal(found.at(-1), 'newest');
    assert.ok(!found.includes('oldest') && !found.includes('elsewhere'));
  });

  test('no folder yet -> no lines', async () => {
    assert.deepEqual(await newestLines(join(folder, 'none'), ALL), []);
  });
});
