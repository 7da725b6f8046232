import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { intent, note, recordsOf, refusal, storedJournalContract } from '../../../test/contracts/journal.ts';
import { crashLoop } from '../../../test/contracts/journal-crash.ts';
import { openJournals } from '../../../test/fixtures/journal-place.ts';
import { type PostgresScene, postgresScene } from '../../../test/fixtures/postgres-schema.ts';
import { postgresMissing } from '../../../test/servers/postgres.ts';
import { acquireLease } from '../../durability/held-lease.ts';
import type { JournalError, Upcasters } from '../../ports/journal.ts';
import type { LeaseError } from '../../ports/lease.ts';
import type { VaultError } from '../../ports/secret-vault.ts';
import { systemClock } from '../system/clock.ts';
import { openPostgresJournals } from './journals.ts';
import { openPostgresLeaseStore } from './lease-store.ts';
import { openPostgresVault } from './vault.ts';

const clock = systemClock();
const skip = postgresMissing;

if (skip !== false) test('journal (PostgreSQL)', { skip }, () => {});
else
  storedJournalContract('PostgreSQL', async () => {
    const scene = await postgresScene('journal');
    const { schema, direct, url } = scene;
    const journals = await openPostgresJournals(url, { clock, schema });
    const change = async (text: string, ...values: readonly unknown[]): Promise<void> => {
      await scene.sql('alter table %s.journal_record disable trigger all');
      await scene.sql(text, values);
    };
    return {
      journals,
      reopen: (upcasters?: Upcasters) =>
        openPostgresJournals(direct, { clock, schema, ...(upcasters && { upcasters }) }),
      tampering: {
        setPayload: (session, seq, text) =>
          change('update %s.journal_record set payload = $3 where session = $1 and seq = $2', session, seq, text),
        remove: (session, seq) => change('delete from %s.journal_record where session = $1 and seq = $2', session, seq),
        async breakRestore(session, seq) {
          await change('delete from %s.journal_record where session = $1 and seq > $2', session, seq);
          await change('delete from %s.journal_snapshot where session = $1 and seq > $2', session, seq);
          await change('update %s.journal set is_whole = false where session = $1', session);
        },
        setSnapshot: (session, seq, text) =>
          change('update %s.journal_snapshot set state = $3 where session = $1 and seq = $2', session, seq, text),
        setAbout: (session, text) => change('update %s.journal set about = $2 where session = $1', session, text),
      },
      async dispose() {
        await journals.close();
        await scene.dispose();
      },
    };
  });

const check = (title: string, body: (scene: PostgresScene) => Promise<void>): void => {
  test(`journal (PostgreSQL): ${title}`, { skip }, async () => {
    const scene = await postgresScene('journal');
    try {
      await body(scene);
    } finally {
      await scene.dispose();
    }
  });
};

check('the writer is killed over and over -> nothing acknowledged is lost or doubled', async ({ direct, schema }) => {
  const place = `${direct}#${schema}`;
  const journals = await openJournals(place);
  const records = await crashLoop(place, journals, 2);
  assert.ok(records > 20, `${records} records`);
  await journals.close();
});

check('the answer to a commit is lost -> found to be written, and written once', async ({ url, schema, wire }) => {
  const journals = await openPostgresJournals(url, { clock, schema });
  const journal = await journals.open('s1');
  for (let k = 0; k < 5; k++) {
    wire.loseAnswer();
    const first = await journal.commit([intent(`o${k}`), note(k)]);
    assert.equal(first, 2 * k + 1);
    assert.equal(wire.wasCut, true);
  }
  await journal.close();
  assert.equal((await recordsOf(journals, 's1')).length, 10);
  assert.equal((await journals.verify('s1')).intact, true);
  await journals.close();
});

check('the wire is cut at any byte of a commit and heals -> written once', async ({ url, schema, wire }) => {
  const journals = await openPostgresJournals(url, { clock, schema });
  const journal = await journals.open('s1');
  let cuts = 0;
  for (let bytes = 0; bytes < 2_400; bytes += 400) {
    wire.cutAfter(bytes);
    const committed = journal.commit([intent(`o${bytes}`)]);
    setTimeout(() => wire.restore(), 60);
    await committed;
    if (wire.wasCut || bytes === 0) cuts++;
    wire.restore();
  }
  assert.ok(cuts >= 3, `${cuts} cuts`);
  await journal.close();
  const records = await recordsOf(journals, 's1');
  assert.equal(records.length, 6);
  assert.equal((await journals.verify('s1')).intact, true);
  await journals.close();
});

check('the server stays away -> outcome unknown; opened again, it tells', async ({ url, direct, schema, wire }) => {
  const journals = await openPostgresJournals(url, { clock, schema, patienceMs: 300 });
  const journal = await journals.open('s1');
  await journal.commit([note(0)]);
  wire.cutAfter(100);
  await assert.rejects(journal.commit([note(1)]), refusal('outcome-unknown'));
  assert.equal(journal.failure?.mayBeWritten, true);
  await assert.rejects(journal.close(), refusal('outcome-unknown'));
  await assert.rejects(journals.open('s1'), refusal('unavailable'));
  await journals.close();
  const again = await openPostgresJournals(direct, { clock, schema });
  const next = await again.open('s1');
  assert.ok(next.head === 1 || next.head === 2);
  await next.commit([note(2)]);
  await next.close();
  assert.equal((await again.verify('s1')).intact, true);
  await again.close();
});

