import {
  chainBatch,
  headerHash,
  type StoredRecord,
  type StoredSnapshot,
  snapshotHash,
} from '../../durability/chain.ts';
import { type JournalPlace, KEPT_SNAPSHOTS, type PlacedHeader } from '../../durability/journal-place.ts';
import { StoredJournals, type StoredJournalsOptions } from '../../durability/stored-journals.ts';
import { mergedVersions } from '../../durability/versions.ts';
import { JournalError, type Journals } from '../../ports/journal.ts';

interface Kept {
  header: PlacedHeader;
  writer: number;
  versions: string | null;
  readonly records: StoredRecord[];
  snapshots: StoredSnapshot[];
}

/** {@link Journals} that end with the process, for replays and for sessions of which nothing need be kept. Knows no leases. */
export function memoryJournals(options: StoredJournalsOptions): Journals {
  return new StoredJournals(memoryPlace(), options);
}

function memoryPlace(): JournalPlace {
  const journals = new Map<string, Kept>();
  const where = 'memory';
  const kept = (session: string): Kept => journals.get(session)!;
  return {
    where,
    sessions: async () => [...journals.keys()].sort(),
    header: async (session) => journals.get(session)?.header ?? null,
    records: async (session, fromSeq, most) => kept(session).records.slice(fromSeq - 1, fromSeq - 1 + most),
    newestSeq: async (session) => kept(session).records.length,
    snapshots: async (session) => kept(session).snapshots,
    async openSink({ session, createdAtMs, about }, { fence, versions, isRestore }) {
      const at = `journal ${session} in ${where}`;
      if (fence !== null)
        throw new JournalError('fenced', {
          where: at,
          found: `a fence by lease ${fence.lease}`,
          expected: 'none, as memory holds no leases',
          hint: 'Keep journals that send orders on disk.',
        });
      const header = { session, createdAtMs, about, isWhole: !isRestore };
      const journal = journals.get(session) ?? { header, writer: 0, versions: null, records: [], snapshots: [] };
      if (journal.records.length === 0) journal.header = { ...header, isWhole: journal.header.isWhole };
      journal.versions = mergedVersions(journal.versions, versions, at);
      journals.set(session, journal);
      const writer = ++journal.writer;
      const hashAt = (seq: number): string => journal.records[seq - 1]?.hash ?? headerHash(header);
      return {
        async write(batch) {
          if (journal.writer !== writer)
            throw new JournalError('fenced', {
              where: at,
              found: 'another writer',
              expected: 'to be the only one',
              hint: 'Stop one of the two.',
            });
          journal.records.push(...chainBatch(hashAt(batch.firstSeq - 1), batch));
        },
        async finishRestore() {
          journal.header = { ...journal.header, isWhole: true };
        },
        async writeSnapshot(snapshot) {
          const hash = snapshotHash(hashAt(snapshot.seq), snapshot);
          const others = journal.snapshots.filter((each) => each.seq !== snapshot.seq);
          journal.snapshots = [{ ...snapshot, hash }, ...others].sort((a, b) => b.seq - a.seq).slice(0, KEPT_SNAPSHOTS);
        },
        async close() {},
      };
    },
    async close() {},
  };
}
