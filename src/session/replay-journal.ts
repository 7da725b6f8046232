import type { Json } from '../core/vocabulary/json.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { MarketBlock } from './kept-market.ts';
import type { SessionCore } from './session-core.ts';
import { SessionError } from './session-error.ts';
import type { SessionInput } from './session-input.ts';

/** What a session notes in its journal beside its inputs. */
export type SessionNote =
  | MarketBlock
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

/**
 * Takes every input of a journal again into a fresh core, and compares the states that were noted on the way. Answers how many of
 * them there were. Throws {@link SessionError} `diverged` at the first that differs.
 */
export async function replayJournal(
  core: SessionCore,
  records: AsyncIterable<JournalRecord>,
  sealed: <T>(body: () => T) => T,
): Promise<{ readonly compared: number; readonly records: number }> {
  let compared = 0;
  let count = 0;
  for await (const { seq, kind, payload } of records) {
    count++;
    if (kind === 'input') sealed(() => core.take(payload as unknown as SessionInput));
    else if (kind === 'note') {
      const note = payload as unknown as SessionNote;
      if (note.type !== 'state') continue;
      compared++;
      const hash = core.hash();
      if (hash !== note.hash || core.inputs !== note.inputs)
        throw new SessionError(
          'diverged',
          `record ${seq}: expected state ${note.hash} after ${note.inputs} inputs, found ${hash} after ${core.inputs}`,
          'The strategy must depend on its inputs alone, and this version must decide as the one that wrote the journal. Begin a new session under another name.',
        );
    }
  }
  return { compared, records: count };
}

export const asJson = (value: SessionInput | SessionNote): Json => value as unknown as Json;
