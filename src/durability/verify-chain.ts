import { JOURNAL_KINDS, JournalError, type JournalPosition, type JournalVerdict } from '../ports/journal.ts';
import { headerHash, recordHash, type StoredHeader, type StoredRecord, snapshotHash } from './chain.ts';
import type { JournalPlace } from './journal-place.ts';

/** Records that are read at a time. */
const PAGE = 512;

type Fault = Extract<JournalVerdict, { readonly intact: false }>;

/** Looks at every record from the header on, then at the snapshots. Changes nothing; see `Journals.verify`. */
export async function verifyChain(
  place: JournalPlace,
  header: StoredHeader,
  atLeast: JournalPosition | null,
): Promise<JournalVerdict> {
  const { session } = header;
  let seq = 0;
  let hash = headerHash(header);
  const fault = (kind: Fault['fault'], found: string, expected: string): Fault => ({
    ...{ intact: false, records: seq, seq: seq + 1 },
    ...{ fault: kind, found, expected },
  });
  const last = await place.newestSeq(session);
  const hashes = new Map<number, string>();
  const snapshots = await place.snapshots(session);
  const wanted = new Set(snapshots.map((each) => each.seq));
  let most = PAGE;
  while (seq < last) {
    let page: readonly StoredRecord[];
    try {
      page = await place.records(session, seq + 1, Math.min(most, last - seq));
    } catch (error) {
      if (!(error instanceof JournalError && error.code === 'damaged')) throw error;
      if (most === 1) return fault('unreadable', error.found, 'a record');
      // Those before the bad one can be read: it is found by reading fewer at a time.
      most >>= 1;
      continue;
    }
    if (page.length === 0) return fault('missing', 'nothing', `record ${seq + 1} of ${last}`);
    for (const record of page) {
      if (record.seq !== seq + 1) return fault('missing', `record ${record.seq}`, `record ${seq + 1}`);
      const expected = recordHash(hash, record);
      if (record.hash !== expected) return fault('altered', `hash ${record.hash}`, `hash ${expected}`);
      if (!JOURNAL_KINDS.includes(record.kind))
        return fault('altered', `kind ${record.kind}`, JOURNAL_KINDS.join(', '));
      if (record.seq === atLeast?.seq && record.hash !== atLeast.hash)
        return fault('altered', `hash ${record.hash}`, `hash ${atLeast.hash}, as it was known`);
      seq = record.seq;
      hash = record.hash;
      if (wanted.has(seq)) hashes.set(seq, hash);
    }
  }
  if (atLeast !== null && seq < atLeast.seq) return fault('cut-short', `${seq} records`, `at least ${atLeast.seq}`);
  for (const snapshot of snapshots) {
    const expected = snapshotHash(hashes.get(snapshot.seq) ?? '', snapshot);
    if (snapshot.hash !== expected)
      return {
        ...{ intact: false, records: seq, seq: snapshot.seq, fault: 'snapshot-altered' },
        ...{ found: `hash ${snapshot.hash}`, expected: `hash ${expected}` },
      };
  }
  return { intact: true, records: seq, head: { seq, hash } };
}
