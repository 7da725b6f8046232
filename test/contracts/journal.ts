import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { InvariantError } from '../../src/core/vocabulary/assert.ts';
import type { Json } from '../../src/core/vocabulary/json.ts';
import {
  type JournalDraft,
  JournalError,
  type JournalErrorCode,
  type JournaledIntent,
  type JournalRecord,
  type Journals,
  type Upcasters,
} from '../../src/ports/journal.ts';

/** What somebody with access to the rows could do. */
export interface JournalTampering {
  setPayload(session: string, seq: number, text: string): Promise<void>;
  remove(session: string, seq: number): Promise<void>;
  setSnapshot(session: string, seq: number, text: string): Promise<void>;
  /** What the session was begun with. */
  setAbout(session: string, text: string): Promise<void>;
  /** As a restore leaves it that was broken off after record `seq`. */
  breakRestore(session: string, seq: number): Promise<void>;
}

export interface JournalSubject {
  readonly journals: Journals;
  dispose(): Promise<void>;
}

/** A place that outlives the process. */
export interface StoredJournalSubject extends JournalSubject {
  /** The same place again, as another process would open it. */
  readonly reopen: (upcasters?: Upcasters) => Promise<Journals>;
  readonly tampering: JournalTampering;
}

const AT_MS = 1_795_200_000_000;

export function note(k: number): Exclude<JournalDraft, { kind: 'intent' }> {
  return { kind: 'note', atMs: AT_MS + k + 0.25, payload: { k, text: `número ${k}\n\u2028"\\` } };
}

export function intent(clientOrderId: string, epoch = 1): { kind: 'intent'; atMs: number; payload: JournaledIntent } {
  const order: Json = { symbol: 'BTCUSDT', side: 'buy', type: 'limit', quantity: '0.010', limit: '61837.10' };
  return {
    kind: 'intent',
    atMs: AT_MS,
    payload: {
      ...{ request: 'place', intent: 7, clientOrderId, order, verdict: { approved: true } },
      ...{ reservation: { USDT: '618.371' }, epoch, validUntilMs: AT_MS + 2_000 },
    },
  };
}

export async function recordsOf(journals: Journals, session: string, fromSeq?: number): Promise<JournalRecord[]> {
  const records: JournalRecord[] = [];
  for await (const record of journals.read(session, fromSeq)) records.push(record);
  return records;
}

