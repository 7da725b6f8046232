import type { CommandOutcome } from '../../core/vocabulary/commands.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommandBox, GivenCommand } from '../../ports/session-control.ts';
import { openHomeAccess } from './home-access.ts';

type Columns = Readonly<Record<string, unknown>>;

/** Commands for sessions in the home database; several processes may write at once. Throws LatchError (`ports/latches.ts`). */
export function openSqliteCommandBox(homePath: string, clock: Clock): CommandBox {
  const { db, told } = openHomeAccess(homePath);
  const all = (statement: string, ...values: (string | number)[]): GivenCommand[] =>
    // To the last step, as that is the one that commits.
    told(() =>
      db
        .prepare(statement)
        .all(...values)
        .map(givenOf),
    );
  const isChanged = (statement: string, ...values: (string | number)[]): boolean =>
    all(statement, ...values).length > 0;
  return {
    put: async ({ session, command, actor, reason }) =>
      all(
        `insert into session_command (session, command, actor, reason, asked_at_ms) values (?, ?, ?, ?, ?) returning *`,
        ...[session, JSON.stringify(command), actor, reason, clock.nowMs()],
      )[0]!,
    unanswered: async (session) =>
      all('select * from session_command where session = ? and outcome is null order by id', session),
    take: async (id) =>
      isChanged(
        `update session_command set taken_at_ms = ? where id = ? and taken_at_ms is null and outcome is null returning *`,
        ...[clock.nowMs(), id],
      ),
    answer: async (id, outcome) =>
      isChanged(
        'update session_command set outcome = ? where id = ? and outcome is null returning *',
        ...[JSON.stringify(outcome), id],
      ),
    withdraw: async (id, outcome) =>
      isChanged(
        `update session_command set outcome = ? where id = ? and outcome is null and taken_at_ms is null returning *`,
        ...[JSON.stringify(outcome), id],
      ),
    view: async (id) => all('select * from session_command where id = ?', id)[0] ?? null,
    close: async () => db.close(),
  };
}

function givenOf(row: Columns): GivenCommand {
  const { taken_at_ms: takenAtMs, outcome } = row;
  return {
    id: Number(row['id']),
    session: String(row['session']),
    command: JSON.parse(String(row['command'])),
    actor: String(row['actor']),
    reason: String(row['reason']),
    askedAtMs: Number(row['asked_at_ms']),
    takenAtMs: takenAtMs === null ? null : Number(takenAtMs),
    outcome: outcome === null ? null : (JSON.parse(outcome as string) as CommandOutcome),
  };
}
