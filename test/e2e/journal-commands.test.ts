import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { sqliteJournals } from '../../src/adapters/sqlite/journals.ts';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { FAILURES } from '../../src/api/failures.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { AccountScene } from '../accounts/account-scene.ts';

const RECORDS = 40;

async function append(journal: Journal, from: number, count: number): Promise<void> {
  for (let k = from; k < from + count; k++)
    journal.append({ kind: 'note', atMs: 1_700_000_000_000 + k, payload: { k } });
  await journal.flush();
}

/** A scene with a journal `btc` of {@link RECORDS} records. `body` gets the open journal, which it may go on writing. */
async function within(body: (scene: AccountScene, journal: Journal) => Promise<void>): Promise<void> {
  const scene = new AccountScene();
  const journals = sqliteJournals({
    ...{ folder: join(scene.home, 'sessions'), homePath: join(scene.home, 'home.sqlite'), clock: systemClock() },
  });
  const journal = await journals.open('btc', { about: { test: true } });
  try {
    await append(journal, 1, RECORDS);
    await body(scene, journal);
  } finally {
    await journal.close();
    await journals.close();
    await scene.dispose();
  }
}

/** Changes what lies on the disk, behind everybody's back. */
function change(scene: AccountScene, sql: string): void {
  const db = new DatabaseSync(join(scene.home, 'sessions/btc.journal.sqlite'));
  for (const { name } of db.prepare("select name from sqlite_schema where type = 'trigger'").all())
    db.exec(`drop trigger "${String(name)}"`);
  db.exec(sql);
  db.close();
}

const everyByte = (scene: AccountScene): string =>
  readFileSync(join(scene.home, 'sessions/btc.journal.sqlite'), 'latin1');

