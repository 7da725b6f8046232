import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { storedJournalContract } from '../../../test/contracts/journal.ts';
import { systemClock } from '../system/clock.ts';
import { sqliteJournals } from './journals.ts';

const clock = systemClock();

storedJournalContract('SQLite', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-journals-'));
  const options = { clock, folder: join(home, 'journals'), homePath: join(home, 'home.sqlite') };
  const journals = sqliteJournals(options);
  const change = async (session: string, statement: string, ...values: (string | number)[]): Promise<void> => {
    const db = new DatabaseSync(join(options.folder, `${session}.journal.sqlite`));
    db.exec('drop trigger if exists record_update; drop trigger if exists record_delete');
    db.prepare(statement).run(...values);
    db.close();
  };
  return {
    journals,
    reopen: async (upcasters) => sqliteJournals({ ...options, ...(upcasters && { upcasters }) }),
    tampering: {
      setPayload: (session, seq, text) => change(session, 'update record set payload = ? where seq = ?', text, seq),
      remove: (session, seq) => change(session, 'delete from record where seq = ?', seq),
      async breakRestore(session, seq) {
        await change(session, 'delete from record where seq > ?', seq);
        await change(session, 'delete from snapshot where seq > ?', seq);
        await change(session, 'update journal set is_whole = 0');
      },
      setSnapshot: (session, seq, text) => change(session, 'update snapshot set state = ? where seq = ?', text, seq),
      setAbout: (session, text) => change(session, 'update journal set about = ?', text),
    },
    async dispose() {
      await journals.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
});
