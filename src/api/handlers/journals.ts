import { formatTime } from '../../core/vocabulary/time.ts';
import { JournalError } from '../../ports/journal.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { World } from '../world.ts';

export async function journalVerify(
  { session, atLeast }: Input<'journal-verify'>,
  world: World,
): Promise<Output<'journal-verify'>> {
  const journals = await world.journals();
  const [seq = '', hash = ''] = atLeast?.split(':') ?? [];
  const verdict = await known(world, session, () =>
    journals.verify(session, ...(atLeast === undefined ? [] : [{ seq: Number(seq), hash }])),
  );
  if (verdict.intact) return { session, records: verdict.records, head: verdict.head };
  const { records, seq: bad, fault, found, expected } = verdict;
  throw new Failure(
    'journal-damaged',
    `journal ${session}: record ${bad} is ${fault.replaceAll('-', ' ')}: expected ${expected}, found ${found}; the ${records} records before it are intact`,
    {
      hint: 'Nothing was changed. Keep the file, and restore a backup into another home: tradewright journal restore <file> --home <folder>.',
      details: { session, record: bad, fault, found, expected, intact: records },
    },
  );
}

export async function journalBackup(
  { session, file }: Input<'journal-backup'>,
  world: World,
): Promise<Output<'journal-backup'>> {
  const journals = await world.journals();
  const head = await known(world, session, () => journals.backup(session, world.files.resolve(file)));
  return { session, file, head };
}

export async function journalRestore(
  { file }: Input<'journal-restore'>,
  world: World,
): Promise<Output<'journal-restore'>> {
  if (!world.files.exists(file))
    throw new Failure('file-not-found', `there is no file ${file}`, { details: { field: 'file', found: file } });
  const { session, createdAtMs, head } = await (await world.journals()).restore(world.files.resolve(file));
  return { session, begun: formatTime(createdAtMs), records: head.seq, head };
}

/** Says which sessions there are where this one is none. */
async function known<T>(world: World, session: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JournalError && error.code === 'absent')) throw error;
    const { journals } = await (await world.journals()).list();
    throw new Failure('session-unknown', `there is no session ${session}`, {
      details: { found: session, expected: journals.map((each) => each.session) },
    });
  }
}
