import { parseTime } from '../../core/vocabulary/time.ts';
import { COMPARISONS, type ColumnSpec, type Condition, tableSpec } from '../../ports/stored-tables.ts';
import { replayJournal } from '../../session/replay-journal.ts';
import { StoredSession } from '../../session/stored-session.ts';
import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { Call, World } from '../world.ts';
import { coreOf } from './core-of-session.ts';
import { factsOf, writeRows } from './follow-session.ts';
import { loadStrategy } from './load-strategy.ts';
import { lookedAt } from './looked-at.ts';
import { running } from './run.ts';
import { isSessionAbout, type SessionAbout } from './session-about.ts';

/** Who runs a session writes its rows every two seconds. */
const LOOK_MS = 2_000;

/** Reads a stored table. Rows of sessions that have ended are made first where they are missing or behind. */
export async function query(input: Input<'query'>, world: World, call: Call): Promise<Output<'query'>> {
  const spec = tableSpec(input.table);
  const isOfSessions = spec.columns.some(({ name }) => name === 'session');
  if (input.session !== undefined && !isOfSessions)
    throw new Failure('input-invalid', `session: ${input.table} has no sessions`, { details: { field: 'session' } });
  const where = input.where.map((text) => condition(text, spec.columns));
  if (input.session !== undefined) where.push({ column: 'session', is: '=', value: input.session });
  if (isOfSessions) await catchUp(input.session, world, call);
  return lookedAt(input, world, call, LOOK_MS, async () => {
    const rows = await (await world.storedTables()).select(input.table, where, input.limit);
    return {
      table: input.table,
      columns: spec.columns.map(({ name, kind }) => ({ name, kind })),
      rows: rows.map((row) => ({ ...row })),
    };
  });
}

/** `profit<0`, `strategy=sma-cross`, `at_ms>=2024-01-31`. */
export function condition(text: string, columns: readonly ColumnSpec[]): Condition {
  const match = /^\s*([a-z_]+)\s*(<=|>=|!=|=|<|>)\s*(.*?)\s*$/s.exec(text);
  if (match === null)
    throw new Failure(
      'input-invalid',
      `where: expected a column, one of ${COMPARISONS.join(' ')} and a value, found ${JSON.stringify(text)}`,
      {
        details: { field: 'where', found: text },
      },
    );
  const [, name, is, value] = match as unknown as [string, string, Condition['is'], string];
  const column = columns.find((each) => each.name === name);
  if (column) return { column: name, is, value: cellOf(column, value) };
  const names = columns.map((each) => each.name);
  const near = closest(name, names);
  throw new Failure(
    'input-invalid',
    `where: there is no column ${name}${near === null ? '' : `; did you mean ${near}?`}`,
    {
      hint: `Columns are ${names.join(', ')}.`,
      details: { field: 'where', found: name, expected: names },
    },
  );
}

function cellOf({ name, kind }: ColumnSpec, text: string): Condition['value'] {
  const wrong = (expected: string): Failure =>
    new Failure('input-invalid', `where: ${name}: expected ${expected}, found ${JSON.stringify(text)}`, {
      details: { field: 'where', found: text },
    });
  if (kind === 'text' || kind === 'json') return text;
  if (kind === 'flag') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw wrong('true or false');
  }
  const number = text === '' ? Number.NaN : Number(text);
  if (Number.isFinite(number)) return number;
  const time = kind === 'time' ? parseTime(text) : null;
  if (time !== null) return time;
  throw wrong(kind === 'time' ? 'a time such as 2024-01-31T13:05Z, or epoch milliseconds' : 'a number');
}

/** Makes the rows of sessions that nobody runs and whose tables do not stand where their journals end. */
async function catchUp(only: string | undefined, world: World, call: Call): Promise<void> {
  const { journals } = await (await world.journals()).list();
  const tables = await world.storedTables();
  const locks = await world.sessionLocks();
  for (const { session, about, head, createdAtMs } of journals) {
    if ((only !== undefined && session !== only) || !isSessionAbout(about) || head.seq === 0) continue;
    const [line] = await tables.select('sessions', [{ column: 'session', is: '=', value: session }], 1);
    if (line !== undefined && line['begun_at_ms'] === createdAtMs && line['follows'] === head.seq) continue;
    const lock = await locks.take(session);
    // Who runs it keeps its rows.
    if (lock === null) continue;
    try {
      if (line !== undefined && line['begun_at_ms'] !== createdAtMs) await tables.forget(session);
      await rebuild(session, about as unknown as SessionAbout, createdAtMs, world);
    } catch (error) {
      call.warn({
        code: 'rows-behind',
        message: `rows of session ${session} could not be made from its journal: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'What is shown of it is as it was written before, or missing.',
      });
    } finally {
      await lock.release();
    }
  }
}

async function rebuild(session: string, about: SessionAbout, begunAtMs: number, world: World): Promise<void> {
  const loaded = await loadStrategy(about.strategyName, world);
  if (loaded.codeHash !== about.codeHash)
    throw new Failure('session-different', `${about.strategyName} has changed since`, {
      details: { session, expected: about.codeHash, found: loaded.codeHash },
    });
  const core = running([loaded], world, () => coreOf(session, about, loaded));
  const journals = await world.journals();
  const { records } = await replayJournal(core, journals.read(session), (body) => world.strategyFiles.sealed(body));
  const environment = about.account?.environment ?? 'paper';
  const rows = new StoredSession(core, factsOf({ name: session, about, loaded, core, environment, begunAtMs })).take(
    records,
  );
  await writeRows(await world.storedTables(), rows);
}
