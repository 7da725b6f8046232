import { SnapshotError } from '../core/engine/snapshot.ts';
import { eventsHash } from '../core/engine/state-hash.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { JournaledIntent, JournalRecord, Journals } from '../ports/journal.ts';
import type { PendingOrder } from './keeper-world.ts';
import type { MarketBlock } from './kept-market.ts';
import { ReplayedRequests } from './replayed-requests.ts';
import type { SessionCore } from './session-core.ts';
import { SessionError } from './session-error.ts';
import type { FeedBar, SessionInput } from './session-input.ts';
import { restoreSnapshot } from './session-snapshot.ts';
import type { VenueRequest } from './venue-side.ts';

/** What a session notes in its journal beside its inputs. */
export type SessionNote =
  | MarketBlock
  /** The process began or went on; nothing follows from it. */
  | { readonly type: 'started'; readonly version: string }
  /** State after the input before it: {@link SessionCore.hash}. */
  | {
      readonly type: 'state';
      readonly inputs: number;
      readonly hash: string;
      /** Of every event so far, where it was reckoned: at an orderly end. */
      readonly events?: string;
    }
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

export interface ReplayOptions {
  /** Where to stop: nothing is taken that happened later, by the time of the market. */
  readonly untilMs?: TimeMs;
  /** Asked after each record; false ends it there. */
  readonly goesOn?: (record: JournalRecord) => boolean | Promise<boolean>;
}

/**
 * Takes the inputs of a journal again into a core, from where it left off, and compares the states that were noted on the way: of a session that
 * has ended, or of one that goes on writing. The one place where journals are replayed.
 */
export class JournalReplay {
  readonly core: SessionCore;
  readonly #sealed: <T>(body: () => T) => T;
  readonly #options: ReplayOptions;
  /** Newest record that was taken, 0 before the first. */
  seq = 0;
  /** Records that were read. */
  records = 0;
  /** Noted states that were reached again. */
  compared = 0;
  /** Inputs after which the hash of all events was last reached again; −1 before. */
  eventsVerifiedAt = -1;
  /** Whether what follows is later than what was asked for. */
  isOver = false;
  readonly #requests = new ReplayedRequests();

  /** `sealed` runs what may call a strategy. */
  constructor(core: SessionCore, sealed: <T>(body: () => T) => T, options: ReplayOptions = {}) {
    this.core = core;
    this.#sealed = sealed;
    this.#options = options;
  }

  /** Takes what `read` gives after the newest record. Rejects with {@link SessionError} `diverged` at the first state that differs. */
  async readOn(read: (fromSeq: number) => AsyncIterable<JournalRecord>): Promise<void> {
    if (this.isOver) return;
    for await (const record of read(this.seq + 1)) {
      this.records++;
      this.#take(record);
      if (this.isOver) return;
      this.seq = record.seq;
      const goesOn = this.#options.goesOn?.(record) ?? true;
      this.isOver = !(typeof goesOn === 'boolean' ? goesOn : await goesOn);
      if (this.isOver) return;
    }
  }

  /** Requests that the engine made and nobody made durable, in order. */
  get unsent(): readonly VenueRequest[] {
    return this.#requests.unsent;
  }

  /** Orders that were about to be sent, and of which nothing certain was told since. */
  get pending(): readonly PendingOrder[] {
    return this.#requests.pendingOf(this.core);
  }

  #take({ seq, kind, payload }: JournalRecord): void {
    if (kind === 'input' || kind === 'outcome') this.#input(payload as unknown as SessionInput);
    else if (kind === 'intent') {
      const offence = this.#requests.made(payload as unknown as JournaledIntent);
      if (offence !== null) throw diverged(seq, offence);
    } else if (kind === 'note') {
      const note = payload as unknown as SessionNote;
      if (note.type === 'state') this.#compare(seq, note);
    }
  }

  #input(input: SessionInput): void {
    const { core } = this;
    const past = before(input, this.#options.untilMs ?? Number.POSITIVE_INFINITY, (bar) => core.closeOf(bar));
    this.isOver = past !== input;
    if (past === null) return;
    this.#sealed(() => core.take(past));
    this.#requests.add(core.takeRequests());
    if (past.type === 'request-answered') this.#requests.answered(past);
    else if (past.type === 'order-told') this.#requests.told(past.order.clientOrderId);
    else if (past.type === 'fill-told') this.#requests.told(past.fill.clientOrderId);
  }

  #compare(seq: number, note: SessionNote & { readonly type: 'state' }): void {
    const { core } = this;
    this.compared++;
    const hash = core.hash();
    if (hash !== note.hash || core.inputs !== note.inputs)
      throw diverged(
        seq,
        `expected state ${note.hash} after ${note.inputs} inputs, found ${hash} after ${core.inputs}`,
      );
    // A log that was resumed without its history has not got all of them.
    if (note.events === undefined || !core.engine.state.log.isWhole) return;
    const events = eventsHash(core.engine);
    if (events !== note.events) throw diverged(seq, `expected events ${note.events}, found ${events}`);
    this.eventsVerifiedAt = core.inputs;
  }
}

/** What of an input had happened at `untilMs`: all of it, the first bars of a past, or nothing. Commands belong to the input before them. */
function before(input: SessionInput, untilMs: TimeMs, closeOf: (bar: FeedBar) => TimeMs): SessionInput | null {
  if ('timeMs' in input) return input.timeMs <= untilMs ? input : null;
  if (input.type !== 'history-received') return input;
  const bars = input.bars.filter((bar) => closeOf(bar) <= untilMs);
  if (bars.length === input.bars.length) return input;
  return bars.length === 0 ? null : { ...input, bars };
}

/**
 * Takes every input of a journal again into a fresh core. Answers how many noted states were compared and how many records there were. Rejects
 * with {@link SessionError} `diverged`.
 */
export async function replayJournal(
  core: SessionCore,
  given: AsyncIterable<JournalRecord>,
  sealed: <T>(body: () => T) => T,
  options: ReplayOptions = {},
): Promise<Replayed> {
  const replay = new JournalReplay(core, sealed, options);
  await replay.readOn(() => given);
  const { compared, records, unsent, pending } = replay;
  return { compared, records, unsent, pending };
}

function diverged(seq: number, what: string): SessionError {
  return new SessionError(
    'diverged',
    `record ${seq}: ${what}`,
    'The strategy must depend on its inputs alone, and this version must decide as the one that wrote the journal. Begin a new session under another name.',
  );
}

export const asJson = (value: SessionInput | SessionNote): Json => value as unknown as Json;
