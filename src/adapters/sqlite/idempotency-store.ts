import type { Clock } from '../../ports/clock.ts';
import type { IdempotencyStore } from '../../ports/idempotency.ts';
import { inTransaction } from './database.ts';
import { openHomeAccess } from './home-access.ts';

const KEPT_MS = 86_400_000;

/** Requests and their answers in the home database; several servers may share it. Throws LatchError (`ports/latches.ts`). */
export function openSqliteIdempotency(homePath: string, clock: Clock): IdempotencyStore {
  const { db, told } = openHomeAccess(homePath);
  const expire = db.prepare('delete from idempotent_request where at_ms < ?');
  const find = db.prepare('select * from idempotent_request where client = ? and key = ?');
  const insert = db.prepare('insert into idempotent_request values (?, ?, ?, ?, null, null)');
  const finish = db.prepare('update idempotent_request set status = ?, body = ? where client = ? and key = ?');
  const remove = db.prepare('delete from idempotent_request where client = ? and key = ?');
  return {
    begin: (client, key, requestHash) =>
      told(() =>
        inTransaction(db, () => {
          const nowMs = clock.nowMs();
          expire.run(nowMs - KEPT_MS);
          const row = find.get(client, key);
          if (row === undefined) {
            insert.run(client, key, requestHash, nowMs);
            return { kind: 'new' };
          }
          if (row['request_hash'] !== requestHash) return { kind: 'different' };
          if (row['status'] === null) return { kind: 'unfinished' };
          return { kind: 'answered', answer: { status: Number(row['status']), body: String(row['body']) } };
        }),
      ),
    finish: (client, key, { status, body }) => void told(() => finish.run(status, body, client, key)),
    forget: (client, key) => void told(() => remove.run(client, key)),
    close: async () => db.close(),
  };
}