check('another writer came while the server was away -> fenced, nothing of ours after its first', async (scene) => {
  const { url, direct, schema, wire } = scene;
  const journals = await openPostgresJournals(url, { clock, schema });
  const other = await openPostgresJournals(direct, { clock, schema });
  const journal = await journals.open('s1');
  await journal.commit([note(0)]);
  wire.cutAfter(50);
  const lost = journal.commit([note(1)]);
  lost.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 30));
  const theirs = await other.open('s1');
  await theirs.commit([note(100)]);
  wire.restore();
  await assert.rejects(lost, refusal('fenced'));
  const records = await recordsOf(other, 's1');
  assert.deepEqual(
    records.map((each) => each.payload),
    [note(0).payload, note(100).payload],
  );
  await theirs.close();
  await assert.rejects(journal.close(), refusal('fenced'));
  await other.close();
  await journals.close();
});

check('a server that does not wait for its disk by default -> it does for a journal', async ({ url, schema, sql }) => {
  const journals = await openPostgresJournals(url, { clock, schema });
  const journal = await journals.open('s1');
  assert.deepEqual(await sql('show synchronous_commit'), [{ synchronous_commit: 'off' }]);
  await sql(`create table %s.seen (setting text)`);
  await sql(
    `create function %s.look() returns trigger language plpgsql as
     'begin insert into %s.seen values (current_setting(''synchronous_commit'')); return new; end'`,
  );
  // At the commit, when it counts.
  await sql(
    `create constraint trigger look after insert on %s.journal_record deferrable initially deferred
     for each row execute function %s.look()`,
  );
  await journal.commit([note(0)]);
  assert.deepEqual(await sql('select setting from %s.seen'), [{ setting: 'on' }]);
  await journal.close();
  await journals.close();
});

check('by hand -> neither changed, deleted nor emptied', async ({ url, schema, sql }) => {
  const journals = await openPostgresJournals(url, { clock, schema });
  const journal = await journals.open('s1');
  await journal.commit([note(0)]);
  await journal.close();
  for (const text of [
    "update %s.journal_record set payload = '1'",
    'delete from %s.journal_record',
    'truncate %s.journal_record',
  ])
    await assert.rejects(sql(text), /only appended to/);
  await journals.close();
});

check('intents under a lease -> written while it is ours by the server’s clock', async ({ url, schema }) => {
  const store = await openPostgresLeaseStore(url, { schema });
  const outcome = await acquireLease({ store, clock, name: 'account', holder: 'a' });
  assert.ok(outcome.isGranted);
  const { lease } = outcome;
  const journals = await openPostgresJournals(url, { clock, schema });
  const journal = await journals.open('s1', { fence: { lease: 'account', epoch: lease.epoch } });
  assert.equal(await journal.commit([intent('o1', lease.epoch)]), 1);
  const { row } = await store.view('account');
  await store.take('account', row, 'b', { ...row!.terms, ttlMs: 0 });
  assert.equal(await journal.commit([note(1)]), 2);
  await assert.rejects(journal.commit([intent('o2', lease.epoch)]), refusal('fenced'));
  await assert.rejects(journal.close(), refusal('fenced'));
  const late = await journals.open('s1', { fence: { lease: 'account', epoch: 2 } });
  await assert.rejects(late.commit([intent('o3', 2)]), refusal('fenced'));
  await assert.rejects(late.close(), refusal('fenced'));
  await lease.release();
  await journals.close();
  await store.close();
});

check('no server, tables of a later version -> typed, without the password', async ({ url, schema, sql }) => {
  const nobody = 'postgres://me:CANARY@127.0.0.1:1/x?password=CANARY';
  const masterKey = { from: 'environment', variable: 'K' } as const;
  const opened: readonly ((address: string) => Promise<unknown>)[] = [
    (address) => openPostgresJournals(address, { clock, schema }),
    (address) => openPostgresLeaseStore(address, { schema }),
    (address) => openPostgresVault(address, { clock, schema, masterKey }),
  ];
  const codes = async (address: string): Promise<readonly string[]> =>
    Promise.all(
      opened.map(async (open) => {
        try {
          await open(address);
          return 'opened';
        } catch (error) {
          assert.doesNotMatch(`${inspect(error, { depth: 5 })}${JSON.stringify(error)}`, /CANARY/);
          const { name, code } = error as JournalError | LeaseError | VaultError;
          return `${name} ${code}`;
        }
      }),
    );
  assert.deepEqual(await codes(nobody), [
    'JournalError unavailable',
    'LeaseError unavailable',
    'VaultError unavailable',
  ]);
  await (await openPostgresLeaseStore(url, { schema })).close();
  await sql('insert into %s.schema_version (version) values (99)');
  assert.deepEqual(await codes(url), [
    'JournalError newer-version',
    'LeaseError newer-version',
    'VaultError newer-version',
  ]);
});
