import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { intent, note, recordsOf, refusal } from '../../../test/contracts/journal.ts';
import { crashLoop } from '../../../test/contracts/journal-crash.ts';
import { openJournals } from '../../../test/fixtures/journal-place.ts';
import { acquireLease } from '../../durability/held-lease.ts';
import { JournalError } from '../../ports/journal.ts';
import { systemClock } from '../system/clock.ts';
import { startJournalThread } from './journal-writer-thread.ts';
import { openSqliteLeaseStore } from './lease-store.ts';

async function inHome(body: (home: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-faults-'));
  try {
    await body(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const fileOf = (home: string): string => join(home, 'journals', 's1.journal.sqlite');

/** Runs `body` on a disk of 4 MB, where the machine lets us make one. */
function onSmallDisk(
  title: string,
  body: (disk: string, mount: (...options: string[]) => void) => Promise<void>,
): void {
  test(title, (t) =>
    inHome(async (home) => {
      const disk = join(home, 'disk');
      mkdirSync(disk);
      const mount = (...options: string[]): number | null => spawnSync('mount', [...options, disk]).status;
      if (mount('-t', 'tmpfs', '-o', 'size=4m', 'tmpfs') !== 0) {
        t.skip('small disk absent: only root may mount one');
        return;
      }
      try {
        await body(disk, (...options) => assert.equal(mount(...options), 0));
      } finally {
        spawnSync('umount', ['-l', disk]);
      }
    }),
  );
}

describe('journal file', () => {
  test('the writer is killed over and over -> nothing acknowledged is lost or doubled, the chain is whole', () =>
    inHome(async (home) => {
      const journals = await openJournals(home);
      const records = await crashLoop(home, journals, 4);
      assert.ok(records > 50, `${records} records`);
      await journals.close();
    }));

  test('power fails while the log is written: its end cut off or full of other bytes -> whole commits up to there', () =>
    inHome(async (home) => {
      const journals = await openJournals(home);
      const journal = await journals.open('s1');
      for (let k = 0; k < 30; k++) await journal.commit([note(2 * k), note(2 * k + 1)]);
      const [file, log] = [fileOf(home), `${fileOf(home)}-wal`];
      const size = statSync(log).size;
      const copy = join(home, 'copy');
      mkdirSync(join(copy, 'journals'), { recursive: true });
      const seen = new Set<number>();
      for (const [k, share] of [0, 0.2, 0.5, 0.71, 0.9, 0.99, 1].entries()) {
        copyFileSync(file, fileOf(copy));
        copyFileSync(log, `${fileOf(copy)}-wal`);
        rmSync(`${fileOf(copy)}-shm`, { force: true });
        truncateSync(`${fileOf(copy)}-wal`, Math.floor(size * share));
        if (k % 2 === 1) appendFileSync(`${fileOf(copy)}-wal`, Buffer.alloc(5_000, 0xa5));
        const torn = await openJournals(copy);
        if (share === 0) {
          assert.deepEqual((await torn.list()).journals, [], 'not even begun');
          await torn.close();
          continue;
        }
        const verdict = await torn.verify('s1');
        assert.equal(verdict.intact, true);
        assert.equal(verdict.records % 2, 0, 'commits are whole');
        seen.add(verdict.records);
        const again = await torn.open('s1');
        assert.equal(again.head, verdict.records);
        await again.commit([note(99)]);
        await again.close();
        assert.deepEqual(await torn.verify('s1').then((each) => each.records), verdict.records + 1);
        await torn.close();
      }
      assert.ok(seen.size >= 5 && seen.has(60), [...seen].join(' '));
      await journal.close();
      await journals.close();
    }));

  test('the file itself cut off, or overwritten in the middle -> damaged, told where', () =>
    inHome(async (home) => {
      const journals = await openJournals(home);
      const journal = await journals.open('s1');
      for (let k = 0; k < 3_000; k++) journal.append(note(k));
      await journal.close();
      await journals.close();
      const whole = readFileSync(fileOf(home));
      const bad = Buffer.from(whole);
      bad.fill(0x5a, Math.floor(whole.length / 2), Math.floor(whole.length / 2) + 4_096);
      writeFileSync(fileOf(home), bad);
      const page = await openJournals(home);
      const verdict = await page.verify('s1');
      assert.ok(!verdict.intact && verdict.seq > 100 && verdict.seq < 2_900, JSON.stringify(verdict));
      assert.ok(['unreadable', 'altered', 'missing'].includes(verdict.fault));
      await assert.rejects(recordsOf(page, 's1'), refusal('damaged'));
      await page.close();
      writeFileSync(fileOf(home), whole.subarray(0, Math.floor(whole.length / 2)));
      const cut = await openJournals(home);
      await assert.rejects(cut.open('s1'), refusal('damaged'));
      await cut.close();
      writeFileSync(fileOf(home), 'this is a text and not a database at all'.repeat(200));
      const text = await openJournals(home);
      await assert.rejects(text.open('s1'), refusal('damaged'));
      const { unreadable } = await text.list();
      assert.deepEqual(
        unreadable.map((each) => [each.session, each.error.code]),
        [['s1', 'damaged']],
      );
      await text.close();
    }));

  test('copies beside it, under names that no session can have or that another could -> it is read as ever, the other is not taken for a session', () =>
    inHome(async (home) => {
      const journals = await openJournals(home);
      const journal = await journals.open('s1');
      await journal.commit([note(0)]);
      await journal.close();
      for (const name of ['s1.bak', 's1 (copy)', 's2'])
        copyFileSync(fileOf(home), join(home, 'journals', `${name}.journal.sqlite`));
      const { journals: infos, unreadable } = await journals.list();
      assert.deepEqual(
        [infos.map(({ session }) => session), unreadable.map(({ session, begun }) => [session, begun])],
        [['s1'], [['s2', null]]],
      );
      assert.match(unreadable[0]!.error.message, /expected the journal of session s2, found that of session s1/);
      // Whoever went on with it would write to the journal of another session.
      await assert.rejects(journals.open('s2'), refusal('damaged'));
      await assert.rejects(journals.verify('s2'), refusal('damaged'));
      assert.deepEqual(await journals.verify('s1').then(({ records }) => records), 1);
      await journals.close();
    }));

  test('a folder that cannot be read -> not taken for one without sessions', () =>
    inHome(async (home) => {
      writeFileSync(join(home, 'journals'), 'a file where the folder should be');
      const journals = await openJournals(home);
      await assert.rejects(journals.list(), refusal('unavailable'));
      await journals.close();
    }));

  test('a folder of another user -> not taken for one without sessions, nor its journals for none', (t) =>
    inHome(async (home) => {
      if (process.getuid?.() !== 0) return t.skip('another user absent: only root may become one');
      const journals = await openJournals(home);
      await (await journals.open('s1')).close();
      chmodSync(home, 0o700);
      process.seteuid!(65_534);
      try {
        await assert.rejects(journals.list(), refusal('unavailable'));
        await assert.rejects(journals.header('s1'), refusal('read-only'));
      } finally {
        process.seteuid!(0);
      }
      await journals.close();
    }));

  test('a database without our tables -> damaged, and it hides no other', () =>
    inHome(async (home) => {
      const { DatabaseSync } = await import('node:sqlite');
      const journals = await openJournals(home);
      for (const name of ['s1', 's2']) {
        const journal = await journals.open(name);
        await journal.commit([note(0)]);
        await journal.close();
      }
      await journals.close();
      const db = new DatabaseSync(fileOf(home));
      db.exec('drop table record');
      db.close();
      const again = await openJournals(home);
      const { journals: infos, unreadable } = await again.list();
      assert.deepEqual(
        [infos.map(({ session }) => session), unreadable.map(({ session, error }) => [session, error.code])],
        [['s2'], [['s1', 'damaged']]],
      );
      await assert.rejects(again.verify('s1'), refusal('damaged'));
      await again.close();
    }));

  test('by hand -> neither changed nor deleted', () =>
    inHome(async (home) => {
      const { DatabaseSync } = await import('node:sqlite');
      const journals = await openJournals(home);
      const journal = await journals.open('s1');
      await journal.commit([note(0)]);
      await journal.close();
      const db = new DatabaseSync(fileOf(home));
      assert.throws(() => db.exec("update record set payload = '1'"), /only appended to/);
      assert.throws(() => db.exec('delete from record'), /only appended to/);
      db.close();
      await journals.close();
    }));

  onSmallDisk(
    'the disk fills up -> the commit that does not fit is refused whole; with room again it goes on',
    async (disk) => {
      const journals = await openJournals(disk);
      const journal = await journals.open('s1');
      let acknowledged = 0;
      const fill = { kind: 'note', atMs: 0, payload: 'x'.repeat(20_000) } as const;
      await assert.rejects(async () => {
        for (let k = 0; k < 1_000; k++) acknowledged = (await journal.commit([intent(`o${k}`), fill])) + 1;
      }, refusal('disk-full'));
      assert.equal(journal.failure?.mayBeWritten, false);
      await assert.rejects(journal.commit([note(0)]), refusal('disk-full'));
      await assert.rejects(journal.close(), refusal('disk-full'));
      assert.ok(acknowledged >= 20, `${acknowledged}`);
      assert.deepEqual(await journals.verify('s1').then(({ intact, records }) => [intact, records]), [
        true,
        acknowledged,
      ]);
      spawnSync('mount', ['-o', 'remount,size=16m', disk]);
      const again = await journals.open('s1');
      assert.equal(again.head, acknowledged);
      await again.commit([fill]);
      await again.close();
      await journals.close();
    },
  );

  onSmallDisk('a disk that is mounted read-only -> read and verified, not opened for writing', async (disk, mount) => {
    const before = await openJournals(disk);
    const journal = await before.open('s1');
    await journal.commit([note(0), note(1)]);
    await journal.close();
    await before.close();
    mount('-o', 'remount,ro');
    const journals = await openJournals(disk);
    await assert.rejects(journals.open('s1'), refusal('read-only'));
    await assert.rejects(journals.open('s2'), refusal('read-only'));
    assert.equal((await recordsOf(journals, 's1')).length, 2);
    assert.equal((await journals.verify('s1')).intact, true);
    await journals.close();
  });

  test('the thread dies in the middle -> the outcome is unknown, and stays so until the journal is opened again', () =>
    inHome(async (home) => {
      mkdirSync(join(home, 'journals'));
      const sink = await startJournalThread(
        {
          path: fileOf(home),
          where: 'journal s1',
          header: { session: 's1', createdAtMs: 1, about: 'null' },
          versions: { input: 1, intent: 1, outcome: 1, adjustment: 1, note: 1 },
          isRestore: false,
          fence: null,
        },
        systemClock(),
      );
      // No program of ours sends this; the thread breaks on it.
      const broken = { firstSeq: 1, count: 1, lines: undefined as unknown as string, isFenced: false };
      const unknown = (error: JournalError): boolean => refusal('outcome-unknown')(error) && error.mayBeWritten;
      await assert.rejects(sink.write(broken), unknown);
      await assert.rejects(sink.write(broken), unknown);
      await sink.close();
      const journals = await openJournals(home);
      const journal = await journals.open('s1');
      assert.equal(await journal.commit([note(0)]), 1);
      await journal.close();
      await journals.close();
    }));

  test('intents under a lease -> written while it is ours, refused once another has it or it has run out', () =>
    inHome(async (home) => {
      const clock = systemClock();
      const store = openSqliteLeaseStore(join(home, 'home.sqlite'), clock);
      const outcome = await acquireLease({ store, clock, name: 'account', holder: 'a' });
      assert.ok(outcome.isGranted);
      const { lease } = outcome;
      const journals = await openJournals(home);
      const fence = { lease: 'account', epoch: lease.epoch };
      const journal = await journals.open('s1', { fence });
      assert.equal(await journal.commit([intent('o1', lease.epoch)]), 1);
      const { row } = await store.view('account');
      await store.take('account', row, 'b', row!.terms);
      // What is no intent is no risk.
      assert.equal(await journal.commit([note(1)]), 2);
      await assert.rejects(journal.commit([intent('o2', lease.epoch)]), refusal('fenced'));
      await assert.rejects(journal.close(), JournalError);
      const { row: second } = await store.view('account');
      await store.take('account', second, 'c', { ...row!.terms, ttlMs: 0 });
      const late = await journals.open('s1', { fence: { lease: 'account', epoch: 3 } });
      await assert.rejects(late.commit([intent('o3', 3)]), refusal('fenced'));
      await assert.rejects(late.close(), JournalError);
      assert.equal((await recordsOf(journals, 's1')).length, 2);
      await lease.release();
      await journals.close();
      await store.close();
    }));
});
