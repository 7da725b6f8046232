import type { Clock } from '../ports/clock.ts';
import type { Begun, IdempotencyStore } from '../ports/idempotency.ts';
import { first, maybe, type StateDatabase, type StateRow } from './state-database.ts';

const KEPT_MS = 86_400_000;
const CLEAN_MS = 60_000;
/** Who carries a request out says at least so often that it does; after it nobody waits for it any more. */
export const ALIVE_MS = 10_000;

/** Who begins requests here, and how to tell that who began another is certainly gone (`isProcessGone`). */
export interface RequestOwner {
  readonly holder: string;
  readonly isGone: (holder: string) => boolean;
}

/** Requests and their answers in the state's database; several servers may share it. */
export function storedRequests(
  { query, note }: Pick<StateDatabase, 'query' | 'note'>,
  clock: Clock,
  { holder, isGone }: RequestOwner,
): IdempotencyStore {
  let cleanAtMs = Number.NEGATIVE_INFINITY;
  const clean = async (): Promise<void> => {
    if (clock.elapsedMs() - cleanAtMs < CLEAN_MS) return;
    cleanAtMs = clock.elapsedMs();
    await query('delete from @idempotent_request where at_ms < @now - $1', KEPT_MS);
  };
  return {
    async begin(client, key, requestHash) {
      await clean();
      for (;;) {
        // One statement: of two servers that begin at once one is the first. What is older than a day is as if it were not there. It need not wait for the
        // disk: whatever is done for it waits, and is written after it (`StateDatabase.note`).
        const begun = await note(
          `insert into @idempotent_request as r values ($1, $2, $3, @now, null, null, $4, @now + $5)
           on conflict (client, key) do update set request_hash = excluded.request_hash, at_ms = excluded.at_ms, status = null, body = null,
             holder = excluded.holder, alive_until_ms = excluded.alive_until_ms
           where r.at_ms < @now - ${KEPT_MS} returning client`,
          ...[client, key, requestHash, holder, ALIVE_MS],
        );
        if (begun.length > 0) return { kind: 'new' };
        const row = first(
          await query(
            'select r.*, @now as now_ms from @idempotent_request r where client = $1 and key = $2',
            client,
            key,
          ),
        );
        // Null where it was forgotten in between: then it is ours to begin.
        if (row !== null) return begunOf(row, requestHash, isGone);
      }
    },
    async keep(client, key) {
      await query(
        'update @idempotent_request set alive_until_ms = @now + $4 where client = $1 and key = $2 and holder = $3 and status is null',
        ...[client, key, holder, ALIVE_MS],
      );
    },
    async finish(client, key, { status, body }) {
      // An answer that is lost with the machine leaves a request that was begun and never answered, which is what it is told as.
      await note(
        'update @idempotent_request set status = $3, body = $4 where client = $1 and key = $2',
        ...[client, key, status, body],
      );
    },
    async forget(client, key) {
      await note('delete from @idempotent_request where client = $1 and key = $2', client, key);
    },
    async abandon() {
      await query('update @idempotent_request set alive_until_ms = @now where holder = $1 and status is null', holder);
    },
  };
}

function begunOf(row: StateRow, requestHash: string, isGone: (holder: string) => boolean): Begun {
  if (row['request_hash'] !== requestHash) return { kind: 'different' };
  if (row['status'] !== null)
    return { kind: 'answered', answer: { status: Number(row['status']), body: String(row['body']) } };
  const isAlive = Number(row['now_ms']) < (maybe(row['alive_until_ms']) ?? 0) && !isGone(String(row['holder']));
  return { kind: isAlive ? 'under-way' : 'unfinished' };
}