describe('journal commands', () => {
  test('verify, backup: while the session writes -> what was durable, and the session goes on', () =>
    within(async (scene, journal) => {
      const first = await scene.run('journal verify btc');
      assert.deepEqual([first.records, first.head.seq], [RECORDS, RECORDS]);
      const writing = append(journal, RECORDS + 1, 500);
      const file = join(scene.folder, 'copy.jsonl');
      const { head } = await scene.run(`journal backup btc ${file}`);
      assert.ok(head.seq >= RECORDS);
      await writing;
      assert.equal((await scene.run('journal verify btc')).records, RECORDS + 500);
      const { records, head: whole } = await scene.run(`journal verify btc --at-least ${head.seq}:${head.hash}`);
      assert.ok(records >= head.seq && whole.seq === RECORDS + 500);
    }));

  test('verify: a record changed, one gone, the end cut off -> the first bad one is named, exit 8, not a byte repaired', () =>
    within(async (scene) => {
      const { head } = await scene.run('journal verify btc');
      change(scene, 'delete from record where seq > 35; pragma wal_checkpoint(truncate)');
      const cut = await scene.run('journal verify btc');
      assert.equal(cut.records, 35, 'a chain cannot tell by itself');
      const told = await scene.refusal(`journal verify btc --at-least ${head.seq}:${head.hash}`, 'journal-damaged');
      assert.match(told.message, /record 36 is cut short: expected at least 40, found 35 records/);
      change(
        scene,
        "update record set payload = replace(payload, '17', '71') where seq = 17; pragma wal_checkpoint(truncate)",
      );
      const before = everyByte(scene);
      const altered = await scene.refusal('journal verify btc', 'journal-damaged');
      assert.match(altered.message, /journal btc: record 17 is altered: .*the 16 records before it are intact/);
      assert.equal(FAILURES[altered.code].exit, 8);
      assert.deepEqual([altered.details['record'], altered.details['intact']], [17, 16]);
      await scene.refusal(`journal backup btc ${join(scene.folder, 'bad.jsonl')}`, 'journal-damaged');
      assert.equal(everyByte(scene), before);
      change(scene, 'delete from record where seq = 9');
      assert.match((await scene.refusal('journal verify btc', 'journal-damaged')).message, /record 9 is missing/);
    }));

  test('verify: bytes of the file overwritten in the middle -> the first record that cannot be read, those before it intact', () =>
    within(async (scene, journal) => {
      await append(journal, RECORDS + 1, 4_000);
      await journal.close();
      const path = join(scene.home, 'sessions/btc.journal.sqlite');
      const bytes = readFileSync(path);
      const middle = Math.floor(bytes.length / 2 / 4096) * 4096;
      writeFileSync(path, bytes.fill(0x5a, middle, middle + 4096));
      const failure = await scene.refusal('journal verify btc', 'journal-damaged');
      const { record, intact, fault } = failure.details;
      assert.equal(fault, 'unreadable');
      assert.equal(record, Number(intact) + 1);
      assert.ok(Number(intact) > RECORDS && Number(intact) < RECORDS + 4_000, `${String(intact)} records are intact`);
      assert.ok(readFileSync(path).equals(bytes), 'nothing was changed');
    }));

  test('restore: into another home -> the same chain; over a journal or a file -> refused', () =>
    within(async (scene) => {
      const file = join(scene.folder, 'copy.jsonl');
      const { head } = await scene.run(`journal backup btc ${file}`);
      assert.match(
        (await scene.refusal(`journal backup btc ${file}`, 'journal-exists')).message,
        /a path where nothing is/,
      );
      assert.match((await scene.refusal(`journal restore ${file}`, 'journal-exists')).hint, /another home/);
      const other = new AccountScene();
      try {
        const restored = await other.run(`journal restore ${file}`);
        assert.deepEqual(restored.head, head);
        assert.deepEqual((await other.run('journal verify btc')).head, head);
      } finally {
        await other.dispose();
      }
    }));

  test('restore: a file that is damaged, cut short, of a later version, none -> told with its line, nothing made', () =>
    within(async (scene) => {
      const file = join(scene.folder, 'copy.jsonl');
      await scene.run(`journal backup btc ${file}`);
      const text = readFileSync(file, 'utf8');
      const other = new AccountScene();
      const bad = join(other.folder, 'bad.jsonl');
      const restoring = async (changed: string, code: Parameters<AccountScene['refusal']>[1]) => {
        writeFileSync(bad, changed);
        const failure = await other.refusal(`journal restore ${bad}`, code);
        await other.refusal('journal verify btc', 'session-unknown');
        return failure.message;
      };
      try {
        assert.match(await restoring(text.replace('\\"k\\":12}', '\\"k\\":21}'), 'journal-damaged'), /line 13/);
        assert.match(
          await restoring(text.split('\n').slice(0, 20).join('\n'), 'journal-damaged'),
          /the end of the file/,
        );
        assert.match(await restoring('not a backup', 'journal-damaged'), /line 1/);
        for (const [session, createdAtMs, about] of [
          ['../../elsewhere', 5, 'null'],
          ['btc', 5, 'no JSON'],
          ['btc', 'today', 'null'],
          ['btc'],
        ]) {
          const hash = createHash('sha256')
            .update(`tradewright.journal/1\n${session}\n${createdAtMs}\n${about}`)
            .digest('hex');
          const forged = [
            ['tradewright.journal/1', session, createdAtMs, about],
            ['end', 0, hash],
          ];
          assert.match(
            await restoring(forged.map((line) => JSON.stringify(line)).join('\n'), 'journal-damaged'),
            /line 1: expected name of a session/,
          );
        }
        await restoring(text.replace(/tradewright\.journal\/\d+/, 'tradewright.journal/99'), 'journal-newer');
        await other.refusal('journal restore nothing.jsonl', 'file-not-found');
      } finally {
        await other.dispose();
      }
    }));

  test('a session that there is not -> those that there are', () =>
    within(async (scene) => {
      const failure = await scene.refusal('journal verify eth', 'session-unknown');
      assert.deepEqual(failure.details['expected'], ['btc']);
      await scene.refusal(`journal backup eth ${join(scene.folder, 'x')}`, 'session-unknown');
      await scene.refusal('journal verify ../etc', 'input-invalid');
    }));
});
