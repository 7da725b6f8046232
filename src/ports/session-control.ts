import type { CommandOutcome, SessionCommand } from '../core/vocabulary/commands.ts';
import type { Json } from '../core/vocabulary/json.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Authorship } from './latches.ts';

/** A command for a session, as somebody asks for it. */
export interface CommandRequest extends Authorship {
  readonly session: string;
  readonly command: SessionCommand;
}

/** A command as it lies in the box. Its `command` is what was put there, by this or another version of the program: parse it. */
export interface GivenCommand extends Authorship {
  readonly id: number;
  readonly session: string;
  readonly command: Json;
  readonly askedAtMs: TimeMs;
  /** When the session took it; null before. */
  readonly takenAtMs: TimeMs | null;
  /** Null until it is answered. */
  readonly outcome: CommandOutcome | null;
}

/** That a command was put for a session, or that one was answered, and what: a long answer is left out, look for it. */
export type CommandNews = { readonly put: string } | { readonly answered: number; readonly outcome?: CommandOutcome };

/**
 * Commands for sessions that run in other processes. A command is taken once or never: a session that ends between taking and answering leaves it
 * unanswered, and never takes it again. Times are of the clock of the place. Rejects with LatchError (`ports/latches.ts`).
 */
export interface CommandBox {
  put(request: CommandRequest): Promise<GivenCommand>;
  /** Commands of a session that were not answered, oldest first, taken or not. */
  unanswered(session: string): Promise<readonly GivenCommand[]>;
  /** False where it was taken or answered before. */
  take(id: number): Promise<boolean>;
  /** False where it was answered before. */
  answer(id: number, outcome: CommandOutcome): Promise<boolean>;
  /** Answers it in the session's place if the session has not taken it; false where it has, or where it is answered. */
  withdraw(id: number, outcome: CommandOutcome): Promise<boolean>;
  view(id: number): Promise<GivenCommand | null>;
  /**
   * Hears of what is put and answered, here and by others, after it is durable, until what it answers is called. News may be lost (`ports/hints.ts`): look
   * from time to time as well.
   */
  watch(listener: (news: CommandNews) => void): () => void;
  close(): Promise<void>;
}
