import type { CommandOutcome } from '../core/vocabulary/commands.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hints } from '../ports/hints.ts';
import type { CommandBox, CommandNews, GivenCommand } from '../ports/session-control.ts';
import { maybe, type StateDatabase, type StateRow, words } from './state-database.ts';

/** How long answered commands stay: whoever gave one has looked long before. */
const KEPT_MS = 86_400_000;
const CLEAN_MS = 60_000;
/** Longest answer that is told with a hint, characters: a notice of PostgreSQL is of less than 8,000 bytes. */
const TOLD_CHARACTERS = 1_500;

/**
 * Commands for sessions in the state's database; several programs may share it. What is put and answered there is hinted at. Only that a command was
 * taken waits for the disk, as something follows from it; all that was written before it, its request (`stored-requests.ts`) too, is there with it.
 * Rejects with LatchError.
 */
export function storedCommands(
  { query, note }: Pick<StateDatabase, 'query' | 'note'>,
  hints: Hints,
  clock: Clock,
): CommandBox {
  const changed = async (
    write: StateDatabase['query'],
    statement: string,
    ...values: (string | number)[]
  ): Promise<boolean> => (await write(statement, ...values)).length > 0;
  let cleanAtMs = Number.NEGATIVE_INFINITY;
  const clean = async (): Promise<void> => {
    const nowMs = clock.elapsedMs();
    if (nowMs - cleanAtMs < CLEAN_MS) return;
    cleanAtMs = nowMs;
    await note('delete from @session_command where outcome is not null and asked_at_ms < @now - $1', KEPT_MS);
  };
  const tell = (news: CommandNews): void => hints.tell(JSON.stringify(news));
  return {
    async put({ session, command, actor, reason }) {
      await clean();
      const rows = await note(
        'insert into @session_command (session, command, actor, reason, asked_at_ms) values ($1, $2, $3, $4, @now) returning *',
        ...[session, JSON.stringify(command), actor, reason],
      );
      tell({ put: session });
      return givenOf(rows[0]!);
    },
    unanswered: async (session) =>
      (await query('select * from @session_command where session = $1 and outcome is null order by id', session)).map(
        givenOf,
      ),
    take: (id) =>
      changed(
        query,
        'update @session_command set taken_at_ms = @now where id = $1 and taken_at_ms is null and outcome is null returning id',
        id,
      ),
    async answer(id, outcome) {
      const text = JSON.stringify(outcome);
      const isAnswered = await changed(
        note,
        'update @session_command set outcome = $2 where id = $1 and outcome is null returning id',
        ...[id, text],
      );
      if (isAnswered) tell({ answered: id, ...(text.length > TOLD_CHARACTERS ? {} : { outcome }) });
      return isAnswered;
    },
    withdraw: (id, outcome) =>
      changed(
        note,
        'update @session_command set outcome = $2 where id = $1 and outcome is null and taken_at_ms is null returning id',
        ...[id, JSON.stringify(outcome)],
      ),
    async view(id) {
      const [row] = await query('select * from @session_command where id = $1', id);
      return row === undefined ? null : givenOf(row);
    },
    watch: (listener) =>
      hints.listen((hint) => {
        const news = newsOf(hint);
        if (news !== null) listener(news);
      }),
    close: () => hints.close(),
  };
}

/** Null for what another version of the program may have told. */
function newsOf(hint: string): CommandNews | null {
  try {
    const news = JSON.parse(hint) as Partial<Record<'put' | 'answered', unknown>> | null;
    const isNews = typeof news?.put === 'string' || typeof news?.answered === 'number';
    return isNews ? (news as unknown as CommandNews) : null;
  } catch {
    return null;
  }
}

function givenOf(row: StateRow): GivenCommand {
  const outcome = words(row['outcome']);
  return {
    id: Number(row['id']),
    session: String(row['session']),
    command: JSON.parse(String(row['command'])),
    actor: String(row['actor']),
    reason: String(row['reason']),
    askedAtMs: Number(row['asked_at_ms']),
    takenAtMs: maybe(row['taken_at_ms']),
    outcome: outcome === null ? null : (JSON.parse(outcome) as CommandOutcome),
  };
}
