import { SnapshotError } from '../core/engine/snapshot.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { JournaledIntent, JournalRecord, Journals } from '../ports/journal.ts';
import type { PendingOrder } from './account-keeper.ts';
import { ReplayedRequests } from './replayed-requests.ts';
import type { SessionCore } from './session-core.ts';
import { SessionError } from './session-error.ts';
import type { SessionInput } from './session-input.ts';
import { restoreSnapshot } from './session-snapshot.ts';
import type { VenueRequest } from './venue-side.ts';

/** What a session notes in its journal beside its inputs. */
export type SessionNote =
  /** The process began or went on; nothing follows from it. */
  | { readonly type: 'started'; readonly version: string }
  /** State after the input before it: {@link SessionCore.hash}. */
  | { readonly type: 'state'; readonly inputs: number; readonly hash: string }
  /** Data that is missing for good. */
  | {
      readonly type: 'gap';
      readonly symbol: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly reason: string;
    };

/** What a journal leads to. */
export interface Replayed {
  /** States that were noted and found again. */
  readonly compared: number;
  readonly records: number;
  /** Requests that the engine made and nobody made durable: they have never left. */
  readonly unsent: readonly VenueRequest[];
  /** Orders that were about to be sent, and of which nothing certain was told since. */
  readonly pending: readonly PendingOrder[];
}

/**
 * Brings a session to where its journal ends: from its newest snapshot where there is one that this program understands, else from the
 * beginning. Throws {@link SessionError} `diverged`, and what the journal says.
 */
export async function recover(
  fresh: () => SessionCore,
  journals: Journals,
  session: string,
  sealed: <T>(body: () => T) => T,
): Promise<Replayed & { readonly core: SessionCore; readonly fromSeq: number }> {
  const { newest } = await journals.snapshot(session);
  if (newest !== null) {
    const core = fresh();
    const isRestored = restoredFrom(core, newest.state);
    const fromSeq = newest.seq + 1;
    if (isRestored) return { ...(await replayJournal(core, journals.read(session, fromSeq), sealed)), core, fromSeq };
  }
  const core = fresh();
  return { ...(await replayJournal(core, journals.read(session), sealed)), core, fromSeq: 1 };
}

/** False where the snapshot is of another version or configuration: the journal then tells everything. */
function restoredFrom(core: SessionCore, state: Json): boolean {
  try {
    restoreSnapshot(core, state);
    return true;
  } catch (error) {
    if (error instanceof SnapshotError) return false;
    throw error;
  }
}

/**
 * Takes every input of a journal again into a fresh core, and compares the states and requests that were noted on the way. Throws
 * {@link SessionError} `diverged` at the first that differs.
 */
export async function replayJournal(
  core: SessionCore,
  records: AsyncIterable<JournalRecord>,
  sealed: <T>(body: () => T) => T,
): Promise<Replayed> {
  const requests = new ReplayedRequests();
  let compared = 0;
  let count = 0;
  for await (const { seq, kind, payload } of records) {
    count++;
    if (kind === 'input' || kind === 'outcome') {
      const input = payload as unknown as SessionInput;
      sealed(() => core.take(input));
      requests.add(core.takeRequests());
      if (input.type === 'request-answered') requests.answered(input);
      else if (input.type === 'order-told') requests.told(input.order.clientOrderId);
      else if (input.type === 'fill-told') requests.told(input.fill.clientOrderId);
    } else if (kind === 'intent') {
      const offence = requests.made(payload as unknown as JournaledIntent);
      if (offence !== null) throw diverged(seq, offence);
    } else if (kind === 'note') {
      const note = payload as unknown as SessionNote;
      if (note.type !== 'state') continue;
      compared++;
      const hash = core.hash();
      if (hash !== note.hash || core.inputs !== note.inputs)
        throw diverged(
          seq,
          `expected state ${note.hash} after ${note.inputs} inputs, found ${hash} after ${core.inputs}`,
        );
    }
  }
  return { compared, records: count, unsent: requests.unsent, pending: requests.pendingOf(core) };
}

function diverged(seq: number, what: string): SessionError {
  return new SessionError(
    'diverged',
    `record ${seq}: ${what}`,
    'The strategy must depend on its inputs alone, and this version must decide as the one that wrote the journal. Begin a new session under another name.',
  );
}

export const asJson = (value: SessionInput | SessionNote): Json => value as unknown as Json;
