import {
  chainBatch,
  headerHash,
  type StoredRecord,
  type StoredSnapshot,
  snapshotHash,
} from '../../src/durability/chain.ts';
import { type JournalPlace, KEPT_SNAPSHOTS, type PlacedHeader } from '../../src/durability/journal-place.ts';
import { mergedVersions } from '../../src/durability/versions.ts';
import { JournalError, type JournalErrorCode } from '../../src/ports/journal.ts';
import type { SimulatedClock } from '../simulated-world/clock.ts';
import type { Chance } from './chance.ts';
import { type FaultMix, strike } from './fault-mix.ts';
import type { LeaseRows } from './leases.ts';
import type { ProcessGate } from './process-gate.ts';
import type { RareEvents } from './rare-events.ts';

/** A record on the disk, with its place in the order of everything that happened. */
export interface KeptRecord extends StoredRecord {
  readonly tick: number;
  readonly life: number;
}

interface Kept {
  header: PlacedHeader;
  writer: number;
  versions: string | null;
  readonly records: KeptRecord[];
  snapshots: StoredSnapshot[];
}

/** The disk that outlives processes. */
export class Disk {
  readonly journals = new Map<string, Kept>();
  isFaulty = true;
  readonly #clock: SimulatedClock;
  readonly #chance: Chance;
  readonly #mix: FaultMix;
  readonly #rare: RareEvents;
  readonly #leases: LeaseRows;
  readonly #tick: () => number;

  constructor(
    clock: SimulatedClock,
    chance: Chance,
    mix: FaultMix,
    rare: RareEvents,
    leases: LeaseRows,
    tick: () => number,
  ) {
    this.#clock = clock;
    this.#chance = chance;
    this.#mix = mix;
    this.#rare = rare;
    this.#leases = leases;
    this.#tick = tick;
  }

  /** The disk as one process has it: what was not committed when it dies is lost, or not, as chance has it. */
  placeOf(life: number, gate: ProcessGate): JournalPlace {
    const kept = (session: string): Kept => this.journals.get(session)!;
    const read = <T>(take: () => T): Promise<T> =>
      new Promise((resolve) =>
        gate.leave(() => {
          this.#clock.after(this.#chance.between(0.1, 2), () => gate.enter(() => resolve(take())));
        }),
      );
    return {
      where: 'the simulated disk',
      sessions: () => read(() => [...this.journals.keys()].sort()),
      header: (session) => read(() => this.journals.get(session)?.header ?? null),
      records: (session, fromSeq, most) => read(() => kept(session).records.slice(fromSeq - 1, fromSeq - 1 + most)),
      newestSeq: (session) => read(() => kept(session).records.length),
      snapshots: (session) => read(() => kept(session).snapshots),
      openSink: async ({ session, createdAtMs, about }, { fence, versions, isRestore }) => {
        const header = { session, createdAtMs, about, isWhole: !isRestore };
        const journal = await read(() => {
          const found = this.journals.get(session) ?? { header, writer: 0, versions: null, records: [], snapshots: [] };
          if (found.records.length === 0) found.header = header;
          found.versions = mergedVersions(found.versions, versions, session);
          this.journals.set(session, found);
          found.writer++;
          return found;
        });
        const { writer } = journal;
        const hashAt = (seq: number): string => journal.records[seq - 1]?.hash ?? headerHash(header);
        return {
          write: (batch) =>
            new Promise<void>((resolve, reject) =>
              gate.leave(() => {
                const fault = this.isFaulty ? strike(this.#mix.disk, this.#chance) : null;
                if (fault !== null) this.#rare.count(`disk: ${fault}`);
                const answer = (error: JournalError | null): void =>
                  this.#later(0.05, 1, () => gate.enter(() => (error === null ? resolve() : reject(error))));
                const isSlow = fault === 'slow';
                this.#later(isSlow ? 500 : 0.1, isSlow ? 6_000 : 3, () => {
                  // A process that died with a write under way leaves it done or undone.
                  if (gate.isDead && this.#chance.is(0.5)) return;
                  if (journal.writer !== writer) {
                    this.#rare.count('journal: another writer refused');
                    answer(refused('fenced', 'another writer'));
                    return;
                  }
                  if (batch.isFenced && fence !== null && !this.#leases.isHeld(fence.lease, fence.epoch)) {
                    this.#rare.count('journal: fenced by its lease');
                    answer(refused('fenced', 'a lease of others'));
                    return;
                  }
                  if (fault === 'failed-before' || fault === 'full') {
                    answer(refused(fault === 'full' ? 'disk-full' : 'unavailable', fault));
                    return;
                  }
                  const tick = this.#tick();
                  for (const record of chainBatch(hashAt(batch.firstSeq - 1), batch))
                    journal.records.push({ ...record, tick, life });
                  answer(fault === 'failed-after' ? refused('outcome-unknown', fault, true) : null);
                });
              }),
            ),
          finishRestore: async () => {},
          writeSnapshot: async (snapshot) => {
            await read(() => {
              const hash = snapshotHash(hashAt(snapshot.seq), snapshot);
              journal.snapshots = [{ ...snapshot, hash }, ...journal.snapshots].slice(0, KEPT_SNAPSHOTS);
            });
          },
          close: async () => {},
        };
      },
      close: async () => {},
    };
  }

  #later(leastMs: number, mostMs: number, run: () => void): void {
    this.#clock.after(this.#chance.between(leastMs, mostMs), run);
  }
}

function refused(code: JournalErrorCode, found: string, mayBeWritten = false): JournalError {
  const details = { where: 'the simulated disk', found, expected: 'a write', hint: 'Open it again.' };
  return new JournalError(code, details, { mayBeWritten });
}