/** For `assert.rejects`: a refusal of the journal with this code, and a message that says what to do. */
export function refusal(code: JournalErrorCode): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof JournalError, `${String(error)}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, /expected .+, found .+\. .+/s);
    return true;
  };
}

type Check<S> = (title: string, body: (subject: S, folder: string) => Promise<void>) => void;

function checkOf<S extends JournalSubject>(name: string, create: () => Promise<S>): Check<S> {
  return (title, body) => {
    test(`journal (${name}): ${title}`, async () => {
      const subject = await create();
      const folder = mkdtempSync(join(tmpdir(), 'tradewright-journal-'));
      try {
        await body(subject, folder);
      } finally {
        await subject.dispose();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  };
}

/** What every place that keeps journals must do. */
export function journalContract(name: string, create: () => Promise<JournalSubject>): void {
  const check = checkOf(name, create);

  check(
    'opened and broken off before a record -> begun anew with what is given next; with one, as it began',
    async ({ journals }) => {
      await (await journals.open('s1', { about: { cash: 1 } })).close();
      const begun = await journals.open('s1', { about: { cash: 2 } });
      assert.deepEqual((await journals.header('s1')).about, { cash: 2 });
      await begun.commit([note(1)]);
      await begun.close();
      const later = await journals.open('s1', { about: { cash: 3 } });
      await later.commit([note(2)]);
      await later.close();
      assert.deepEqual((await journals.header('s1')).about, { cash: 2 });
      const verdict = await journals.verify('s1');
      assert.ok(verdict.intact && verdict.records === 2, JSON.stringify(verdict));
    },
  );

  check('records of every kind -> read back in order, exactly, numbered without gaps', async ({ journals }) => {
    const journal = await journals.open('s1', { about: { build: 'b1', config: 'c1' } });
    assert.deepEqual([journal.head, journal.durable, journal.failure], [0, 0, null]);
    const payload = {
      type: 'bar-closed',
      feed: 0,
      open: 1e-7,
      high: 1e21,
      low: 0.1 + 0.2,
      close: -0,
      nested: [{ z: 1, a: null }],
    };
    assert.equal(journal.append({ kind: 'input', atMs: AT_MS, payload }), 1);
    assert.equal(await journal.commit([intent('s1o0a0'), { kind: 'outcome', atMs: AT_MS, payload: true }]), 2);
    assert.equal(journal.append({ kind: 'adjustment', atMs: AT_MS, payload: ['evidence'] }), 4);
    assert.equal(journal.append(note(5)), 5);
    await journal.close();
    const records = await recordsOf(journals, 's1');
    assert.deepEqual(
      records.map(({ seq, kind, v }) => [seq, kind, v]),
      [
        [1, 'input', 1],
        [2, 'intent', 1],
        [3, 'outcome', 1],
        [4, 'adjustment', 1],
        [5, 'note', 1],
      ],
    );
    assert.deepEqual(records[0]!.payload, { ...payload, close: 0 });
    assert.deepEqual(records[1]!.payload, intent('s1o0a0').payload);
    assert.deepEqual([records[4]!.atMs, records[4]!.payload], [note(5).atMs, note(5).payload]);
    assert.deepEqual(await recordsOf(journals, 's1', 4), records.slice(3));
    assert.deepEqual(await recordsOf(journals, 's1', 6), []);
    const { journals: infos, unreadable } = await journals.list();
    const { seq, hash } = records[4]!;
    assert.deepEqual(unreadable, []);
    assert.deepEqual(
      infos.map(({ session, about, head }) => ({ session, about, head })),
      [{ session: 's1', about: { build: 'b1', config: 'c1' }, head: { seq, hash } }],
    );
  });

  check('many callers at once -> every record once, in the order of the calls', async ({ journals }) => {
    const journal = await journals.open('s1');
    const firsts: Promise<number>[] = [];
    for (let k = 0; k < 300; k++) {
      firsts.push(journal.commit([note(3 * k), note(3 * k + 1)]));
      journal.append(note(3 * k + 2));
    }
    assert.deepEqual(
      await Promise.all(firsts),
      Array.from({ length: 300 }, (_, k) => 3 * k + 1),
    );
    await journal.close();
    const records = await recordsOf(journals, 's1');
    assert.deepEqual(
      records.map(({ seq, payload }) => [seq, payload]),
      Array.from({ length: 900 }, (_, k) => [k + 1, note(k).payload]),
    );
    assert.deepEqual(await journals.verify('s1'), { intact: true, records: 900, head: positionOf(records.at(-1)!) });
  });

  check('appended and left alone -> durable after a while', async ({ journals }) => {
    const journal = await journals.open('s1', { flushEveryMs: 1 });
    journal.append(note(0));
    for (let k = 0; k < 1_000 && journal.durable === 0; k++) await new Promise((resolve) => setTimeout(resolve, 2));
    assert.equal(journal.durable, 1);
    await journal.close();
  });

  check('a payload that is not JSON -> TypeError with the path, nothing taken', async ({ journals }) => {
    const journal = await journals.open('s1');
    const bad = { a: [1, { b: Number.NaN }] };
    assert.throws(() => journal.append({ kind: 'note', atMs: AT_MS, payload: bad }), /payload\.a\[1\]\.b is NaN/);
    const date = new Date(0) as unknown as Json;
    await assert.rejects(journal.commit([note(0), { kind: 'note', atMs: AT_MS, payload: date }]), /a Date instance/);
    assert.equal(journal.head, 0);
    assert.equal(await journal.commit([note(0)]), 1);
    await journal.close();
  });

  check('opened again -> goes on where it ended; a second writer fences the first one off', async ({ journals }) => {
    const first = await journals.open('s1');
    await first.commit([note(0), note(1)]);
    const second = await journals.open('s1');
    assert.equal(second.head, 2);
    assert.equal(await second.commit([note(2)]), 3);
    await assert.rejects(first.commit([note(99)]), refusal('fenced'));
    assert.throws(() => first.append(note(99)), refusal('fenced'));
    assert.equal(first.failure?.mayBeWritten, false);
    await assert.rejects(first.close(), refusal('fenced'));
    await second.close();
    assert.deepEqual(
      (await recordsOf(journals, 's1')).map((each) => each.payload),
      [0, 1, 2].map((k) => note(k).payload),
    );
  });

  check('closed -> later calls refused; closing again does nothing', async ({ journals }) => {
    const journal = await journals.open('s1');
    journal.append(note(0));
    await journal.close();
    await journal.close();
    assert.equal(journal.durable, 1);
    assert.throws(() => journal.append(note(1)), refusal('closed'));
    await assert.rejects(journal.commit([note(1)]), refusal('closed'));
    assert.equal((await recordsOf(journals, 's1')).length, 1);
  });

  check('records come faster than they are kept -> overrun, and the end of the writer', async ({ journals }) => {
    const journal = await journals.open('s1', { mostPending: 100 });
    assert.throws(() => {
      for (let k = 0; k < 1_000; k++) journal.append(note(k));
    }, refusal('overrun'));
    assert.equal(journal.head, 100);
    await assert.rejects(journal.flush(), refusal('overrun'));
    await assert.rejects(journal.close(), refusal('overrun'));
  });

  check('unknown session, or a name that is none -> refused', async ({ journals }) => {
    await assert.rejects(recordsOf(journals, 'nobody'), refusal('absent'));
    await assert.rejects(journals.verify('nobody'), refusal('absent'));
    for (const bad of ['', '../x', 'a b', 'x'.repeat(65)]) await assert.rejects(journals.open(bad), RangeError);
    assert.deepEqual(await journals.list(), { journals: [], unreadable: [] });
  });

  check('read while it is written -> what was durable at the call', async ({ journals }) => {
    const journal = await journals.open('s1');
    for (let k = 0; k < 2_000; k++) journal.append(note(k));
    await journal.flush();
    let count = 0;
    for await (const record of journals.read('s1', 11)) {
      assert.equal(record.seq, 11 + count++);
      if (count % 500 === 0) await journal.commit([note(-count)]);
    }
    assert.equal(count, 1_990);
    await journal.close();
  });

  check('snapshots -> the newest few kept, bound to the chain', async ({ journals }) => {
    const journal = await journals.open('s1');
    assert.deepEqual(await journals.snapshot('s1'), { newest: null, damaged: [] });
    for (let k = 0; k < 5; k++) {
      journal.append(note(k));
      await journal.saveSnapshot({
        seq: journal.head,
        takenAtMs: AT_MS + k,
        state: { v: 1, k, big: 'x'.repeat(100_000) },
      });
    }
    assert.equal(journal.durable, 5, 'a snapshot is never ahead of its records');
    const { newest, damaged } = await journals.snapshot('s1');
    assert.deepEqual(
      [newest!.seq, newest!.takenAtMs, (newest!.state as { k: number }).k, damaged],
      [5, AT_MS + 4, 4, []],
    );
    await assert.rejects(journal.saveSnapshot({ seq: 6, takenAtMs: AT_MS, state: {} }), InvariantError);
    assert.equal((await journals.verify('s1')).intact, true);
    await journal.close();
  });

  check(
    'backup while it is written, restored elsewhere -> the same chain, and it goes on',
    async ({ journals }, folder) => {
      const journal = await journals.open('s1', { about: 'here' });
      for (let k = 0; k < 3_000; k++) journal.append(note(k));
      await journal.flush();
      await journal.saveSnapshot({ seq: 1_500, takenAtMs: AT_MS, state: { at: 1_500 } });
      const path = join(folder, 's1.jsonl');
      const backup = journals.backup('s1', path);
      for (let k = 3_000; k < 3_100; k++) await journal.commit([note(k)]);
      const position = await backup;
      assert.ok(position.seq >= 3_000 && position.seq <= 3_100);
      await assert.rejects(journals.backup('s1', path), refusal('present'));
      await assert.rejects(journals.restore(path), refusal('present'));
      await journal.close();
      const other = await create();
      try {
        const info = await other.journals.restore(path);
        assert.deepEqual([info.session, info.about, info.head], ['s1', 'here', position]);
        assert.deepEqual(await other.journals.verify('s1'), { intact: true, records: position.seq, head: position });
        assert.equal((await other.journals.snapshot('s1')).newest?.seq, 1_500);
        const again = await other.journals.open('s1');
        assert.equal(await again.commit([note(0)]), position.seq + 1);
        await again.close();
      } finally {
        await other.dispose();
      }
    },
  );

  check(
    'a backup that was cut short or altered -> refused at its line, nothing restored',
    async ({ journals }, folder) => {
      const journal = await journals.open('s1');
      for (let k = 0; k < 50; k++) journal.append(note(k));
      await journal.close();
      const path = join(folder, 's1.jsonl');
      await journals.backup('s1', path);
      const lines = readFileSync(path, 'utf8').split('\n');
      const other = await create();
      try {
        const bad: readonly (readonly [string, readonly string[], RegExp])[] = [
          ['cut', lines.slice(0, 30), /line 30/],
          ['torn', [...lines.slice(0, 30), lines[30]!.slice(0, 40)], /line 31/],
          ['altered', lines.map((line) => line.replace('número 20', 'numero 20')), /line 22/],
          ['swapped', lines.map((line, i) => (i === 10 ? lines[11]! : i === 11 ? lines[10]! : line)), /line 11/],
          ['longer', [...lines.slice(0, -1), lines[5]!], /line 53/],
          ['empty', [''], /line 1/],
        ];
        for (const [what, altered, where] of bad) {
          const file = join(folder, `${what}.jsonl`);
          writeFileSync(file, altered.join('\n'));
          await assert.rejects(
            other.journals.restore(file),
            (error: JournalError) => refusal('damaged')(error) && where.test(error.message),
            what,
          );
        }
        assert.deepEqual(await other.journals.list(), { journals: [], unreadable: [] });
      } finally {
        await other.dispose();
      }
      await assert.rejects(journals.restore(join(folder, 'none.jsonl')), refusal('absent'));
      assert.equal(existsSync(join(folder, 'none.jsonl')), false);
    },
  );
}

/** What a place must do that outlives the process: {@link journalContract}, and what was done to its rows in between. */
export function storedJournalContract(name: string, create: () => Promise<StoredJournalSubject>): void {
  journalContract(name, create);
  const check = checkOf(name, create);

  check('commit resolves -> durable, with everything before it', async ({ journals, reopen }) => {
    const journal = await journals.open('s1', { flushEveryMs: 3_600_000 });
    for (let k = 0; k < 10; k++) journal.append(note(k));
    assert.equal(journal.durable, 0);
    await journal.commit([intent('s1o0a0')]);
    assert.deepEqual([journal.head, journal.durable], [11, 11]);
    const other = await reopen();
    assert.equal((await recordsOf(other, 's1')).length, 11);
    await other.close();
    await journal.close();
  });
  check('an intent of another epoch than the fence -> a broken invariant', async ({ journals }) => {
    const journal = await journals.open('s1', { fence: { lease: 'a', epoch: 2 } });
    await assert.rejects(journal.commit([intent('x', 1)]), InvariantError);
    // Nobody holds the lease, so that no intent may be written; anything else may.
    assert.equal(await journal.commit([note(0)]), 1);
    await assert.rejects(journal.commit([note(1), intent('x', 2)]), refusal('fenced'));
    assert.equal((await recordsOf(journals, 's1')).length, 1, 'all of a commit or nothing');
    await assert.rejects(journal.close(), refusal('fenced'));
  });
  check(
    'payloads of an older version -> upcast step by step; of a newer one -> refused',
    async ({ journals, reopen }) => {
      const old = await journals.open('s1');
      await old.commit([note(1)]);
      await old.close();
      const upcasters: Upcasters = {
        note: [(p) => ({ ...(p as object), two: true }), (p) => ({ ...(p as object), three: true })],
      };
      const newer = await reopen(upcasters);
      const [before] = await recordsOf(newer, 's1');
      assert.deepEqual([before!.v, before!.payload], [1, { ...(note(1).payload as object), two: true, three: true }]);
      const writer = await newer.open('s1');
      await writer.commit([note(2)]);
      await writer.close();
      const [, after] = await recordsOf(newer, 's1');
      assert.deepEqual([after!.v, after!.payload], [3, note(2).payload]);
      assert.equal((await newer.verify('s1')).intact, true);
      await newer.close();
      await assert.rejects(journals.open('s1'), refusal('newer-version'));
      await assert.rejects(recordsOf(journals, 's1'), refusal('newer-version'));
    },
  );
  check(
    'a restore that was broken off -> not taken for the journal; restored again it is whole',
    async (subject, folder) => {
      const { journals, tampering } = subject;
      const journal = await journals.open('s1');
      for (let k = 0; k < 2_500; k++) journal.append(note(k));
      await journal.flush();
      await journal.saveSnapshot({ seq: 2_000, takenAtMs: AT_MS, state: { at: 2_000 } });
      await journal.close();
      const path = join(folder, 's1.jsonl');
      const position = await journals.backup('s1', path);
      await tampering.breakRestore('s1', 1_024);
      await assert.rejects(journals.open('s1'), refusal('damaged'));
      await assert.rejects(recordsOf(journals, 's1'), refusal('damaged'));
      assert.deepEqual((await journals.list()).unreadable.length, 1);
      assert.deepEqual((await journals.restore(path)).head, position);
      assert.deepEqual(await journals.verify('s1'), { intact: true, records: 2_500, head: position });
      assert.equal((await journals.snapshot('s1')).newest?.seq, 2_000);
    },
  );

  const write = async (journals: Journals, count: number): Promise<void> => {
    const journal = await journals.open('s1');
    for (let k = 0; k < count; k++) journal.append(note(k));
    await journal.flush();
    await journal.saveSnapshot({ seq: 5, takenAtMs: AT_MS, state: { at: 5 } });
    await journal.saveSnapshot({ seq: 8, takenAtMs: AT_MS, state: { at: 8 } });
    await journal.close();
  };

  check(
    'a record altered by hand -> verify and read point at it, opening does not repair it',
    async ({ journals, tampering }) => {
      await write(journals, 1_200);
      await tampering.setPayload('s1', 700, '{"k":0}');
      const verdict = await journals.verify('s1');
      assert.deepEqual(
        [verdict.intact, verdict.records, !verdict.intact && [verdict.seq, verdict.fault]],
        [false, 699, [700, 'altered']],
      );
      let read = 0;
      await assert.rejects(async () => {
        for await (const record of journals.read('s1')) read = record.seq;
      }, refusal('damaged'));
      assert.equal(read, 699);
      assert.equal((await recordsOf(journals, 's1', 701)).length, 500, 'what follows is chained to what was written');
      await (await journals.open('s1')).close();
      assert.deepEqual(await journals.verify('s1'), verdict);
    },
  );

  check('the newest record altered -> opening refused', async ({ journals, tampering }) => {
    await write(journals, 20);
    await tampering.setPayload('s1', 20, '{"k":0}');
    await assert.rejects(journals.open('s1'), refusal('damaged'));
    const { journals: infos, unreadable } = await journals.list();
    assert.deepEqual(
      [infos.length, unreadable.map((each) => [each.session, each.error.code])],
      [0, [['s1', 'damaged']]],
    );
  });

  check(
    'its beginning altered -> refused and told; where it is JSON still, a kill can read which account is meant',
    async ({ journals, tampering }) => {
      const begun = await journals.open('s1', { about: { cash: 100 } });
      await begun.commit([note(0)]);
      await begun.close();
      await (await journals.open('s2')).close();
      for (const [text, about] of [
        ['{"cash":900}', { cash: 900 }],
        ['{"cash":1\u0001', null],
      ] as const) {
        await tampering.setAbout('s1', text);
        await assert.rejects(journals.header('s1'), refusal('damaged'));
        await assert.rejects(recordsOf(journals, 's1'), refusal('damaged'));
        const { journals: whole, unreadable } = await journals.list();
        assert.deepEqual(
          [
            whole.map(({ session }) => session),
            unreadable.map((each) => [each.session, each.error.code, each.begun?.about]),
          ],
          [['s2'], [['s1', 'damaged', about ?? undefined]]],
        );
        const verdict = await journals.verify('s1');
        assert.deepEqual(!verdict.intact && [verdict.seq, verdict.fault], [1, 'altered']);
      }
    },
  );

  check(
    'a record removed -> told as missing; the end cut off -> told to whoever knows a later position',
    async ({ journals, tampering }) => {
      await write(journals, 30);
      const known = positionOf((await recordsOf(journals, 's1')).at(-1)!);
      assert.equal((await journals.verify('s1', known)).intact, true);
      await tampering.remove('s1', 30);
      assert.equal((await journals.verify('s1')).intact, true, 'a chain alone cannot know');
      const cut = await journals.verify('s1', known);
      assert.deepEqual([!cut.intact && [cut.seq, cut.fault]], [[30, 'cut-short']]);
      await tampering.remove('s1', 12);
      const gap = await journals.verify('s1');
      assert.deepEqual([!gap.intact && [gap.seq, gap.fault, gap.records]], [[12, 'missing', 11]]);
      await assert.rejects(recordsOf(journals, 's1'), refusal('damaged'));
    },
  );

  check('a chain that was computed anew -> told to whoever knows a position of the true one', async ({ journals }) => {
    await write(journals, 10);
    const verdict = await journals.verify('s1', { seq: 4, hash: '0'.repeat(64) });
    assert.deepEqual([!verdict.intact && [verdict.seq, verdict.fault]], [[4, 'altered']]);
  });

  check('a snapshot altered -> the one before it is given, and verify tells', async ({ journals, tampering }) => {
    await write(journals, 10);
    await tampering.setSnapshot('s1', 8, '{"at":9}');
    const { newest, damaged } = await journals.snapshot('s1');
    assert.deepEqual([newest?.state, damaged], [{ at: 5 }, [8]]);
    const verdict = await journals.verify('s1');
    assert.deepEqual([!verdict.intact && [verdict.seq, verdict.fault]], [[8, 'snapshot-altered']]);
  });
}

function positionOf({ seq, hash }: JournalRecord): { seq: number; hash: string } {
  return { seq, hash };
}
